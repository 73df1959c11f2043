package live

import (
	"math"

	tea "charm.land/bubbletea/v2"

	"flashwave/tui/draw"
)

// An Action is something that the screen can do.
type Action struct {
	verb verb
	wave int            // to pick; -1: none
	move draw.PanelMove // among the panels
	find draw.Finding   // in the events
	at   float64        // the instant to point at, in seconds
	ask  draw.Ask       // of the program
}

// A verb is what an action does.
type verb int

const (
	_ verb = iota
	pause
	more
	less
	twice
	half
	burst
	nextWave
	undo

	movePanels
	nextLane
	nextWindow
	pickWave
	toggleService
	nextChart
	lastChart
	earlier
	later
	muchEarlier
	muchLater
	pointAt
	pointNowhere
	closer
	wider
	scrollUp
	scrollDown
	freeze
	showErrors
	showVerdict

	again
	compareRuns
	writeReport
	saveScenario
	copyFigures

	closeOverlay
	up
	down

	leaveForHome
	suspend
	stop
	leave
)

// Bindings are all that the screen can do.
func (m Model) Bindings() draw.Bindings[Action] {
	over, live, open := m.done(), !m.done(), m.overlay != overlayNone
	listed, finding := m.panels.Has(panelEvents), m.search.finder.Query() != ""
	list := draw.Bindings[Action]{
		{Keys: []string{"esc", "enter", "q"}, Group: draw.Choosing, Action: Action{verb: closeOverlay}, Off: !open},
		{Keys: []string{"up", "k"}, Group: draw.Choosing, Action: Action{verb: up}, Off: !open},
		{Keys: []string{"down", "j"}, Group: draw.Choosing, Action: Action{verb: down}, Off: !open},
		{Keys: []string{"up", "k"}, Name: "newer events", Group: draw.Choosing, Action: Action{verb: scrollUp}, Off: open || !listed},
		{Keys: []string{"down", "j"}, Name: "older events", Group: draw.Choosing, Action: Action{verb: scrollDown}, Off: open || !listed},
	}
	if finding { // n is the next match before it is the next wave
		list = append(list, m.finderBindings()...)
	}
	_, zoomed := m.zoomed()
	if zoomed { // the way back comes first
		list = append(list, m.panelBindings()...)
	}
	list = append(list, draw.Bindings[Action]{
		{Keys: []string{"space", "p"}, Shown: "space", Label: "pause", Help: "pause the lane in view, or let it go on (also p)", Group: draw.Driving, Action: Action{verb: pause}, Off: over},
		{Keys: []string{"+", "="}, Shown: "+", Label: "load", Help: "10 % more load", Group: draw.Driving, Action: Action{verb: more}, Off: over},
		{Keys: []string{"-", "_"}, Shown: "-", Label: "load", Help: "10 % less load", Group: draw.Driving, Action: Action{verb: less}, Off: over},
		{Keys: []string{">", "."}, Shown: ">", Help: "twice the load", Group: draw.Driving, Action: Action{verb: twice}, Off: over},
		{Keys: []string{"<", ","}, Shown: "<", Help: "half the load", Group: draw.Driving, Action: Action{verb: half}, Off: over},
		{Keys: []string{"u"}, Shown: "u", Label: "undo", Help: "undo the last change of the load, or pause", Group: draw.Driving, Action: Action{verb: undo}, Off: over || len(m.acts) == 0},
		{Keys: []string{"b"}, Shown: "b", Label: "burst", Help: "a burst: one second's requests at once, 10 at least", Group: draw.Driving, Action: Action{verb: burst}, Off: over},
		{Keys: []string{"n"}, Shown: "n", Label: "next wave", Help: "skip to the next wave", Group: draw.Driving, Action: Action{verb: nextWave}, Off: over || finding},

		{Keys: []string{"r"}, Shown: "r", Label: "again", Help: "run it again", Group: draw.Keeping, Action: Action{verb: again}, Off: live || !m.offers.Backend},
		{Keys: []string{"c"}, Shown: "c", Label: "compare", Help: "compare it with the run before", Group: draw.Keeping, Action: Action{verb: compareRuns}, Off: live || !m.offers.Backend},
		{Keys: []string{"o"}, Shown: "o", Label: "report", Help: "write a report", Group: draw.Keeping, Action: Action{verb: writeReport}, Off: live || !m.offers.Backend},
		{Keys: []string{"w"}, Shown: "w", Label: "scenario", Help: "write what was done, steering included, as a scenario file", Group: draw.Keeping, Action: Action{verb: saveScenario}, Off: live || !m.offers.Backend},
	}...)
	if !zoomed {
		list = append(list, m.panelBindings()...)
	}
	list = append(list, draw.Bindings[Action]{
		{Keys: []string{"m"}, Shown: "m", Label: "chart", Help: "another chart: TTFT, E2E, their heat, percentiles, ITL, requests, tokens …", Group: draw.Seeing, Action: Action{verb: nextChart}, Off: !m.charting()},
		{Keys: []string{"M", "shift+m"}, Shown: "M", Help: "the chart before it", Group: draw.Seeing, Action: Action{verb: lastChart}, Off: !m.charting()},
		{Keys: []string{"left"}, Shown: "left", Label: "cursor", Name: "point at an earlier instant", Help: "what was at an instant (shift: ten columns; esc: off; or a click)", Group: draw.Seeing, Action: Action{verb: earlier}, Off: !m.charted()},
		{Keys: []string{"right"}, Shown: "right", Label: "cursor", Name: "point at a later instant", Group: draw.Seeing, Action: Action{verb: later}, Off: !m.charted()},
		{Keys: []string{"shift+left"}, Name: "point ten columns earlier", Group: draw.Seeing, Action: Action{verb: muchEarlier}, Off: !m.charted()},
		{Keys: []string{"shift+right"}, Name: "point ten columns later", Group: draw.Seeing, Action: Action{verb: muchLater}, Off: !m.charted()},
		{Keys: []string{"esc"}, Name: "point at no instant", Group: draw.Seeing, Action: Action{verb: pointNowhere}, Off: !m.pointed},
		{Keys: []string{"]"}, Shown: "]", Label: "time", Help: "a shorter part of the time (also the wheel)", Group: draw.Seeing, Action: Action{verb: closer}, Off: !m.charted()},
		{Keys: []string{"["}, Shown: "[", Label: "time", Help: "a longer part of the time", Group: draw.Seeing, Action: Action{verb: wider}, Off: !m.charted()},
		{Keys: []string{"w"}, Shown: "w", Label: "window", Help: "figures of the last 1, 10 or 60 s, the wave, or the run", Group: draw.Seeing, Action: Action{verb: nextWindow}, Off: over},
		{Keys: []string{"s"}, Shown: "s", Label: "service time", Help: "service time (from sending) or response time (from the schedule)", Group: draw.Seeing, Action: Action{verb: toggleService}},
		{Keys: []string{"l"}, Shown: "l", Help: "next lane", Group: draw.Seeing, Action: Action{verb: nextLane}},
	}...)
	list = append(list, waveBindings...)
	if !finding {
		list = append(list, m.finderBindings()...)
	}
	list = append(list, draw.Bindings[Action]{
		{Keys: []string{"f"}, Shown: "f", Label: "freeze", Help: "freeze the screen; the run goes on", Group: draw.Seeing, Action: Action{verb: freeze}},
		{Keys: []string{"e"}, Shown: "e", Label: "errors", Help: "what failed, with samples", Group: draw.Seeing, Action: Action{verb: showErrors}},
		{Keys: []string{"v"}, Shown: "v", Label: "verdict", Help: "the verdict with all its reasons", Group: draw.Seeing, Action: Action{verb: showVerdict}, Off: live},
		{Keys: []string{"Y", "shift+y"}, Shown: "Y", Label: "copy figures", Help: "copy the figures as text", Group: draw.Keeping, Action: Action{verb: copyFigures}, Off: m.offers.Command == ""},

		{Keys: []string{"esc"}, Shown: "esc", Label: "home", Help: "back to the home screen", Group: draw.Leaving, Action: Action{verb: leaveForHome}, Off: live || !m.offers.Home},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave, the load too; fg resumes it", Group: draw.Leaving, Action: Action{verb: suspend}},
	}...)
	list = append(list, m.askBindings()...)
	return append(list, draw.Bindings[Action]{
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "stop", Help: "stop sending and drain; again: stop at once (also ctrl+c)", Group: draw.Leaving, Action: Action{verb: stop}, Off: over, Last: true},
		{Keys: []string{"q", "enter", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave (also enter)", Group: draw.Leaving, Action: Action{verb: leave}, Off: live, Last: true},
	}...)
}

// waveBindings pick the waves by their digits.
var waveBindings = func() (list draw.Bindings[Action]) {
	for i, digit := range "1234567890" {
		b := draw.Binding[Action]{Keys: []string{string(digit)}, Group: draw.Seeing, Action: Action{verb: pickWave, wave: i}}
		switch digit {
		case '1':
			b.Shown, b.Help = "1…9", "figures and charts of one wave; 0: of all"
		case '0':
			b.Action.wave = -1
		}
		list = append(list, b)
	}
	return list
}()

// askBindings are what every screen asks of the program around it.
func (m Model) askBindings() draw.Bindings[Action] {
	return draw.Lift(draw.AskBindings(m.search.finder.Typing(), m.copies()), func(a draw.Ask) Action { return Action{ask: a} })
}

// panelBindings lead the focus round the panels.
func (m Model) panelBindings() draw.Bindings[Action] {
	list := draw.Lift(m.panels.Bindings("figures, charts, events"), func(move draw.PanelMove) Action { return Action{verb: movePanels, move: move} })
	if _, zoomed := m.zoomed(); m.layout.bare() && !zoomed { // the focus would not show
		for i := range list {
			list[i].Off = list[i].Off || list[i].Action.move != draw.Zoom
		}
	}
	return list
}

// finderBindings find events.
func (m Model) finderBindings() draw.Bindings[Action] {
	return draw.Lift(m.search.finder.Bindings("the events"), func(f draw.Finding) Action { return Action{find: f} })
}

// typingBindings are what the screen can do while a search is typed; any other key is
// text.
func (m Model) typingBindings() draw.Bindings[Action] {
	return append(append(m.askBindings(), m.finderBindings()...), draw.Bindings[Action]{
		{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: Action{verb: suspend}},
		{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: Action{verb: stop}, Off: m.done()},
		{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: Action{verb: leave}, Off: !m.done()},
	}...)
}

// press does what a key asks for.
func (m Model) press(key tea.KeyPressMsg) (Model, tea.Cmd) {
	name := key.String()
	if m.search.finder.Typing() {
		action, ok := m.typingBindings().For(name)
		if !ok {
			return m.typed(key.Text), nil
		}
		return m.Do(action)
	}
	action, ok := m.Bindings().For(name)
	if !ok || !action.moves() {
		m.notice = ""
	}
	if !ok {
		return m, nil
	}
	return m.Do(action)
}

// moves reports whether an action is about an open overlay, and leaves what is said
// under it.
func (a Action) moves() bool { return a.verb == closeOverlay || a.verb == up || a.verb == down }

// steps are how much an action makes of the load.
var steps = map[verb]float64{more: 1.1, less: 1 / 1.1, twice: 2, half: 0.5}

// requests are what the program around the screen has to do.
var requests = map[verb]Request{again: Again, compareRuns: Compare, writeReport: Report, saveScenario: Save, leaveForHome: Leave}

// Do performs an action.
func (m Model) Do(a Action) (Model, tea.Cmd) {
	lane := m.lane
	m.asks = a.ask
	switch a.verb {
	case pause:
		return m.remember(a.verb).asked(func(src Source) { src.TogglePause(lane) })
	case more, less, twice, half:
		return m.remember(a.verb).asked(func(src Source) { src.Scale(lane, steps[a.verb]) })
	case burst:
		n := max(leastBurst, int(math.Round(m.live.Now.Offered)))
		return m.remember(a.verb).asked(func(src Source) { src.Burst(lane, n) })
	case nextWave:
		return m.remember(a.verb).asked(func(src Source) { src.NextWave(lane) })
	case undo:
		undone, act := m.undo()
		if act == nil {
			return undone, nil
		}
		return undone.asked(act)
	case copyFigures:
		m.notice = "copied the figures"
		return m, tea.SetClipboard(m.figures())
	case again, compareRuns, writeReport, saveScenario, leaveForHome:
		m.wants = requests[a.verb]
	case suspend:
		return m, tea.Suspend
	case stop:
		return m.stop()
	case leave:
		return m, tea.Quit
	case closeOverlay:
		m.overlay = overlayNone
	case up:
		m.selected = max(0, m.selected-1)
	case down:
		m.selected = min(m.selected+1, m.lastSelectable())
	case showErrors:
		return m.toggled(overlayErrors), nil
	case showVerdict:
		return m.toggled(overlayVerdict), nil
	default:
		return m.see(a)
	}
	return m, nil
}

// see performs an action that changes what is shown.
func (m Model) see(a Action) (Model, tea.Cmd) {
	switch a.verb {
	case nextLane:
		if n := len(m.shown.Lanes); n > 1 {
			m.lane = (m.lane + 1) % n
			return m.again()
		}
	case nextWindow:
		m.window = (m.window + 1) % len(windows)
		if m.wave >= 0 && windows[m.window] == windowRun {
			m.window = (m.window + 1) % len(windows) // a picked wave has no run
		}
		return m.again()
	case pickWave:
		if a.wave < len(m.shown.Waves) {
			m.wave = a.wave
			return m.again()
		}
	case toggleService:
		m.service = !m.service
	case nextChart, lastChart:
		by := 1
		if a.verb == lastChart {
			by = -1
		}
		m.charts[m.chart()] = m.stack()[m.chart()].next(by, serverTold(m.shown.Series))
	case freeze:
		if m.frozen = !m.frozen; !m.frozen {
			m.shown = m.live
			m.place()
		}
	case movePanels:
		m.panels = m.panels.Move(a.move, panelKinds, m.open)
		m.place()
	case earlier:
		return m.point(-1), nil
	case later:
		return m.point(1), nil
	case muchEarlier:
		return m.point(-10), nil
	case muchLater:
		return m.point(10), nil
	case pointAt:
		m.panels = m.panels.Move(a.move, panelKinds, m.open)
		m.pointed, m.cursor = true, a.at
	case pointNowhere:
		m.pointed = false
	case closer:
		return m.zoomTime(1), nil
	case wider:
		return m.zoomTime(-1), nil
	case scrollUp:
		m.scrolled = max(0, m.scrolled-1)
	case scrollDown:
		m.scrolled = min(m.scrolled+1, max(0, len(m.shown.Events)-1))
	}
	if a.find != 0 {
		return m.find(a.find), nil
	}
	return m, nil
}

// find performs an action of the search. Where events have no room they get the window.
func (m Model) find(f draw.Finding) Model {
	m.search.finder = m.search.finder.Do(f)
	switch f {
	case draw.OpenFinder:
		if _, zoomed := m.zoomed(); !zoomed && m.layout.events.H == 0 {
			m.panels = m.panels.Move(draw.FocusOn(panelEvents), panelKinds, nil).Move(draw.Zoom, panelKinds, nil)
			m.place()
		}
	case draw.NextFound:
		m.search = m.search.seek(1, m.shown.Events)
	case draw.FoundBefore:
		m.search = m.search.seek(-1, m.shown.Events)
	case draw.RubOutFinder:
		m.search = m.search.seek(0, m.shown.Events)
	}
	return m
}

// typed adds typed or pasted text to the search.
func (m Model) typed(text string) Model {
	m.search.finder = m.search.finder.Type(text)
	m.search = m.search.seek(0, m.shown.Events)
	return m
}

// toggled opens an overlay, or closes it.
func (m Model) toggled(o overlay) Model {
	if m.overlay == o {
		o = overlayNone
	}
	m.overlay, m.selected = o, 0
	return m
}

// lastSelectable is how far down goes in the open overlay.
func (m Model) lastSelectable() int {
	return max(0, len(errorKinds(m.shown))-1)
}

// asked runs an act on the source outside of Update, and shows at once what
// came of it.
func (m Model) asked(act func(Source)) (Model, tea.Cmd) {
	m.tag++
	src, look := m.src, m.look()
	return m, func() tea.Msg {
		act(src)
		return look()
	}
}

// leastBurst is the smallest burst, so that one is felt in a calm wave, too; otherwise
// one is what a second of the present rate brings.
const leastBurst = 10

// stop ends the run, step by step; who insists a third time leaves the screen,
// whatever the run does.
func (m Model) stop() (Model, tea.Cmd) {
	m.stops++
	if m.stops > 2 {
		return m, tea.Quit
	}
	m.overlay = overlayNone
	return m.asked(Source.Stop)
}

package live

import (
	"math"

	tea "charm.land/bubbletea/v2"

	"flashwave/tui/draw"
)

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

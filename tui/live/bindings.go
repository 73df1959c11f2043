package live

import (
	"flashwave/bench/result"
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
	ending, stopping := over, "stop"
	if m.live.State == result.Draining { // there is no load to change any more
		ending, stopping = true, "stop at once"
	}
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
		{Keys: []string{"space", "p"}, Shown: "space", Label: "pause", Help: "pause the lane in view, or let it go on (also p)", Group: draw.Driving, Action: Action{verb: pause}, Off: ending},
		{Keys: []string{"+", "="}, Shown: "+", Label: "load", Help: "10 % more load", Group: draw.Driving, Action: Action{verb: more}, Off: ending},
		{Keys: []string{"-", "_"}, Shown: "-", Label: "load", Help: "10 % less load", Group: draw.Driving, Action: Action{verb: less}, Off: ending},
		{Keys: []string{">", "."}, Shown: ">", Help: "twice the load", Group: draw.Driving, Action: Action{verb: twice}, Off: ending},
		{Keys: []string{"<", ","}, Shown: "<", Help: "half the load", Group: draw.Driving, Action: Action{verb: half}, Off: ending},
		{Keys: []string{"u"}, Shown: "u", Label: "undo", Help: "undo the last change of the load, or pause", Group: draw.Driving, Action: Action{verb: undo}, Off: ending || len(m.acts) == 0},
		{Keys: []string{"b"}, Shown: "b", Label: "burst", Help: "a burst: one second's requests at once, 10 at least", Group: draw.Driving, Action: Action{verb: burst}, Off: ending},
		{Keys: []string{"n"}, Shown: "n", Label: "next wave", Help: "skip to the next wave", Group: draw.Driving, Action: Action{verb: nextWave}, Off: ending || finding},

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
	list = append(list, m.waveBindings()...)
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
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: stopping, Help: "stop sending and drain; again: stop at once (also ctrl+c)", Group: draw.Leaving, Action: Action{verb: stop}, Off: over, Last: true},
		{Keys: []string{"q", "enter", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave (also enter)", Group: draw.Leaving, Action: Action{verb: leave}, Off: live, Last: true},
	}...)
}

// waveBindings pick the waves that there are by their digits.
func (m Model) waveBindings() (list draw.Bindings[Action]) {
	const of = "figures and charts of "
	for i, digit := range "123456789" {
		b := draw.Binding[Action]{Keys: []string{string(digit)}, Group: draw.Seeing, Action: Action{verb: pickWave, wave: i}, Off: i >= len(m.shown.Waves)}
		if !b.Off {
			b.Name = of + "wave " + draw.Clean(m.shown.Waves[i].Name)
		}
		list = append(list, b)
	}
	list[0].Shown, list[0].Help = "1…9", of+"one wave; 0: of all"
	return append(list, draw.Binding[Action]{Keys: []string{"0"}, Name: of + "all waves", Group: draw.Seeing, Action: Action{verb: pickWave, wave: -1}})
}

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

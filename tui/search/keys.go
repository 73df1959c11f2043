package search

import "flashwave/tui/draw"

// An Action is something that the screen can do: one of these.
type Action struct {
	verb verb
	of   int // of what, from 1: a step that is picked, a panel that is scrolled; 0: the one with the focus
	move draw.PanelMove
	find draw.Finding
	ask  draw.Ask
}

// A verb is what the screen alone can do.
type verb int

const (
	_ verb = iota
	up
	down
	pickStep
	writeReport
	copyCommand
	suspend
	stop
	leave
)

// Bindings are all that the screen can do.
func (s Model) Bindings() draw.Bindings[Action] {
	over, searching := s.done(), !s.done()
	finding := draw.Lift(s.finder.Bindings("the steps and their reasons"), func(a draw.Finding) Action { return Action{find: a} })
	asking := draw.Lift(draw.AskBindings(s.finder.Typing(), "the answer, as far as it is known"), func(a draw.Ask) Action { return Action{ask: a} })
	if s.finder.Typing() {
		return append(append(finding, asking...), draw.Bindings[Action]{
			{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: Action{verb: suspend}},
			{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: Action{verb: stop}, Off: over},
			{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: Action{verb: leave}, Off: searching},
		}...)
	}
	list := draw.Lift(s.ring.Bindings("charts, steps, SLOs, then what the demand comes to"), func(m draw.PanelMove) Action { return Action{move: m} })
	list = append(list, draw.Bindings[Action]{
		{Keys: []string{"up", "k"}, Shown: "up", Label: "choose", Help: "the step before, whose reason is told; or scroll the panel (also k and j)", Group: draw.Seeing, Action: Action{verb: up}},
		{Keys: []string{"down", "j"}, Shown: "down", Label: "choose", Group: draw.Seeing, Action: Action{verb: down}},
	}...)
	list = append(list, finding...)
	list = append(list, draw.Bindings[Action]{
		{Keys: []string{"o"}, Shown: "o", Label: "report", Help: "write a report of the search to a file", Group: draw.Keeping, Action: Action{verb: writeReport}, Off: searching || !s.reports},
		{Keys: []string{"Y", "shift+y"}, Shown: "Y", Help: "copy the command that searches again", Group: draw.Keeping, Action: Action{verb: copyCommand}, Off: s.began == ""},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave, the load too; fg resumes it", Group: draw.Leaving, Action: Action{verb: suspend}},
	}...)
	list = append(list, asking...)
	return append(list, draw.Bindings[Action]{
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "stop", Help: "end the search with what is known; again: leave (also ctrl+c)", Group: draw.Leaving, Action: Action{verb: stop}, Off: over, Last: true},
		{Keys: []string{"q", "enter", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave; the answer stays on the terminal (also enter)", Group: draw.Leaving, Action: Action{verb: leave}, Off: searching, Last: true},
	}...)
}

// Targets are where the mouse asks for something.
func (s Model) Targets() draw.Targets[Action] {
	l := s.layout()
	var list draw.Targets[Action]
	for _, slot := range l.slots {
		one := draw.Target[Action]{At: slot.at, Click: Action{move: draw.FocusOn(slot.panel)}}
		if s.ring.Has(slot.panel) {
			one.Click.move = draw.Zoom
		}
		if !isChart(slot.panel) {
			one.Up, one.Down = Action{verb: up, of: slot.panel + 1}, Action{verb: down, of: slot.panel + 1}
		}
		list = append(list, one)
		if slot.panel == stepsPanel {
			list = append(list, s.stepTargets(slot.at, l.bare)...)
		}
	}
	if s.notice == "" {
		list = append(list, draw.FooterTargets(s.Bindings().Possible(), s.pen, l.keys)...)
	}
	return list
}

// stepTargets are the rows of the steps: a click takes the cursor there.
func (s Model) stepTargets(at draw.Rect, bare bool) (list draw.Targets[Action]) {
	t := s.stepList(at.W, at.H, bare)
	y, x, w := at.Y+1, at.X, at.W
	if !bare {
		y, x, w = at.Y+2, at.X+1, at.W-2
	}
	for i := t.from; i < t.to; i++ {
		list = append(list, draw.Target[Action]{At: draw.At(x, y+i-t.from, w, 1), Click: Action{verb: pickStep, of: i + 1}})
	}
	return list
}

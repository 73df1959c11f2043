package home

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"flashwave/tui/draw"
)

// An Action is something that the home screen can do.
type Action int

const (
	_ Action = iota
	runForm
	nextField
	fieldBefore
	checkForm
	closeCheck
	openRun
	markRun
	comparePair
	filterRuns
	runAbove
	runBelow
	tenAbove
	tenBelow
	firstRun
	lastRun
	toForm
	toLastField
	toRuns
	keepRunFilter
	clearRunFilter
	rubOutRunFilter
	yes
	no
	suspend
	quit
	asking // and the asks, above it
)

// Bindings are all that the screen can do, in the form and in the list.
func (h Model) Bindings() draw.Bindings[Action] {
	form, list := h.inForm(), !h.inForm()
	checked := h.probing != nil || h.probe != nil || h.failed != nil
	switch {
	case h.asking:
		return askingBindings
	case !h.inForm() && h.list.typing:
		return h.filterBindings()
	}
	all := draw.Bindings[Action]{
		{Keys: []string{"esc"}, Group: draw.Choosing, Action: closeCheck, Off: !checked},
		{Keys: []string{"enter"}, Shown: "enter", Label: "run", Help: "run what the form says", Group: draw.Driving, Action: runForm, Off: list},
		{Keys: []string{"tab", "down"}, Shown: "tab", Label: "next", Help: "next field, then the earlier runs (also down)", Group: draw.Choosing, Action: nextField, Off: list},
		{Keys: []string{"shift+tab", "up"}, Group: draw.Choosing, Action: fieldBefore, Off: list},
		{Shown: "left right", Help: "choose a scenario; right completes a target", Group: draw.Choosing, Off: list},
		{Keys: []string{"ctrl+k"}, Shown: "ctrl+k", Label: "check", Help: "send one request and show its timeline", Group: draw.Driving, Action: checkForm},
		{Keys: []string{"enter"}, Shown: "enter", Label: "open", Help: "show the selected run", Group: draw.Keeping, Action: openRun, Off: form},
		{Keys: []string{"space", "m"}, Shown: "space", Label: "mark", Help: "mark a run for comparing (also m)", Group: draw.Keeping, Action: markRun, Off: form},
		{Keys: []string{"c"}, Shown: "c", Label: "compare", Help: "compare the two marked runs, or the marked and the selected one", Group: draw.Keeping, Action: comparePair, Off: form},
		{Keys: []string{"/"}, Shown: "/", Label: "filter", Help: "filter the runs", Group: draw.Choosing, Action: filterRuns, Off: form},
		{Keys: []string{"up", "k"}, Shown: "up", Help: "select a run (also k and j, pgup, pgdown, g and G)", Group: draw.Choosing, Action: runAbove, Off: form},
		{Keys: []string{"down", "j"}, Shown: "down", Group: draw.Choosing, Action: runBelow, Off: form},
		{Keys: []string{"pgup"}, Group: draw.Choosing, Action: tenAbove, Off: form},
		{Keys: []string{"pgdown"}, Group: draw.Choosing, Action: tenBelow, Off: form},
		{Keys: []string{"home", "g"}, Group: draw.Choosing, Action: firstRun, Off: form},
		{Keys: []string{"end", "G"}, Group: draw.Choosing, Action: lastRun, Off: form},
		{Keys: []string{"tab", "esc"}, Shown: "tab", Label: "form", Help: "back to the form (also esc)", Group: draw.Choosing, Action: toForm, Off: form},
		{Keys: []string{"shift+tab"}, Group: draw.Choosing, Action: toLastField, Off: form},
		{Keys: []string{"esc"}, Shown: "esc", Label: "runs", Help: "to the earlier runs", Group: draw.Choosing, Action: toRuns, Off: list},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave; fg resumes it", Group: draw.Leaving, Action: suspend},
	}
	all = append(all, h.askBindings()...)
	return append(all, draw.Bindings[Action]{
		{Keys: []string{"ctrl+c"}, Shown: "ctrl+c", Label: "leave", Help: "leave", Group: draw.Leaving, Action: quit, Off: list},
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave (also ctrl+c)", Group: draw.Leaving, Action: quit, Off: form, Last: true},
	}...)
}

// askBindings are what every screen asks of the program around it.
func (h Model) askBindings() draw.Bindings[Action] {
	return draw.Lift(draw.AskBindings(h.inForm() || h.list.typing, h.copies()), func(a draw.Ask) Action { return asking + Action(a) })
}

// Targets are where the mouse asks for something.
func (h Model) Targets() draw.Targets[Action] {
	if h.notice != "" {
		return nil
	}
	return draw.FooterTargets(h.Bindings(), h.pen, h.layout().keys)
}

// always are what the screen can do whatever lies above it or is being typed.
var always = draw.Bindings[Action]{
	{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: quit},
	{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: suspend},
}

// askingBindings are the answers to whether to load a target that is not on this
// machine; any other key is no.
var askingBindings = append(draw.Bindings[Action]{
	{Keys: []string{"y"}, Shown: "y", Label: "go on", Help: "send the load", Group: draw.Choosing, Action: yes},
}, always...)

// filterBindings are what the screen can do while the filter of the list is typed; any
// other key is text.
func (h Model) filterBindings() draw.Bindings[Action] {
	checked := h.probing != nil || h.probe != nil || h.failed != nil
	return slices.Concat(draw.Bindings[Action]{
		{Keys: []string{"esc"}, Group: draw.Choosing, Action: closeCheck, Off: !checked},
		{Keys: []string{"enter"}, Shown: "enter", Label: "keep", Help: "keep the filter", Group: draw.Choosing, Action: keepRunFilter},
		{Keys: []string{"esc"}, Shown: "esc", Label: "clear", Help: "show all runs", Group: draw.Choosing, Action: clearRunFilter},
		{Keys: []string{"backspace"}, Group: draw.Choosing, Action: rubOutRunFilter},
		{Keys: []string{"ctrl+k"}, Group: draw.Driving, Action: checkForm},
	}, h.askBindings(), always)
}

// press does what a key asks for where the focus is.
func (h Model) press(key tea.KeyPressMsg) (Model, tea.Cmd) {
	h.notice = ""
	action, ok := h.Bindings().For(key.String())
	switch {
	case ok:
		return h.Do(action)
	case h.asking:
		return h.Do(no)
	case h.inForm():
		return h.typed(key)
	case h.list.typing:
		h.list.filter += key.Text
		h.list.at = 0
	}
	return h, nil
}

// Do performs an action.
func (h Model) Do(a Action) (Model, tea.Cmd) {
	if a > asking {
		h.asks = draw.Ask(a - asking)
		return h, nil
	}
	switch a {
	case runForm:
		return h.start()
	case checkForm:
		return h.check()
	case closeCheck:
		h.stopCheck()
	case yes:
		h.asking = false
		return h.launch()
	case no:
		h.asking, h.notice = false, "nothing was sent"
	case suspend:
		return h, tea.Suspend
	case quit:
		return h, tea.Quit
	case nextField, fieldBefore, toForm, toLastField, toRuns:
		return h, h.form.focus(h.fieldAfter(a))
	default:
		return h.choose(a), nil
	}
	return h, nil
}

// fieldAfter is the field that has the focus after an action; -1: the list has it.
func (h Model) fieldAfter(a Action) int {
	last := len(h.form.fields) - 1
	switch {
	case a == nextField && h.form.at < last:
		return h.form.at + 1
	case a == fieldBefore:
		return h.form.at - 1
	case a == toForm:
		return 0
	case a == toLastField:
		return last
	default:
		return -1
	}
}

// choose performs an action of the list.
func (h Model) choose(a Action) Model {
	switch a {
	case runAbove:
		h.list.move(-1)
	case runBelow:
		h.list.move(1)
	case tenAbove:
		h.list.move(-10)
	case tenBelow:
		h.list.move(10)
	case firstRun:
		h.list.at = 0
	case lastRun:
		h.list.move(len(h.list.entries))
	case markRun:
		h.list.mark()
	case filterRuns:
		h.list.typing = true
	case keepRunFilter:
		h.list.typing, h.list.at = false, 0
	case clearRunFilter:
		h.list.typing, h.list.filter, h.list.at = false, "", 0
	case rubOutRunFilter:
		h.list.filter, h.list.at = draw.RubOut(h.list.filter), 0
	case openRun:
		if e, ok := h.list.selected(); ok {
			h.wants = Request{Open: e.ID}
		}
	case comparePair:
		base, with, ok := h.list.pair()
		if !ok {
			h.notice = "mark two runs with space, then c compares them"
			return h
		}
		h.wants = Request{Base: base, With: with}
	}
	return h
}

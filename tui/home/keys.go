package home

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/history"
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
	sortRuns
	renameKept
	labelKept
	removeKept
	searchForm
	saveForm
	askSale
	nextQuestion
	questionBefore
	clearSaleAnswer
	rubOutSaleAnswer
	dropSale
	keepSale
	takeLine
	dropLine
	rubOutLine
	clearLine
	dropPending
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

	// pointAt and above is to select the first run that is shown, and those after it.
	pointAt Action = 1 << 16
)

// Bindings are all that the screen can do, in the form and in the list.
func (h Model) Bindings() draw.Bindings[Action] {
	switch {
	case h.pending != 0:
		return pendingBindings
	case h.asking:
		return h.askingBindings()
	case h.line.about != 0:
		return lineBindings
	case h.sale != nil:
		return h.saleBindings()
	case h.inForm():
		return h.formBindings()
	case h.list.finder.Typing():
		return h.filterBindings()
	default:
		return h.listBindings()
	}
}

// askBindings are what every screen asks of the program around it.
func (h Model) askBindings() draw.Bindings[Action] {
	typing := h.inForm() || h.sale != nil || h.list.finder.Typing()
	return draw.Lift(draw.AskBindings(typing, h.copies()), func(a draw.Ask) Action { return asking + Action(a) })
}

// checked reports whether there is a check to be closed.
func (h Model) checked() bool { return h.probing != nil || h.probe != nil || h.failed != nil }

// formBindings are what the screen can do while the form is filled in; any other key is
// text.
func (h Model) formBindings() draw.Bindings[Action] {
	return slices.Concat(draw.Bindings[Action]{
		{Keys: []string{"esc"}, Group: draw.Choosing, Action: closeCheck, Off: !h.checked()},
		{Keys: []string{"enter"}, Shown: "enter", Label: "run", Help: "run what the form says", Group: draw.Driving, Action: runForm},
		{Keys: []string{"esc"}, Shown: "esc", Label: "runs", Help: "to the earlier runs", Group: draw.Choosing, Action: toRuns},
		{Keys: []string{"ctrl+k"}, Shown: "ctrl+k", Label: "check", Help: "send one request and show its timeline", Group: draw.Driving, Action: checkForm},
		{Keys: []string{"f2"}, Shown: "f2", Label: "sale", Help: "plain questions about a sale, which fill in the form", Group: draw.Choosing, Action: askSale},
		{Keys: []string{"f3"}, Shown: "f3", Label: "search", Help: "search for the highest rate at which the SLOs hold", Group: draw.Driving, Action: searchForm},
		{Keys: []string{"tab", "down"}, Shown: "tab", Label: "next", Help: "next field, then the earlier runs (also down)", Group: draw.Choosing, Action: nextField},
		{Keys: []string{"shift+tab", "up"}, Group: draw.Choosing, Action: fieldBefore},
		{Shown: "left right", Help: "choose a scenario; right completes a target", Group: draw.Choosing},
		{Keys: []string{"ctrl+s"}, Shown: "ctrl+s", Help: "write the form to a scenario file", Group: draw.Keeping, Action: saveForm},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave; fg resumes it", Group: draw.Leaving, Action: suspend},
	}, h.askBindings(), draw.Bindings[Action]{
		{Keys: []string{"ctrl+c"}, Shown: "ctrl+c", Label: "leave", Help: "leave", Group: draw.Leaving, Action: quit},
	})
}

// listBindings are what the screen can do with the earlier runs and searches.
func (h Model) listBindings() draw.Bindings[Action] {
	g := h.pen.Glyph
	found := h.list.finder.Query() != ""
	_, some := h.list.selected()
	return slices.Concat(draw.Bindings[Action]{
		{Keys: []string{"esc"}, Group: draw.Choosing, Action: closeCheck, Off: !h.checked()},
		{Keys: []string{"enter"}, Shown: "enter", Label: "open", Help: "show the selected run or search", Group: draw.Keeping, Action: openRun, Off: !some},
		{Keys: []string{"tab"}, Shown: "tab", Label: "form", Help: "back to the form (also esc)", Group: draw.Choosing, Action: toForm},
		{Keys: []string{"space", "m"}, Shown: "space", Label: "mark", Help: "mark a run for comparing (also m)", Group: draw.Keeping, Action: markRun, Off: !some},
		{Keys: []string{"c"}, Shown: "c", Label: "compare", Help: "compare the two marked runs, or the marked and the selected one", Group: draw.Keeping, Action: comparePair, Off: !some},
		{Keys: []string{"C", "f3"}, Shown: "C", Label: "search", Help: "search the form's target for the highest rate at which its SLOs hold (also f3)", Group: draw.Driving, Action: searchForm},
		{Keys: []string{"/"}, Shown: "/", Label: "filter", Help: "filter by name, target, model, verdict, kind and label", Group: draw.Choosing, Action: filterRuns},
		{Keys: []string{"s"}, Shown: "s", Label: "sort", Help: "sort by name, rate, TTFT, errors, cost, or the newest first", Group: draw.Choosing, Action: sortRuns, Off: !some},
		{Keys: []string{"d", "delete"}, Shown: "d", Label: "delete", Help: "delete the selected run or search, which asks first", Group: draw.Keeping, Action: removeKept, Off: !some},
		{Keys: []string{"r"}, Shown: "r", Label: "rename", Help: "give it another name", Group: draw.Keeping, Action: renameKept, Off: !some},
		{Keys: []string{"l"}, Shown: "l", Label: "label", Help: "set labels, or take them away", Group: draw.Keeping, Action: labelKept, Off: !some},
		{Keys: []string{"f2"}, Shown: "f2", Label: "sale", Help: "plain questions about a sale, which fill in the form", Group: draw.Choosing, Action: askSale},
		{Keys: []string{"ctrl+k"}, Shown: "ctrl+k", Help: "send one request and show its timeline", Group: draw.Driving, Action: checkForm},
		{Keys: []string{"up", "k"}, Shown: "up", Help: "select a run (also k and j, pgup, pgdown, g and G)", Group: draw.Choosing, Action: runAbove},
		{Keys: []string{"down", "j"}, Shown: "down", Group: draw.Choosing, Action: runBelow},
		{Keys: []string{"pgup"}, Group: draw.Choosing, Action: tenAbove},
		{Keys: []string{"pgdown"}, Group: draw.Choosing, Action: tenBelow},
		{Keys: []string{"home", "g"}, Group: draw.Choosing, Action: firstRun},
		{Keys: []string{"end", "G"}, Group: draw.Choosing, Action: lastRun},
		{Keys: []string{"esc"}, Group: draw.Choosing, Action: clearRunFilter, Off: !found},
		{Keys: []string{"esc"}, Group: draw.Choosing, Action: toForm},
		{Keys: []string{"shift+tab"}, Group: draw.Choosing, Action: toLastField},
		{Shown: g.Mark(draw.Good) + " " + g.Mark(draw.Bad), Help: "it passed; it failed", Group: draw.Seeing},
		{Shown: g.Mark(draw.Near) + " " + unknown, Help: "it decided nothing; it did not come to its end, or cannot be read", Group: draw.Seeing},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave; fg resumes it", Group: draw.Leaving, Action: suspend},
	}, h.askBindings(), draw.Bindings[Action]{
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave (also ctrl+c)", Group: draw.Leaving, Action: quit, Last: true},
	})
}

// pendingBindings are what the screen can do while something waits for the draft to be
// looked at: what is typed meanwhile would steer what begins then.
var pendingBindings = append(draw.Bindings[Action]{
	{Keys: []string{"esc"}, Shown: "esc", Label: "give it up", Group: draw.Leaving, Action: dropPending},
}, always...)

// always are what the screen can do whatever lies above it or is being typed.
var always = draw.Bindings[Action]{
	{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: quit},
	{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: suspend},
}

// askingBindings are the answers to whether to do what is not to be undone; any other key
// is no.
func (h Model) askingBindings() draw.Bindings[Action] {
	says := "send the load"
	if h.about == removeKept {
		says = "delete it"
	}
	return append(draw.Bindings[Action]{
		{Keys: []string{"y"}, Shown: "y", Label: "go on", Help: says, Group: draw.Choosing, Action: yes},
		{Keys: []string{"n", "esc"}, Shown: "n", Label: "no", Help: "leave it (also any other key)", Group: draw.Choosing, Action: no},
	}, always...)
}

// filterBindings are what the screen can do while the filter of the list is typed; any
// other key is text.
func (h Model) filterBindings() draw.Bindings[Action] {
	return slices.Concat(draw.Bindings[Action]{
		{Keys: []string{"esc"}, Group: draw.Choosing, Action: closeCheck, Off: !h.checked()},
		{Keys: []string{"enter"}, Shown: "enter", Label: "keep", Help: "keep the filter", Group: draw.Choosing, Action: keepRunFilter},
		{Keys: []string{"esc"}, Shown: "esc", Label: "clear", Help: "show all runs", Group: draw.Choosing, Action: clearRunFilter},
		{Keys: []string{"backspace"}, Group: draw.Choosing, Action: rubOutRunFilter},
		{Keys: []string{"up"}, Group: draw.Choosing, Action: runAbove},
		{Keys: []string{"down"}, Group: draw.Choosing, Action: runBelow},
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
	}
	return h.written(key.Text, key)
}

// Do performs an action.
func (h Model) Do(a Action) (Model, tea.Cmd) {
	switch {
	case a >= pointAt:
		h.list.at = int(a - pointAt)
		h.list.move(0)
		return h, h.form.focus(-1)
	case a > asking:
		h.asks = draw.Ask(a - asking)
		return h, nil
	}
	switch a {
	case runForm:
		return h.start()
	case checkForm:
		return h.check()
	case searchForm:
		return h.search()
	case saveForm:
		return h.save()
	case askSale:
		return h.openSale()
	case nextQuestion, questionBefore, clearSaleAnswer, rubOutSaleAnswer, dropSale, keepSale:
		return h.answering(a)
	case takeLine, dropLine, rubOutLine, clearLine:
		return h.edit(a)
	case renameKept, labelKept:
		h = h.ask(a)
	case removeKept:
		h = h.doom()
	case dropPending:
		h.pending, h.notice = 0, "given up"
	case closeCheck:
		h.stopCheck()
	case yes:
		return h.agreed()
	case no:
		h.asking, h.notice = false, "nothing was sent"
		if h.about == removeKept {
			h.notice = "nothing was deleted"
		}
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
		h.list.move(len(h.list.kept))
	case sortRuns:
		h.list.sort()
	case markRun:
		h.list.mark()
	case filterRuns:
		h.list.finder = h.list.finder.Do(draw.OpenFinder)
	case keepRunFilter:
		h.list.finder = h.list.finder.Do(draw.KeepFinder)
	case clearRunFilter:
		h.list.finder, h.list.at = draw.Finder{}, 0
	case rubOutRunFilter:
		h.list.finder, h.list.at = h.list.finder.Do(draw.RubOutFinder), 0
	case openRun:
		return h.open()
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

// open asks for the selected run or search.
func (h Model) open() Model {
	k, ok := h.list.selected()
	switch {
	case !ok:
	case k.Broken != nil:
		h.notice = k.ID + " cannot be read: " + *k.Broken
	case k.Kind == history.Search:
		h.wants = Request{Found: k.ID}
	default:
		h.wants = Request{Open: k.ID}
	}
	return h
}

// Targets are where the mouse asks for something: the runs, which the wheel goes
// through, and the footer.
func (h Model) Targets() draw.Targets[Action] {
	if h.asking || h.pending != 0 || h.line.about != 0 {
		return nil
	}
	l := h.layout()
	var list draw.Targets[Action]
	if l.runs.X > 0 && h.sale == nil && !h.inForm() {
		list = append(list, draw.Target[Action]{At: l.form, Click: toForm})
	}
	if at := l.runs; h.sale == nil && (at.X > 0 || !h.inForm()) {
		list = append(list, draw.Target[Action]{At: at, Up: runAbove, Down: runBelow})
		top, rows := at.Y+2, at.H-3
		if h.bare(at.W) {
			top, rows = at.Y+1, at.H-1
		}
		from := h.list.firstRow(max(1, rows))
		for i := range max(0, min(rows, len(h.list.shown())-from)) {
			list = append(list, draw.Target[Action]{At: draw.At(at.X, top+i, at.W, 1), Click: pointAt + Action(from+i)})
		}
	}
	if h.notice == "" {
		list = append(list, draw.FooterTargets(h.Bindings(), h.pen, l.keys)...)
	}
	return list
}

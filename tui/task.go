package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"flashwave/tui/search"
)

// A task is what the backend was sent for last: a run to start, to read, to compare.
// There is one at a time; the screens go on meanwhile. An answer names its task:
// what comes of one that was given up, or whose place a newer one took, is stale.
type task struct {
	id     int
	kind   taskKind
	recall context.CancelFunc // tells the backend that nobody waits any more; nil: idle
}

// A taskKind is what somebody waits for.
type taskKind int

const (
	idle taskKind = iota
	starting
	reading
	comparing
)

// String is what the user is told meanwhile; "" if there is nothing to wait for.
func (k taskKind) String() string {
	return [...]string{"", "starting …", "reading …", "comparing …"}[k]
}

// An answerMsg is what came of a task.
type answerMsg struct {
	id int
	of tea.Msg
}

// send sends the backend on a task, in place of the one under way. do runs off the
// screen; its context ends when nobody waits for it any more.
func (a app) send(kind taskKind, do func(ctx context.Context, id int) tea.Msg) (app, tea.Cmd) {
	a = a.giveUp()
	ctx, recall := context.WithCancel(a.ctx)
	a.task = task{a.task.id + 1, kind, recall}
	id := a.task.id
	return a, func() tea.Msg { return answerMsg{id, do(ctx, id)} }
}

// giveUp makes whatever comes of the task under way stale.
func (a app) giveUp() app {
	if a.task.recall != nil {
		a.task.recall()
	}
	a.task.kind, a.task.recall = idle, nil
	return a
}

// answered takes in what came of a task; a run that nobody waits for is ended.
func (a app) answered(msg answerMsg) (tea.Model, tea.Cmd) {
	if msg.id != a.task.id || a.task.kind == idle {
		starts := a.starts
		return a, func() tea.Msg {
			starts.drop(msg.id)
			return nil
		}
	}
	a = a.giveUp() // it is over
	switch of := msg.of.(type) {
	case startedMsg:
		if of.err != nil {
			return a.showError(of.err)
		}
		one, _ := a.starts.take(msg.id)
		if one.run == nil {
			return a.showSearch(one.search, one.search.Subject())
		}
		return a.show(one.run)
	case foundMsg:
		if of.err != nil {
			return a.showError(of.err)
		}
		return a.showSearch(search.Kept(of.doc))
	case loadedMsg:
		if of.err != nil {
			return a.showError(of.err)
		}
		return a.showKept(of.run)
	case pairMsg:
		if of.err != nil {
			return a.showError(of.err)
		}
		return a.compare(of.pair)
	}
	return a, nil
}

package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// An errand is what the desk was sent for last: a run to start, to read, to compare.
// There is one at a time; the screens go on meanwhile. An answer names its errand:
// what comes of one that was given up, or whose place a newer one took, is stale.
type errand struct {
	id     int
	kind   errandKind
	recall context.CancelFunc // tells the desk that nobody waits any more; nil: idle
}

// An errandKind is what somebody waits for.
type errandKind int

const (
	idle errandKind = iota
	starting
	reading
	comparing
)

// String is what the user is told meanwhile; "" if there is nothing to wait for.
func (k errandKind) String() string {
	return [...]string{"", "starting …", "reading …", "comparing …"}[k]
}

// An answerMsg is what came of an errand.
type answerMsg struct {
	id int
	of tea.Msg
}

// send sends the desk on an errand, in place of the one under way. do runs off the
// screen; its context ends when nobody waits for it any more.
func (a app) send(kind errandKind, do func(ctx context.Context, id int) tea.Msg) (app, tea.Cmd) {
	a = a.giveUp()
	ctx, recall := context.WithCancel(a.ctx)
	a.errand = errand{a.errand.id + 1, kind, recall}
	id := a.errand.id
	return a, func() tea.Msg { return answerMsg{id, do(ctx, id)} }
}

// giveUp makes whatever comes of the errand under way stale.
func (a app) giveUp() app {
	if a.errand.recall != nil {
		a.errand.recall()
	}
	a.errand.kind, a.errand.recall = idle, nil
	return a
}

// answered takes in what came of an errand; a run that nobody waits for is ended.
func (a app) answered(msg answerMsg) (tea.Model, tea.Cmd) {
	if msg.id != a.errand.id || a.errand.kind == idle {
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
			return a.complain(of.err)
		}
		return a.show(a.starts.take(msg.id))
	case loadedMsg:
		if of.err != nil {
			return a.complain(of.err)
		}
		return a.show(newStored(of.run))
	case pairMsg:
		if of.err != nil {
			return a.complain(of.err)
		}
		return a.compare(of.pair)
	}
	return a, nil
}

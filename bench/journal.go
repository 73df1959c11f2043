package bench

import (
	"errors"
	"sync"

	"flashwave/bench/result"
)

// A notary hands a run to its journal as it goes on. A journal that fails is not asked
// again: the load goes on, and the run says so. It is safe for concurrent use, but that
// the journal is handed one thing at a time only as long as it answers.
type notary struct {
	journal Journal // nil: the run is not kept
	events  *events

	mu  sync.Mutex
	err error // why the run can no longer be saved
}

// hand hands something to the journal.
func (n *notary) hand(do func(Journal) error) {
	if n.journal == nil || n.failure() != nil {
		return
	}
	if err := do(n.journal); err != nil {
		n.fail(err)
		n.events.note("the run can no longer be saved: " + err.Error())
	}
}

// handEvents hands over the events that came since the last time.
func (n *notary) handEvents() {
	for _, e := range n.events.untold() {
		n.hand(func(j Journal) error { return j.Event(e) })
	}
}

// fail notes that the journal failed.
func (n *notary) fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.err = err
}

// giveUp keeps from asking a journal again that has not answered.
func (n *notary) giveUp() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err == nil {
		n.err = errStuck
	}
}

// failure is why the run could not be saved; nil: it was, so far.
func (n *notary) failure() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.err
}

// keep ends the journal: the document may still fit where a second did not.
func (r *Run) keep(doc *result.Run) {
	j := r.notary.journal
	if j == nil || errors.Is(r.notary.failure(), errStuck) {
		return
	}
	kept := *doc // its own, should it outlast the run
	if err := bounded(r, journalBy, errStuck, func() error { return j.End(&kept) }); err != nil {
		r.notary.fail(err)
	}
}

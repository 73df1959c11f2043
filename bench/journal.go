package bench

import (
	"errors"
	"sync"

	"flashwave/bench/result"
)

// A journalWriter hands a run to its journal as it goes on. A journal that fails is not asked
// again: the load goes on, and the run says so. It is safe for concurrent use, but that
// the journal is handed one thing at a time only as long as it answers.
type journalWriter struct {
	to     Journal // nil: the run is not kept
	events *events

	mu  sync.Mutex
	err error // why the run can no longer be saved
}

// hand hands something to the journal.
func (w *journalWriter) hand(do func(Journal) error) {
	if w.to == nil || w.failure() != nil {
		return
	}
	if err := do(w.to); err != nil {
		w.fail(err)
		w.events.note("the run can no longer be saved: " + err.Error())
	}
}

// handEvents hands over the events that came since the last time.
func (w *journalWriter) handEvents() {
	for _, e := range w.events.untold() {
		w.hand(func(j Journal) error { return j.Event(e) })
	}
}

// fail notes that the journal failed.
func (w *journalWriter) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = err
}

// giveUp keeps from asking a journal again that has not answered.
func (w *journalWriter) giveUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = errStuck
	}
}

// failure is why the run could not be saved; nil: it was, so far.
func (w *journalWriter) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// keep ends the journal: the document may still fit where a second did not.
func (r *Run) keep(doc *result.Run) {
	j := r.journal.to
	if j == nil || errors.Is(r.journal.failure(), errStuck) {
		return
	}
	kept := *doc // its own, should it outlast the run
	if err := bounded(r, journalBy, errStuck, func() error { return j.End(&kept) }); err != nil {
		r.journal.fail(err)
	}
}

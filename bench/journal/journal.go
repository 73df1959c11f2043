// Package journal remembers what takes place in a run, and hands that and its seconds to
// whoever keeps them.
//
// A [Journal] has one goroutine, which alone calls the keeper from [Journal.Begin] on,
// which starts it; [Journal.End] is the last that it does, and waits for it. Nobody else
// waits for a keeper who is slow, or stuck, but who asks for it with [Journal.Settle].
package journal

import (
	"errors"
	"sync"

	"flashwave/bench/result"
	"flashwave/bench/timetable"
)

// A Keeper keeps a run on disk while it goes on. Its methods are called one at a time,
// Begin first and End last, and must not change what they are handed.
type Keeper interface {
	Begin(*result.Run) error
	Interval(in result.Interval, row result.Row) error
	Event(result.Event) error
	End(*result.Run) error
}

var (
	// ErrStuck is the error of a keeper that did not answer in time.
	ErrStuck = errors.New("still being written when the run was stopped for good")
	errSlow  = errors.New("it cannot be written as fast as the run goes on")
)

// A Journal is that of a run. A keeper that fails is not asked again: the run goes on, and
// its journal says so. It is safe for concurrent use.
type Journal struct {
	events
	keeper Keeper        // nil: the run is not kept
	wake   chan struct{} // there are jobs; closed: the one of the end was the last

	mu   sync.Mutex
	jobs []func() // for the keeper's goroutine
	err  error    // why the run can no longer be kept
}

// mayWait is how much may wait for the keeper: about a minute of seconds.
const mayWait = 64

// New is an empty journal. keeper may be nil.
func New(clock *timetable.Clock, keeper Keeper) *Journal {
	return &Journal{events: events{clock: clock}, keeper: keeper, wake: make(chan struct{}, 1)}
}

// Begin has the document kept as it is known when the run begins. It waits for that, and
// comes before everything else but for events.
func (j *Journal) Begin(doc *result.Run) {
	if j.keeper == nil {
		return
	}
	j.ask(func(k Keeper) error { return k.Begin(doc) })
	go j.work()
}

// work does the jobs as they come, up to the last.
func (j *Journal) work() {
	for range j.wake {
		for do := j.take(); do != nil; do = j.take() {
			do()
		}
	}
}

// take is the next job; nil: there is none.
func (j *Journal) take() func() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.jobs) == 0 {
		return nil
	}
	do := j.jobs[0]
	j.jobs = j.jobs[1:]
	return do
}

// put adds a job, and answers with how many there are.
func (j *Journal) put(do func()) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.jobs = append(j.jobs, do)
	select {
	case j.wake <- struct{}{}:
	default:
	}
	return len(j.jobs)
}

// ask has the keeper do something, unless it has failed.
func (j *Journal) ask(do func(Keeper) error) {
	if j.Failure() != nil {
		return
	}
	if err := do(j.keeper); err != nil {
		j.fail(err)
	}
}

// Second hands over a second that has ended, and the events that came since the last. It
// does not wait for the keeper.
func (j *Journal) Second(in result.Interval, row result.Row) {
	events := j.untold()
	if j.keeper == nil || j.Failure() != nil {
		return
	}
	waiting := j.put(func() {
		j.ask(func(k Keeper) error { return k.Interval(in, row) })
		j.tell(events)
	})
	if waiting > mayWait {
		j.fail(errSlow)
	}
}

// tell hands the keeper events.
func (j *Journal) tell(events []result.Event) {
	for _, e := range events {
		j.ask(func(k Keeper) error { return k.Event(e) })
	}
}

// Settle waits until the keeper has done what it was handed.
func (j *Journal) Settle() {
	if j.keeper == nil {
		return
	}
	done := make(chan struct{})
	j.put(func() { close(done) })
	<-done
}

// GiveUp keeps from asking a keeper again that has not answered.
func (j *Journal) GiveUp() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = ErrStuck
	}
}

// End has the run's document kept, even by a keeper that failed: there may still be room
// for it where there was none for a second. It waits for that, but not for one that was
// given up, and is called once, last.
func (j *Journal) End(doc *result.Run) {
	if j.keeper == nil {
		return
	}
	defer j.close()
	if errors.Is(j.Failure(), ErrStuck) {
		return
	}
	events, kept := j.untold(), *doc // its own, should that outlast the run
	ended := make(chan struct{})
	j.put(func() {
		defer close(ended)
		j.tell(events)
		if err := j.keeper.End(&kept); err != nil {
			j.failed(err)
		}
	})
	<-ended
}

// close ends the keeper's goroutine, when it has nothing more to do.
func (j *Journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.wake)
}

// fail notes that the keeper failed.
func (j *Journal) fail(err error) {
	j.failed(err)
	j.Note("the run can no longer be saved: " + err.Error())
}

// failed is fail when there is no more to be said.
func (j *Journal) failed(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = err
}

// Failure is why the run could not be kept; nil: it was, so far.
func (j *Journal) Failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

package bench

import (
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// Whoever stops a run twice wants its report, and now: whatever some goroutine is stuck
// in (a call that does not hear that it was cancelled, a disk that hangs), the run goes
// on without it. By then, counted from when the user insisted, each part must have
// ended:
const (
	lanesBy   = 200 * time.Millisecond
	callsBy   = 800 * time.Millisecond // a client closes what it is stuck in after 500
	secondsBy = 900 * time.Millisecond
	serverBy  = 1000 * time.Millisecond
	logBy     = 1100 * time.Millisecond
	journalBy = 1500 * time.Millisecond
)

// An ending is how a run comes to its end: where it stands, who stopped it, and how long
// it waits for what is stuck. It is safe for concurrent use.
type ending struct {
	insists chan struct{} // closed: the user does, and what is open is given up

	mu       sync.Mutex
	state    result.State
	why      verdict.Ending
	insisted time.Time // when the user did; zero: not yet
}

func newEnding() *ending { return &ending{insists: make(chan struct{}), state: result.Warming} }

// begun says that a wave has begun: the warm-up is over.
func (e *ending) begun() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state == result.Warming {
		e.state = result.Running
	}
}

// drains says that nothing is scheduled any more.
func (e *ending) drains() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state = result.Draining
}

// now is where the run stands, and why it ends.
func (e *ending) now() (result.State, verdict.Ending) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state, e.why
}

// stop is told why the sending is to end; first: nobody had said so before. Said again by
// the user, it gives up what is open. What the answer says is to be noted; "": nothing.
func (e *ending) stop(why verdict.Ending) (said string, first bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.why == verdict.RanOut:
		e.why = why
		return map[verdict.Ending]string{
			verdict.Interrupted: "interrupted: nothing more is sent, open requests may finish",
			verdict.OutOfBudget: "another request could exceed the budget",
			verdict.AbortedOn:   "aborted",
			verdict.Refused:     "the endpoint refuses every request",
		}[why], true
	case why != verdict.Interrupted:
	case e.why == verdict.OutOfBudget, e.why == verdict.AbortedOn:
		e.why = verdict.Interrupted // what the user says comes first
		return "interrupted", false
	case !closed(e.insists):
		e.insisted = time.Now()
		close(e.insists)
	}
	return "", false
}

// within does something, and reports whether it ended: once the user has insisted for so
// long, it is left behind.
func (e *ending) within(by time.Duration, do func()) bool {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do()
	}()
	select {
	case <-ended:
		return true
	case <-e.insists:
	}
	enough := time.NewTimer(e.remaining(by))
	defer enough.Stop()
	select {
	case <-ended:
		return true
	case <-enough.C:
		return false
	}
}

// remaining is what is left until so long after the user insisted.
func (e *ending) remaining(by time.Duration) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return by - time.Since(e.insisted)
}

// closed reports whether a channel is.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

package bench

import (
	"errors"
	"fmt"
	"time"

	"flashwave/bench/ledger"
	"flashwave/bench/units"
	"flashwave/client"
)

// Whoever stops a run twice wants its report, and now: whatever some goroutine is stuck
// in (a call that does not hear that it was cancelled, a disk that hangs), the run goes
// on without it. By then, counted from when the user insisted, each part must have
// ended:
const (
	lanesBy   = 200 * time.Millisecond
	callsBy   = 800 * time.Millisecond // a client closes what it is stuck in after 500
	tickBy    = 900 * time.Millisecond
	logBy     = 1100 * time.Millisecond
	journalBy = 1500 * time.Millisecond
)

// callPatience is how long a run whose grace period is over waits for cancelled calls,
// when nobody insists.
const callPatience = 10 * time.Second

// errStuck is the error of what did not end in time.
var errStuck = errors.New("still being written when the run was stopped for good")

// bounded does something and answers as it does: or with late, once the user has
// insisted for so long, and leaves it behind.
func bounded[T any](r *Run, by time.Duration, late T, do func() T) T {
	answer := make(chan T, 1)
	go func() { answer <- do() }()
	select {
	case a := <-answer:
		return a
	case <-r.aborting:
	}
	enough := time.NewTimer(r.stillAfter(by))
	defer enough.Stop()
	select {
	case a := <-answer:
		return a
	case <-enough.C:
		return late
	}
}

// stillAfter is what is left until so long after the user insisted.
func (r *Run) stillAfter(by time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return by - time.Since(r.insisted)
}

// calledOff waits for the calls that were cancelled, and reports whether all have ended.
func (r *Run) calledOff(idle <-chan struct{}) bool {
	enough := time.NewTimer(callPatience)
	defer enough.Stop()
	select {
	case <-idle:
		return true
	case <-enough.C:
		return false
	case <-r.aborting:
		return bounded(r, callsBy, false, func() bool { <-idle; return true })
	}
}

// leaveBehind records what is open as unfinished: nobody waits for it any more. What
// scheduled requests no one has in hand are unsent.
func (r *Run) leaveBehind() {
	n, now := 0, r.now()
	for _, f := range r.ledger.StopOpening() {
		var v ledger.Value
		left := f.Leave(now, func(res client.Result) ledger.Value {
			v = r.value(f, res)
			return v
		})
		if left {
			r.budget.Settle(0, v.Cost.Total())
			n++
		}
	}
	r.ledger.Settle()
	r.mu.Lock()
	r.behind = n
	r.mu.Unlock()
	if n > 0 {
		r.events.note(fmt.Sprintf("%s did not end when cancelled: left behind, unfinished", units.Of(n, "request", "requests")))
	}
}

// LeftBehind says, once the run is over, how many of its requests did not end though
// they were cancelled. Something of them may still be there.
func (r *Run) LeftBehind() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behind
}

// Insisted reports whether the run was stopped a second time.
func (r *Run) Insisted() bool { return closed(r.aborting) }

// closeLog ends the log of requests.
func (r *Run) closeLog() (lost int64, err error) {
	type end struct {
		lost int64
		err  error
	}
	e := bounded(r, logBy, end{0, errStuck}, func() end {
		lost, err := r.ledger.CloseLog()
		return end{lost, err}
	})
	return e.lost, e.err
}

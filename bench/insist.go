package bench

import (
	"errors"
	"fmt"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client"
	"flashwave/client/outcome"
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
	for _, f := range r.open.close() {
		if f.leave(now) {
			n++
		}
	}
	r.rec.settle()
	r.mu.Lock()
	r.behind = n
	r.mu.Unlock()
	if n > 0 {
		r.note(fmt.Sprintf("%s did not end when cancelled: left behind, unfinished", units.Of(n, "request", "requests")))
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

// leave records the request as it stands; false: it has ended meanwhile.
func (f *flight) leave(now time.Duration) bool {
	if f.sent.CompareAndSwap(0, -1) {
		f.neverLeft()
		return true
	}
	f.shard.mu.Lock()
	f.departed(time.Duration(f.sent.Load()))
	res := f.unfinished(now)
	f.shard.mu.Unlock()
	cost, estimated := f.run.cost(int(f.size.Load()), f.ticket.lane.workload.MaxTokens, res)
	if !f.record(res, cost, estimated) {
		return false
	}
	f.run.budget.settle(0, cost.Total())
	f.run.logLine(f.ticket, res)
	return true
}

// unfinished is what the request came to so far. The shard is locked.
func (f *flight) unfinished(now time.Duration) client.Result {
	instant := func(at time.Duration) time.Duration {
		if at <= 0 {
			return client.Never
		}
		return at
	}
	res := neverSent
	res.Outcome, res.Err = client.Cancelled, "left behind: it did not end when it was cancelled"
	res.Sent, res.Done = time.Duration(f.sent.Load()), now
	res.FirstToken, res.FirstAnswer = instant(time.Duration(f.first.Load())), instant(f.answered)
	res.FirstByte, res.LastToken = res.FirstToken, instant(f.last)
	res.Events = int(f.events)
	res.Phases.Reused = true
	res.Limits = client.Limits{LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1, RetryAfter: client.Never}
	if f.events > 0 {
		res.Usage = client.Usage{Output: res.Events, From: client.FromEvents}
	}
	return res
}

// settle makes the next interval that is begun to be closed the last: what was scheduled
// and is not accounted for in it was never sent.
func (r *recorder) settle() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.final = true
}

// account completes the counts of the last interval. r.mu is held.
func (r *recorder) account(sum map[int]*result.Part) {
	for wave, total := range r.totals {
		if wave < 0 {
			continue
		}
		rest := result.NewPart()
		rest.Requests = total.Requests.Open()
		if rest.Requests == (result.Requests{}) {
			continue
		}
		if n := rest.Requests.Unfinished; n > 0 {
			rest.Outcomes[outcome.Cancelled] = n
		}
		total.Merge(rest)
		if sum[wave] == nil {
			sum[wave] = result.NewPart()
		}
		sum[wave].Merge(rest)
	}
}

// closeLog ends the log of requests.
func (r *Run) closeLog() (lost int64, err error) {
	type end struct {
		lost int64
		err  error
	}
	e := bounded(r, logBy, end{0, errStuck}, func() end {
		lost, err := r.requestLog.close()
		return end{lost, err}
	})
	return e.lost, e.err
}

// giveJournalUp keeps from asking a journal again that has not answered.
func (r *Run) giveJournalUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.journalErr == nil {
		r.journalErr = errStuck
	}
}

package bench

import (
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// stop ends the sending, once. Called again by the user, it gives up what is
// open.
func (r *Run) stop(why verdict.Ending, detail ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if why == verdict.Interrupted && (r.why == verdict.OutOfBudget || r.why == verdict.AbortedOn) {
		r.why = verdict.Interrupted // what the user says comes first
		r.events.add(result.Event{TS: r.since(r.now()).Seconds(), Kind: result.Stopped, Text: "interrupted"})
		return
	}
	if r.why != verdict.RanOut {
		if why == verdict.Interrupted && !closed(r.aborting) {
			r.insisted = time.Now()
			close(r.aborting)
		}
		return
	}
	r.why = why
	text := map[verdict.Ending]string{
		verdict.Interrupted: "interrupted: nothing more is sent, open requests may finish",
		verdict.OutOfBudget: "another request could exceed the budget",
		verdict.AbortedOn:   "aborted",
		verdict.Refused:     "the endpoint refuses every request",
	}[why]
	if len(detail) > 0 {
		text += ": " + detail[0]
	}
	r.events.add(result.Event{TS: r.since(r.now()).Seconds(), Kind: result.Stopped, Text: text})
	r.dispatch.Stop()
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// refusals watches the first requests to end: if every one of them is refused,
// the key, the model or the request is wrong, and the rest need not be sent.
type refusals struct {
	stop  func(why verdict.Ending, detail ...string)
	limit int // how many requests it watches
	over  atomic.Bool

	mu         sync.Mutex
	ended, bad int
}

const refusalsWatched = 20

func newRefusals(sc *scenario.Scenario, stop func(verdict.Ending, ...string)) *refusals {
	w := &refusals{stop: stop, limit: refusalsWatched}
	if n, known := sc.PlannedRequests(); known {
		w.limit = int(min(int64(w.limit), max(n, 1)))
	}
	return w
}

// see takes in how a request ended.
func (w *refusals) see(res client.Result) {
	if w.over.Load() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended++
	if res.Outcome == outcome.Auth || res.Outcome == outcome.BadRequest {
		w.bad++
	}
	if w.bad < w.ended || w.ended == w.limit {
		w.over.Store(true)
		if w.bad == w.ended {
			w.stop(verdict.Refused, res.Err)
		}
	}
}

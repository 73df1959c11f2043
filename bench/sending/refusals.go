package sending

import (
	"sync"
	"sync/atomic"

	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/outcome"
)

// refusals watches the first requests to end: if every one of them is refused,
// the key, the model or the request is wrong, and the rest need not be sent.
type refusals struct {
	limit int // how many requests it watches
	over  atomic.Bool

	mu         sync.Mutex
	ended, bad int
}

const refusalsWatched = 20

func newRefusals(sc *scenario.Scenario) *refusals {
	w := &refusals{limit: refusalsWatched}
	if n, known := sc.PlannedRequests(); known {
		w.limit = int(min(int64(w.limit), max(n, 1)))
	}
	return w
}

// all takes in how a request ended, and reports whether it is the one with which every
// request that is watched was refused.
func (w *refusals) all(res *client.Result) bool {
	if w.over.Load() {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over.Load() {
		return false
	}
	w.ended++
	if res.Outcome == outcome.Auth || res.Outcome == outcome.BadRequest {
		w.bad++
	}
	if w.bad == w.ended && w.ended < w.limit {
		return false
	}
	w.over.Store(true)
	return w.bad == w.ended
}

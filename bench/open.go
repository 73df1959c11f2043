package bench

import (
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"flashwave/bench/result"
)

// openRequests is the register of requests in flight, for the screen: what has
// not completed yet shows in no histogram.
type openRequests struct {
	mu      sync.Mutex
	flights []*flight
	byWave  map[int]int64 // how many of them
	closed  bool
}

// add enters a request; false: nothing is sent any more.
func (o *openRequests) add(f *flight) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	if o.byWave == nil {
		o.byWave = map[int]int64{}
	}
	o.byWave[f.ticket.wave]++
	f.place = len(o.flights)
	o.flights = append(o.flights, f)
	return true
}

// close enters nothing more, and answers with what is open.
func (o *openRequests) close() []*flight {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	return slices.Clone(o.flights)
}

func (o *openRequests) remove(f *flight) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byWave[f.ticket.wave]--
	last := len(o.flights) - 1
	o.flights[f.place] = o.flights[last]
	o.flights[f.place].place = f.place
	o.flights[last] = nil
	o.flights = o.flights[:last]
}

// waves are the numbers of open requests of every wave that had any.
func (o *openRequests) waves() iter.Seq2[int, int64] {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.All(maps.Clone(o.byWave))
}

// addTo adds the ages of open requests that still wait for an instant to a part,
// as if the run ended now: an endpoint that hangs must not look well because
// nothing ends.
func (o *openRequests) addTo(p *result.Part, now time.Duration, concerns func(ticket) bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.flights {
		t := f.ticket
		sent := time.Duration(f.sent.Load())
		if t.wave == result.Warmup || sent <= 0 || !concerns(t) {
			continue
		}
		if f.first.Load() == 0 {
			p.RecordOpen(result.TTFTResponse, now-t.scheduled)
			p.RecordOpen(result.TTFTService, now-sent)
			p.RecordOpen(result.TTFAResponse, now-t.scheduled)
			p.RecordOpen(result.TTFAService, now-sent)
		}
		p.RecordOpen(result.E2EResponse, now-t.scheduled)
		p.RecordOpen(result.E2EService, now-sent)
	}
}

// openState is the register at one instant.
type openState struct {
	awaiting, streaming, late int64
	oldest                    time.Duration
}

// state looks at every open request. A request is late when it still awaits its
// first token after ttft, or is still open after e2e (0: no such bound).
func (o *openRequests) state(now, ttft, e2e time.Duration) (st openState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.flights {
		age := now - f.ticket.scheduled
		st.oldest = max(st.oldest, age)
		waiting := f.first.Load() == 0
		if waiting {
			st.awaiting++
		} else {
			st.streaming++
		}
		if ttft > 0 && waiting && age > ttft || e2e > 0 && age > e2e {
			st.late++
		}
	}
	return st
}

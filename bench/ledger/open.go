package ledger

import (
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
)

// A register keeps the requests in flight, for the screen: what has not completed yet
// shows in no histogram. The zero value is empty.
type register struct {
	mu      sync.Mutex
	flights []*Flight
	byWave  map[int]int64 // how many of them
	closed  bool
}

// add enters a request; false: nothing is sent any more.
func (o *register) add(f *Flight) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	if o.byWave == nil {
		o.byWave = map[int]int64{}
	}
	o.byWave[f.Wave]++
	f.place = len(o.flights)
	o.flights = append(o.flights, f)
	return true
}

// close enters nothing more, and answers with what is open.
func (o *register) close() []*Flight {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	return slices.Clone(o.flights)
}

func (o *register) remove(f *Flight) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byWave[f.Wave]--
	last := len(o.flights) - 1
	o.flights[f.place] = o.flights[last]
	o.flights[f.place].place = f.place
	o.flights[last] = nil
	o.flights = o.flights[:last]
}

// waves are the numbers of open requests of every wave that had any.
func (o *register) waves() iter.Seq2[int, int64] {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.All(maps.Clone(o.byWave))
}

// addTo adds the ages of open requests that still wait for an instant to a part,
// as if the run ended now: an endpoint that hangs must not look well because
// nothing ends.
func (o *register) addTo(p *result.Part, now time.Duration, concerns func(dispatch.Ticket) bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.flights {
		sent := time.Duration(f.sent.Load())
		if f.Wave == result.Warmup || sent <= 0 || !concerns(f.Ticket) {
			continue
		}
		if f.first.Load() == 0 {
			p.RecordOpen(result.TTFTResponse, now-f.Scheduled)
			p.RecordOpen(result.TTFTService, now-sent)
			p.RecordOpen(result.TTFAResponse, now-f.Scheduled)
			p.RecordOpen(result.TTFAService, now-sent)
		}
		p.RecordOpen(result.E2EResponse, now-f.Scheduled)
		p.RecordOpen(result.E2EService, now-sent)
	}
}

// A State is what is open at one instant.
type State struct {
	Awaiting, Streaming int64         // a first token, and the rest of them
	Late                int64         // of both
	Oldest              time.Duration // since it was due
}

// state looks at every open request. A request is late when it still awaits its
// first token after ttft, or is still open after e2e (0: no such bound).
func (o *register) state(now, ttft, e2e time.Duration) (st State) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.flights {
		age := now - f.Scheduled
		st.Oldest = max(st.Oldest, age)
		waiting := f.first.Load() == 0
		if waiting {
			st.Awaiting++
		} else {
			st.Streaming++
		}
		if ttft > 0 && waiting && age > ttft || e2e > 0 && age > e2e {
			st.Late++
		}
	}
	return st
}

// StopOpening enters nothing more, and answers with what is open.
func (l *Ledger) StopOpening() []*Flight { return l.open.close() }

// InFlight are how many requests of each wave are open.
func (l *Ledger) InFlight() iter.Seq2[int, int64] { return l.open.waves() }

// AddOpen adds the ages of the open requests that are of concern to a part, as if the run
// ended now.
func (l *Ledger) AddOpen(p *result.Part, now time.Duration, concerns func(dispatch.Ticket) bool) {
	l.open.addTo(p, now, concerns)
}

// AddWaiting adds the age of a request that waits for a slot: nothing came of it yet.
func AddWaiting(p *result.Part, now time.Duration, t dispatch.Ticket) {
	for _, m := range [...]result.Metric{result.TTFTResponse, result.TTFAResponse, result.E2EResponse} {
		p.RecordOpen(m, now-t.Scheduled)
	}
}

// OpenState looks at every open request. One is late when it still awaits its first token
// after ttft, or is still open after e2e (0: no such bound).
func (l *Ledger) OpenState(now, ttft, e2e time.Duration) State { return l.open.state(now, ttft, e2e) }

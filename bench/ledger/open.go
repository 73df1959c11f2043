package ledger

import (
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
)

// A register keeps the requests in flight, for the screen: what has not completed yet
// shows in no histogram. Whoever opens or closes a request holds one of its shards for an
// instant, and never waits for whoever looks at all of them.
type register struct {
	shards [nShards]openShard
	waves  []atomic.Int64 // how many are open, by wave
}

// An openShard holds the open requests that hash to it.
type openShard struct {
	mu      sync.Mutex
	flights []*Flight
	closed  bool
	_       [24]byte // a cache line of its own
}

func newRegister(waves int) register { return register{waves: make([]atomic.Int64, waves)} }

// shard is the one of a request.
func (o *register) shard(f *Flight) *openShard { return &o.shards[f.Index%nShards] }

// add enters a request; false: nothing is sent any more.
func (o *register) add(f *Flight) bool {
	s := o.shard(f)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	f.place = len(s.flights)
	s.flights = append(s.flights, f)
	o.count(f, 1)
	return true
}

func (o *register) remove(f *Flight) {
	s := o.shard(f)
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.flights) - 1
	s.flights[f.place] = s.flights[last]
	s.flights[f.place].place = f.place
	s.flights[last] = nil
	s.flights = s.flights[:last]
	o.count(f, -1)
}

// count counts the open requests of waves; those of the warm-up are of none.
func (o *register) count(f *Flight, n int64) {
	if f.Wave >= 0 {
		o.waves[f.Wave].Add(n)
	}
}

// close enters nothing more, and answers with what is open.
func (o *register) close() (list []*Flight) {
	for i := range o.shards {
		s := &o.shards[i]
		s.mu.Lock()
		s.closed = true
		list = append(list, s.flights...)
		s.mu.Unlock()
	}
	return list
}

// all are the requests that are open, as they were when their shard was come to.
func (o *register) all() iter.Seq[*Flight] {
	return func(yield func(*Flight) bool) {
		var flights []*Flight
		for i := range o.shards {
			s := &o.shards[i]
			s.mu.Lock()
			flights = append(flights[:0], s.flights...)
			s.mu.Unlock()
			for _, f := range flights {
				if !yield(f) {
					return
				}
			}
		}
	}
}

// addTo adds the ages of open requests that still wait for an instant to a part,
// as if the run ended now: an endpoint that hangs must not look well because
// nothing ends.
func (o *register) addTo(p *result.Part, now time.Duration, concerns func(dispatch.Ticket) bool) {
	for f := range o.all() {
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
	for f := range o.all() {
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
func (l *Ledger) InFlight() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for wave := range l.open.waves {
			if !yield(wave, l.open.waves[wave].Load()) {
				return
			}
		}
	}
}

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

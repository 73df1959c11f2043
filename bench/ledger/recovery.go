package ledger

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// recoveryLimit is for how many seconds what comes after a surge is kept apart.
const recoveryLimit = result.RecoveryLimit

// A recovery is what became of the requests that a lane scheduled after a surge,
// second by second from its end on: an hour of it at most.
type recovery struct {
	surge int           // wave
	start time.Duration // its end, on the run's clock

	mu      sync.Mutex
	end     time.Duration // when the lane went on to something else; 0: not yet
	seconds []result.Tally
	fresh   map[int]result.SecondsTally // since the journal was told last
	told    bool                        // that there is a surge
	toldEnd time.Duration
}

// at is the second of an instant; false: nobody watches any more.
func (r *recovery) at(scheduled time.Duration) (i int, ok bool) {
	i = int(max(scheduled-r.start, 0) / time.Second)
	return i, i < recoveryLimit
}

// note adds to what is new of a second. r.mu is held.
func (r *recovery) note(i int, add func(*result.SecondsTally)) {
	if r.fresh == nil {
		r.fresh = map[int]result.SecondsTally{}
	}
	t := r.fresh[i]
	add(&t)
	r.fresh[i] = t
}

// expect takes in a request that was scheduled after the surge. r may be nil.
func (r *recovery) expect(scheduled time.Duration) {
	if r == nil {
		return
	}
	i, ok := r.at(scheduled)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note(i, func(t *result.SecondsTally) { t.Scheduled++ })
}

// see takes in how a request ended that was scheduled after the surge. r may be
// nil.
func (r *recovery) see(scheduled time.Duration, good verdict.Goodness) {
	if r == nil {
		return
	}
	i, ok := r.at(scheduled)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.seconds) <= i {
		r.seconds = append(r.seconds, result.Tally{})
	}
	one := tallied(good)
	r.seconds[i].Add(one)
	r.note(i, func(t *result.SecondsTally) { t.Tally.Add(one) })
}

// tallied counts one request.
func tallied(good verdict.Goodness) result.Tally {
	switch good {
	case verdict.Good:
		return result.Tally{Good: 1}
	case verdict.Unjudged:
		return result.Tally{Unjudged: 1}
	}
	return result.Tally{Bad: 1}
}

// lose takes in that requests were given up which were scheduled between two instants,
// about evenly. r may be nil.
func (r *recovery) lose(from, to time.Duration, n int64) {
	if r == nil {
		return
	}
	first := max(from-r.start, 0) / time.Second
	last := min(max(to-r.start, 0)/time.Second, recoveryLimit-1)
	if first > last {
		return
	}
	each := min(n/int64(last-first+1)+1, math.MaxUint32/2)
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := first; i <= last; i++ {
		for len(r.seconds) <= int(i) {
			r.seconds = append(r.seconds, result.Tally{})
		}
		lost := result.SecondsTally{Scheduled: uint32(each), Tally: result.Tally{Bad: uint32(each)}}
		r.seconds[i].Add(lost.Tally)
		r.note(int(i), func(t *result.SecondsTally) { t.Add(lost) })
	}
}

// close ends the watch.
func (r *recovery) close(at time.Duration) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end = at
}

// document says after how long the endpoint was itself again: the first second
// from which on the SLO held. now ends a watch that goes on.
func (r *recovery) document(share float64, text string, now time.Duration) *result.Recovery {
	r.mu.Lock()
	defer r.mu.Unlock()
	end := r.end
	if end == 0 {
		end = now
	}
	return result.RecoveryOf(r.seconds, min(end-r.start, recoveryLimit*time.Second), share, text)
}

// surges know which recovery a request belongs to: the one that was watched when it was
// scheduled, which goes on until the next surge of its lane ends, or the lane.
type surges struct {
	lanes []atomic.Pointer[recovery] // from the last surge of each; nil: there was none
	live  []atomic.Pointer[recovery] // by the wave that is live: its lane's then
	of    []atomic.Pointer[recovery] // by the wave that was the surge
}

func newSurges(lanes, waves int) surges {
	return surges{
		lanes: make([]atomic.Pointer[recovery], lanes),
		live:  make([]atomic.Pointer[recovery], waves),
		of:    make([]atomic.Pointer[recovery], waves),
	}
}

// enter is told that a lane goes from one wave to another.
func (s *surges) enter(lane, before, now int, at time.Duration, surged bool) {
	watched := &s.lanes[lane]
	if surged {
		watched.Load().close(at)
		watched.Store(&recovery{surge: before, start: at})
		s.of[before].Store(watched.Load())
	}
	if now < 0 {
		watched.Load().close(at)
		return
	}
	s.live[now].Store(watched.Load())
}

// after is what is watched in the wall time of a wave; nil: nothing is.
func (s *surges) after(live int) *recovery {
	if live < 0 {
		return nil
	}
	return s.live[live].Load()
}

// Recovery is what became of the endpoint after a surge, up to now, and how many of the
// requests must be good for it to be well again, which text says; nil: the wave was none.
func (l *Ledger) Recovery(wave int, share float64, text string, now time.Duration) *result.Recovery {
	r := l.surges.of[wave].Load()
	if r == nil {
		return nil
	}
	return r.document(share, text, now)
}

// Aftermath is what came after a wave that was a surge since this was asked last; false:
// nothing did.
func (l *Ledger) Aftermath(wave int) (result.Aftermath, bool) {
	return l.surges.of[wave].Load().news(l.since)
}

// news are what came since it was asked last; false: nothing did. r may be nil.
func (r *recovery) news(since func(time.Duration) time.Duration) (a result.Aftermath, ok bool) {
	if r == nil {
		return a, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	a = result.Aftermath{StartS: since(r.start).Seconds(), Seconds: r.fresh}
	if r.end > 0 {
		a.EndS = new(since(r.end).Seconds())
	}
	ok = len(r.fresh) > 0 || !r.told || r.end != r.toldEnd
	r.fresh, r.told, r.toldEnd = nil, true, r.end
	return a, ok
}

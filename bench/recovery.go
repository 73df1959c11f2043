package bench

import (
	"math"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// recoveryLimit is for how many seconds what comes after a surge is kept apart.
const recoveryLimit = result.RecoveryLimit

// surgeRatio is by how much the load falls after a wave that is a surge whatever
// it did to the endpoint.
const surgeRatio = 2

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

// surged reports whether a wave that has ended was a surge: an open wave with at
// least twice the rate at its end that the next one begins with, or any wave in
// which an SLO was breached live and after which there is less load. r.mu is held.
func (r *Run) surged(before, next int) bool {
	if before < 0 || next < 0 {
		return false
	}
	w, n := &r.waves[before], &r.waves[next]
	if w.Closed != n.Closed {
		return false
	}
	return !w.Closed && w.to > 0 && w.to >= surgeRatio*n.from || w.breached && n.from < w.to
}

// keepApart keeps what a lane schedules after a surge apart. It lasts to the end of
// the next surge or of the lane. l.mu and r.mu are held.
func (r *Run) keepApart(l *lane, before, next int, at time.Duration) {
	if r.surged(before, next) {
		l.afterSurge.close(at)
		l.afterSurge = &recovery{surge: before, start: at}
		r.waves[before].recovery = l.afterSurge
	}
	if next < 0 {
		l.afterSurge.close(at)
	}
}

// markBreach notes that an SLO is breached in the live waves that it speaks of.
// Ones that began within the live window may suffer from those before.
func (r *Run) markBreach(e slo.Expr, now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lanes {
		i := l.here()
		if i >= 0 && e.Concerns(l.name, r.waves[i].Name) && now-r.waves[i].start >= liveWindow {
			r.waves[i].breached = true
		}
	}
}

// addRecovery completes the figures of a wave that was a surge.
func (r *Run) addRecovery(s *result.Stats, wave int) {
	if wave < 0 {
		return
	}
	r.mu.Lock()
	rec, now := r.waves[wave].recovery, r.end
	r.mu.Unlock()
	if rec == nil {
		return
	}
	if now == 0 {
		now = r.now()
	}
	share, text := r.assertions.Recovered()
	s.Recovery = rec.document(share, text, now)
}

package bench

import (
	"math"
	"slices"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// What it takes to have recovered from a surge: for recoveryHold every window of
// recoveryWindow with at least recoveryLeast requests holds the SLO.
const (
	recoveryWindow = 10 // seconds
	recoveryHold   = 30 // seconds
	recoveryLeast  = 20 // requests
	recoveryLimit  = 3600
)

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
	seconds []tally
}

// A tally counts the requests scheduled in one second.
type tally struct {
	good uint32 // met every per-request bound
	bad  uint32 // failed, lost or beyond a bound
}

// see takes in how a request ended that was scheduled after the surge. r may be
// nil.
func (r *recovery) see(scheduled time.Duration, good bool) {
	if r == nil {
		return
	}
	i := int(max(scheduled-r.start, 0) / time.Second)
	if i >= recoveryLimit {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.seconds) <= i {
		r.seconds = append(r.seconds, tally{})
	}
	if good {
		r.seconds[i].good++
	} else {
		r.seconds[i].bad++
	}
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
			r.seconds = append(r.seconds, tally{})
		}
		s := &r.seconds[i]
		s.bad = max(s.bad, s.bad+uint32(each))
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
	watched := min(end-r.start, recoveryLimit*time.Second)
	d := &result.Recovery{WithinS: watched.Seconds(), SLO: text}
	if second, ok := recovered(r.seconds, int(watched/time.Second), share); ok {
		d.RecoveredS = new(float64(second))
	}
	return d
}

// recovered finds the first of the watched seconds that holds a request and from
// which on, for recoveryHold, every window with enough requests has at least that
// share of good ones. Where no window has enough nothing is proven.
func recovered(seconds []tally, watched int, share float64) (second int, ok bool) {
	seconds = seconds[:min(watched, len(seconds))]
	windows := make([]window, max(watched-recoveryWindow+1, 0))
	for i := range windows {
		windows[i] = judgeWindow(seconds[min(i, len(seconds)):min(i+recoveryWindow, len(seconds))], share)
	}
	const span = recoveryHold - recoveryWindow + 1 // windows that lie in recoveryHold
	for i := 0; i+span <= len(windows) && i < len(seconds); i++ {
		run := windows[i : i+span]
		if seconds[i] != (tally{}) && slices.Contains(run, held) && !slices.Contains(run, broken) {
			return i, true
		}
	}
	return 0, false
}

// A window is what ten seconds say of the SLO.
type window int

const (
	tooFew window = iota // too few requests
	held
	broken
)

func judgeWindow(seconds []tally, share float64) window {
	var good, n uint64
	for _, s := range seconds {
		good += uint64(s.good)
		n += uint64(s.good) + uint64(s.bad)
	}
	switch {
	case n < recoveryLeast:
		return tooFew
	case float64(good) < share*float64(n)-1e-9: // less the rounding of the product
		return broken
	}
	return held
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

package bench

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// surgeRatio is by how much the load falls after a wave that is a surge whatever
// it did to the endpoint.
const surgeRatio = 2

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

// markBreach notes that an SLO is breached in the live waves that it speaks of.
// Ones that began within the live window may suffer from those before.
func (r *Run) markBreach(e slo.Expr, now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lanes {
		i := r.ledger.LiveWave(l.index)
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
	now := r.end
	r.mu.Unlock()
	if now == 0 {
		now = r.now()
	}
	share, text := r.assertions.Recovered()
	s.Recovery = r.ledger.Recovery(wave, share, text, now)
}

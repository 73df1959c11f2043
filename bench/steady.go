package bench

import (
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// A steady counts the completions of a closed wave's wall time between its fill
// and its drain, whichever wave had scheduled them. It is safe for concurrent use.
//
// The fill is over when every slot has turned over once: with the n-th completion,
// at t0, where n is the wave's concurrency, or what it took over if that is more.
// The drain is what comes after the wave's wall time. Of the k completions between,
// of which the last is at t1, the rate is k ÷ (t1 − t0); it is not known where k is
// less than the concurrency. A wave that goes on as the one before it is measured
// likewise: from its start to its last completion there would be one completion
// too many for each slot, where slots keep step.
type steady struct {
	mu         sync.Mutex
	fill       int // completions that still belong to the fill
	least      int // n
	from, last time.Duration
	count      int64
}

// steadyOf is for a wave that counts such; nil for an open one.
func steadyOf(w scenario.Wave) *steady {
	if !w.Closed() {
		return nil
	}
	return &steady{}
}

// begin counts anew, from an instant on, after so many completions.
func (s *steady) begin(at time.Duration, fill, least int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fill, s.least = fill, least
	s.from, s.last, s.count = at, at, 0
}

// completed takes in a request that ended at an instant.
func (s *steady) completed(at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fill > 0 {
		s.fill--
		s.from = max(s.from, at)
		s.last = s.from
		return
	}
	s.count++
	s.last = max(s.last, at)
}

// rate is in completions per second; nil: not known.
func (s *steady) rate() *float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count < int64(max(s.least, 1)) || s.last <= s.from {
		return nil
	}
	return new(float64(s.count) / (s.last - s.from).Seconds())
}

// addSteady completes the figures of a closed wave, or of a run (wave < 0) that is
// nothing but one.
func (r *Run) addSteady(s *result.Stats, wave int) {
	if wave < 0 && len(r.waves) == 1 {
		wave = 0
	}
	if wave >= 0 && r.waves[wave].steady != nil {
		s.Rate.Steady = r.waves[wave].steady.rate()
	}
}

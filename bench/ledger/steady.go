package ledger

import (
	"sync"
	"time"
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

// Fill says that the slots of a closed wave fill from an instant on: its steady state
// begins after so many completions, and is known after least of them.
func (l *Ledger) Fill(wave int, at time.Duration, fill, least int) {
	if wave >= 0 {
		l.steady[wave].begin(at, fill, least)
	}
}

// Completed takes in a request that ended in the wall time of a closed wave.
func (l *Ledger) Completed(wave int, at time.Duration) {
	if wave >= 0 {
		l.steady[wave].completed(at)
	}
}

// Steady is the rate of a closed wave in its steady state, in completions per second; nil:
// not known.
func (l *Ledger) Steady(wave int) *float64 {
	if l.steady[wave] == nil {
		return nil
	}
	return l.steady[wave].rate()
}

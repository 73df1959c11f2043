package search

import (
	"fmt"
	"math"

	"flashwave/bench/capacity"
)

// inFlight reports whether the search is one by requests in flight.
func (c Config) inFlight() bool { return c.By == capacity.InFlight }

// bound is what the hunt keeps to: every lane has one request in flight at least.
func (s *Search) bound() bound {
	c := s.cfg
	b := bound{min: c.MinRate, max: c.MaxRate, precision: c.Precision, soak: c.Soak > 0, hold: c.HoldFor > 0}
	if c.inFlight() {
		b.min, b.max, b.whole = float64(len(s.base.Lanes)), float64(s.base.Slots()), true
	}
	return b
}

// point is a load to be measured, as long as a step lasts there.
func (s *Search) point(kind capacity.Kind, load float64) point {
	p := point{kind: kind, rate: load, length: s.length(s.arriving(load)), looks: looks}
	if s.cfg.inFlight() {
		p.rate, p.concurrency = 0, int(math.Round(load))
	}
	return p
}

// arriving is how many requests a second come at a load, at least: of so many in flight
// what the nearest step served whose number is known, or as much less as there are fewer.
func (s *Search) arriving(load float64) float64 {
	if !s.cfg.inFlight() {
		return load
	}
	var nearest *step
	for i := range s.steps {
		st := &s.steps[i]
		if st.Concurrency == nil || st.SucceededRPS == nil || !(*st.SucceededRPS > 0) {
			continue
		}
		if nearest == nil || apart(float64(*st.Concurrency), load) < apart(float64(*nearest.Concurrency), load) {
			nearest = st
		}
	}
	if nearest == nil {
		return 1
	}
	return *nearest.SucceededRPS * min(1, load/float64(*nearest.Concurrency))
}

// split shares requests in flight out among lanes, one to each at least and all of them.
func split(n int, shares []float64) []int {
	counts, left := make([]int, len(shares)), n
	for i := range shares {
		counts[i] = 1
		left--
	}
	for ; left > 0 && len(shares) > 0; left-- {
		least, most := 0, math.Inf(-1) // who lacks most has the next
		for i, share := range shares {
			if lacks := share*float64(n) - float64(counts[i]); lacks > most {
				least, most = i, lacks
			}
		}
		counts[least]++
	}
	return counts
}

// words is a move in words.
func (s *Search) words(m move) string {
	switch m.kind {
	case "":
		return ""
	case capacity.Count:
		return "next: count what the limit gives"
	}
	return fmt.Sprintf("next: %s %s", m.kind, s.cfg.By.Amount(m.rate))
}

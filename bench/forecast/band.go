package forecast

import "math"

// banded is how far nights are apart.
func banded(played []*Backlog) *Band {
	span := func(of func(b *Backlog) *float64) *Range {
		r := Range{math.Inf(1), math.Inf(-1)}
		for _, b := range played {
			if v := of(b); v != nil {
				r.Low, r.High = min(r.Low, *v), max(r.High, *v)
			}
		}
		if r.Low > r.High {
			return nil
		}
		return &r
	}
	return &Band{
		Nights:       len(played),
		Peak:         span(func(b *Backlog) *float64 { return &b.Peak }),
		InFlight:     span(func(b *Backlog) *float64 { return b.InFlight }),
		WorstWaitS:   span(func(b *Backlog) *float64 { return &b.WorstWaitS }),
		TTFTP95S:     span(func(b *Backlog) *float64 { return b.TTFTP95S }),
		WorstTTFT:    span(func(b *Backlog) *float64 { return b.WorstTTFT }),
		E2EP95S:      span(func(b *Backlog) *float64 { return b.E2EP95S }),
		WorstE2E:     span(func(b *Backlog) *float64 { return b.WorstE2E }),
		TimeToDrainS: span(func(b *Backlog) *float64 { return b.TimeToDrainS }),
		BeyondShare:  span(func(b *Backlog) *float64 { return &b.BeyondShare }),
		FailedShare:  span(func(b *Backlog) *float64 { return new(b.FailedShare()) }),
	}
}

package capacity

import (
	"fmt"
	"math"
	"slices"
	"time"

	"flashwave/bench/scenario"
)

// settleWave is the name of the load that does not count.
const settleWave = "settle"

// lookWave is the name of the load between two looks.
func lookWave(i int) string { return fmt.Sprintf("look%d", i+1) }

// shares are how much of the load each lane has in the scenario's own waves; equal
// shares where that is not known.
func shares(sc *scenario.Scenario) []float64 {
	shares, sum := make([]float64, len(sc.Lanes)), 0.0
	for i, l := range sc.Lanes {
		one := &scenario.Scenario{Lanes: []scenario.Lane{l}}
		n, known := one.PlannedRequests()
		if !known || n == 0 {
			sum = 0
			break
		}
		shares[i] = float64(n)
		sum += float64(n)
	}
	for i := range shares {
		if sum == 0 {
			shares[i] = 1 / float64(len(shares))
		} else {
			shares[i] /= sum
		}
	}
	return shares
}

// derive is the scenario with other waves: those that waves gives a lane for its
// share of the load. Its SLOs speak of these.
func (s *Search) derive(waves func(share float64) []scenario.Wave, grace time.Duration) *scenario.Scenario {
	sc := *s.base
	sc.Lanes = make([]scenario.Lane, len(s.base.Lanes))
	for i, l := range s.base.Lanes {
		l.Waves = waves(s.shares[i])
		sc.Lanes[i] = l
	}
	var names []string
	for _, w := range sc.Lanes[0].Waves {
		names = append(names, w.Name)
	}
	sc.SLO = nil
	for _, c := range slices.Concat(s.criteria, s.bounds) {
		sc.SLO = append(sc.SLO, c.over(names)...)
	}
	sc.Warmup, sc.Grace = 0, scenario.Duration(grace)
	sc.Seed += s.points
	if sc.Budget > 0 {
		sc.Budget = max(sc.Budget-s.spent, math.SmallestNonzeroFloat64)
	}
	return &sc
}

// open is load at a rate: settling, then a wave for each look.
func (p point) open(settle time.Duration) func(share float64) []scenario.Wave {
	return func(share float64) []scenario.Wave {
		each := scenario.PerSecond(p.rate * share)
		wave := func(name string, length time.Duration) scenario.Wave {
			return scenario.Wave{Name: name, Rate: &scenario.Rate{From: each, To: each}, For: scenario.Duration(length)}
		}
		waves := []scenario.Wave{wave(settleWave, settle)}
		for i := range p.looks {
			waves = append(waves, wave(lookWave(i), p.length))
		}
		return waves
	}
}

// closed is so many requests in flight, until each slot was used three times.
func closed(concurrency int) func(share float64) []scenario.Wave {
	return func(share float64) []scenario.Wave {
		n := max(1, int(math.Round(float64(concurrency)*share)))
		return []scenario.Wave{{Name: lookWave(0), Concurrency: n, Requests: rampRounds * n}}
	}
}

// single is one request for each lane that has load.
func single(float64) []scenario.Wave {
	return []scenario.Wave{{Name: lookWave(0), Concurrency: 1, Requests: 1}}
}

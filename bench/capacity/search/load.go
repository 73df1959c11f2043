package search

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

// A load is the waves of each lane, by its index.
type load func(lane int) []scenario.Wave

// derive is the scenario with other waves. Its SLOs speak of these.
func (s *Search) derive(waves load, grace time.Duration) *scenario.Scenario {
	sc := *s.base
	sc.Lanes = make([]scenario.Lane, len(s.base.Lanes))
	for i, l := range s.base.Lanes {
		l.Waves = waves(i)
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

// open is the load of a point: settling, then a wave for each look.
func (s *Search) open(p point, settle time.Duration) load {
	counts := split(p.concurrency, s.shares)
	return func(lane int) []scenario.Wave {
		wave := func(name string, length time.Duration) scenario.Wave {
			w := scenario.Wave{Name: name, For: scenario.Duration(length)}
			if p.concurrency > 0 {
				w.Concurrency = counts[lane]
			} else {
				each := scenario.PerSecond(p.rate * s.shares[lane])
				w.Rate = &scenario.Rate{From: each, To: each}
			}
			return w
		}
		waves := []scenario.Wave{wave(settleWave, settle)}
		for i := range p.looks {
			waves = append(waves, wave(lookWave(i), p.length))
		}
		return waves
	}
}

// closed is so many requests in flight, until each slot was used so many times.
func (s *Search) closed(n, rounds int) load {
	counts := split(n, s.shares)
	return func(lane int) []scenario.Wave {
		return []scenario.Wave{{Name: lookWave(0), Concurrency: counts[lane], Requests: rounds * counts[lane]}}
	}
}

// filled is so many requests in flight all the time, once settled.
func (s *Search) filled(n int, settle, length time.Duration) load {
	counts := split(n, s.shares)
	return func(lane int) []scenario.Wave {
		return []scenario.Wave{
			{Name: settleWave, Concurrency: counts[lane], For: scenario.Duration(settle)},
			{Name: lookWave(0), Concurrency: counts[lane], For: scenario.Duration(length)},
		}
	}
}

// single is one request for each lane that has load.
func single(int) []scenario.Wave {
	return []scenario.Wave{{Name: lookWave(0), Concurrency: 1, Requests: 1}}
}

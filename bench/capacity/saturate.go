package capacity

import (
	"context"
	"math"
	"time"

	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

const (
	nearPeak     = 0.9  // a demand that comes so near to the throughput seen may exceed what there is
	saturateGain = 1.05 // less throughput than so many times the last step's: the endpoint is saturated
)

// saturate finds out how much the endpoint does at most, whatever its latency then:
// from there on a backlog grows, and by it one is worked off. The SLOs end below
// that, and a step that broke one ended as soon as it had. Only a demand that comes
// near needs to know.
func (s *Search) saturate(ctx context.Context) {
	peak := s.peak()
	if s.stop != nil || s.refuses() || s.answer == 0 || peak < nearPeak*s.served() {
		return
	}
	held := s.at(s.answer)
	if held == nil || held.InFlightMean == nil {
		return
	}
	before := 0.0
	for n := min(2*int(math.Ceil(*held.InFlightMean)), s.base.Slots()); ; n = min(2*n, s.base.Slots()) {
		settle := min(2*s.settling(peak), s.cfg.StepFor)
		st, ok := s.closedStep(ctx, Saturate, n, filled(n, settle, s.cfg.StepFor), settle+s.cfg.StepFor)
		if !ok {
			return
		}
		most := 0.0
		if st.SucceededRPS != nil {
			most = *st.SucceededRPS
		}
		if most < saturateGain*before || most >= peak || n >= s.base.Slots() {
			s.tell(st, "")
			s.settleDown(ctx, st, move{Saturate, s.answer})
			return
		}
		before = most
		s.tell(st, "next: saturate with "+units.Count(min(2*n, s.base.Slots()))+" in flight")
	}
}

// served is the most requests per second that ended ok in any step.
func (s *Search) served() (most float64) {
	for _, st := range s.steps {
		if st.SucceededRPS != nil {
			most = max(most, *st.SucceededRPS)
		}
	}
	return most
}

// filled is so many requests in flight all the time, once settled.
func filled(concurrency int, settle, length time.Duration) func(share float64) []scenario.Wave {
	return func(share float64) []scenario.Wave {
		n := max(1, int(math.Round(float64(concurrency)*share)))
		return []scenario.Wave{
			{Name: settleWave, Concurrency: n, For: scenario.Duration(settle)},
			{Name: lookWave(0), Concurrency: n, For: scenario.Duration(length)},
		}
	}
}

package search

import (
	"context"
	"math"

	"flashwave/bench/capacity"
	"flashwave/bench/units"
	"flashwave/client"
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
	if s.queued() || s.stop != nil || s.refuses() || s.answer == 0 || peak < nearPeak*s.served() {
		return
	}
	held := s.at(s.answer)
	if held == nil || held.InFlightMean == nil {
		return
	}
	at := max(1, int(math.Ceil(*held.InFlightMean))) // nobody was seen in flight where answers come at once
	before, n, more := 0.0, at, min(2*at, s.bearable(at, s.answer))
	for more > n {
		n = more
		settle := min(2*s.settling(peak), s.cfg.StepFor)
		st, ok := s.closedStep(ctx, capacity.Saturate, n, s.filled(n, settle, s.cfg.StepFor), settle+s.cfg.StepFor)
		if !ok {
			return
		}
		most := 0.0
		if st.SucceededRPS != nil {
			most = *st.SucceededRPS
		}
		more = min(2*n, s.bearable(n, most))
		if most < saturateGain*before || most >= peak || more <= n {
			s.tell(st, "")
			s.settleDown(ctx, st, move{capacity.Saturate, s.answer})
			return
		}
		before = most
		s.tell(st, "next: saturate with "+units.Count(more)+" in flight")
	}
}

// crowd puts as many in flight as the demand will, where that is more than saturates the
// endpoint: what waits so long, or what everybody shares with so many, may be refused,
// given up or slower than the fewer ones.
func (s *Search) crowd(ctx context.Context) {
	if s.queued() || s.stop != nil || s.answer == 0 || s.refuses() {
		return
	}
	most := 0.0
	for _, st := range s.steps {
		if st.Kind == capacity.Saturate {
			most = max(most, float64(*st.Concurrency))
		}
	}
	f, _ := s.forecast(s.demand, s.base, client.Never)
	if most == 0 || f == nil || f.Simulated == nil {
		return
	}
	n := min(int(*f.Simulated.InFlight), s.base.Slots())
	if float64(n) < 2*most {
		return
	}
	// All of them are to have their turn once, and who comes then waits as long.
	turn := lasting(float64(n) / s.served())
	settle := min(turn, mostCrowded*s.cfg.StepFor)
	if st, ok := s.closedStep(ctx, capacity.Saturate, n, s.filled(n, settle, s.cfg.StepFor+settle), s.cfg.StepFor+2*settle); ok {
		s.tell(st, "")
		s.settleDown(ctx, st, move{capacity.Saturate, s.answer})
	}
}

// mostCrowded is how many times the length of a step a crowd is kept to settle.
const mostCrowded = 2

// served is the most requests per second that ended ok in any step: the saturation, where
// one reached it.
func (s *Search) served() (most float64) {
	for _, st := range s.steps {
		if st.SucceededRPS != nil {
			most = max(most, *st.SucceededRPS)
		}
	}
	return most
}

package search

import (
	"context"
	"math"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/trend"
)

const (
	modest   = 4   // requests in flight while an endpoint is warmed up
	standing = 0.2 // a latency that changes by less than such a part stands still
)

// warmup is how long the endpoint is warmed up at most: what the search must have time for
// besides is not spent on it.
func (c Config) warmup() time.Duration {
	return max(min(c.Warmup, c.For-leastSteps*c.StepFor-c.Soak), 0)
}

// warmUp loads the endpoint a little before anything is measured, until its latency stands
// still, or for as long as was given; false: the search is over.
func (s *Search) warmUp(ctx context.Context) bool {
	most := s.cfg.warmup()
	if most == 0 {
		return true
	}
	n := min(modest, s.base.Slots())
	rounds := math.MaxInt32
	if !s.cfg.inFlight() { // at no more than the highest rate
		rounds = max(1, int(min(s.cfg.MaxRate*most.Seconds(), math.MaxInt32))/n)
	}
	st, ok := s.closedStep(ctx, capacity.Warm, n, s.closed(n, rounds), most)
	if ok {
		s.tell(st, "next: ramp 1 in flight")
		s.settleDown(ctx, st, move{kind: capacity.Ramp})
	}
	return ok
}

// warmed reports whether the latency of a run stands still.
func warmed(run *bench.Run) bool {
	snap := run.Snapshot(result.View{Window: time.Second, Wave: -1})
	return standsStill(medians(snap.Series))
}

// standsStill reports whether a latency that was measured once a second changes by less than
// a fifth any more: so says a line through the newer half of its logarithms, with the whole
// interval of its slope. The more a latency wanders, the longer it takes to know.
func standsStill(medians []float64) bool {
	n := max(len(medians)/2, trend.Least)
	if len(medians) <= n { // the first second is that in which it begins
		return false
	}
	logs := make([]float64, n)
	for i, m := range medians[len(medians)-n:] {
		logs[i] = math.Log(m)
	}
	slope, margin := fit(logs, 0)
	return (math.Abs(slope)+margin)*float64(n) < math.Log1p(standing)
}

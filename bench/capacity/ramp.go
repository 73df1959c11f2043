package capacity

import (
	"context"
	"fmt"
	"math"
	"time"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

const (
	rampRounds = 3    // how often a ramp step uses each slot
	rampStride = 4    // each ramp step has so many times the requests in flight of the last
	rampGain   = 1.15 // less throughput than so many times the last step's: more in flight brings nothing more
	rampBelow  = 0.95 // where the bracket begins, as a part of the ramp's throughput
)

// ramp raises the requests in flight until that brings nothing more, and answers
// with the rate at which the bracket begins; false: the search is over.
func (s *Search) ramp(ctx context.Context) (start float64, ok bool) {
	held, most := 0.0, 0.0 // throughput
	var last step
	for n := 1; ; n = min(n*rampStride, s.base.Slots()) {
		st, ok := s.rampStep(ctx, n)
		if !ok {
			return 0, false
		}
		last = st
		if n == 1 {
			s.idle = latency(st.Step)
		}
		before := most
		if st.SucceededRPS != nil {
			most = max(most, *st.SucceededRPS)
			if st.Verdict == Held {
				held = max(held, *st.SucceededRPS)
			}
		}
		if st.Verdict == Broke || most < before*rampGain || most >= s.cfg.MaxRate || n >= s.base.Slots() {
			break
		}
		s.tell(st, "next: ramp "+units.Count(min(n*rampStride, s.base.Slots()))+" in flight")
	}
	if most == 0 {
		s.halt(ByNothing, result.GroundData, "no request succeeded: "+last.Why)
		return 0, false
	}
	start = rampBelow * math.Sqrt(held*most)
	if held == 0 {
		start = most / rampStride
	}
	s.tell(last, "next: bracket from "+units.PerSecond(start))
	s.settleDown(ctx, last, start)
	return start, true
}

// rampStep measures one concurrency. It is judged by what was seen, without an
// interval: it has to say where to begin and no more.
func (s *Search) rampStep(ctx context.Context, n int) (step, bool) {
	return s.closedStep(ctx, Ramp, n, closed(n), s.cfg.StepFor)
}

// closedStep keeps so many requests in flight for a time at most.
func (s *Search) closedStep(ctx context.Context, kind Kind, n int, waves func(share float64) []scenario.Wave, most time.Duration) (step, bool) {
	if st, there, over := s.again(kind, 0, n); there || over {
		return st, there
	}
	if !s.inTime(ctx, most) {
		return step{}, false
	}
	s.gauge.restart()
	run, err := s.start(s.derive(waves, most))
	if err != nil {
		s.halt(ByNothing, result.GroundBroken, err.Error())
		return step{}, false
	}
	began := s.elapsed()
	s.showing(Current{Kind: kind, Concurrency: n, Planned: most}, run)
	s.drive(ctx, run, func() (over, atOnce bool) {
		return s.elapsed()-began >= most, kind == Saturate
	})
	doc, look := run.Wait(), run.Look(lookWave(0))
	st := step{Step: figures(look)}
	st.Kind, st.Concurrency, st.StartedS, st.Looks = kind, &n, began.Seconds(), 1
	st.InFlightMean, st.GoodputRPS = new(float64(n)), nil // its requests outlast its time: no rate of good ones
	common(&st.Step, doc, look)
	s.seen(&st, look)
	if kind == Saturate && st.SucceededRPS != nil {
		st.Verdict, st.Why, st.limit, st.slo = Broke, "saturated: "+units.Rate(*st.SucceededRPS)+" requests/s end, whatever their latency", ByNothing, ""
	}
	ok := s.finish(ctx, doc)
	s.add(st, ok)
	return st, ok
}

// seen judges a ramp step.
func (s *Search) seen(st *step, look bench.Look) {
	st.SLOs = []Judged{}
	for _, c := range s.criteria {
		r := slo.Evaluate(c.Expr, unbegun(look.Ended))
		st.SLOs = append(st.SLOs, Judged{Expr: c.Text, Observed: r.Observed, OK: r.OK, Samples: look.Ended.Part.Requests.Scheduled})
	}
	var by *criterion
	st.Verdict, by = decide(s.criteria, st.SLOs, func(c criterion) bool { return c.failuresAlone(look.Ended) })
	st.Why = "every SLO held, as far as seen"
	for i, c := range s.criteria {
		if by != nil && c.Text == by.Text {
			st.Why = c.words(st.SLOs[i])
		}
	}
	if st.Verdict == Broke {
		st.limit, st.slo = by.limit(), by.Text
	}
	if len(look.Ended.Part.Errors) > 0 && st.Verdict != Held {
		e := look.Ended.Part.Errors.List()[0]
		st.Why += fmt.Sprintf("; most failures were %s: %s", e.Outcome, e.Sample)
	}
}

// latency is what tells whether an endpoint is idle, in milliseconds: the median
// service time to first token, or end to end where nothing streams; 0: unknown.
func latency(st Step) float64 {
	switch {
	case st.Latency.ServiceTTFT != nil:
		return st.Latency.ServiceTTFT.P50
	case st.Latency.ServiceE2E != nil:
		return st.Latency.ServiceE2E.P50
	}
	return 0
}

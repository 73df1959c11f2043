package search

import (
	"context"
	"fmt"
	"math"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

const (
	rampFew     = 16   // in flight; the throughput of fewer is one of few requests
	rampRounds  = 3    // how often a ramp step uses each slot
	rampStride  = 4    // each ramp step has so many times the requests in flight of the last
	rampGain    = 1.15 // less throughput than so many times the last step's: more in flight brings nothing more
	rampFalls   = 0.8  // a latency that falls below so many times the last one's is still falling
	rampRepeats = 1
	rampBelow   = 0.95 // where the bracket begins, as a part of the ramp's throughput
)

// ramp raises the requests in flight until that brings nothing more, or nears a limit that
// the endpoint tells, and begins the hunt at the rate that it shows; false: the search is
// over. Where more in flight take less time, the endpoint was cold: the ramp begins anew.
func (s *Search) ramp(ctx context.Context) bool {
	held, most, repeats := 0.0, 0.0, 0 // throughput
	heldAt, lostAt := 0, 0             // requests in flight
	var last step
	for n, more := 1, 0; ; n = more {
		st, ok := s.rampStep(ctx, n)
		if !ok {
			return false
		}
		if now := latency(st.Step); n > 1 && now > 0 && now < latency(last.Step)*rampFalls && repeats < rampRepeats {
			s.tell(st, "next: ramp 1 in flight once more, for the endpoint was cold")
			repeats++
			if st, ok = s.rampStep(ctx, 1); !ok {
				return false
			}
			n = 1
		}
		last = st
		if n == 1 {
			s.idle = latency(st.Step)
		}
		before := most
		if st.SucceededRPS != nil {
			most = max(most, *st.SucceededRPS)
			if st.Verdict == capacity.Held {
				held, heldAt = max(held, *st.SucceededRPS), n
			}
		}
		top := s.cfg.MaxRate
		if s.cfg.inFlight() {
			top = math.Inf(1)
		}
		if st.ToldRPS != nil {
			top = min(top, *st.ToldRPS)
		}
		more = min(n*rampStride, s.bearable(n, most))
		lost := st.Verdict == capacity.Broke && (n > 1 || most == 0 || st.limit != capacity.ByLatency) // of three requests chance may break an SLO
		if lost {
			lostAt = n
		}
		if lost || n >= rampFew && most < before*rampGain || most >= top || more <= n {
			break
		}
		s.tell(st, "next: ramp "+units.Count(more)+" in flight")
	}
	if most == 0 {
		s.halt(capacity.ByNothing, result.GroundData, "no request succeeded: "+last.Why)
		return false
	}
	start := rampBelow * math.Sqrt(held*most)
	if held == 0 {
		start = most / rampStride
	}
	told := last.ToldRPS
	if s.cfg.inFlight() {
		start, told = between(heldAt, lostAt), nil
	}
	s.hunt = newHunt(s.bound(), start, told, last.limit == capacity.ByRateLimit)
	next := s.hunt.next()
	s.tell(last, s.words(next))
	s.settleDown(ctx, last, next)
	return true
}

// bearable is how many may be in flight at most where so many served a rate: more of them
// do not serve more each, so that the highest rate allowed is kept, and there are slots for
// so many.
func (s *Search) bearable(n int, served float64) int {
	most := s.base.Slots()
	if served > 0 && !s.cfg.inFlight() {
		most = int(min(float64(most), float64(n)*s.cfg.MaxRate/served))
	}
	return most
}

// between is where to begin between so many in flight that held and so many that did not;
// 0: there are none.
func between(held, lost int) float64 {
	switch {
	case held == 0:
		return float64(lost) / rampStride
	case lost <= held:
		return float64(held)
	}
	return math.Sqrt(float64(held) * float64(lost))
}

// rampStep measures one concurrency. It is judged by what was seen, without an
// interval: it has to say where to begin and no more.
func (s *Search) rampStep(ctx context.Context, n int) (step, bool) {
	return s.closedStep(ctx, capacity.Ramp, n, s.closed(n, rampRounds), s.cfg.StepFor)
}

// closedStep keeps so many requests in flight for a time at most; each lane has one at least.
func (s *Search) closedStep(ctx context.Context, kind capacity.Kind, n int, waves load, most time.Duration) (step, bool) {
	n = max(n, len(s.base.Lanes))
	if st, there, over := s.again(kind, 0, n); there || over {
		return st, there
	}
	if !s.inTime(ctx, most) {
		return step{}, false
	}
	s.gauge.restart()
	run, err := s.start(ctx, s.derive(waves, most))
	if err != nil {
		s.halt(capacity.ByNothing, result.GroundBroken, err.Error())
		return step{}, false
	}
	began := s.elapsed()
	s.showing(capacity.Current{Kind: kind, Concurrency: n, Planned: most}, run)
	s.drive(ctx, run, func() (over, atOnce bool) {
		refused := s.gauge.refusing()
		return refused || s.elapsed()-began >= most || kind == capacity.Warm && warmed(run), refused || kind == capacity.Saturate
	})
	doc, look := run.Wait(), run.Look(lookWave(0))
	st := step{Step: figures(look)}
	st.Kind, st.Concurrency, st.StartedS, st.Looks = kind, &n, began.Seconds(), 1
	st.InFlightMean, st.GoodputRPS = new(float64(n)), nil // its requests outlast its time: no rate of good ones
	common(&st.Step, doc, look)
	st.SettledS = settled(doc)
	st.ServedByS = bySecond(rowsFrom(doc.Timeline, st.SettledS, st.SettledS+st.DurationS))
	s.told(&st.Step)
	s.seen(&st, s.see(run, lookWave(0)))
	st.Tasks = s.tasks(nil, nil)
	if refused := st.RateLimited; st.limit == capacity.ByErrors && 2*refused >= st.Requests.Failed {
		st.limit = capacity.ByRateLimit
	}
	if kind == capacity.Saturate && st.SucceededRPS != nil {
		st.Verdict, st.Why, st.limit, st.slo = capacity.Broke, "saturated: "+units.Rate(*st.SucceededRPS)+" requests/s end, whatever their latency", capacity.ByNothing, ""
	}
	ok := s.finish(ctx, doc)
	s.add(st, ok)
	return st, ok
}

// settled is how long load ran before it counted, in seconds.
func settled(doc *result.Run) float64 {
	for _, w := range doc.Waves {
		if w.Name == settleWave {
			return w.DurationS
		}
	}
	return 0
}

// seen judges a ramp step.
func (s *Search) seen(st *step, look sight) {
	st.SLOs = []capacity.Judged{}
	for _, c := range s.criteria {
		ended := look.of(c).Ended
		if c.OfGood() {
			j := c.holdGood(ended)
			j.OK = new(c.leans(j))
			st.SLOs = append(st.SLOs, j)
			continue
		}
		r := slo.Evaluate(c.Expr, unbegun(ended))
		st.SLOs = append(st.SLOs, capacity.Judged{Expr: c.Text, Observed: r.Observed, OK: r.OK, Samples: ended.Part.Requests.Scheduled})
	}
	var by *criterion
	st.Verdict, by = decide(s.criteria, st.SLOs, func(c criterion) bool { return c.failuresAlone(look.of(c).Ended) })
	st.Why = "every SLO held, as far as seen"
	for i, c := range s.criteria {
		if by != nil && c.Text == by.Text {
			st.Why = c.words(st.SLOs[i])
		}
	}
	if st.Verdict == capacity.Broke {
		st.limit, st.slo = by.limit(), by.Text
	}
	if len(look.Ended.Part.Errors) > 0 && st.Verdict != capacity.Held {
		e := look.Ended.Part.Errors.List()[0]
		st.Why += fmt.Sprintf("; most failures were %s: %s", e.Outcome, e.Sample)
	}
}

// latency is what tells whether an endpoint is idle, in milliseconds: the median
// service time to first token, or end to end where nothing streams; 0: unknown.
func latency(st capacity.Step) float64 {
	switch {
	case st.Latency.ServiceTTFT != nil:
		return st.Latency.ServiceTTFT.P50
	case st.Latency.ServiceE2E != nil:
		return st.Latency.ServiceE2E.P50
	}
	return 0
}

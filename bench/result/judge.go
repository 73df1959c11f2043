package result

import (
	"time"

	"flashwave/bench/slo"
	"flashwave/client/outcome"
)

// A Stretch is what an SLO is held against: what one wave, or the whole run, did
// in some time. It implements slo.Lookup.
type Stretch struct {
	Part   *Part
	Length time.Duration
	Priced bool
	Judged bool // some SLO defines what a good request is
}

var _ slo.Lookup = Stretch{}

// Scalar implements slo.Lookup.
func (s Stretch) Scalar(e slo.Expr) (float64, bool) {
	p, q := s.Part, s.Part.Requests
	var v *float64
	switch e.Metric {
	case slo.ErrorRate:
		v = ratio(q.Failed, q.Succeeded+q.Failed)
	case slo.Goodput:
		v = s.ifJudged(per(p.Good, s.Length))
	case slo.GoodFraction:
		v = s.ifJudged(ratio(p.Good, q.Scheduled))
	case slo.RPS:
		v = per(p.Here.Succeeded, s.Length)
	case slo.OfferedRPS:
		v = per(q.Scheduled, s.Length)
	case slo.SentRPS:
		v = per(p.Here.Sent, s.Length)
	case slo.CompletedRPS:
		v = per(p.Here.Completed, s.Length)
	case slo.OutputTPS:
		v = per(p.Here.OutputTokens, s.Length)
	case slo.TotalTPS:
		v = per(p.Here.TotalTokens, s.Length)
	case slo.Cost, slo.PerThousand:
		v = s.money(e.Metric)
	default:
		v = s.count(e)
	}
	if v == nil {
		return 0, false
	}
	return *v, true
}

func (s Stretch) ifJudged(v *float64) *float64 {
	if !s.Judged {
		return nil
	}
	return v
}

func (s Stretch) money(m slo.Metric) *float64 {
	c := cost(Label{Priced: s.Priced}, s.Part)
	switch {
	case c == nil:
		return nil
	case m == slo.PerThousand:
		return c.PerThousandOK
	}
	return &c.Total
}

// count is a number of requests, or its share of the scheduled ones.
func (s Stretch) count(e slo.Expr) *float64 {
	q := s.Part.Requests
	var n int64
	switch e.Metric {
	case slo.Dropped:
		n = q.Dropped
	case slo.Unsent:
		n = q.Unsent
	case slo.Unfinished:
		n = q.Unfinished
	case slo.RateLimited:
		n = s.Part.Outcomes[outcome.RateLimited]
	case slo.Lost:
		n = q.Lost()
	default:
		return nil
	}
	if e.Share {
		return ratio(n, q.Scheduled)
	}
	v := float64(n)
	return &v
}

// Latency implements slo.Lookup.
func (s Stretch) Latency(e slo.Expr) (slo.Sample, bool) {
	m, ok := MetricOf(e)
	if !ok {
		return slo.Sample{}, false
	}
	h := s.Part.Hists[m]
	sample := slo.Sample{Count: h.Count(), Lost: s.lost(e, m)}
	if sample.Count > 0 {
		sample.AtQuantile = func(q float64) float64 { return Millis(h.Quantile(q)) }
		sample.CountAtOrBelow = func(ms float64) int64 { return h.CountAtOrBelow(fromMillis(ms)) }
		sample.Max, sample.Mean = Millis(h.Max()), Millis(h.Mean())
	}
	return sample, sample.Count+sample.Lost > 0
}

// lost is how many requests rank above every bound: those for which the instant
// of the metric never came. An unfinished one that is younger than the bound is
// left out, for it may yet have met it.
func (s Stretch) lost(e slo.Expr, m Metric) int64 {
	p := s.Part
	never := p.Requests.Dropped + p.Requests.Unsent
	waits := m
	switch m {
	case ITL, Connect, DNS, TLS, Lag, ReadLag:
		return 0
	case Queue:
		return never
	case TPOT:
		waits = E2EService
	case Stall:
		waits = TTFTService
	}
	open := p.Open[waits]
	return never + p.Unanswered[waits] + open.Count() - open.CountAtOrBelow(fromMillis(e.Value))
}

// MetricOf is the histogram that an expression over a latency speaks of.
func MetricOf(e slo.Expr) (Metric, bool) {
	name := string(e.Metric)
	if e.Service {
		name = "service." + name
	}
	return ParseMetric(name)
}

// Hold judges an expression against a stretch, as a document says it.
func Hold(e slo.Expr, s Stretch, assumed bool) SLO {
	held := slo.Evaluate(e, s)
	return SLO{
		Expr: e.Text, Wave: e.Wave, Observed: held.Observed, AtLeast: held.AtLeast,
		Unit: string(e.Unit), OK: held.OK, Assumed: assumed,
	}
}

func fromMillis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

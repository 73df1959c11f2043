package capacity

import (
	"cmp"
	"slices"

	"flashwave/bench/result"
)

// A CurvePoint is what the endpoint did at one load: a rate of arrivals, or so many
// requests in flight. Steps at the same load are one point, each of their requests
// counting alike.
type CurvePoint struct {
	RateRPS     *float64    `json:"rate_rps"`    // requests per second that arrive; null: a closed step
	Concurrency *int        `json:"concurrency"` // requests in flight all the time, of a closed step; else null
	Steps       int         `json:"steps"`       // that were measured at this load
	Requests    int64       `json:"requests"`    // scheduled in them
	DurationS   float64     `json:"duration_s"`  // seconds of load that the figures cover
	Verdict     StepVerdict `json:"verdict"`     // of the last of the steps

	OfferedRPS   *float64 `json:"offered_rps"`
	SucceededRPS *float64 `json:"succeeded_rps"` // the throughput: requests that ended ok, per second
	GoodputRPS   *float64 `json:"goodput_rps"`   // of those that met every per-request bound
	ErrorRate    *float64 `json:"error_rate"`    // ratio
	InFlight     *float64 `json:"in_flight"`     // mean
	OutputTPS    *float64 `json:"output_tps"`    // output tokens per second
	UserTPS      *float64 `json:"user_tps"`      // output tokens per second ÷ requests in flight: what each user gets

	TTFTP50MS *float64 `json:"ttft_p50_ms"` // response time, as are the next ones
	TTFTP95MS *float64 `json:"ttft_p95_ms"`
	E2EP95MS  *float64 `json:"e2e_p95_ms"`

	PerThousandOKUSD *float64 `json:"per_1k_ok_usd"` // cost ÷ requests that ended ok × 1000; null: not known in any of the steps

	Growing bool `json:"growing"` // requests in flight grew to the end: no load that lasts
	Pareto  bool `json:"pareto"`  // no other load that lasts has more output tokens per second without fewer for each user, or the other way round
}

// Curve is what steps say of the endpoint load by load: open ones by their rates, and
// among them closed ones by the requests per second that ended ok; closed ones alone by
// their requests in flight. Steps in which this
// machine was late, or nothing was asked, say nothing of the endpoint.
func Curve(steps []Step) []CurvePoint {
	var loads [][]Step
	for _, st := range steps {
		if !st.GeneratorValid || st.Requests.Scheduled == 0 || !(st.DurationS > 0) {
			continue
		}
		at := slices.IndexFunc(loads, func(l []Step) bool { return l[0].sameLoad(st) })
		if at < 0 {
			at, loads = len(loads), append(loads, nil)
		}
		loads[at] = append(loads[at], st)
	}
	curve := make([]CurvePoint, len(loads))
	for i, l := range loads {
		curve[i] = pointOf(l)
	}
	at := CurvePoint.at
	if !slices.ContainsFunc(curve, func(p CurvePoint) bool { return p.Concurrency == nil }) {
		at = func(p CurvePoint) float64 { return float64(*p.Concurrency) }
	}
	slices.SortStableFunc(curve, func(a, b CurvePoint) int { return cmp.Compare(at(a), at(b)) })
	for i := range curve {
		curve[i].Pareto = onFront(curve, i)
	}
	return curve
}

// sameLoad reports whether two steps asked the same of the endpoint.
func (s Step) sameLoad(other Step) bool {
	switch {
	case s.RateRPS != nil && other.RateRPS != nil:
		return SameRate(s.RateRPS, *other.RateRPS)
	case s.Concurrency != nil && other.Concurrency != nil:
		return *s.Concurrency == *other.Concurrency && (s.Kind == other.Kind || s.SameTry(other))
	}
	return false
}

// at is where the point stands among the rates.
func (p CurvePoint) at() float64 {
	for _, v := range []*float64{p.RateRPS, p.SucceededRPS} {
		if v != nil {
			return *v
		}
	}
	return 0
}

// pointOf is the point of steps at one load. Rates are means over time, shares over
// requests, and percentiles those of all the requests together.
func pointOf(steps []Step) CurvePoint {
	first, last := steps[0], steps[len(steps)-1]
	p := CurvePoint{RateRPS: first.RateRPS, Concurrency: first.Concurrency, Steps: len(steps), Verdict: last.Verdict}
	for _, st := range steps {
		p.Requests += st.Requests.Scheduled
		p.DurationS += st.DurationS
		p.Growing = p.Growing || st.Growing()
	}
	seconds := func(s Step) float64 { return s.DurationS }
	p.OfferedRPS = mean(steps, seconds, func(s Step) *float64 { return s.OfferedRPS })
	p.SucceededRPS = mean(steps, seconds, func(s Step) *float64 { return s.SucceededRPS })
	p.GoodputRPS = mean(steps, seconds, func(s Step) *float64 { return s.GoodputRPS })
	p.OutputTPS = mean(steps, seconds, func(s Step) *float64 { return s.outputTPS() })
	p.InFlight = mean(steps, seconds, func(s Step) *float64 { return s.InFlightMean })
	p.ErrorRate = mean(steps, func(s Step) float64 { return float64(s.Requests.Ended()) }, func(s Step) *float64 { return s.ErrorRate })
	p.PerThousandOKUSD = mean(steps, func(s Step) float64 { return float64(s.Requests.Succeeded) }, func(s Step) *float64 { return s.PerThousandOKUSD })
	if p.OutputTPS != nil && p.InFlight != nil && *p.InFlight > 0 {
		p.UserTPS = new(*p.OutputTPS / *p.InFlight)
	}
	if ttft := together(steps, func(s Step) *result.Latency { return s.Latency.TTFT }); ttft != nil {
		p.TTFTP50MS, p.TTFTP95MS = &ttft.P50, &ttft.P95
	}
	if e2e := together(steps, func(s Step) *result.Latency { return s.Latency.E2E }); e2e != nil {
		p.E2EP95MS = &e2e.P95
	}
	return p
}

// outputTPS are the output tokens per second; nil where no tokens were told.
func (s Step) outputTPS() *float64 {
	if s.Tokens.From == nil {
		return nil
	}
	return s.Tokens.OutputTPS
}

// mean is the mean of what steps have, weighted; nil where none has it.
func mean(steps []Step, weight func(Step) float64, of func(Step) *float64) *float64 {
	sum, whole := 0.0, 0.0
	for _, st := range steps {
		if v, w := of(st), weight(st); v != nil && w > 0 {
			sum, whole = sum+*v*w, whole+w
		}
	}
	if whole == 0 {
		return nil
	}
	return new(sum / whole)
}

// together is a latency of all the requests of steps; of steps that keep no histograms,
// as those of earlier versions, that of the step with the most.
func together(steps []Step, of func(Step) *result.Latency) (most *result.Latency) {
	all, whole, n := result.NewHist(), true, 0
	for _, st := range steps {
		l := of(st)
		if l == nil {
			continue
		}
		n++
		if most == nil || l.Count > most.Count {
			most = l
		}
		h, err := result.DecodeHist(l.HDR)
		if l.HDR == "" || err != nil {
			whole = false
			continue
		}
		all.Merge(h)
	}
	if n > 1 && whole {
		return all.Latency(false)
	}
	return most
}

// onFront reports whether no other load that lasts is better in one of throughput and
// what each user gets, and not worse in the other.
func onFront(curve []CurvePoint, i int) bool {
	p := curve[i]
	if !p.lasts() {
		return false
	}
	return !slices.ContainsFunc(curve, func(q CurvePoint) bool {
		return q.lasts() && *q.OutputTPS >= *p.OutputTPS && *q.UserTPS >= *p.UserTPS &&
			(*q.OutputTPS > *p.OutputTPS || *q.UserTPS > *p.UserTPS)
	})
}

// lasts reports whether a point can be on the front: its tokens are known, and nothing
// piled up.
func (p CurvePoint) lasts() bool { return p.OutputTPS != nil && p.UserTPS != nil && !p.Growing }

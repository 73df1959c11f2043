package capacity

import (
	"fmt"
	"math"
	"time"

	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/trend"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// forecast holds a demand against what was measured so far; nil without demand. It
// begins at an instant of the search's own clock, or some night (client.Never).
func (s *Search) forecast(d forecast.Demand, sc *scenario.Scenario, begins time.Duration) (*forecast.Forecast, *forecast.Cost) {
	if d.Empty() {
		return nil, nil
	}
	in := forecast.Input{
		Demand: d, Limits: s.limits(begins), Headroom: s.cfg.Headroom, Utilisation: s.cfg.Utilisation,
		MaxTokens: longestAnswer(sc), Slots: sc.Slots(), Seed: sc.Seed,
		Patience: sc.Target.IdleTimeout.D(), Timeout: sc.Target.Timeout.D(),
	}
	if !streams(sc) {
		in.Patience = 0
	}
	in.Capacity = s.answer
	if c := s.capacity(); c.HighRPS != nil {
		in.High = *c.HighRPS
	}
	for _, st := range s.steps {
		if m, ok := st.measured(); ok {
			in.Steps = append(in.Steps, m)
		}
	}
	for _, c := range s.criteria {
		bound := lasting(c.Value / 1000)
		switch {
		case !c.Latency() || c.Service || c.Stat == slo.Mean:
		case c.Metric == slo.TTFT && (in.TTFT == 0 || bound < in.TTFT):
			in.TTFT = bound
		case c.Metric == slo.E2E && (in.E2E == 0 || bound < in.E2E):
			in.E2E = bound
		}
	}
	seen := s.meter.read()
	in.Tokens = seen.ok
	f := forecast.Make(in)
	c := forecast.Price(s.bill(seen, f, sc))
	return &f, &c
}

// peak is the most requests per second that the demand asks for; 0: there is none.
func (s *Search) peak() float64 {
	if s.demand.Empty() {
		return 0
	}
	return forecast.Make(forecast.Input{Demand: s.demand}).Demand.PeakRPS
}

// refuses reports whether the capacity is what the endpoint lets in.
func (s *Search) refuses() bool {
	l := s.limits(client.Never)
	return l.Open > 0 || l.Quota.RPS > 0
}

// measured is the step as a forecast takes it; ok is false where nothing succeeded.
func (s Step) measured() (m forecast.Step, ok bool) {
	load := s.InFlightMean
	if s.Concurrency != nil {
		load = new(float64(*s.Concurrency))
	}
	if load == nil || s.SucceededRPS == nil || s.Latency.ServiceE2E == nil || !s.GeneratorValid {
		return m, false
	}
	service, err := result.DecodeHist(s.Latency.ServiceE2E.HDR)
	if err != nil {
		return m, false
	}
	m = forecast.Step{
		InFlight: *load, SucceededRPS: *s.SucceededRPS, Service: service, Closed: s.Concurrency != nil,
		Served: s.ServedByS, SettledS: s.SettledS, LengthS: s.DurationS,
	}
	if first := s.Latency.ServiceTTFT; first != nil {
		if m.First, err = result.DecodeHist(first.HDR); err != nil {
			return m, false
		}
	}
	m.Cut, m.Shed = s.Requests.Unfinished > 0, s.sheds()
	refused := s.Outcomes[outcome.RateLimited] + s.Outcomes[outcome.Overloaded]
	// In a closed step a slot that was refused waits, and fewer are in flight.
	few := map[bool]float64{true: 0, false: fewRefused}[m.Closed]
	m.Refused = !m.Shed && (s.Refusals != nil || float64(refused) > few*float64(s.Requests.Ended()))
	m.Growing = !m.Refused && (s.OversaturatedS != nil || s.OfferedRPS != nil && s.RateRPS != nil && *s.SucceededRPS < keptUp**s.OfferedRPS)
	return m, true
}

// fewRefused is the part of the requests that may be refused, and the others still say
// how fast work goes.
const fewRefused = 0.01

// keptUp is the part of what arrives that ends within a step where nothing piles up.
const keptUp = 0.95

// sheds reports whether requests were refused after they had waited: for as long as
// most of those that ended ok took, or longer.
func (s Step) sheds() bool {
	return s.Refusals != nil && s.Latency.ServiceE2E != nil && s.Refusals.Open == nil && 1000*s.Refusals.AfterS > s.Latency.ServiceE2E.P50/2
}

// limits are how the endpoint refuses, as the steps and its headers tell.
func (s *Search) limits(begins time.Duration) (l forecast.Limits) {
	var open, shed []float64
	quota := false
	for _, st := range s.steps {
		switch r := st.Refusals; {
		case r == nil:
		case r.Open != nil:
			open = append(open, float64(*r.Open))
		case st.sheds():
			shed = append(shed, r.AfterS)
		default:
			quota = true
		}
	}
	limit, _ := s.limited()
	l.Open = int(math.Round(trend.Median(open)))
	l.Shed = lasting(trend.Median(shed))
	if s.answer > 0 && (quota || limit == ByRateLimit && len(open)+len(shed) == 0) {
		l.Quota = s.quota(begins)
	}
	return l
}

// quota is the quota that the endpoint was seen to have: as it announces it, else as it
// let requests in, else what held.
func (s *Search) quota(begins time.Duration) (q forecast.Allowance) {
	var passed, whole []float64
	window := false
	for _, st := range s.steps {
		told := st.RemainingRequests
		window = window || told.FixedWindow != nil && *told.FixedWindow
		if told.First != nil {
			q.Depth = max(q.Depth, float64(*told.First))
		}
		if r := st.Refusals; r != nil && r.Open == nil && !st.sheds() {
			window = window || r.Window
			if r.Passed != nil {
				passed = append(passed, *r.Passed)
			}
			if r.SavedUp != nil && told.First == nil {
				q.Depth = max(q.Depth, *r.SavedUp)
			}
			if r.InWindow != nil {
				whole = append(whole, float64(*r.InWindow)/longestWindow.Seconds())
			}
		}
	}
	requests, _ := s.gauge.read()
	switch {
	case requests.limit > 0:
		q.RPS = float64(requests.limit) / 60
	case len(whole) > 0:
		q.RPS = trend.Median(whole)
	case len(passed) > 0 && !window:
		q.RPS = trend.Median(passed)
	default:
		q.RPS = s.answer
	}
	if !window {
		if q.Depth == 0 {
			q.Depth = q.RPS // a second of it
		}
		return q
	}
	q.Window = longestWindow
	edge := s.gauge.edge()
	if is, ok := requests.window(); ok && is {
		edge = requests.anew()
	}
	if begins != client.Never && edge != client.Never {
		q.Anew = new(((edge-begins)%longestWindow + longestWindow) % longestWindow)
	}
	return q
}

// bill is what the price of a night is made of.
func (s *Search) bill(seen spent, f forecast.Forecast, sc *scenario.Scenario) forecast.Bill {
	b := forecast.Bill{
		Requests: f.Demand.Requests, Tokens: seen.ok, Failed: seen.failed,
		MaxTokens: longestAnswer(sc), Model: sc.Target.Model, Price: s.cfg.Options.Price, Book: book(s.cfg.Book),
	}
	if p := s.cfg.Options.Price; p != nil {
		b.Host = p.Host
	}
	b.Failures = s.failing()
	if sim := f.Simulated; sim != nil {
		// What fails for no reason of load does so in the night, too.
		own := b.Failures
		both := func(night float64) float64 { return 1 - (1-own)*(1-night) }
		b.Failures = both(sim.FailedShare())
		b.Least, b.Most = both(f.Band.FailedShare.Low), both(f.Band.FailedShare.High)
	}
	if seen.failures > 0 {
		b.Billed = float64(seen.failed.N) / float64(seen.failures)
	}
	if seen.ended > 0 {
		b.Retries = float64(seen.retries) / float64(seen.ended)
	}
	return b
}

// failing is the error rate where the SLOs held, refusals apart.
func (s *Search) failing() float64 {
	var failed, ended int64
	for _, st := range s.steps {
		if st.Verdict == Held {
			failed += st.Requests.Failed - st.Outcomes[outcome.RateLimited] - st.Outcomes[outcome.Overloaded]
			ended += st.Requests.Ended()
		}
	}
	if ended == 0 {
		return 0
	}
	return float64(failed) / float64(ended)
}

// longestAnswer is the max_tokens of a request: the most of any lane.
func longestAnswer(sc *scenario.Scenario) (tokens int) {
	for _, w := range sc.Workloads() {
		tokens = max(tokens, w.MaxTokens)
	}
	return tokens
}

// weigh says in the verdict whether the demand fits.
func (v *Verdict) weigh(f *forecast.Forecast) {
	if f == nil || v.Status != result.Pass {
		return
	}
	asks := fmt.Sprintf("the demand peaks at %s requests/s", units.Rate(f.Demand.PeakRPS))
	switch {
	case f.Fits == nil:
		v.Status, v.ExitCode = result.Inconclusive, verdict.ExitInconclusive
		v.Headline += "; " + asks + ": whether that fits is undecided"
	case *f.Fits:
		v.Headline += fmt.Sprintf("; %s: it fits, with a headroom of %s", asks, units.Figure(*f.Headroom))
	default:
		v.Status, v.ExitCode = result.Fail, verdict.ExitFailed
		v.Headline += "; " + asks + needs(f)
	}
}

// needs is what a demand that does not fit takes, in words.
func needs(f *forecast.Forecast) string {
	if *f.Headroom >= 1 {
		return fmt.Sprintf(": that leaves a headroom of %s, and %s was asked for", units.Figure(*f.Headroom), units.Figure(f.HeadroomAsked))
	}
	if f.Replicas == nil {
		return fmt.Sprintf(": ask for a quota of %s requests a minute", units.Rate(f.Quota.PeakRequestsPM*f.HeadroomAsked))
	}
	return fmt.Sprintf(": that takes %d of it at %s utilisation", *f.Replicas, units.Bound(f.Utilisation, units.Ratio))
}

// book is a price book, the built-in one if there is no other.
func book(b *price.Book) *price.Book {
	if b == nil {
		return price.Builtin()
	}
	return b
}

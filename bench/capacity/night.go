package capacity

import (
	"fmt"

	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// forecast holds a demand against what was measured so far; nil without demand.
func (s *Search) forecast(d forecast.Demand, sc *scenario.Scenario) (*forecast.Forecast, *forecast.Cost) {
	if d.Empty() {
		return nil, nil
	}
	in := forecast.Input{
		Demand: d, Refuses: s.refuses(), Headroom: s.cfg.Headroom, Utilisation: s.cfg.Utilisation,
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

// refuses reports whether the capacity is a quota.
func (s *Search) refuses() bool {
	limit, _ := s.limited()
	return limit == ByRateLimit && s.answer > 0
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
	m = forecast.Step{InFlight: *load, SucceededRPS: *s.SucceededRPS, Service: service}
	if first := s.Latency.ServiceTTFT; first != nil {
		if m.First, err = result.DecodeHist(first.HDR); err != nil {
			return m, false
		}
	}
	m.Growing = s.OversaturatedS != nil || s.OfferedRPS != nil && s.RateRPS != nil && *s.SucceededRPS < keptUp**s.OfferedRPS
	return m, true
}

// keptUp is the part of what arrives that ends within a step where nothing piles up.
const keptUp = 0.95

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
	if seen.failures > 0 {
		b.Billed = float64(seen.failed.N) / float64(seen.failures)
	}
	if seen.ended > 0 {
		b.Retries = float64(seen.retries) / float64(seen.ended)
	}
	return b
}

// failing is the error rate where the SLOs held; nil: nowhere.
func (s *Search) failing() *float64 {
	var failed, ended int64
	for _, st := range s.steps {
		if st.Verdict == Held {
			failed += st.Requests.Failed
			ended += st.Requests.Ended()
		}
	}
	if ended == 0 {
		return nil
	}
	return new(float64(failed) / float64(ended))
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
		v.Status, v.ExitCode = verdict.Decide(result.GroundData)
		v.Headline += "; " + asks + ": whether that fits is undecided"
	case *f.Fits:
		v.Headline += fmt.Sprintf("; %s: it fits, with a headroom of %s", asks, units.Figure(*f.Headroom))
	default:
		v.Status, v.ExitCode = verdict.Decide(result.GroundSLO)
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

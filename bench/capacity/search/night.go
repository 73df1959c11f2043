package search

import (
	"fmt"
	"math"
	"time"

	"flashwave/bench/capacity"
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
		Demand: d, Steps: s.measured(), Limits: s.limits(begins), Headroom: s.cfg.Headroom, Utilisation: s.cfg.Utilisation,
		MaxTokens: sc.LongestAnswer(), Slots: sc.Slots(), Seed: sc.Seed,
		Patience: sc.Target.IdleTimeout.D(), Timeout: sc.Target.Timeout.D(),
	}
	if !sc.Streams() {
		in.Patience = 0
	}
	in.Capacity = s.answer * s.manned()
	in.Ground, in.Because = s.footing()
	if s.hunt != nil {
		in.High = s.hunt.beyond() * s.manned()
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
	if s.queued() { // its steps say nothing of an endpoint; and how polls fall may break a rate once that lasts
		in.Steps = nil
		if in.Ground == forecast.ScalesOut {
			in.Ground, in.Because = forecast.Firm, ""
		}
	}
	f := forecast.Make(in)
	if s.queued() {
		s.tasksNight(&f, d, sc)
	}
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

// footing says whether the steps say how the endpoint takes a night, and why they do not.
func (s *Search) footing() (forecast.Ground, string) {
	for _, f := range s.findings() {
		if f.Kind == capacity.Drifts || f.Kind == capacity.ScalesOut {
			return forecast.Ground(f.Kind), f.Text
		}
	}
	return forecast.Firm, ""
}

// measured are the steps as a forecast takes them.
func (s *Search) measured() (list []forecast.Step) {
	for _, st := range s.steps {
		if m, ok := measured(st.Step); ok {
			list = append(list, m)
		}
	}
	return list
}

// measured is a step as a forecast takes it; ok is false where nothing succeeded.
func measured(st capacity.Step) (m forecast.Step, ok bool) {
	load := st.InFlightMean
	if st.Concurrency != nil {
		load = new(float64(*st.Concurrency))
	}
	if load == nil || st.SucceededRPS == nil || st.Latency.ServiceE2E == nil || !st.GeneratorValid {
		return m, false
	}
	service, err := result.DecodeHist(st.Latency.ServiceE2E.HDR)
	if err != nil {
		return m, false
	}
	m = forecast.Step{
		InFlight: *load, SucceededRPS: *st.SucceededRPS, Service: service, Closed: st.Concurrency != nil,
		Served: st.ServedByS, SettledS: st.SettledS, LengthS: st.DurationS,
	}
	if first := st.Latency.ServiceTTFT; first != nil {
		if m.First, err = result.DecodeHist(first.HDR); err != nil {
			return m, false
		}
	}
	m.Cut, m.Shed = st.Requests.Unfinished > 0, sheds(st)
	refused := st.Outcomes[outcome.RateLimited] + st.Outcomes[outcome.Overloaded]
	// In a closed step a slot that was refused waits, and fewer are in flight.
	few := map[bool]float64{true: 0, false: fewRefused}[m.Closed]
	m.Refused = !m.Shed && float64(refused) > few*float64(st.Requests.Ended())
	if m.Refused && m.Cut { // the long ones are missing
		return m, false
	}
	m.Growing = !m.Refused && st.Growing()
	return m, true
}

// fewRefused is the part of the requests that may be refused, and the others still say
// how fast work goes.
const fewRefused = 0.01

// sheds reports whether requests of a step were refused after they had waited: for as long
// as most of those that ended ok took, or longer.
func sheds(st capacity.Step) bool {
	return st.Refusals != nil && st.Latency.ServiceE2E != nil && 1000*st.Refusals.AfterS > st.Latency.ServiceE2E.P50/2
}

// limits are how the endpoint refuses, as the steps and the search tell.
func (s *Search) limits(begins time.Duration) (l forecast.Limits) {
	var open, shed []float64
	var beyond, shedding, others int64 // refusals
	for _, st := range s.steps {
		switch r := st.Refusals; {
		case r == nil:
		case sheds(st.Step):
			shed, shedding = append(shed, r.AfterS), shedding+r.Count
		case r.Open != nil:
			open, beyond = append(open, float64(*r.Open)), beyond+r.Count
		default:
			others += r.Count
		}
	}
	if shedding >= leastRefusals {
		l.Shed = lasting(trend.Median(shed))
	}
	if beyond >= leastRefusals && float64(others) <= astray*float64(beyond) {
		l.Open = int(math.Round(trend.Median(open)))
	}
	if limit, _ := s.limited(); s.answer > 0 && limit == capacity.ByRateLimit && len(s.hunt.breaks) > 0 && l.Open == 0 && l.Shed == 0 {
		l.Quota = s.allowance(begins)
	}
	return l
}

// allowance is the quota that the endpoint was seen to have, as the hunt knows it: else
// what held.
func (s *Search) allowance(begins time.Duration) (q forecast.Allowance) {
	q.RPS = s.answer
	h := s.hunt
	if h.quota() > 0 {
		q.RPS = h.quota()
	}
	window := h.told == 0 && h.supply != nil && h.supply.Window
	var fixed *bool
	for _, st := range s.steps {
		told, r := st.RemainingRequests, st.Refusals
		if told.FixedWindow != nil {
			fixed = told.FixedWindow
		}
		switch {
		case told.First != nil:
			q.Depth = max(q.Depth, float64(*told.First))
		case r != nil:
			q.Depth = max(q.Depth, float64(r.Before)-q.RPS*r.BeforeS)
		}
	}
	if h.told > 0 { // one that does not show which it is is taken for a window, as in the search
		window = fixed == nil || *fixed
	}
	if !window {
		q.Depth = max(q.Depth, q.RPS) // a second of it at least
		return q
	}
	q.Depth, q.Window = 0, longestWindow
	anew := s.gauge.opened()
	if requests, _ := s.gauge.read(); requests.anew() != client.Never {
		anew = requests.anew()
	}
	if begins != client.Never && anew != client.Never {
		q.Anew = new(((anew-begins)%longestWindow + longestWindow) % longestWindow)
	}
	return q
}

// bill is what the price of a night is made of.
func (s *Search) bill(seen spent, f forecast.Forecast, sc *scenario.Scenario) forecast.Bill {
	b := forecast.Bill{
		Requests: f.Demand.Requests, Tokens: seen.ok, Failed: seen.failed,
		MaxTokens: sc.LongestAnswer(), Model: sc.Target.Model, Price: s.cfg.Options.Price, Book: book(s.cfg.Book),
	}
	if p := s.cfg.Options.Price; p != nil {
		b.Host = p.Host
	}
	b.Failures, b.Failing = s.failures(&f)
	if seen.failures > 0 {
		b.Billed = float64(seen.failed.N) / float64(seen.failures)
	}
	if seen.ended > 0 {
		b.Retries = float64(seen.retries) / float64(seen.ended)
	}
	return b
}

// failures are the part of the requests of a night that fail: what fails for no reason of
// load does so in the night, too. expected is nil if that is not known, band if no night
// was played.
func (s *Search) failures(f *forecast.Forecast) (expected *float64, band *forecast.Range) {
	own := s.failing()
	if own == nil || f.Simulated == nil {
		return own, nil
	}
	both := func(night float64) float64 { return 1 - (1-*own)*(1-night) }
	failed := f.Band.FailedShare
	return new(both(f.Simulated.FailedShare())), &forecast.Range{Low: both(failed.Low), High: both(failed.High)}
}

// failing is the error rate where the SLOs held, refusals apart; nil: nowhere.
func (s *Search) failing() *float64 {
	var failed, ended int64
	for _, st := range s.steps {
		if st.Verdict == capacity.Held {
			failed += st.Requests.Failed - st.Outcomes[outcome.RateLimited] - st.Outcomes[outcome.Overloaded]
			ended += st.Requests.Ended()
		}
	}
	if ended == 0 {
		return nil
	}
	return new(float64(failed) / float64(ended))
}

// weigh says in the verdict of a document whether the demand fits, and how its rehearsal
// was taken, which is judged on a ground as a run is.
func weigh(d *capacity.Document, rehearsedOn result.Ground) {
	weighDemand(d)
	if r := d.Rehearsal; r != nil {
		weighRehearsal(&d.Verdict, r, rehearsedOn)
	}
}

// weighRehearsal takes in what came of a rehearsal. One of the demand itself decides as the
// run that it is: a demand that broke an SLO does not fit, whatever was forecast. One of
// another shape tells and does not decide; but where no more came at any time than the
// demand asks, and an SLO broke, nobody can say that the demand fits.
func weighRehearsal(v *capacity.Verdict, r *capacity.Rehearsal, on result.Ground) {
	doubts := doubtsOf(r)
	v.Reasons = append(v.Reasons, doubts...)
	status, code := verdict.Decide(on)
	switch less := r.Speed*r.Scale <= 1+slack; {
	case r.Speed == 1 && r.Scale == 1:
	case less && status == result.Fail:
		status, code = verdict.Decide(result.GroundData)
	default:
		return
	}
	worse := v.Status == result.Pass && status != result.Pass || v.Status == result.Inconclusive && status == result.Fail
	if !worse {
		return
	}
	v.Status, v.ExitCode = status, code
	if len(doubts) > 0 {
		v.Headline += "; " + doubts[0]
	}
}

// doubtsOf are what speaks against a rehearsal: what broke comes first.
func doubtsOf(r *capacity.Rehearsal) (list []string) {
	for _, l := range r.SLOs {
		if l.OK != nil && !*l.OK {
			list = append(list, "the rehearsal broke "+l.Expr)
		}
	}
	if !r.Generator.Valid {
		list = append(list, "the generator was the bottleneck of the rehearsal")
		if found := r.Generator.Findings.Texts(); len(found) > 0 {
			list[len(list)-1] += ": " + found[0]
		}
	}
	for _, l := range r.SLOs {
		if l.OK == nil {
			list = append(list, "the rehearsal has no data for "+l.Expr)
		}
	}
	return list
}

// weighDemand says in the verdict of a document whether the demand fits.
func weighDemand(d *capacity.Document) {
	v, f := &d.Verdict, d.Forecast
	if f == nil {
		return
	}
	unknown := f.Ungrounded() != ""
	if unknown {
		advice := "run it with --rehearse"
		if d.Rehearsal != nil {
			advice = "the rehearsal shows how it was taken"
		}
		v.Reasons = append(v.Reasons, "whether the demand fits is not known, for the endpoint changed while it was measured: "+advice)
	}
	if v.Status != result.Pass {
		return
	}
	asks := fmt.Sprintf("the demand peaks at %s requests/s", units.Rate(f.Demand.PeakRPS))
	switch {
	case unknown:
		v.Status, v.ExitCode = verdict.Decide(result.GroundData)
		v.Headline += "; " + asks + ": whether that fits is not known, for the endpoint changed while it was measured"
	case f.Tasks != nil && f.Tasks.Holds != nil:
		if !*f.Tasks.Holds {
			v.Status, v.ExitCode = verdict.Decide(result.GroundSLO)
		}
		v.Headline += "; " + fitTasks(f.Tasks, asks)
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
	switch {
	case f.Tasks != nil:
		return fmt.Sprintf(": that takes %s times as many workers", units.Figure(f.HeadroomAsked / *f.Headroom))
	case f.Replicas == nil:
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

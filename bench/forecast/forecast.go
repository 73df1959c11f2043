package forecast

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"flashwave/bench/units"
)

// An Input is what a forecast is made of.
type Input struct {
	Demand Demand

	Capacity, High float64 // requests per second that held every SLO, and the least that did not; 0: not found
	Steps          []Step
	Limits         Limits // how the endpoint refuses
	Ground         Ground // whether the steps say what the endpoint will do
	Because        string // why they do not, a clause for people; "" with Firm

	TTFT, E2E time.Duration // bounds of response time that a request must meet; 0: none

	Headroom    float64 // asked, ratio, ≥ 1; 0: 1
	Utilisation float64 // planned, above 0 to 1; 0: 0.7

	Tokens    Tokens // of the requests that ended ok
	MaxTokens int    // of one answer; 0: unbounded

	// How requests will be sent. A request that meets no slot waits with the caller;
	// it is given up when it took longer than Timeout, or has no token by Patience.
	Slots             int           // 0: all are sent at once
	Patience, Timeout time.Duration // from sending; 0: none
	Seed              uint64
}

// A Ground says what a forecast stands on.
type Ground string

// The grounds.
const (
	Firm      Ground = "firm"      // the endpoint was the same in all steps; so is ""
	Drifts    Ground = "drift"     // it became slower or faster while it was measured
	ScalesOut Ground = "scale_out" // it grew while it was measured
)

// DefaultUtilisation is the share of its capacity that a replica is planned to give.
const DefaultUtilisation = 0.7

// mostSimulated bounds the requests, and so the time and memory, of a simulation. So
// many nights are simulated as come to manyRequests, but leastNights to mostNights.
const (
	mostSimulated = 4_000_000
	manyRequests  = 1_000_000
	leastNights   = 3
	mostNights    = 19
)

// minute is the stretch for which quotas are given, in seconds.
const minute = 60

// Make makes the forecast. It takes some seconds per million requests of the demand.
func Make(in Input) Forecast {
	in.defaults()
	c := in.Demand.curve
	f := Forecast{Demand: load(in.Demand), HeadroomAsked: in.Headroom, Utilisation: in.Utilisation, Ground: in.Ground}
	f.Quota = quota(f.Demand, in.Tokens, in.MaxTokens)
	if in.Capacity > 0 {
		f.CapacityRPS = &in.Capacity
		f.Demand.OverCapacityS = ptr(c.above(in.Capacity))
		f.fit(in)
	}
	if in.Ground != Firm {
		f.Fits = nil
	} else if p, measured := profiled(in.Steps, !in.Limits.free()); measured {
		f.play(in, p)
	}
	f.Assumptions = assumptions(in, f)
	return f
}

func (in *Input) defaults() {
	if in.Headroom <= 0 {
		in.Headroom = 1
	}
	if in.Utilisation <= 0 {
		in.Utilisation = DefaultUtilisation
	}
	if in.Ground == "" {
		in.Ground = Firm
	}
}

func load(d Demand) Load {
	l := Load{Source: d.Source, DurationS: d.curve.length(), Requests: d.curve.area()}
	if l.DurationS > 0 {
		l.MeanRPS = l.Requests / l.DurationS
		l.PeakAtS, l.PeakRPS = d.curve.busiest(1, 0.1)
		l.PeakRPS /= min(1, l.DurationS)
		_, l.PeakMinute = d.curve.busiest(minute, 1)
		l.P99Minute = d.curve.usual(minute, 1, 0.99)
	}
	return l
}

func quota(l Load, t Tokens, maxTokens int) Quota {
	q := Quota{RequestsPM: l.P99Minute, PeakRequestsPM: l.PeakRPS * minute}
	if t.N == 0 {
		return q
	}
	prompt, output := t.Mean()
	each := prompt + output
	q.RequestTokens, q.TokensPM, q.PeakTokensPM = &each, ptr(each*q.RequestsPM), ptr(each*q.PeakRequestsPM)
	if maxTokens > 0 {
		reserved := prompt + float64(maxTokens)
		q.ReservedPerRequest, q.ReservedTokensPM = &reserved, ptr(reserved*q.RequestsPM)
	}
	return q
}

// fit holds the capacity, which is known, against the peak.
func (f *Forecast) fit(in Input) {
	peak := f.Demand.PeakRPS
	if peak <= 0 {
		return
	}
	f.Headroom = ptr(in.Capacity / peak)
	switch {
	case in.Capacity >= peak*in.Headroom:
		f.Fits = ptr(true)
	case in.High > 0 && in.High <= peak*in.Headroom:
		f.Fits = ptr(false)
	}
	if in.Limits.Open == 0 && in.Limits.Quota.RPS == 0 {
		// What rounding adds to a whole number is no reason for another replica.
		f.Replicas = ptr(int64(math.Ceil(peak/(in.Capacity*in.Utilisation) - 1e-9)))
	}
}

// play has both models play the night.
func (f *Forecast) play(in Input, p profile) {
	f.Service = service(in, p)
	if p.saturated || in.Limits.free() {
		f.SaturationRPS = &p.rate.rps
		f.Demand.OverSaturatedS = ptr(in.Demand.curve.above(p.rate.rps))
		if n := p.full(); n < math.MaxInt {
			f.Slots = &n
		}
	}
	f.Fluid = fluid(in, p)
	if in.Demand.Requests() <= mostSimulated {
		f.Simulated, f.Band = simulated(in, p)
	}
}

// service is how the endpoint works, as the steps show it.
func service(in Input, p profile) *Service {
	s := &Service{AloneS: p.alone, Slope: p.slope, Discipline: Queue, Wander: p.rate.deviation}
	if p.shared() && !math.IsInf(p.most, 1) {
		s.Discipline = Sharing
	}
	if p.saturated {
		all := p.rate.document()
		s.LowRPS, s.HighRPS = &all.LowRPS, &all.HighRPS
	}
	l := in.Limits
	if l.Open > 0 {
		s.OpenLimit = &l.Open
	}
	if l.Shed > 0 {
		s.ShedAfterS = ptr(l.Shed.Seconds())
	}
	if l.Quota.RPS > 0 {
		s.QuotaRPS = &l.Quota.RPS
		if l.Quota.Window > 0 {
			s.QuotaWindowS = ptr(l.Quota.Window.Seconds())
		} else {
			s.QuotaDepth = &l.Quota.Depth
		}
	}
	return s
}

// fluid plays the night as a fluid; nil where more than a quota or a ceiling refuses,
// of which a fluid knows nothing.
func fluid(in Input, p profile) *Backlog {
	c := in.Demand.curve
	total := c.area()
	b := &Backlog{Curve: []Waiting{}}
	switch {
	case in.Limits.Open > 0 || in.Limits.Shed > 0:
		return nil
	case in.Limits.Quota.RPS > 0:
		b.Refused = c.over(in.Limits.Quota.RPS)
		b.Beyond = b.Refused
		b.shares(total)
		return b
	}
	flow := pour(c, p.rate.rps)
	// Those who share wait for their first token no longer than it is of their work.
	part := 1.0
	if p.shared() && len(p.first) > 0 {
		part = p.first.mean() / p.work.mean()
	}
	at, peak := flow.peak()
	if peak > 0 {
		b.Peak, b.PeakAtS = peak, &at
		b.WorstWaitS, b.WorstWaitAtS = peak/p.rate.rps*part, &at
		b.DrainedAtS = ptr(flow.drained(at))
		b.TimeToDrainS = ptr(*b.DrainedAtS - at)
		b.InFlight = ptr(peak)
		if n := p.full(); n < math.MaxInt {
			*b.InFlight += float64(n)
		}
	}
	spare := math.Inf(1) // the longest wait that keeps a usual request within its bounds
	if in.TTFT > 0 && len(p.first) > 0 {
		spare = (in.TTFT.Seconds() - p.first.middle()) / part
	}
	if in.E2E > 0 {
		spare = min(spare, in.E2E.Seconds()-p.work.middle())
	}
	if !math.IsInf(spare, 1) {
		b.Beyond = flow.arriving(max(spare, 0) * p.rate.rps)
	}
	b.shares(total)
	if b.Peak > 0 {
		b.Curve = sampled(max(flow.end(), c.length()), flow.level)
	}
	return b
}

// simulated plays several nights, each with its own chances and with a service rate
// from another part of its interval, and answers with the one in the middle, and with
// how far the others are from it.
func simulated(in Input, p profile) (*Backlog, *Band) {
	s := p.station()
	s.limits, s.slots = in.Limits, in.Slots
	s.patience, s.timeout = limit(in.Patience), limit(in.Timeout)
	s.boundFirst, s.boundWhole = limit(in.TTFT), limit(in.E2E)
	n := int(min(max(manyRequests/in.Demand.Requests(), leastNights), mostNights))
	n -= 1 - n%2
	played := make([]*Backlog, n)
	for k := range played {
		// Even parts of a normal distribution, from −1 to 1, the middle night with the
		// rate as it was measured.
		part := normal((float64(k)+0.5)/float64(n)) / normal((float64(n)-0.5)/float64(n))
		one := s
		one.pace = pace{lasting: 1 - part*p.rate.margin, blocks: wandering(p.rate.deviation, in.Seed+uint64(k))}
		if q := &one.limits.Quota; q.Window > 0 && q.Anew == nil {
			q.Anew = ptr(time.Duration(float64(q.Window) * (float64(k) + 0.5) / float64(n)))
		}
		played[k] = simulate(in.Demand, one, in.Seed+uint64(k))
	}
	band := banded(played)
	slices.SortStableFunc(played, func(a, b *Backlog) int {
		if c := cmp.Compare(a.FailedShare(), b.FailedShare()); c != 0 {
			return c
		}
		return cmp.Compare(a.WorstWaitS, b.WorstWaitS)
	})
	return played[n/2], band
}

// normal is a quantile of the standard normal distribution.
func normal(q float64) float64 { return math.Sqrt2 * math.Erfinv(2*q-1) }

// simulate plays every request of a night.
func simulate(d Demand, s station, seed uint64) *Backlog {
	p := playing(s, max(1, d.curve.length()/mostBins), seed)
	p.run(d.Arrivals())
	b := &Backlog{
		Peak: float64(p.peak), InFlight: ptr(float64(p.inFlight)), WorstWaitS: p.worstWait,
		WaitP50S: quantile(p.waits, 0.5), WaitP95S: quantile(p.waits, 0.95),
		E2EP95S: quantile(p.wholes, 0.95),
		Beyond:  float64(p.late), Refused: float64(p.refused), Shed: ptr(float64(p.shedded)), TimedOut: ptr(float64(p.timedOut)),
		Curve: []Waiting{},
	}
	if p.peak > 0 {
		b.PeakAtS = &p.peakAt
	}
	if p.worstWait > 0 {
		b.WorstWaitAtS = &p.worstAt
	}
	if len(p.wholes) > 0 {
		b.WorstE2E = &p.worstWhole
	}
	if s.streams && len(p.firsts) > 0 {
		b.TTFTP95S, b.WorstTTFT = quantile(p.firsts, 0.95), &p.worstFirst
	}
	if !math.IsNaN(p.drainedAt) {
		b.DrainedAtS, b.TimeToDrainS = &p.drainedAt, ptr(p.drainedAt-p.peakAt)
	}
	b.shares(float64(p.requests))
	if p.peak > 0 {
		b.Curve = thinned(p.curve, p.bin)
	}
	return b
}

func (b *Backlog) shares(requests float64) {
	if requests == 0 {
		return
	}
	b.BeyondShare, b.RefusedShare = b.Beyond/requests, b.Refused/requests
	if b.Shed != nil {
		b.ShedShare = ptr(*b.Shed / requests)
	}
	if b.TimedOut != nil {
		b.TimedOutShare = ptr(*b.TimedOut / requests)
	}
}

// FailedShare is the ratio of the requests that came to no good end: refused, shed or
// timed out, as far as the model knows of them.
func (b *Backlog) FailedShare() float64 {
	share := b.RefusedShare
	for _, part := range []*float64{b.ShedShare, b.TimedOutShare} {
		if part != nil {
			share += *part
		}
	}
	return share
}

func assumptions(in Input, f Forecast) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if in.Ground != Firm {
		add("%s, so that its steps do not say how it will take this demand: only a rehearsal does", in.Because)
	}
	if s := f.Service; s != nil {
		add("%s", s.words(f))
		for _, text := range s.refusals() {
			add("%s", text)
		}
		if f.SaturationRPS != nil && s.LowRPS == nil {
			add("it was never seen saturated: it may do more than the %s requests per second that were measured", units.Rate(*f.SaturationRPS))
		}
		if s.Wander > leastWander {
			add("it is faster and slower by %s (a standard deviation) from one %s to the next; longer steps (--step-for) tell its mean better", units.Share(s.Wander), units.Bound(1000*paceFor, units.Milliseconds))
		}
	}
	if f.Replicas != nil {
		add("replicas share the load evenly, and each is as fast as what was measured")
	}
	if in.Tokens.N > 0 {
		add("requests are as long as the %s measured", units.Count(in.Tokens.N))
	}
	if f.Fluid != nil && f.Simulated == nil {
		add("more than %s requests are not simulated one by one", units.Count(mostSimulated))
	}
	return list
}

// leastWander is the least by which a rate wanders that is worth a word.
const leastWander = 0.02

// Ungrounded says why nothing is foretold of a night, and what to do; "": the ground is
// firm.
func (f *Forecast) Ungrounded() string {
	if f.Ground == Firm || f.Ground == "" || len(f.Assumptions) == 0 {
		return ""
	}
	return f.Assumptions[0]
}

// words say in which order and how fast requests are worked on.
func (s *Service) words(f Forecast) string {
	switch {
	case f.SaturationRPS == nil || f.Slots == nil:
		return "nobody waits at the endpoint: what it lets in takes as long as in the steps"
	case s.Discipline == Sharing:
		return fmt.Sprintf("the endpoint works on all requests at once: from %s in flight on everybody is slower, and never more than %s requests per second end",
			units.Of(*f.Slots, "request", "requests"), units.Rate(*f.SaturationRPS))
	}
	return fmt.Sprintf("the endpoint works on %s at once, first come first served, and never ends more than %s requests per second",
		units.Of(*f.Slots, "request", "requests"), units.Rate(*f.SaturationRPS))
}

// refusals say what is refused, and when.
func (s *Service) refusals() (list []string) {
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	const gone = "nobody asks again"
	if s.OpenLimit != nil {
		add("more than %s in flight are refused at once, and %s", units.Of(*s.OpenLimit, "request", "requests"), gone)
	}
	if s.ShedAfterS != nil {
		add("who has waited %s is refused, and %s", units.Seconds(*s.ShedAfterS), gone)
	}
	switch {
	case s.QuotaRPS == nil:
	case s.QuotaWindowS != nil:
		add("of a quota of %s requests in each %s the excess is refused at once, and %s", units.Count(*s.QuotaRPS**s.QuotaWindowS), units.Seconds(*s.QuotaWindowS), gone)
	default:
		add("beyond a quota of %s requests per second, %s of which may be saved up, the excess is refused at once, and %s", units.Rate(*s.QuotaRPS), units.Count(*s.QuotaDepth), gone)
	}
	return list
}

func ptr[T any](v T) *T { return &v }

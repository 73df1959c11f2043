package forecast

import (
	"fmt"
	"math"
	"time"

	"flashwave/bench/units"
)

// An Input is what a forecast is made of.
type Input struct {
	Demand Demand

	Capacity, High float64 // requests per second that held every SLO, and the least that did not; 0: not found
	Refuses        bool    // the capacity is a quota: what exceeds it is refused (429), not queued
	Steps          []Step

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

// DefaultUtilisation is the share of its capacity that a replica is planned to give.
const DefaultUtilisation = 0.7

// mostSimulated bounds the requests, and so the time and memory, of a simulation.
const mostSimulated = 4_000_000

// minute is the stretch for which quotas are given, in seconds.
const minute = 60

// Make makes the forecast. It takes about a second per million requests of the
// demand.
func Make(in Input) Forecast {
	in.defaults()
	c := in.Demand.curve
	f := Forecast{Demand: load(in.Demand), HeadroomAsked: in.Headroom, Utilisation: in.Utilisation}
	f.Quota = quota(f.Demand, in.Tokens, in.MaxTokens)
	if in.Capacity > 0 {
		f.CapacityRPS = &in.Capacity
		f.Demand.OverCapacityS = ptr(c.above(in.Capacity))
		f.fit(in)
	}
	p, measured := profiled(in.Steps)
	if measured {
		p.saturation = max(p.saturation, in.Capacity)
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
	prompt, _, output := t.Mean()
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
	if !in.Refuses {
		// What rounding adds to a whole number is no reason for another replica.
		f.Replicas = ptr(int64(math.Ceil(peak/(in.Capacity*in.Utilisation) - 1e-9)))
	}
}

// play has both models play the night.
func (f *Forecast) play(in Input, p profile) {
	s := station{
		places: p.places, slots: in.Slots, draw: p.draw, patience: limit(in.Patience), timeout: limit(in.Timeout),
		boundFirst: limit(in.TTFT), boundWhole: limit(in.E2E), streams: len(p.levels[len(p.levels)-1].first) > 0,
	}
	if in.Refuses {
		s.places = math.MaxInt
		s.quota = bucket{rate: in.Capacity, depth: max(1, in.Capacity*quotaDepth)}
	} else {
		f.SaturationRPS, f.Slots = &p.saturation, &p.places
		f.Demand.OverSaturatedS = ptr(in.Demand.curve.above(p.saturation))
	}
	f.Fluid = fluid(in, p)
	if in.Demand.Requests() <= mostSimulated {
		f.Simulated = simulate(in.Demand, s, in.Seed)
	}
}

// quotaDepth is how many seconds of a quota may be used at once after a pause.
const quotaDepth = 1

// fluid plays the night as a fluid.
func fluid(in Input, p profile) *Backlog {
	c := in.Demand.curve
	total := c.area()
	b := &Backlog{Curve: []Waiting{}}
	if in.Refuses {
		b.Refused = c.over(in.Capacity)
		b.Beyond = b.Refused
		b.shares(total)
		return b
	}
	flow := pour(c, p.saturation)
	at, peak := flow.peak()
	if peak > 0 {
		b.Peak, b.PeakAtS = peak, &at
		b.WorstWaitS, b.WorstWaitAtS = peak/p.saturation, &at
		b.DrainedAtS = ptr(flow.drained(at))
		b.TimeToDrainS = ptr(*b.DrainedAtS - at)
		b.InFlight = ptr(peak + float64(p.places))
	}
	top := p.levels[len(p.levels)-1]
	spare := math.Inf(1) // the longest wait that keeps a usual request within its bounds
	if in.TTFT > 0 && len(top.first) > 0 {
		spare = in.TTFT.Seconds() - top.firstMiddle
	}
	if in.E2E > 0 {
		spare = min(spare, in.E2E.Seconds()-top.wholeMiddle)
	}
	if !math.IsInf(spare, 1) {
		b.Beyond = flow.arriving(max(spare, 0) * p.saturation)
	}
	b.shares(total)
	if b.Peak > 0 {
		b.Curve = sampled(max(flow.end(), c.length()), flow.level)
	}
	return b
}

// simulate plays every request of the night.
func simulate(d Demand, s station, seed uint64) *Backlog {
	p := playing(s, max(1, d.curve.length()/mostBins), seed)
	p.run(d.Arrivals())
	b := &Backlog{
		Peak: float64(p.peak), InFlight: ptr(float64(p.inFlight)), WorstWaitS: p.worstWait,
		WaitP50S: quantile(p.waits, 0.5), WaitP95S: quantile(p.waits, 0.95),
		E2EP95S: quantile(p.wholes, 0.95),
		Beyond:  float64(p.late), Refused: float64(p.refused), TimedOut: ptr(float64(p.timedOut)),
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
	if b.TimedOut != nil {
		b.TimedOutShare = ptr(*b.TimedOut / requests)
	}
}

func assumptions(in Input, f Forecast) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	switch {
	case in.Refuses:
		add("requests beyond the quota are refused at once, and nobody asks again; %s of it may be used at once after a pause", units.Bound(1000*quotaDepth, units.Milliseconds))
	case f.SaturationRPS != nil:
		add("the endpoint works on %s at once, first come first served, and never ends more than the %s requests per second that were measured", units.Of(*f.Slots, "request", "requests"), units.Rate(*f.SaturationRPS))
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

func ptr[T any](v T) *T { return &v }

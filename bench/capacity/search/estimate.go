package search

import (
	"fmt"
	"math"
	"slices"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/price"
	"flashwave/bench/units"
)

// An Estimate says what a search will ask of an endpoint, before anything is sent.
type Estimate struct {
	Rate  float64        // requests per second that the endpoint is guessed to hold, on which Usual rests
	Usual bench.Estimate // as searches usually go
	Most  bench.Estimate // that it may ask: its highest rate for all of its time; requests in flight have no highest rate

	InFlight bool // it is a search by requests in flight
}

// String is the estimate in one line.
func (e Estimate) String() string {
	priced := func(bound string, of bench.Estimate) string {
		if of.Cost == nil {
			return "cost unknown"
		}
		return bound + units.USD(*of.Cost)
	}
	if e.InFlight {
		return fmt.Sprintf("usually about %s in about %s, %s, if it serves about %s; never more than %s in flight or %s, %s: how many requests that are is up to the endpoint",
			units.Of(e.Usual.Requests, "request", "requests"), units.About(e.Usual.Length), priced("up to ", e.Usual), units.PerSecond(e.Rate),
			units.Count(e.Most.MaxOpen), units.Length(e.Most.Length), priced("", e.Most))
	}
	return fmt.Sprintf("usually about %s in about %s, %s, if it holds about %s; never more than %s in %s, %s, peak %s requests/s, at most %s open at once",
		units.Of(e.Usual.Requests, "request", "requests"), units.About(e.Usual.Length), priced("up to ", e.Usual), units.PerSecond(e.Rate),
		units.Of(e.Most.Requests, "request", "requests"), units.Length(e.Most.Length), priced("", e.Most), units.Rate(e.Most.PeakRate), units.Count(e.Most.MaxOpen))
}

// Estimate is what the search will ask, usually and at most. The usual rests on a guess
// of what the endpoint holds: the peak of the demand or, where there is none, the middle
// between the lowest and the highest rate, on the scale of ratios.
func (c Config) Estimate() Estimate {
	s := &Search{cfg: c, base: c.Options.Scenario, shares: shares(c.Options.Scenario)}
	s.criteria, _, _, _ = criteria(s.base) // what is wrong with them New says
	if c.Rehearse != nil {
		s.stage, _ = stageOf(*c.Rehearse, s.base)
	}
	ahead := s.ahead(capacity.Snapshot{For: c.For, Peak: s.base.PeakRate()}, moves{})
	most := c.For
	if s.stage != nil {
		most += s.stage.demand.Length()
	}
	e := Estimate{
		Rate:  ahead.rate,
		Usual: s.asking(ahead.requests, ahead.length),
		Most:  s.asking(math.Ceil(c.MaxRate*c.For.Seconds()+s.onStage()), most),
	}
	e.Usual.PeakRate, e.Most.PeakRate = 2*ahead.rate, c.MaxRate
	if c.inFlight() {
		e.InFlight = true
		e.Most = bench.Estimate{MaxOpen: s.base.Slots(), Length: most, Cost: s.budget()}
	}
	return e
}

// asking is so many requests in a time, their answers as long as max_tokens allows.
func (s *Search) asking(requests float64, length time.Duration) bench.Estimate {
	prompt, answer := s.tokensEach()
	e := bench.Estimate{
		Requests: int64(requests), PromptTokens: int64(requests * prompt), OutputTokens: int64(requests * answer),
		MaxOpen: s.base.Slots(), Length: length,
	}
	if p := s.cfg.Options.Price; p != nil {
		e.Cost = new(s.within(requests * s.dearest(*p)))
	}
	return e
}

// budget is the most that may be spent, USD; nil: there is no such bound.
func (s *Search) budget() *float64 { return some(s.base.Budget) }

// within is a sum, the budget at most.
func (s *Search) within(usd float64) float64 {
	if b := s.base.Budget; b > 0 {
		return min(usd, b)
	}
	return usd
}

// tokensEach are the tokens of a request: of its prompt in the mean, and of its answer at
// most.
func (s *Search) tokensEach() (prompt, answer float64) {
	for i, source := range s.cfg.Options.Prompts {
		workload := s.base.Workload
		if w := s.base.Lanes[i].Workload; w != nil {
			workload = *w
		}
		prompt += s.shares[i] * float64(source.MeanTokens())
		answer += s.shares[i] * float64(source.MeanAnswer(workload.MaxTokens))
	}
	return prompt, answer
}

// dearest is what a request costs whose answer is as long as max_tokens allows, USD.
func (s *Search) dearest(p price.Price) float64 {
	const many = 1000 // tokens are whole numbers
	prompt, answer := s.tokensEach()
	return p.Most(int64(many*prompt), int64(many*answer)) / many
}

// The steps that a search usually takes, before anything is known.
const (
	usualRamp    = 3               // closed steps
	usualBracket = 3               // open steps until one held and one did not
	usualStride  = 2.07            // the ratio of these two then: the third stride
	usualLooks   = 1.5             // of a step
	usualRest    = 4 * time.Second // settling, and between two steps
)

// An ahead is what is left of a search, as searches usually go.
type ahead struct {
	rate     float64 // requests per second at which the answer is guessed to lie
	length   time.Duration
	requests float64
}

// ahead guesses what is left of a search from its plan and its steps so far: the warm-up,
// the rest of the ramp, the steps that bracket and halve the bracket, each as long as those before,
// the soak and the rehearsal. No more is left than the time of the search, the rehearsal
// apart.
func (s *Search) ahead(now capacity.Snapshot, m moves) ahead {
	a := ahead{rate: s.guess(now)}
	if now.Phase == capacity.Finished {
		return a
	}
	add := func(length time.Duration, rate float64) {
		a.length += length
		a.requests += rate * length.Seconds()
	}
	each := s.stepTime(now, a.rate)
	soak := max(s.cfg.Soak, s.length(a.rate)) + usualRest
	if s.cfg.Soak == 0 {
		soak = 0
	}
	switch {
	case m.known:
		add(max(m.length-now.Elapsed+m.at, 0), a.rate)
	default:
		if len(now.Steps) == 0 {
			add(s.cfg.warmup(), a.rate/2)
		}
		left := max(usualRamp-len(now.Steps), 1)
		add(time.Duration(left)*s.cfg.StepFor/4, a.rate/2)
		add(time.Duration(s.stepsLeft(now))*each, a.rate)
		add(soak, a.rate)
		steps, confirms := s.further()
		add(time.Duration(steps)*each, a.rate)
		if confirms > 0 {
			add(soak, a.rate)
		}
	}
	if c := now.Current; c != nil && !m.known {
		gone := min(c.Elapsed, a.length)
		a.length -= gone
		a.requests = max(a.requests-a.rate*gone.Seconds(), 0)
	}
	if left := max(now.For-now.Elapsed, 0); a.length > left {
		a.requests *= left.Seconds() / a.length.Seconds()
		a.length = left
	}
	if s.stage != nil {
		length, requests := s.stage.demand.Length(), s.onStage()
		if c := now.Current; now.Phase == capacity.Rehearsing && c != nil && length > 0 {
			requests *= max(1-c.Elapsed.Seconds()/length.Seconds(), 0)
			length = max(length-c.Elapsed, 0)
		}
		a.length, a.requests = a.length+length, a.requests+requests
	}
	return a
}

// guess is about where the answer lies: within the bracket, or beside what is known of
// it, or a little below what was served at most; as long as little is in flight, at the
// peak of the demand.
func (s *Search) guess(now capacity.Snapshot) float64 {
	rate := math.Sqrt(s.cfg.MinRate * s.cfg.MaxRate)
	served := 0.0
	for _, st := range now.Steps {
		if st.SucceededRPS != nil {
			served = max(served, *st.SucceededRPS)
		}
	}
	switch {
	case s.cfg.inFlight() && served > 0:
		return served
	case s.cfg.inFlight():
	case now.Low != nil && now.High != nil:
		rate = math.Sqrt(*now.Low * *now.High)
	case now.Low != nil:
		rate = *now.Low * firstStride
	case now.High != nil:
		rate = *now.High / firstStride
	case now.Peak > 0 && now.Phase == capacity.Ramping:
		rate = max(now.Peak, served*rampBelow)
	case served > 0:
		rate = served * rampBelow
	case now.Peak > 0:
		rate = now.Peak
	}
	return min(max(rate, s.cfg.MinRate), s.cfg.MaxRate)
}

// stepTime is how long an open step takes with the rest after it: as long as those so far,
// else what is usual at a rate.
func (s *Search) stepTime(now capacity.Snapshot, rate float64) time.Duration {
	first := slices.IndexFunc(now.Steps, func(st capacity.Step) bool { _, ok := st.Tried(); return ok })
	if first < 0 {
		return time.Duration(usualLooks*float64(s.length(rate))) + usualRest
	}
	last := now.Steps[len(now.Steps)-1]
	took := last.StartedS + last.SettledS + last.DurationS - now.Steps[first].StartedS
	return lasting(took / float64(len(now.Steps)-first))
}

// stepsLeft is how many open steps are to come before the soak, the one that runs among
// them.
func (s *Search) stepsLeft(now capacity.Snapshot) int {
	switch {
	case now.Low != nil && now.High != nil:
		return s.halvings(*now.High / *now.Low)
	case now.Low != nil || now.High != nil:
		return 1 + s.halvings(usualStride)
	}
	return usualBracket + s.halvings(usualStride)
}

// halvings is how often a bracket is halved, on the scale of ratios, until it is as
// narrow as was asked for.
func (s *Search) halvings(ratio float64) int {
	if !(ratio > 1) {
		return 0
	}
	return max(int(math.Ceil(math.Log2(math.Log(ratio)/math.Log1p(s.cfg.Precision))-slack)), 0)
}

// onStage is how many requests the rehearsal will make; 0: there is none.
func (s *Search) onStage() float64 {
	if s.stage == nil {
		return 0
	}
	return s.stage.demand.Requests()
}

// moves are what a hunt has still to do; unknown: there is no hunt yet.
type moves struct {
	known  bool
	at     time.Duration // into the search, when that was reckoned
	length time.Duration // that they mostly take
	top    float64       // requests per second, the highest that they may try
}

// moves reckons with those of the hunt.
func (s *Search) moves() moves {
	h := s.hunt
	if h == nil {
		return moves{}
	}
	m := moves{known: true, at: s.elapsed(), top: h.ceiling()}
	if high := h.high(); high > 0 {
		m.top = min(m.top, high*firstStride) // it is tried once more, and a little above
	}
	each := s.cfg.StepFor + usualRest
	rest := s.cfg.Soak
	if rest > 0 {
		rest += 3 * each / 2 // another try, which fails fast, and the sentinel
	}
	switch low, high := h.low(), h.high(); {
	case h.next().kind == "":
	case h.quota() > 0 && low < h.quota():
		m.length = each/2 + longestWindow/2 + min(s.cfg.Soak, limitSoak)
	case h.settled():
		m.length = 3 * each / 2
	case low == 0 || high == 0:
		m.length = each*time.Duration(1+s.halvings(usualStride)) + rest
	default:
		m.length = each*time.Duration(s.halvings(high/low)) + rest
	}
	if steps, confirms := s.further(); steps > 0 {
		m.top, m.length = h.ceiling(), m.length+time.Duration(steps)*each // the next SLO breaks anywhere above
		if confirms > 0 {
			m.length += s.cfg.Soak
		}
	}
	return m
}

// mostCost is the most that the search can have cost in the end: what was spent, and for
// all the time that is left the highest rate that may still be tried, each answer as long
// as max_tokens allows, and the rehearsal; nil: the price is unknown.
func (s *Search) mostCost(now capacity.Snapshot, m moves) *float64 {
	p := s.cfg.Options.Price
	if p == nil {
		return nil
	}
	spent := valueOf(now.Spent)
	if c := now.Current; c != nil && c.Live.Cost != nil {
		spent += c.Live.Cost.Spent
	}
	if now.Phase == capacity.Finished {
		return &spent
	}
	if s.cfg.inFlight() {
		return s.budget() // nobody knows how many requests so many in flight are
	}
	rate := s.cfg.MaxRate
	switch {
	case m.known:
		rate = m.top
	case now.High != nil:
		rate = *now.High
	}
	requests := rate*max(now.For-now.Elapsed, 0).Seconds() + s.onStage()
	return new(max(s.within(spent+requests*s.dearest(*p)), spent))
}

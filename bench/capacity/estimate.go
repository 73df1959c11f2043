package capacity

import (
	"math"
	"time"

	"flashwave/bench"
	"flashwave/bench/price"
)

// Estimate is the most that a search may ask of the endpoint: its highest rate for
// all of its time. Most searches ask a small part of that.
func (c Config) Estimate() bench.Estimate {
	o := c.Options
	n := math.Ceil(c.MaxRate * c.For.Seconds())
	e := bench.Estimate{Requests: int64(n), PeakRate: c.MaxRate, MaxOpen: o.Scenario.Slots(), Length: c.For}
	prompts, answers := 0.0, 0.0
	for i, share := range shares(o.Scenario) {
		workload := o.Scenario.Workload
		if w := o.Scenario.Lanes[i].Workload; w != nil {
			workload = *w
		}
		prompts += share * float64(o.Prompts[i].MeanTokens())
		answers += share * float64(workload.MaxTokens)
	}
	e.PromptTokens, e.OutputTokens = int64(n*prompts), int64(n*answers)
	if o.Price != nil {
		worst := o.Price.Cost(price.Usage{Prompt: e.PromptTokens, Output: e.OutputTokens}).Total()
		if b := o.Scenario.Budget; b > 0 {
			worst = min(worst, b)
		}
		e.Cost = &worst
	}
	return e
}

// What a search mostly still takes before it knows better.
const (
	usualBrackets = 2
	usualBisects  = 3
	betweenSteps  = 3 * time.Second // settling, and the recovery
)

// outlook is how long the search is still expected to take, and what it may cost in all.
func (s *Search) outlook() (remaining time.Duration, most *float64) {
	remaining, rate := s.expected()
	remaining = max(0, min(remaining, s.left()))
	if s.worst == nil {
		return remaining, nil
	}
	cost := s.spent + *s.worst*rate*remaining.Seconds()
	if b := s.base.Budget; b > 0 {
		cost = min(cost, b)
	}
	return remaining, &cost
}

// expected is the time that the moves to come mostly take, and the highest rate of them.
func (s *Search) expected() (time.Duration, float64) {
	each := s.cfg.StepFor + betweenSteps
	rest := s.cfg.Soak
	if s.cfg.Soak > 0 {
		rest += 3 * each / 2 // another try, which fails fast, and the sentinel
	}
	h := s.hunt
	switch {
	case h == nil:
		return each*(usualBrackets+usualBisects) + rest, s.served() * firstStride
	case h.next().kind == "":
		return 0, 0
	case h.quota() > 0 && h.low() < h.quota():
		return each/2 + longestWindow/2 + min(s.cfg.Soak, limitSoak), h.quota()
	}
	low, high := h.low(), h.high()
	top := max(low, high, h.start) * firstStride
	switch {
	case h.settled():
		return 3 * each / 2, top
	case low == 0 || high == 0:
		return each*(usualBrackets/2+usualBisects) + rest, top
	}
	bisects := math.Ceil(math.Log2(max(1, math.Log(high/low)/math.Log(1+h.precision))))
	return each*time.Duration(bisects) + rest, top
}

// perRequest is the most that one request costs, in USD; nil: the price is unknown, or
// nothing is asked.
func (c Config) perRequest() *float64 {
	if c.Options.Price == nil || len(c.Options.Prompts) == 0 {
		return nil
	}
	free := *c.Options.Scenario
	free.Budget = 0
	c.Options.Scenario = &free
	e := c.Estimate()
	return new(*e.Cost / float64(max(e.Requests, 1)))
}

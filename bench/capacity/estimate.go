package capacity

import (
	"math"

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

package run

import (
	"flashwave/bench/report/table"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// callColumns are what a tap heard of the calls of each class.
func callColumns(t *table.Table, rows []result.TierClass) {
	count := func(name string, of func(*result.TierCalls) *int64) {
		table.Figures[result.TierClass]{Name: name, Write: func(n float64) string { return units.Count(int64(n)) }, Of: func(r result.TierClass) *float64 {
			if r.Calls == nil {
				return nil
			}
			if n := of(r.Calls); n != nil {
				return new(float64(*n))
			}
			return nil
		}}.AddTo(t, rows)
	}
	count("made", func(c *result.TierCalls) *int64 { return &c.Calls })
	count("tasks", func(c *result.TierCalls) *int64 { return &c.Tasks })
	count("retries", func(c *result.TierCalls) *int64 { return &c.Retries })
	count("failed", func(c *result.TierCalls) *int64 {
		var n int64
		for of, many := range c.Outcomes {
			if of.Failed() {
				n += many
			}
		}
		return &n
	})
	count("tokens out", func(c *result.TierCalls) *int64 { return c.Tokens.Output })
	table.Figures[result.TierClass]{Name: "TTFT p50", Scale: units.DurationScale, Of: func(r result.TierClass) *float64 {
		if l := r.Latency.TTFT; l != nil {
			return &l.P50
		}
		return nil
	}}.AddTo(t, rows)
	table.P95("TTFT", func(r result.TierClass) *result.Latency { return r.Latency.TTFT }).AddTo(t, rows)
}

// tapFacts say what workers gave up, and how well the tap was heard; there are none where none
// was listened to.
func tapFacts(q *result.Tier) (facts []string) {
	t := q.Tap
	if t == nil {
		return nil
	}
	facts = append(facts, units.Of(int(t.Matched), "call", "calls")+" of the run's tasks")
	if c := q.Total.Calls; c != nil {
		facts = append(facts, occurred("given up", c.Outcomes[outcome.Cancelled]), occurred("not known to be over", c.Open))
	}
	if t.Unmatched > 0 {
		facts = append(facts, units.Count(t.Unmatched)+" of others or of no task")
	}
	facts = append(facts, units.Of(int(t.Taken), "task", "tasks")+" heard to be taken before the queue showed it",
		"its clock off by "+units.Millis(t.UncertaintyMS)+" at most", "heard late by "+units.Millis(t.LatestMS)+" at most")
	if t.DeafMS > 0 {
		facts = append(facts, "not heard for "+units.Millis(t.DeafMS))
	}
	return append(facts, occurred("restarts", t.Restarts), occurred("records missed", t.Missed))
}

package run

import (
	"cmp"

	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// costBlocks say what the run cost, in tokens and in money, and what the endpoint
// said of its limits.
func costBlocks(run *result.Run) []web.Block {
	blocks := []web.Block{{Pairs: append(costPairs(run.Total.Cost), tokenPairs(run.Total.Tokens)...)}}
	if pairs := limitPairs(run.Total); len(pairs) > 0 {
		blocks = append(blocks, web.Block{Pairs: pairs})
	}
	return blocks
}

func costPairs(c *result.Cost) []web.Pair {
	if c == nil {
		return []web.Pair{{Name: "cost", Value: units.NoData + " the price is unknown: give --price IN,OUT (USD per million tokens)"}}
	}
	pairs := []web.Pair{
		{Name: "cost, USD", Value: units.USD(c.Total)},
		{Name: "of it input", Value: units.USD(c.Input)},
		{Name: "of it cached input", Value: units.USD(c.Cached)},
	}
	if c.CacheWritten != nil {
		pairs = append(pairs, web.Pair{Name: "of it input written to the cache", Value: units.USD(*c.CacheWritten)})
	}
	pairs = append(pairs, []web.Pair{
		{Name: "of it output", Value: units.USD(c.Output)},
		{Name: "per 1,000 ok requests", Value: units.Maybe(c.PerThousandOK, units.USD)},
		{Name: "estimated share", Value: units.Maybe(c.EstimatedShare, units.Share)},
	}...)
	if c.EstimatedShare != nil && *c.EstimatedShare > 0 {
		pairs[len(pairs)-1].Value += ", of requests that sent no usage"
	}
	return pairs
}

func tokenPairs(t result.Tokens) []web.Pair {
	if t.From == nil {
		return []web.Pair{{Name: "tokens", Value: units.NoData}}
	}
	from := map[string]string{"events": "token events", "mixed": "usage and token events"}
	return []web.Pair{
		counted("prompt tokens", t.Prompt), counted("of them cached", t.Cached),
		counted("output tokens", t.Output), counted("of them reasoning", t.Reasoning),
		{Name: "output tokens/s", Value: units.Maybe(t.OutputTPS, units.Rate)},
		{Name: "counted from", Value: words.Plain(cmp.Or(from[*t.From], *t.From))},
	}
}

func limitPairs(t result.Stats) (pairs []web.Pair) {
	l, hit := t.RateLimits, t.Outcomes[outcome.RateLimited]
	if l == nil && hit == 0 {
		return nil
	}
	pairs = append(pairs, count("429s", hit))
	if l == nil {
		return pairs
	}
	add := func(name, value string) {
		if value != "" {
			pairs = append(pairs, web.Pair{Name: name, Value: value})
		}
	}
	add("limit of requests", limit("requests", l.LimitRequests, l.RemainingRequests))
	add("limit of tokens", limit("tokens", l.LimitTokens, l.RemainingTokens))
	add("first 429", firstLimited(l))
	add("retry-after, at most", orEmpty(l.RetryAfterSMax, func(s float64) string { return units.Bound(1000*s, units.Milliseconds) }))
	add("attempts", attempts(l))
	return pairs
}

func orEmpty(v *float64, format func(float64) string) string {
	if v == nil {
		return ""
	}
	return format(*v)
}

const generatorNote = "how far the figures can be believed: lag is how late requests were sent, read lag how late answers were read"

// generatorBlocks say how the load generator itself fared.
func generatorBlocks(run *result.Run) []web.Block {
	g := run.Generator
	state := web.Pair{Name: "figures", Value: "✓ valid", State: web.Good}
	switch {
	case !g.Valid:
		state.Value, state.State = "✗ not valid", web.Bad
	case len(g.Warnings) > 0:
		state.Value, state.State = "valid, with warnings", web.Near
	}
	p99 := func(l result.Latency) string {
		return "p99 " + units.Millis(l.P99) + ", at most " + units.Millis(l.Max)
	}
	pairs := []web.Pair{
		state,
		{Name: "lag", Value: units.Maybe(g.LagMS, p99)},
		{Name: "read lag", Value: units.Maybe(g.ReadLagMS, p99)},
		{Name: "CPU", Value: cpu(g)},
		{Name: "run queue wait", Value: units.Maybe(g.RunQueueWaitPercent, units.Percent)},
		{Name: "scheduling latency p99", Value: units.Maybe(g.SchedLatencyMSP99, units.Millis)},
		{Name: "garbage collection, longest pause", Value: units.Maybe(g.GCPauseMSMax, units.Millis)},
		{Name: "open files", Value: ofLimit(g.OpenFilesMaxSeen, g.OpenFilesLimit)},
		{Name: "ports", Value: ofLimit(g.PortsMaxSeen, g.PortsLimit)},
		{Name: "connect", Value: units.Maybe(run.Total.Latency.Connect, p99)},
		count("in flight, at most", g.MaxInFlightSeen),
		count("stale connections replaced", g.StaleRetries),
	}
	blocks := []web.Block{{Pairs: pairs}}
	for _, w := range g.Further(run.Verdict) {
		blocks = append(blocks, web.Block{Prose: "! " + words.Plain(w)})
	}
	return blocks
}

func cpu(g result.Generator) string {
	s := units.Maybe(g.CPUPercent, units.Percent)
	if g.CPUPercent != nil && g.CPUAllowed != nil {
		s += " of " + units.Number(*g.CPUAllowed) + " cores"
	}
	return s
}

// ofLimit is how many of something were seen, and how many there may be.
func ofLimit(seen, most *int64) string {
	switch {
	case seen == nil && most == nil:
		return units.NoData
	case seen == nil:
		return "limit " + units.Count(*most)
	case most == nil:
		return units.Count(*seen) + " at most"
	}
	return units.Count(*seen) + " at most, limit " + units.Count(*most)
}

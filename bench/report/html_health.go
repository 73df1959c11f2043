package report

import (
	"cmp"
	"fmt"

	"github.com/dustin/go-humanize"

	"flashwave/bench/report/web"
	"flashwave/bench/result"
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
		return []web.Pair{{Name: "cost", Value: result.NoData + " the price is unknown: give --price IN,OUT (USD per million tokens)"}}
	}
	pairs := []web.Pair{
		{Name: "cost, USD", Value: result.FormatUSD(c.Total)},
		{Name: "of it input", Value: result.FormatUSD(c.Input)},
		{Name: "of it cached input", Value: result.FormatUSD(c.Cached)},
		{Name: "of it output", Value: result.FormatUSD(c.Output)},
		{Name: "per 1,000 ok requests", Value: orNoData(c.PerThousandOK, result.FormatUSD)},
		{Name: "estimated share", Value: result.FormatShare(c.EstimatedShare)},
	}
	if c.EstimatedShare > 0 {
		pairs[len(pairs)-1].Value += ", of requests that sent no usage"
	}
	return pairs
}

func tokenPairs(t result.Tokens) []web.Pair {
	if t.From == nil {
		return []web.Pair{{Name: "tokens", Value: result.NoData}}
	}
	from := map[string]string{"events": "token events", "mixed": "usage and token events"}
	return []web.Pair{
		count("prompt tokens", t.Prompt), count("of them cached", t.Cached),
		count("output tokens", t.Output), count("of them reasoning", t.Reasoning),
		{Name: "output tokens/s", Value: orNoData(t.OutputTPS, result.FormatRate)},
		{Name: "counted from", Value: plain(cmp.Or(from[*t.From], *t.From))},
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
	add("retry-after, at most", orEmpty(l.RetryAfterSMax, seconds))
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
		return "p99 " + result.FormatMillis(l.P99) + ", at most " + result.FormatMillis(l.Max)
	}
	pairs := []web.Pair{
		state,
		{Name: "lag", Value: orNoData(g.LagMS, p99)},
		{Name: "read lag", Value: orNoData(g.ReadLagMS, p99)},
		{Name: "CPU", Value: cpu(g)},
		{Name: "run queue wait", Value: orNoData(g.RunQueueWaitPercent, percentage)},
		{Name: "scheduling latency p99", Value: orNoData(g.SchedLatencyMSP99, result.FormatMillis)},
		{Name: "garbage collection, longest pause", Value: orNoData(g.GCPauseMSMax, result.FormatMillis)},
		{Name: "open files", Value: ofLimit(g.OpenFilesMaxSeen, g.OpenFilesLimit)},
		{Name: "ports", Value: ofLimit(g.PortsMaxSeen, g.PortsLimit)},
		{Name: "connect", Value: orNoData(run.Total.Latency.Connect, p99)},
		count("in flight, at most", g.MaxInFlightSeen),
		count("stale connections replaced", g.StaleRetries),
	}
	blocks := []web.Block{{Pairs: pairs}}
	for _, w := range g.Warnings {
		blocks = append(blocks, web.Block{Prose: "! " + plain(w)})
	}
	return blocks
}

func cpu(g result.Generator) string {
	s := orNoData(g.CPUPercent, percentage)
	if g.CPUPercent != nil && g.CPUAllowed != nil {
		s += fmt.Sprintf(" of %g cores", *g.CPUAllowed)
	}
	return s
}

func percentage(v float64) string { return fmt.Sprintf("%.0f %%", v) }

// ofLimit is how many of something were seen, and how many there may be.
func ofLimit(seen, most *int64) string {
	switch {
	case seen == nil && most == nil:
		return result.NoData
	case seen == nil:
		return "limit " + humanize.Comma(*most)
	case most == nil:
		return humanize.Comma(*seen) + " at most"
	}
	return humanize.Comma(*seen) + " at most, limit " + humanize.Comma(*most)
}

package run

import (
	"cmp"
	"fmt"

	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// tokens writes the token counts; none if no request had any.
func (p text) tokens(t result.Tokens) {
	if t.From == nil {
		p.Flow("tokens", units.NoData)
		return
	}
	from := map[string]string{"events": "token events", "mixed": "usage and token events"}
	p.Flow("tokens",
		beside("embeddings", t.Items), items(t.ItemsPerS),
		told("prompt", t.Prompt), beside("cached", t.Cached), beside("written to the cache", t.CacheWritten), told("output", t.Output), beside("reasoning", t.Reasoning),
		rate("output", t.OutputTPS), rate("total", t.TotalTPS),
		"counted from "+cmp.Or(from[*t.From], words.Plain(*t.From)))
}

// items is the rate of embeddings, "" where there are none.
func items(v *float64) string {
	if v == nil {
		return ""
	}
	return rate("embeddings", v)
}

// cost writes what the run cost.
func (p text) cost(run *result.Run) {
	c := run.Total.Cost
	if c == nil {
		p.Flow("cost", units.NoData, "the price is unknown: give --price IN,OUT (USD per million tokens)")
		return
	}
	cached, written, per1k, estimated := "", "", "", ""
	if c.Cached > 0 {
		cached = "cached " + units.USD(c.Cached)
	}
	if c.CacheWritten != nil {
		written = "written to the cache " + units.USD(*c.CacheWritten)
	}
	if c.PerThousandOK != nil {
		per1k = "per 1k ok " + units.USD(*c.PerThousandOK)
	}
	if c.EstimatedShare != nil && *c.EstimatedShare > 0 {
		estimated = units.Share(*c.EstimatedShare) + " of it estimated"
	}
	p.Flow("cost", p.Bold(units.USD(c.Total)),
		"input "+units.USD(c.Input), cached, written, "output "+units.USD(c.Output), per1k, estimated)
}

// limits writes what the endpoint said of its limits, if it said anything.
func (p text) limits(t result.Stats) {
	l, hit := t.RateLimits, t.Outcomes[outcome.RateLimited]
	if l == nil && hit == 0 {
		return
	}
	items := []string{occurred("429s", hit)}
	if l != nil {
		items = append(items, limit("requests", l.LimitRequests, l.RemainingRequests), limit("tokens", l.LimitTokens, l.RemainingTokens))
		if l.RetryAfterSMax != nil {
			items = append(items, "retry-after up to "+units.Bound(1000**l.RetryAfterSMax, units.Milliseconds))
		}
		items = append(items, firstLimited(l), attempts(l))
	}
	p.Flow("limits", items...)
}

func limit(name string, most, left *int64) string {
	switch {
	case most == nil && left == nil:
		return ""
	case most == nil:
		return fmt.Sprintf("%s: %s left at the least", name, units.Count(*left))
	case left == nil:
		return name + " " + units.Count(*most)
	}
	return fmt.Sprintf("%s %s, %s left at the least", name, units.Count(*most), units.Count(*left))
}

// firstLimited is when and at which pace the first 429 came.
func firstLimited(l *result.RateLimits) string {
	if l.First429S == nil {
		return ""
	}
	s := "first after " + units.Seconds(*l.First429S)
	if l.RPMAtFirst429 != nil {
		s += " at " + units.Count(*l.RPMAtFirst429) + " requests/min"
	}
	if l.TPMAtFirst429 != nil {
		s += ", " + units.Count(*l.TPMAtFirst429) + " tokens/min"
	}
	return s
}

// attempts is how often a request was sent in the mean, if some were sent again.
func attempts(l *result.RateLimits) string {
	if l.AttemptsPerRequest == nil || *l.AttemptsPerRequest < 1.005 {
		return ""
	}
	return units.Figure(*l.AttemptsPerRequest) + " attempts a request"
}

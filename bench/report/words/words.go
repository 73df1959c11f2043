package words

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Name is what somebody called a run or a search.
func Name(name string) string { return Plain(cmp.Or(name, "unnamed")) }

// Target is a model and where it is served: deepseek-v3.2 at api.holysheep.ai.
func Target(model, address string) string {
	what := cmp.Or(model, "any model")
	if address != "" {
		what += " at " + host(address)
	}
	return Plain(what)
}

// host is what of a target's URL people know it by.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return strings.TrimSuffix(address, ":")
}

// Instant is a date and a time of day, in UTC.
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// Status is the word of a verdict: PASS.
func Status(s result.Status) string {
	return strings.ToUpper(cmp.Or(Plain(string(s)), "no verdict"))
}

// Observed is what was seen of an SLO.
func Observed(s result.SLO) string {
	unit := Plain(s.Unit)
	switch {
	case s.Observed != nil:
		return units.Value(*s.Observed, unit)
	case s.AtLeast != nil && s.AtMost != nil:
		return units.Value(*s.AtLeast, unit) + " to " + units.Value(*s.AtMost, unit)
	case s.AtLeast != nil:
		return "at least " + units.Bound(*s.AtLeast, unit)
	}
	return "no data"
}

// Listed are the items that are not empty, in a line.
func Listed(items ...string) string {
	var some []string
	for _, item := range items {
		if item != "" {
			some = append(some, item)
		}
	}
	return strings.Join(some, ", ")
}

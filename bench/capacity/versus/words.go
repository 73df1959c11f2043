package versus

import (
	"slices"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/units"
)

// Name is the row in words.
func (r Row) Name() string {
	name := map[string]string{
		"capacity": "capacity", "in_flight": "in flight", "output_tps": "tokens/s", "per_1k_ok": "per 1k ok", "ttft": "TTFT", "e2e": "E2E",
	}[r.Metric]
	if r.Stat != "" {
		name = r.Stat + " " + name
	}
	if r.AtRPS != nil {
		name += " at " + units.PerSecond(*r.AtRPS)
	}
	return name
}

// FormatChange writes the change as a part with its sign.
func (r Row) FormatChange() string {
	if r.ChangeRatio == nil {
		return units.NoData
	}
	return units.Change(*r.ChangeRatio)
}

// FormatBounds writes what the change lies between.
func (r Row) FormatBounds() string {
	switch {
	case r.LowRatio == nil && r.HighRatio == nil:
		return units.NoData
	case r.HighRatio == nil:
		return "from " + units.Change(*r.LowRatio, margin)
	case r.LowRatio == nil:
		return "up to " + units.Change(*r.HighRatio, margin)
	}
	return units.ChangeRange(*r.LowRatio, *r.HighRatio, margin)
}

// Limit says what ends a side's capacity, in few words.
func (s Side) Limit() string {
	switch {
	case s.SLO != nil:
		return *s.SLO
	case s.LimitedBy == capacity.ByNothing:
		return units.NoData
	}
	return strings.ReplaceAll(string(s.LimitedBy), "_", " ")
}

// Further are the reasons that the headline does not tell already.
func (g Gate) Further() []string {
	return slices.DeleteFunc(slices.Clone(g.Reasons), func(r string) bool { return strings.Contains(g.Headline, r) })
}

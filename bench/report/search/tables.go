package search

import (
	"cmp"
	"fmt"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/report/answer"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// stepColumns are the figures of steps.
var stepColumns = []table.Figures[capacity.Step]{
	{Name: "served/s", Of: func(s capacity.Step) *float64 { return s.SucceededRPS }, Scale: units.RateScale},
	{Name: "in flight", Of: func(s capacity.Step) *float64 { return s.InFlightMean }, Scale: units.RateScale},
	table.P95("TTFT", func(s capacity.Step) *result.Latency { return s.Latency.TTFT }),
	table.P95("E2E", func(s capacity.Step) *result.Latency { return s.Latency.E2E }),
	{Name: "errors", Of: func(s capacity.Step) *float64 { return s.ErrorRate }, Write: units.Share},
}

// stepTable has a row for each load that was measured.
func stepTable(d *capacity.Document) table.Table {
	t := table.Table{Words: 3, Header: []string{"", "step", "load"}}
	for _, s := range d.Steps {
		t.Add(stepMark(s.Verdict), words.Plain(string(s.Kind)), loadOf(s))
	}
	for _, c := range stepColumns {
		c.AddTo(&t, d.Steps)
	}
	return t
}

// classTable has a row for each class of a queue: how it fares at the answer, and what
// ends that. It has none where no queue was searched.
func classTable(d *capacity.Document) table.Table {
	t := table.Table{Words: 1, WordsLast: true, Header: []string{"class"}}
	if d.Queue == nil {
		return t
	}
	list := d.Queue.Classes
	for _, c := range list {
		t.Add(words.Plain(c.Class + " " + c.Priorities))
	}
	for _, c := range []table.Figures[capacity.QueueClass]{
		{Name: "share", Write: units.Share, Of: func(c capacity.QueueClass) *float64 { return &c.Share }},
		{Name: "wait p50", Scale: units.DurationScale, Of: func(c capacity.QueueClass) *float64 { return c.WaitP50MS }},
		{Name: "wait p95", Scale: units.DurationScale, Of: func(c capacity.QueueClass) *float64 { return c.WaitP95MS }},
		{Name: "starved", Write: units.Millis, Of: func(c capacity.QueueClass) *float64 { return c.StarvedMS }},
		{Name: "fails from", Write: units.PerSecond, Of: func(c capacity.QueueClass) *float64 { return c.FailsRPS }},
	} {
		c.AddTo(&t, list)
	}
	t.Header = append(t.Header, "by")
	for i, c := range list {
		t.Rows[i] = append(t.Rows[i], answer.FailsBy(c))
	}
	return t
}

// stepMark is a verdict of a step as a glyph.
func stepMark(v capacity.StepVerdict) string {
	return map[capacity.StepVerdict]string{capacity.Held: "✓", capacity.Broke: "✗", capacity.Undecided: "○"}[v]
}

// loadOf is what a step asked of the endpoint.
func loadOf(s capacity.Step) string {
	switch {
	case s.Concurrency != nil:
		return units.Count(*s.Concurrency) + " in flight"
	case s.RateRPS != nil:
		return units.PerSecond(*s.RateRPS)
	}
	return ""
}

// mostModels is how many models a table shows, besides the one that was measured.
const mostModels = 8

// modelTable are the same tokens elsewhere, cheapest first.
func modelTable(c *forecast.Cost) table.Table {
	t := table.Table{Words: 2, Header: []string{"the same tokens at", "host", "expected", "times"}}
	if c == nil {
		return t
	}
	for i, m := range c.Models {
		if i >= mostModels && !m.Current {
			continue
		}
		name := "  " + words.Plain(m.Model)
		if m.Current {
			name = "› " + words.Plain(m.Model)
		}
		t.Add(name, words.Plain(cmp.Or(m.Host, "any")), units.USD(m.ExpectedUSD), units.Maybe(m.Times, units.Figure))
	}
	return t
}

// rehearsalTable is what was predicted against what came.
func rehearsalTable(r *capacity.Rehearsal) table.Table {
	t := table.Table{Words: 1, Header: []string{"rehearsal", "predicted", "measured", "off"}}
	if r == nil {
		return t
	}
	if r.Speed != 1 || r.Scale != 1 {
		t.Header[0] = fmt.Sprintf("rehearsal ×%s speed, ×%s requests", units.Number(r.Speed), units.Number(r.Scale))
	}
	for _, row := range answer.Rehearsed(r) {
		t.Add("  "+row.Name, row.Predicted, row.Measured, row.Off)
	}
	return t
}

package run

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// cards are the figures that people ask for first.
func cards(run *result.Run) []web.Card {
	t := run.Total
	return []web.Card{
		latencyCard("TTFT p95", t.Latency.TTFT.Response),
		latencyCard("E2E p95", t.Latency.E2E.Response),
		web.RateCard("Succeeded", t.Rate.Succeeded, "offered "+units.Maybe(t.Rate.Offered, units.PerSecond)),
		web.NewCard("Error rate", units.Maybe(t.ErrorRate, units.Share), errorNote(t)),
		goodputCard(t),
		costCard(t.Cost),
	}
}

func latencyCard(name string, l *result.Latency) web.Card {
	if l == nil {
		return web.NewCard(name, units.NoData, "no data")
	}
	return web.NewCard(name, units.Millis(l.P95), unbroken("p50 "+units.Millis(l.P50))+", "+unbroken("p99 "+units.Millis(l.P99)))
}

// unbroken keeps a figure and its unit on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

func goodputCard(t result.Stats) web.Card {
	switch g := t.Goodput; {
	case g != nil:
		return web.RateCard("Goodput", &g.RPS, words.Listed(units.Share(g.GoodFraction)+" of the scheduled met every bound", unjudged(t)))
	case unjudged(t) != "":
		return web.NewCard("Goodput", units.NoData, unjudged(t))
	}
	return web.NewCard("Goodput", units.NoData, "no SLO says what a good request is")
}

func errorNote(t result.Stats) string {
	note := named("failed", t.Requests.Failed)
	if n := t.Outcomes[outcome.RateLimited]; n > 0 {
		note += ", " + units.Count(n) + " of them 429s"
	}
	if n := t.Requests.Lost(); n > 0 {
		note += ", lost " + units.Count(n)
	}
	return note
}

func costCard(c *result.Cost) web.Card {
	if c == nil {
		return web.NewCard("Cost", units.NoData, "the price is unknown")
	}
	var notes []string
	if c.PerThousandOK != nil {
		notes = append(notes, units.USD(*c.PerThousandOK)+" per 1,000 ok")
	}
	if c.EstimatedShare != nil && *c.EstimatedShare > 0 {
		notes = append(notes, units.Share(*c.EstimatedShare)+" of it estimated")
	}
	return web.NewCard("Cost", units.USD(c.Total), strings.Join(notes, ", "))
}

// sloTable holds each assertion against what was observed.
func sloTable(run *result.Run) []web.Block {
	if len(run.Verdict.SLOs) == 0 {
		return nil
	}
	t := &web.Table{
		Caption: "SLOs",
		Columns: []web.Column{{Name: "SLO"}, {Name: "observed", Figures: true}, {Name: "bound", Figures: true}, {Name: "result"}},
	}
	for _, s := range run.Verdict.SLOs {
		expr := words.Plain(s.Expr)
		bound := units.NoData
		if e, err := slo.Parse(s.Expr); err == nil {
			bound = strings.NewReplacer("<=", "≤", ">=", "≥").Replace(string(e.Op)) + " " + units.Bound(e.Value, string(e.Unit))
		}
		verdict := web.Kept(s.OK)
		if s.Assumed {
			verdict.Text += ", assumed"
		}
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{{Text: expr}, {Text: words.Observed(s)}, {Text: bound}, verdict}})
	}
	return []web.Block{{Table: t}}
}

// outcomeBlocks say what became of the requests, and what the failures said.
func outcomeBlocks(run *result.Run) []web.Block {
	t := run.Total
	var blocks []web.Block
	if bars := outcomeBars(t); len(bars) > 0 {
		blocks = append(blocks, web.Block{Bars: bars})
	}
	q := t.Requests
	pairs := []web.Pair{
		count("scheduled", q.Scheduled), count("sent", q.Sent),
		count("succeeded", q.Succeeded), count("failed", q.Failed),
		count("dropped", q.Dropped), count("unsent", q.Unsent),
		count("unfinished", q.Unfinished), count("retries", q.Retries),
	}
	if reasons := words.Listed(finishes(t)...); reasons != "" {
		pairs = append(pairs, web.Pair{Name: "finish reasons", Value: reasons})
	}
	if b := t.Backlog; b != nil {
		pairs = append(pairs, web.Pair{
			Name:  "backlog at its peak",
			Value: fmt.Sprintf("%s queued, %s in flight, at %s", units.Count(b.Queued), units.Count(b.InFlight), units.ClockSeconds(b.AtS)),
		})
	}
	if waits := backoff(t.Backoff); waits != nil {
		pairs = append(pairs, web.Pair{Name: "back-off", Value: words.Listed(waits...), State: web.Near})
	}
	if steady := steadyRates(run); steady != nil {
		pairs = append(pairs, web.Pair{Name: "without fill and drain", Value: words.Listed(steady...)})
	}
	blocks = append(blocks, web.Block{Pairs: pairs})
	return append(blocks, errorTable(t.Errors)...)
}

func count(name string, n int64) web.Pair { return counted(name, &n) }

// counted is a count that may not be known.
func counted(name string, n *int64) web.Pair {
	return web.Pair{Name: name, Value: units.Maybe(n, units.Count[int64])}
}

// outcomeBars are the outcomes that occurred, in the order of the closed list.
func outcomeBars(t result.Stats) (bars []web.Bar) {
	total := int64(0)
	for _, n := range t.Outcomes {
		total += n
	}
	for _, o := range outcome.In(t.Outcomes) {
		n := t.Outcomes[o]
		share := float64(n) / float64(total)
		bars = append(bars, web.Bar{Name: words.Plain(string(o)), Value: units.Count(n) + " (" + units.Share(share) + ")", Share: share, State: outcomeState(o)})
	}
	return bars
}

func outcomeState(o outcome.Outcome) web.State {
	switch o {
	case outcome.OK:
		return web.Good
	case outcome.RateLimited:
		return web.Near
	case outcome.Cancelled:
		return web.Neutral
	}
	return web.Bad
}

// errorTable shows the most frequent kinds of failure with one of each, word for
// word.
func errorTable(list []result.ErrorCount) []web.Block {
	const most, longest = 40, 600
	if len(list) == 0 {
		return nil
	}
	t := &web.Table{
		Caption: "errors",
		Columns: []web.Column{{Name: "outcome"}, {Name: "count", Figures: true}, {Name: "error, and one of them word for word"}},
	}
	for _, e := range list[:min(len(list), most)] {
		text := words.Plain(cmp.Or(e.Sample, e.Message))
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{
			{Text: words.Plain(string(e.Outcome))}, {Text: units.Count(e.Count)}, {Text: words.Clip(text, longest), Code: true},
		}})
	}
	blocks := []web.Block{{Table: t}}
	if rest := len(list) - most; rest > 0 {
		blocks = append(blocks, web.Block{Prose: fmt.Sprintf("and %d more kinds", rest)})
	}
	return blocks
}

// waveBlocks are the table of the waves, with their number, their place in the run and how
// long the endpoint took to be itself again.
func waveBlocks(run *result.Run) []web.Block {
	if len(run.Waves) == 0 {
		return nil
	}
	rows := web.NewTable("waves", wavesTable(run))
	beside := func(at int, name string, of func(result.Stats) string) {
		rows.Columns = slices.Insert(rows.Columns, at, web.Column{Name: name, Figures: true})
		for i, w := range run.Waves {
			rows.Rows[i].Cells = slices.Insert(rows.Rows[i].Cells, at, web.Cell{Text: of(w)})
		}
	}
	const load = 1 // the column
	beside(load+1, "from", func(w result.Stats) string { return units.Maybe(w.StartedS, units.ClockSeconds) })
	beside(load+2, "length", func(w result.Stats) string { return units.Seconds(w.DurationS) })
	beside(load+3, "requests", func(w result.Stats) string { return units.Count(w.Requests.Scheduled) })
	beside(len(rows.Columns), "recovered after", func(w result.Stats) string { return recovered(w.Recovery) })
	number := 0
	beside(0, "#", func(result.Stats) string { number++; return fmt.Sprint(number) })
	return []web.Block{{Table: rows}}
}

func recovered(r *result.Recovery) string {
	switch {
	case r == nil:
		return units.NoData
	case r.RecoveredS == nil:
		return "not within " + units.Seconds(r.WithinS)
	}
	return units.Seconds(*r.RecoveredS)
}

// eventTable tells what happened, in its order.
func eventTable(events []result.Event) []web.Block {
	const most = 200
	if len(events) == 0 {
		return nil
	}
	t := &web.Table{Caption: "events", Columns: []web.Column{{Name: "at", Figures: true}, {Name: "kind"}, {Name: "wave"}, {Name: "event"}}}
	for _, e := range events[:min(len(events), most)] {
		t.Rows = append(t.Rows, web.Row{Cells: []web.Cell{
			{Text: units.ClockSeconds(e.TS)},
			{Text: words.Plain(string(e.Kind))},
			{Text: cmp.Or(words.Plain(slo.WaveName(e.Lane, e.Wave)), units.NoData)},
			{Text: words.Clip(words.Plain(e.Text), 600)},
		}})
	}
	blocks := []web.Block{{Table: t}}
	if rest := len(events) - most; rest > 0 {
		blocks = append(blocks, web.Block{Prose: fmt.Sprintf("and %s more", units.Count(rest))})
	}
	return blocks
}

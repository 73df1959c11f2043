// Package timeline draws what a run did, over time: latencies with the bounds of their
// SLOs, rates, outcomes, open requests, and how many requests had which latency. All the
// charts have one clock, the waves above them and what happened on their edges.
package timeline

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// A Timeline is what the charts over time have in common: the rows, the clock, the waves
// above the plot, what happened, and the SLOs.
type Timeline struct {
	rows     []result.Row // with their heat
	steps    []result.Row // for rates: without a last row that is too short for one
	from, to float64      // seconds from the start of the run
	lanes    []string
	bands    [][]svg.Band // of each lane
	marks    []svg.Mark
	slos     []slo.Expr // over latencies
	waves    []result.Stats
	said     *result.ServerMetrics // what the server said of itself; nil: it was not asked
	tasks    *result.Tier          // of a queue; nil: there is none
}

// Of is the timeline of a run, which is only read.
func Of(run *result.Run) Timeline {
	t := Timeline{rows: result.WithHeat(run.Timeline), to: run.DurationS, waves: run.Waves, said: run.ServerMetrics, tasks: run.Queue}
	if n := len(t.rows); n > 0 {
		t.from, t.to = min(0, t.rows[0].TS), max(t.to, t.rows[n-1].TS+t.rows[n-1].StepS)
	}
	t.steps = foldLast(t.rows)
	for i, w := range run.Waves {
		lane := slices.Index(t.lanes, w.Lane)
		if lane < 0 {
			lane, t.lanes, t.bands = len(t.lanes), append(t.lanes, w.Lane), append(t.bands, nil)
		}
		if from, to, ok := w.Wall(); ok {
			t.bands[lane] = append(t.bands[lane], svg.Band{From: from, To: to, Name: words.Plain(w.Name), Number: strconv.Itoa(i + 1)})
		}
	}
	for _, e := range run.Events {
		if e.Kind != result.WaveStarted && len(t.marks) < 60 {
			t.marks = append(t.marks, svg.Mark{At: e.TS, Text: units.ClockSeconds(e.TS) + " " + words.Clip(words.Plain(e.Text), 200)})
		}
	}
	t.slos = latencySLOs(run)
	return t
}

// latencySLOs are the SLOs that are levels of a latency chart, the per-request
// ones too.
func latencySLOs(run *result.Run) (exprs []slo.Expr) {
	var texts []string
	for _, s := range run.Verdict.SLOs {
		texts = append(texts, s.Expr)
	}
	if run.Scenario != nil {
		texts = append(texts, run.Scenario.SLO...)
	}
	for _, text := range texts {
		e, err := slo.Parse(text)
		if err == nil && e.Latency() && !e.Service && !slices.Contains(exprs, e) {
			exprs = append(exprs, e)
		}
	}
	return exprs
}

// Note says what the charts over time share; "" without a timeline.
func (t Timeline) Note() string {
	if len(t.rows) == 0 {
		return ""
	}
	notes := []string{"latencies are response times, from the scheduled instant"}
	if len(t.waves) > 0 {
		notes = append(notes, "above each chart: the waves")
	}
	if len(t.lanes) > 1 {
		names := make([]string, len(t.lanes))
		for i, l := range t.lanes {
			names[i] = words.Plain(l)
		}
		notes[len(notes)-1] += " of the lanes " + strings.Join(names, ", ") + ", from the top"
	}
	if len(t.marks) > 0 {
		notes = append(notes, "▾ an event, told below")
	}
	return strings.Join(notes, "; ")
}

// frame is a chart's frame with the clock below and the waves above.
func (t Timeline) frame(id, title string, height int, y svg.Axis) svg.Frame {
	return svg.Frame{ID: id, Title: title, Height: height, X: svg.Time(t.from, t.to), Y: y, Lanes: t.bands, Marks: t.marks}
}

// series is one value a row, in the middle of its step; NaN is no data.
func (t Timeline) series(value func(result.Row) float64) []svg.Point {
	points := make([]svg.Point, len(t.rows))
	for i, row := range t.rows {
		points[i] = svg.Point{X: row.TS + row.StepS/2, Y: value(row)}
	}
	return points
}

// rates is series of what rows say of rates.
func (t Timeline) rates(value func(result.Row) float64) []svg.Point {
	return Timeline{rows: t.steps}.series(value)
}

// foldLast puts a last row that is much shorter than a step into the one before:
// three answers in its tenth of a second are no 30 a second.
func foldLast(rows []result.Row) []result.Row {
	n := len(rows)
	if n < 2 || rows[n-1].StepS > rows[n-2].StepS/2 {
		return rows
	}
	rows = slices.Clone(rows[:n:n])
	row, last := &rows[n-2], rows[n-1]
	whole := row.StepS + last.StepS
	join := func(a *float64, b float64) { *a = (*a*row.StepS + b*last.StepS) / whole }
	join(&row.OfferedRPS, last.OfferedRPS)
	join(&row.CompletedRPS, last.CompletedRPS)
	join(&row.FailedRPS, last.FailedRPS)
	c, d := &row.Counts, last.Counts
	c.Succeeded, c.Failed, c.RateLimited = c.Succeeded+d.Succeeded, c.Failed+d.Failed, c.RateLimited+d.RateLimited
	c.Dropped, c.Unsent, c.Unfinished = c.Dropped+d.Dropped, c.Unsent+d.Unsent, c.Unfinished+d.Unfinished
	row.StepS = whole
	return rows[:n-1]
}

// Blocks are the charts over time, one below the other on the same clock.
func (t Timeline) Blocks() []web.Block {
	if len(t.rows) == 0 {
		return []web.Block{{Prose: units.NoData + " no data: the run has no timeline"}}
	}
	blocks := []web.Block{
		{Figure: t.latency("ttft", "Time to first token (TTFT)", slo.TTFT, func(l result.RowLatencies) *result.RowPercentile { return l.TTFT.Response })},
		{Figure: t.latency("e2e", "End-to-end latency (E2E)", slo.E2E, func(l result.RowLatencies) *result.RowPercentile { return l.E2E.Response })},
	}
	return append(append(append(blocks, t.queue()...), t.server()...), web.Block{Figure: t.throughput()}, web.Block{Figure: t.outcomes()}, web.Block{Figure: t.backlog()})
}

// latency draws the percentiles of a latency with the bounds of its SLOs.
func (t Timeline) latency(id, title string, metric slo.Metric, of func(result.RowLatencies) *result.RowPercentile) *web.Figure {
	percentile := func(pick func(*result.RowPercentile) float64) []svg.Point {
		return t.series(func(r result.Row) float64 {
			if p := of(r.Latency); p != nil && p.Count > 0 {
				return pick(p)
			}
			return math.NaN()
		})
	}
	p50 := percentile(func(p *result.RowPercentile) float64 { return p.P50 })
	p95 := percentile(func(p *result.RowPercentile) float64 { return p.P95 })
	p99 := percentile(func(p *result.RowPercentile) float64 { return p.P99 })
	low, high := svg.Extent(p50, p95, p99)
	figure := &web.Figure{Title: title}
	if high == 0 {
		return figure
	}
	bounds, beyond := t.bounds(metric, high)
	for _, b := range bounds {
		high = max(high, b.At*1.05)
	}
	frame := t.frame(id, title+" over time", 200, svg.Millis(low, high))
	frame.Bounds = bounds
	least, most := svg.Extent(p95)
	frame.Desc = fmt.Sprintf("p95 between %s and %s; p50 and p99 beside it", units.Millis(least), units.Millis(most))
	figure.Chart = svg.Chart{Frame: frame, Lines: []svg.Line{
		{Name: "p99", Ink: svg.P99, Points: p99}, {Name: "p50", Ink: svg.P50, Points: p50}, {Name: "p95", Ink: svg.P95, Points: p95},
	}}.SVG()
	figure.Key = []web.Key{{Name: "p50", Ink: svg.P50}, {Name: "p95", Ink: svg.P95}, {Name: "p99", Ink: svg.P99}}
	if len(bounds) > 0 {
		figure.Key = append(figure.Key, web.Key{Name: "SLO", Ink: "bound"})
	}
	if len(beyond) > 0 {
		figure.Note = "far above the chart: " + strings.Join(beyond, ", ")
	}
	return figure
}

// bounds are the levels of a metric's SLOs; those far above what was seen would
// flatten the chart and are beyond it.
func (t Timeline) bounds(metric slo.Metric, high float64) (bounds []svg.Bound, beyond []string) {
	for _, e := range t.slos {
		switch {
		case e.Metric != metric:
		case e.Value > 3*high:
			beyond = append(beyond, words.Plain(e.Text))
		case e.Wave == "":
			bounds = append(bounds, svg.Bound{At: e.Value, From: t.from, To: t.to, Label: words.Plain(e.Text)})
		default:
			for _, w := range t.waves {
				if from, to, ok := w.Wall(); ok && (e.Wave == w.Name || e.Wave == slo.WaveName(w.Lane, w.Name)) {
					bounds = append(bounds, svg.Bound{At: e.Value, From: from, To: to, Label: words.Plain(e.Text)})
				}
			}
		}
	}
	return bounds, beyond
}

package live

import (
	"math"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/tui/draw"
)

// A chartKind is what a chart shows over time.
type chartKind int

// The charts, in the order in which tab shows them.
const (
	chartTTFT chartKind = iota
	chartTTFTHeat
	chartE2E
	chartE2EHeat
	chartCurve
	chartITL
	chartRequests
	chartTokens
	chartInFlight
	chartErrors
	chartCost
	chartKinds int = iota
)

// A chart is lines over time, with a title and, for a latency, the bound of an
// SLO.
type chart struct {
	titles []string // the longest first
	lines  []draw.Line
	bound  *float64
	alarm  *float64 // what is above it breaches an SLO, whichever line it is
}

// A chartSource is what charts are made of: the rows, the part of the time in
// view, and which kind of time leads.
type chartSource struct {
	pen
	snap    result.Snapshot
	service bool
	axis    draw.TimeAxis
}

// chartStack is what the charts of a screen show: the chosen one first, below it
// what complements it. Of a run that is over the percentiles say most.
func chartStack(first chartKind, done bool, n int) []chartKind {
	stack := []chartKind{first}
	heat := chartTTFTHeat
	if first == chartE2E {
		heat = chartE2EHeat
	}
	rest := []chartKind{chartRequests, heat, chartCurve, chartTTFT, chartInFlight}
	if done {
		rest = []chartKind{chartCurve, chartRequests, heat, chartTTFT, chartInFlight}
	}
	for _, k := range rest {
		if len(stack) < n && k != first {
			stack = append(stack, k)
		}
	}
	return stack[:min(n, len(stack))]
}

// drawChart draws one chart in its frame.
func (p pen) drawChart(s result.Snapshot, kind chartKind, service bool, width, height int) []string {
	switch kind {
	case chartTTFTHeat, chartE2EHeat:
		return p.drawHeat(s, kind, service, width, height)
	case chartCurve:
		return p.drawCurve(s, service, width, height)
	}
	inner, rows := width-4, height-2
	ruler := rows >= 6
	if ruler {
		rows--
	}
	from, to := chartSpan(s)
	src := chartSource{p, s, service, draw.NewTimeAxis(from, to, draw.PlotColumns(inner), s.Verdict == nil)}
	c := src.chart(kind)
	body := p.Plot(c.lines, c.alarm, inner, rows)
	if body == nil {
		return p.Nothing(c.titles[0], width, height)
	}
	if ruler {
		body = append(body, p.TimeRuler(src.axis, to))
	}
	notes := []string{p.Currents(c.lines, c.bound, 2), p.Currents(c.lines, c.bound, 1), p.Legend(c.lines, c.bound)}
	if s.Verdict != nil { // of a run that is over the last values say little
		notes = notes[2:]
	}
	return p.Titled(c.titles, notes, body, width, height)
}

// chartSpan is the part of the run in view, in seconds: all of it, or one wave.
func chartSpan(s result.Snapshot) (from, to float64) {
	to = s.At.Seconds()
	if i := s.View.Wave; i >= 0 && i < len(s.Waves) && s.Waves[i].Begun {
		w := s.Waves[i]
		from = w.Started.Seconds()
		if w.Ended {
			to = min(to, (w.Started + w.Length).Seconds())
		}
	}
	return from, max(to, from)
}

// chart makes the lines of a kind.
func (c chartSource) chart(kind chartKind) chart {
	row := func(f func(result.Row) float64) []float64 { return c.sample(f, draw.Mean) }
	one := func(title string, f func(result.Row) float64) chart {
		return chart{titles: []string{title}, lines: []draw.Line{{Values: row(f), Style: c.Style.Strong, Stroke: c.Glyph.Solid}}}
	}
	switch kind {
	case chartTTFT:
		return c.latencies("time to first token", "ttft", c.timed(func(l result.RowLatencies) result.RowPair { return l.TTFT }))
	case chartE2E:
		return c.latencies("end to end", "e2e", c.timed(func(l result.RowLatencies) result.RowPair { return l.E2E }))
	case chartITL:
		return c.latencies("between tokens", "itl", func(l result.RowLatencies) *result.RowPercentile { return l.ITL })
	case chartTokens:
		return one("output tokens/s", func(r result.Row) float64 { return orNone(r.OutputTPS) })
	case chartErrors:
		return c.errors()
	case chartInFlight:
		return chart{titles: []string{"requests open"}, lines: []draw.Line{
			{Name: "queued", Values: row(func(r result.Row) float64 { return float64(r.Queued) }), Style: c.Style.Near, Stroke: c.Glyph.Dotted},
			{Name: "in flight", Values: row(func(r result.Row) float64 { return float64(r.InFlight) }), Style: c.Style.Strong, Stroke: c.Glyph.Solid},
		}}
	case chartCost:
		return one("USD/hour", func(r result.Row) float64 { return orNone(r.CostUSD) / r.StepS * 3600 })
	default:
		return c.requests(row)
	}
}

// sample reads a value of the rows a column.
func (c chartSource) sample(value func(result.Row) float64, join draw.Merge) []float64 {
	rows := c.snap.Series
	return c.axis.Sample(len(rows), func(i int) draw.Stretch {
		return draw.Stretch{From: rows[i].TS, Length: rows[i].StepS, Value: value(rows[i])}
	}, join)
}

// orNone is a figure for a chart: NaN, which it leaves out, where there is none.
func orNone(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// requests is what was offered and what became of it.
func (c chartSource) requests(row func(func(result.Row) float64) []float64) chart {
	made := chart{titles: []string{"requests/s"}, lines: []draw.Line{
		{Name: "offered", Values: row(func(r result.Row) float64 { return r.OfferedRPS }), Style: c.Style.Muted, Stroke: c.Glyph.Dotted},
		{Name: "done", Values: row(func(r result.Row) float64 { return r.CompletedRPS }), Style: c.Style.Strong, Stroke: c.Glyph.Solid},
	}}
	// Where nothing failed, a red line along the bottom would look like trouble.
	failed := row(func(r result.Row) float64 { return r.FailedRPS })
	if draw.HighestValue([]draw.Line{{Values: failed}}) > 0 {
		made.lines = append(made.lines, draw.Line{Name: "failed", Values: failed, Style: c.Style.Bad, Stroke: c.Glyph.Heavy, Quiet: true})
	}
	return made
}

// errors is the share of the ended requests that failed, in percent.
func (c chartSource) errors() chart {
	share := func(n func(result.Counts) int64) []float64 {
		return c.sample(func(r result.Row) float64 {
			ended := r.Counts.Succeeded + r.Counts.Failed
			if ended == 0 {
				return math.NaN()
			}
			return 100 * float64(n(r.Counts)) / float64(ended)
		}, draw.Mean)
	}
	made := chart{titles: []string{"errors, %"}, lines: []draw.Line{
		{Name: "429", Values: share(func(n result.Counts) int64 { return n.RateLimited }), Style: c.Style.Near, Stroke: c.Glyph.Dotted},
		{Name: "all failed", Values: share(func(n result.Counts) int64 { return n.Failed }), Style: c.Style.Bad, Stroke: c.Glyph.Heavy},
	}}
	bound := tightest(c.inView(), "error_rate", false)
	if bound == nil {
		return made
	}
	percent := 100 * *bound
	made.bound, made.alarm = &percent, &percent
	made.lines[1].Style = c.Style.Strong // the alarm says what is bad
	if percent <= 3*draw.HighestValue(made.lines) {
		made.lines = append([]draw.Line{c.level(percent, c.Style.Muted)}, made.lines...)
	}
	return made
}

// inView is the SLOs that hold for all that a chart shows: those of the whole run,
// or of the wave in view.
func (c chartSource) inView() (list []result.SLOStatus) {
	for _, s := range c.snap.SLOs {
		i := c.snap.View.Wave
		if s.Wave == "" || i >= 0 && i < len(c.snap.Waves) && c.snap.Waves[i].Name == s.Wave {
			list = append(list, s)
		}
	}
	return list
}

// timed picks the kind of time that leads.
func (c chartSource) timed(pair func(result.RowLatencies) result.RowPair) func(result.RowLatencies) *result.RowPercentile {
	return func(l result.RowLatencies) *result.RowPercentile { return pick(pair(l), c.service) }
}

// latencies is p50, p95 and p99 of one metric, and the tightest bound on it. It
// is in seconds when it is that slow.
func (c chartSource) latencies(title, name string, of func(result.RowLatencies) *result.RowPercentile) chart {
	read := func(stat string) []float64 {
		return c.sample(func(r result.Row) float64 {
			if v, ok := percentile(of(r.Latency), stat); ok {
				return v
			}
			return math.NaN()
		}, draw.Highest)
	}
	lines := []draw.Line{
		{Name: "p50", Values: read("p50"), Style: c.Style.P50, Stroke: c.Glyph.Solid},
		{Name: "p95", Values: read("p95"), Style: c.Style.P95, Stroke: c.Glyph.Solid},
		{Name: "p99", Values: read("p99"), Style: c.Style.P99, Stroke: c.Glyph.Solid},
	}
	unit, ms := "ms", 1.0
	top := draw.HighestValue(lines)
	if top >= 10e3 {
		unit, ms = "s", 1e3
	}
	for _, l := range lines {
		for i := range l.Values {
			l.Values[i] /= ms
		}
	}
	made := chart{titles: []string{title + ", " + unit, strings.ToUpper(name) + ", " + unit}, lines: lines}
	if bound := tightest(c.snap.SLOs, name, c.service); bound != nil {
		scaled := *bound / ms
		made.bound = &scaled
		if *bound <= 3*top {
			made.lines = append([]draw.Line{c.level(scaled, c.Style.Muted)}, lines...)
		}
	}
	return made
}

// level is a dotted line at one height, through the whole chart.
func (c chartSource) level(at float64, style draw.Ink) draw.Line {
	values := make([]float64, c.axis.Columns)
	for i := range values {
		values[i] = at
	}
	return draw.Line{Name: "", Values: values, Style: style, Stroke: c.Glyph.Dotted}
}

// tightest is the tightest upper bound of SLOs on a metric that a chart shows.
func tightest(slos []result.SLOStatus, name string, service bool) *float64 {
	var least *float64
	for _, s := range slos {
		twice := name == "ttft" || name == "e2e" // timed from two instants
		if s.Metric != name || !slo.Op(s.Op).Upper() || twice && s.Service != service {
			continue
		}
		if least == nil || s.Bound < *least {
			least = &s.Bound
		}
	}
	return least
}

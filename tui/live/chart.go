package live

import (
	"math"
	"slices"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/tui/draw"
)

// A chartKind is what a chart shows over time.
type chartKind int

// The charts, in the order in which m shows them; the zero one complements the others.
const (
	chartAuto chartKind = iota
	chartTTFT
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
	chartServer // of runs whose server tells of itself, as is the next one
	chartCache
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

// mostCharts is how many charts a window has at most.
const mostCharts = 5

// chartStack is what n charts of a screen show: what was picked for them, or what
// complements that. Of a run that is over the percentiles say most; what the server said
// of itself comes before what has no room without it, either.
func chartStack(picked [mostCharts]chartKind, s result.Snapshot, n int) []chartKind {
	stack := slices.Clone(picked[:min(n, mostCharts)])
	heat := chartTTFTHeat
	if picked[0] == chartE2E {
		heat = chartE2EHeat
	}
	rest := []chartKind{chartTTFT, chartRequests, heat, chartCurve, chartInFlight, chartE2E, chartTokens, chartErrors}
	if s.Verdict != nil {
		rest = []chartKind{chartTTFT, chartCurve, chartRequests, heat, chartInFlight, chartE2E, chartTokens, chartErrors}
	}
	if s.Queue != nil { // whose tasks have no first token
		rest = []chartKind{chartE2E, chartRequests, chartE2EHeat, chartInFlight, chartTokens, chartCurve, chartErrors, chartCost}
	}
	if serverTold(s.Series) {
		rest = slices.Insert(rest, 2, chartServer, chartCache)
	}
	for i, kind := range stack {
		if kind == chartAuto {
			rest = slices.DeleteFunc(rest, func(k chartKind) bool { return slices.Contains(stack, k) })
			stack[i] = rest[0]
		}
	}
	return stack
}

// serverTold reports whether the server said something of itself.
func serverTold(rows []result.Row) bool {
	return slices.ContainsFunc(rows, func(r result.Row) bool { return len(r.Server) > 0 })
}

// next is the chart after a kind, or before it; those of the server only where it told.
func (k chartKind) next(by int, told bool) chartKind {
	n := chartKinds - 1 // without the automatic one
	if !told {
		n = int(chartServer) - 1
	}
	return chartKind((int(k)-1+by+n)%n) + 1
}

// drawChart draws one chart in its frame.
func (p pen) drawChart(s result.Snapshot, kind chartKind, o outlook, width, height int) []string {
	switch kind {
	case chartTTFTHeat, chartE2EHeat:
		return p.drawHeat(s, kind, o, width, height)
	case chartCurve:
		return p.drawCurve(s, o.service, width, height)
	case chartTTFT, chartE2E, chartITL:
		return p.drawBand(s, kind, o, width, height)
	}
	f := p.newFrame(s, kind, o, width, height)
	src := chartSource{p, s, o.service, f.axis}
	c := src.chart(kind)
	body := p.Plot(c.lines, c.alarm, f.inner, f.rows)
	if body == nil {
		return p.Nothing(c.titles[0], width, height)
	}
	f.point(body)
	notes := []string{p.Currents(c.lines, c.bound, 2), p.Currents(c.lines, c.bound, 1), p.Legend(c.lines, c.bound)}
	if s.Verdict != nil { // of a run that is over the last values say little
		notes = notes[2:]
	}
	return p.Titled(c.titles, notes, append(body, f.foot()...), width, height)
}

// chart makes the lines of a kind.
func (c chartSource) chart(kind chartKind) chart {
	row := func(f func(result.Row) float64) []float64 { return c.sample(f, draw.Mean) }
	one := func(title string, f func(result.Row) float64) chart {
		return chart{titles: []string{title}, lines: []draw.Line{{Values: row(f), Style: c.Style.Strong, Stroke: c.Glyph.Solid}}}
	}
	switch kind {
	case chartTokens:
		return one("output tokens/s", func(r result.Row) float64 { return orNone(r.OutputTPS) })
	case chartServer:
		return chart{titles: []string{"server: requests", "server"}, lines: []draw.Line{
			{Name: "queued", Values: c.server(result.ServerQueued, 1), Style: c.Style.Near, Stroke: c.Glyph.Heavy},
			{Name: "running", Values: c.server(result.ServerRunning, 1), Style: c.Style.Strong, Stroke: c.Glyph.Solid},
		}}
	case chartCache:
		return chart{titles: []string{"server: KV cache, %", "KV cache, %"}, lines: []draw.Line{
			{Values: c.server(result.ServerKVCache, 100), Style: c.Style.Strong, Stroke: c.Glyph.Solid},
		}}
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

// server is the highest of what the server said of itself under a name, times a factor.
func (c chartSource) server(name string, by float64) []float64 {
	return c.sample(func(r result.Row) float64 {
		if v, ok := r.Server[name]; ok {
			return v * by
		}
		return math.NaN()
	}, draw.Highest)
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
		if s.Metric != name || s.Kind != "" || !slo.Op(s.Op).Upper() || twice && s.Service != service {
			continue
		}
		if least == nil || s.Bound < *least {
			least = &s.Bound
		}
	}
	return least
}

package tui

import (
	"math"
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
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
	lines  []line
	bound  *float64
	alarm  *float64 // what is above it breaches an SLO, whichever line it is
}

// A chartSource is what charts are made of: the rows, the part of the time in
// view, and which kind of time leads.
type chartSource struct {
	pen
	snap    result.Snapshot
	service bool
	axis    timeAxis
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
	src := chartSource{p, s, service, newTimeAxis(from, to, plotColumns(inner), s.Verdict == nil)}
	c := src.chart(kind)
	body := p.plot(c.lines, c.alarm, inner, rows)
	if body == nil {
		return p.nothing(c.titles[0], width, height)
	}
	if ruler {
		body = append(body, p.ruler(src.axis, to))
	}
	notes := []string{p.currents(c.lines, c.bound, 2), p.currents(c.lines, c.bound, 1), p.legend(c.lines, c.bound)}
	if s.Verdict != nil { // of a run that is over the last values say little
		notes = notes[2:]
	}
	return p.titled(c.titles, notes, body, width, height)
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

// ruler is the time under a plot: when it begins, and when it ends.
func (p pen) ruler(axis timeAxis, to float64) string {
	begin, end := units.Clock(asDuration(axis.from)), units.Clock(asDuration(to))
	reached := axis.reached(to)
	line := strings.Repeat(" ", gutter+2) + begin
	if reached >= len(begin)+len(end)+2 {
		line += strings.Repeat(" ", reached-len(begin)-len(end)) + end
	}
	return p.label(line)
}

func asDuration(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second))
}

// legend names the lines in their colours; lines of different strokes show
// theirs.
func (p pen) legend(lines []line, bound *float64) string {
	return p.named(lines, bound, 2, func(l line) string { return l.name })
}

// currents is the legend with the newest value of each line: it tells apart what
// lies one above the other in the plot.
func (p pen) currents(lines []line, bound *float64, gap int) string {
	return p.named(lines, bound, gap, func(l line) string {
		for _, v := range slices.Backward(l.values) {
			if !math.IsNaN(v) {
				return l.name + " " + units.Figure(v)
			}
		}
		return l.name
	})
}

// named is a legend of the names that a function gives to lines.
func (p pen) named(lines []line, bound *float64, gap int, name func(line) string) string {
	var parts []string
	strokes := len(lines) > 1 && lines[len(lines)-1].pen != lines[len(lines)-2].pen
	for _, l := range lines {
		text := ""
		if l.name != "" || len(lines) == 1 {
			text = strings.TrimSpace(name(l))
		}
		if strokes && text != "" {
			text = l.pen.Horizontal + " " + text
		}
		if text != "" {
			parts = append(parts, l.style.Render(text))
		}
	}
	if bound != nil {
		word := "SLO "
		if gap == 1 { // little room: the stroke says it
			word = ""
		}
		parts = append(parts, p.label(word+p.glyph.dotted.Horizontal+" ")+p.style.text.Render(strings.TrimSpace(units.Tabular(*bound))))
	}
	return strings.Join(parts, strings.Repeat(" ", gap))
}

// chart makes the lines of a kind.
func (c chartSource) chart(kind chartKind) chart {
	row := func(f func(result.Row) float64) []float64 { return c.axis.sample(c.snap.Series, f, mean) }
	one := func(title string, f func(result.Row) float64) chart {
		return chart{titles: []string{title}, lines: []line{{values: row(f), style: c.style.strong, pen: c.glyph.solid}}}
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
		return chart{titles: []string{"requests open"}, lines: []line{
			{name: "queued", values: row(func(r result.Row) float64 { return float64(r.Queued) }), style: c.style.near, pen: c.glyph.dotted},
			{name: "in flight", values: row(func(r result.Row) float64 { return float64(r.InFlight) }), style: c.style.strong, pen: c.glyph.solid},
		}}
	case chartCost:
		return one("USD/hour", func(r result.Row) float64 { return orNone(r.CostUSD) / r.StepS * 3600 })
	default:
		return c.requests(row)
	}
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
	made := chart{titles: []string{"requests/s"}, lines: []line{
		{name: "offered", values: row(func(r result.Row) float64 { return r.OfferedRPS }), style: c.style.muted, pen: c.glyph.dotted},
		{name: "done", values: row(func(r result.Row) float64 { return r.CompletedRPS }), style: c.style.strong, pen: c.glyph.solid},
	}}
	// Where nothing failed, a red line along the bottom would look like trouble.
	failed := row(func(r result.Row) float64 { return r.FailedRPS })
	if highestValue([]line{{values: failed}}) > 0 {
		made.lines = append(made.lines, line{name: "failed", values: failed, style: c.style.bad, pen: c.glyph.heavy, quiet: true})
	}
	return made
}

// errors is the share of the ended requests that failed, in percent.
func (c chartSource) errors() chart {
	share := func(n func(result.Counts) int64) []float64 {
		return c.axis.sample(c.snap.Series, func(r result.Row) float64 {
			ended := r.Counts.Succeeded + r.Counts.Failed
			if ended == 0 {
				return math.NaN()
			}
			return 100 * float64(n(r.Counts)) / float64(ended)
		}, mean)
	}
	made := chart{titles: []string{"errors, %"}, lines: []line{
		{name: "429", values: share(func(n result.Counts) int64 { return n.RateLimited }), style: c.style.near, pen: c.glyph.dotted},
		{name: "all failed", values: share(func(n result.Counts) int64 { return n.Failed }), style: c.style.bad, pen: c.glyph.heavy},
	}}
	bound := tightest(c.inView(), "error_rate", false)
	if bound == nil {
		return made
	}
	percent := 100 * *bound
	made.bound, made.alarm = &percent, &percent
	made.lines[1].style = c.style.strong // the alarm says what is bad
	if percent <= 3*highestValue(made.lines) {
		made.lines = append([]line{c.level(percent, c.style.muted)}, made.lines...)
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
		return c.axis.sample(c.snap.Series, func(r result.Row) float64 {
			if v, ok := percentile(of(r.Latency), stat); ok {
				return v
			}
			return math.NaN()
		}, highest)
	}
	lines := []line{
		{name: "p50", values: read("p50"), style: c.style.p50, pen: c.glyph.solid},
		{name: "p95", values: read("p95"), style: c.style.p95, pen: c.glyph.solid},
		{name: "p99", values: read("p99"), style: c.style.p99, pen: c.glyph.solid},
	}
	unit, ms := "ms", 1.0
	top := highestValue(lines)
	if top >= 10e3 {
		unit, ms = "s", 1e3
	}
	for _, l := range lines {
		for i := range l.values {
			l.values[i] /= ms
		}
	}
	made := chart{titles: []string{title + ", " + unit, strings.ToUpper(name) + ", " + unit}, lines: lines}
	if bound := tightest(c.snap.SLOs, name, c.service); bound != nil {
		scaled := *bound / ms
		made.bound = &scaled
		if *bound <= 3*top {
			made.lines = append([]line{c.level(scaled, c.style.muted)}, lines...)
		}
	}
	return made
}

// level is a dotted line at one height, through the whole chart.
func (c chartSource) level(at float64, style ink) line {
	values := make([]float64, c.axis.columns)
	for i := range values {
		values[i] = at
	}
	return line{name: "", values: values, style: style, pen: c.glyph.dotted}
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

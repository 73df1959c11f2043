package comparison

import (
	"math"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A chartKind is a chart of both runs.
type chartKind int

// charts are the charts, in the order in which tab shows them.
var charts = []struct {
	title string
	over  func(result.Row) float64         // over time; nil: by percentile
	curve func(result.Curves) result.Curve // by percentile
}{
	{title: "TTFT p95, ms", over: rowPercentile(func(l result.RowLatencies) *result.RowPercentile { return l.TTFT.Response })},
	{title: "TTFT by percentile", curve: func(c result.Curves) result.Curve { return c.TTFT.Response }},
	{title: "E2E p95, ms", over: rowPercentile(func(l result.RowLatencies) *result.RowPercentile { return l.E2E.Response })},
	{title: "E2E by percentile", curve: func(c result.Curves) result.Curve { return c.E2E.Response }},
	{title: "requests done/s", over: func(r result.Row) float64 { return r.CompletedRPS }},
	{title: "failed/s", over: func(r result.Row) float64 { return r.FailedRPS }},
}

func rowPercentile(of func(result.RowLatencies) *result.RowPercentile) func(result.Row) float64 {
	return func(r result.Row) float64 {
		if l := of(r.Latency); l != nil && l.Count > 0 {
			return l.P95
		}
		return math.NaN()
	}
}

// pairChart draws a chart: the base dotted, the new run above it.
func (c Model) pairChart(kind chartKind, width, height int) []string {
	d, p := charts[kind], c.pen.Focused(c.panels.Has(1+int(kind)))
	inner, rows := width-4, height-3
	columns := draw.PlotColumns(inner)
	if columns < 1 || rows < 2 {
		return p.Nothing(d.title, width, height)
	}
	both := func(values func(*result.Run) []float64) []draw.Line {
		return []draw.Line{
			{Name: "base", Values: values(c.base), Style: p.Style.Muted, Stroke: p.Glyph.Dotted},
			{Name: "new", Values: values(c.other), Style: p.Style.Strong, Stroke: p.Glyph.Solid},
		}
	}
	var body []string
	legend := ""
	var lines []draw.Line
	if d.over != nil {
		end := max(c.base.DurationS, c.other.DurationS)
		axis := draw.NewTimeAxis(0, end, columns, false)
		lines = both(func(run *result.Run) []float64 {
			return axis.Sample(len(run.Timeline), func(i int) draw.Stretch {
				r := run.Timeline[i]
				return draw.Stretch{From: r.TS, Length: r.StepS, Value: d.over(r)}
			}, draw.Highest)
		})
		if body = p.Plot(lines, nil, inner, rows); body != nil {
			body = append(body, p.TimeRuler(axis, end))
			legend = c.atInstant(p, body[:len(body)-1], lines, axis, inner)
		}
	} else {
		lines = both(func(run *result.Run) []float64 { return d.curve(c.curves[run]).Over(columns) })
		if low, high := draw.Extent(lines); high > 0 {
			body = append(p.PlotOn(draw.LogScale{Low: low, High: high, Rows: rows}, lines, nil, inner, rows), p.PercentileRuler(columns, result.CurveShare))
		}
	}
	if body == nil {
		return p.Nothing(d.title, width, height)
	}
	if legend == "" {
		legend = p.Legend(lines, nil)
	}
	return p.Titled([]string{d.title}, []string{legend, p.Legend(lines, nil)}, body, width, height)
}

// atInstant draws the cursor into a plot over time, and tells what both runs had there; ""
// where there is no cursor.
func (c Model) atInstant(p draw.Pen, rows []string, lines []draw.Line, axis draw.TimeAxis, width int) string {
	if c.instant == 0 {
		return ""
	}
	column := (c.instant - 1) * (axis.Columns - 1) / (instants - 1)
	at := draw.Gutter + 2 + column
	for i, row := range rows {
		if text := []rune(ansi.Strip(row)); at >= len(text) || text[at] == ' ' {
			rows[i] = draw.Over(row, p.Style.Mark.Render(p.Glyph.Axis), draw.At(at, 0, 1, 1), width)
		}
	}
	told := p.Figure(units.Clock(draw.Seconds(axis.From + float64(column)*axis.Step)))
	for _, l := range lines {
		value := p.Glyph.None
		if v := l.Values[column]; !math.IsNaN(v) {
			value = units.Figure(v)
		}
		told += "  " + l.Style.Render(l.Stroke.Horizontal+" "+l.Name+" "+value)
	}
	return told
}

package comparison

import (
	"math"
	"strings"

	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/tui/draw"
)

// header says which runs are compared.
func (c Model) header(width int) string {
	p := c.pen
	sides := p.Label("base ") + p.Figure(draw.Clean(c.base.ID)) + p.Label("  new ") + p.Figure(draw.Clean(c.other.ID))
	head := p.Style.Brand.Render("flashwave") + "   " + p.Label("compare") + "   " + p.Figure(draw.Clean(c.other.Name))
	if draw.Cells(head)+draw.Cells(sides)+3 > width {
		head = p.Figure(draw.Clean(c.other.Name))
	}
	return p.Ends(head, sides, width)
}

// headline is the judgement, in as many lines as it takes.
func (c Model) headline(width int) []string {
	p, g := c.pen, c.doc.Gate
	style := p.Style.Near
	switch g.ExitCode {
	case verdict.ExitPass:
		style = p.Style.Good
	case verdict.ExitFailed:
		style = p.Style.Bad
	}
	lines := draw.Wrapped(p.Style.Strong, draw.Clean(g.Headline), width-2)
	for i := range lines {
		lead := "  "
		if i == 0 {
			lead = style.Render(p.Glyph.Dot) + " "
		}
		lines[i] = lead + lines[i]
	}
	for _, w := range c.doc.Untold() {
		lines = append(lines, p.Style.Near.Render(p.Glyph.Near)+" "+p.Label(p.Cut(draw.Clean(w.Text), width-2)))
	}
	return lines
}

// A column is a column of the table.
type column struct {
	title string
	width int
	of    func(compare.Row) string // a figure, without style
}

// table draws a row for each metric.
func (c Model) table(l layout) []string {
	p, rows := c.pen, c.rows()
	inner := l.table.W - 4
	if l.bare {
		inner = l.table.W
	}
	columns, bar := c.columns(inner)
	shown := rows[min(c.top, len(rows)):min(len(rows), c.top+l.tableRows())]
	body := []string{c.heading(columns, bar)}
	for _, r := range shown {
		body = append(body, c.line(r, columns, bar))
	}
	if l.bare {
		return body
	}
	note := ""
	if n := len(rows) - len(shown); n > 0 {
		note = p.Label(units.Count(n) + " more")
	}
	title := "whole run"
	if wave := c.stretches()[c.wave]; wave != "" {
		title = "wave " + draw.Clean(wave)
	}
	return p.Panel(title, note, body, l.table.W, l.table.H)
}

// nameWidth is that of the metrics' names, with the mark of those that gate.
const nameWidth = 18

// columns are those that a width holds, and how wide the drawing of the intervals is.
func (c Model) columns(width int) (list []column, bar int) {
	list = []column{
		{"base", 11, compare.Row.FormatBase},
		{"new", 11, compare.Row.FormatNew},
		{"change", 8, func(r compare.Row) string { return r.FormatChange() }},
		{units.Bound(c.doc.Method.Confidence, units.Ratio) + " interval", 20, compare.Row.FormatInterval},
	}
	const verdict = 15
	left := width - nameWidth - verdict
	for len(list) > 1 {
		used := 0
		for _, column := range list {
			used += column.width + 2
		}
		if used <= left {
			if left-used >= 23 {
				bar = min(61, (left-used-2)/2*2-1)
			}
			return list, bar
		}
		switch len(list) {
		case 4:
			list = list[:3]
		case 3:
			list = list[1:]
		default:
			list = list[1:]
		}
	}
	return list, 0
}

func (c Model) heading(columns []column, bar int) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", nameWidth))
	for _, column := range columns {
		b.WriteString("  " + draw.Right(column.title, column.width))
	}
	if bar > 0 {
		b.WriteString("  " + c.barTitle(bar))
	}
	b.WriteString("  verdict")
	return c.pen.Label(b.String())
}

// line draws a metric.
func (c Model) line(r compare.Row, columns []column, bar int) string {
	p := c.pen
	mark := " "
	if r.Gates {
		mark = p.Glyph.Pointer
	}
	name := p.Style.Mark.Render(mark) + " " + p.Style.Text.Render(draw.Left(r.Name(), nameWidth-2))
	var b strings.Builder
	b.WriteString(name)
	for _, column := range columns {
		b.WriteString("  " + p.Figure(draw.Right(column.of(r), column.width)))
	}
	style := c.grade(r.Verdict)
	if bar > 0 {
		b.WriteString("  " + c.bar(r, bar, style))
	}
	b.WriteString("  " + style.Render(r.Verdict.String()))
	return b.String()
}

// grade is the colour of a verdict.
func (c Model) grade(v compare.Verdict) draw.Ink {
	s := c.pen.Style
	switch v {
	case compare.Worse:
		return s.Bad
	case compare.Better:
		return s.Good
	case compare.TooNoisy:
		return s.Near
	case compare.NoDifference:
		return s.Text
	default:
		return s.Faint
	}
}

// reach is how many margins the drawing of the intervals holds to either side.
const reach = 4.0

// bar draws a change and its interval on a scale of margins: 10 % of the base, of
// shares a percentage point. The margins and nought are marked.
func (c Model) bar(r compare.Row, width int, style draw.Ink) string {
	p := c.pen
	glyphs := make([]string, width)
	styles := make([]draw.Ink, width)
	put := func(at int, glyph string, s draw.Ink) { glyphs[at], styles[at] = glyph, s }
	for i := range glyphs {
		put(i, " ", p.Style.Faint)
	}
	dash, margin := p.Glyph.Solid.Horizontal, p.Glyph.Dotted.VerticalLine
	put(cellOf(-1, width), margin, p.Style.Faint)
	put(cellOf(1, width), margin, p.Style.Faint)
	put(cellOf(0, width), p.Glyph.Axis, p.Style.Frame)
	if low, high, ok := r.Interval(); ok {
		for i := cellOf(low, width); i <= cellOf(high, width); i++ {
			put(i, dash, style)
		}
	}
	if change := r.Margins(r.Change); change != nil {
		put(cellOf(*change, width), p.Glyph.Dot, style)
	}
	var b strings.Builder
	for i, g := range glyphs {
		b.WriteString(styles[i].Render(g))
	}
	return b.String()
}

// cellOf is where a bar has a change of so many margins. What lies beyond a margin
// is drawn beyond its mark, however little it is.
func cellOf(margins float64, width int) int {
	place := func(margins float64) int {
		share := (max(-reach, min(reach, margins)) + reach) / (2 * reach)
		return int(math.Round(share * float64(width-1)))
	}
	switch at := place(margins); {
	case margins > 1:
		return max(at, place(1)+1)
	case margins < -1:
		return min(at, place(-1)-1)
	default:
		return at
	}
}

// barTitle is the scale of the bars.
func (c Model) barTitle(width int) string {
	low, high := "less", "more"
	middle := "0"
	gap := (width - len(middle)) / 2
	line := []rune(strings.Repeat(" ", width))
	copy(line, []rune(low))
	copy(line[width-len(high):], []rune(high))
	copy(line[gap:], []rune(middle))
	return string(line)
}

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
	d, p := charts[kind], c.pen
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
	return p.Titled([]string{d.title}, []string{p.Legend(lines, nil)}, body, width, height)
}

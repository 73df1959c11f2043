package tui

import (
	"math"
	"strings"

	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// header says which runs are compared.
func (c comparison) header(width int) string {
	p := c.pen
	sides := p.label("base ") + p.figure(clean(c.base.ID)) + p.label("  new ") + p.figure(clean(c.other.ID))
	head := p.style.brand.Render("flashwave") + "   " + p.label("compare") + "   " + p.figure(clean(c.other.Name))
	if cells(head)+cells(sides)+3 > width {
		head = p.figure(clean(c.other.Name))
	}
	return p.ends(head, sides, width)
}

// headline is the judgement, in as many lines as it takes.
func (c comparison) headline(width int) []string {
	p, g := c.pen, c.doc.Gate
	style := p.style.near
	switch g.ExitCode {
	case verdict.ExitPass:
		style = p.style.good
	case verdict.ExitFailed:
		style = p.style.bad
	}
	lines := wrapped(p.style.strong, clean(g.Headline), width-2)
	for i := range lines {
		lead := "  "
		if i == 0 {
			lead = style.Render(p.glyph.dot) + " "
		}
		lines[i] = lead + lines[i]
	}
	for _, w := range c.doc.Untold() {
		lines = append(lines, p.style.near.Render(p.glyph.near)+" "+p.label(p.cut(clean(w.Text), width-2)))
	}
	return lines
}

// A comparedColumn is a column of the table.
type comparedColumn struct {
	title string
	width int
	of    func(compare.Row) string // a figure, without style
}

// table draws a row for each metric.
func (c comparison) table(l comparisonLayout) []string {
	p, rows := c.pen, c.rows()
	inner := l.table.w - 4
	if l.bare {
		inner = l.table.w
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
		note = p.label(units.Count(n) + " more")
	}
	title := "whole run"
	if wave := c.stretches()[c.wave]; wave != "" {
		title = "wave " + clean(wave)
	}
	return p.panel(title, note, body, l.table.w, l.table.h)
}

// nameWidth is that of the metrics' names, with the mark of those that gate.
const nameWidth = 18

// columns are those that a width holds, and how wide the drawing of the intervals is.
func (c comparison) columns(width int) (list []comparedColumn, bar int) {
	list = []comparedColumn{
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

func (c comparison) heading(columns []comparedColumn, bar int) string {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", nameWidth))
	for _, column := range columns {
		b.WriteString("  " + right(column.title, column.width))
	}
	if bar > 0 {
		b.WriteString("  " + c.barTitle(bar))
	}
	b.WriteString("  verdict")
	return c.pen.label(b.String())
}

// line draws a metric.
func (c comparison) line(r compare.Row, columns []comparedColumn, bar int) string {
	p := c.pen
	mark := " "
	if r.Gates {
		mark = p.glyph.pointer
	}
	name := p.style.mark.Render(mark) + " " + p.style.text.Render(left(r.Name(), nameWidth-2))
	var b strings.Builder
	b.WriteString(name)
	for _, column := range columns {
		b.WriteString("  " + p.figure(right(column.of(r), column.width)))
	}
	style := c.grade(r.Verdict)
	if bar > 0 {
		b.WriteString("  " + c.bar(r, bar, style))
	}
	b.WriteString("  " + style.Render(r.Verdict.String()))
	return b.String()
}

// grade is the colour of a verdict.
func (c comparison) grade(v compare.Verdict) ink {
	s := c.pen.style
	switch v {
	case compare.Worse:
		return s.bad
	case compare.Better:
		return s.good
	case compare.TooNoisy:
		return s.near
	case compare.NoDifference:
		return s.text
	default:
		return s.faint
	}
}

// reach is how many margins the drawing of the intervals holds to either side.
const reach = 4.0

// bar draws a change and its interval on a scale of margins: 10 % of the base, of
// shares a percentage point. The margins and nought are marked.
func (c comparison) bar(r compare.Row, width int, style ink) string {
	p := c.pen
	glyphs := make([]string, width)
	styles := make([]ink, width)
	put := func(at int, glyph string, s ink) { glyphs[at], styles[at] = glyph, s }
	for i := range glyphs {
		put(i, " ", p.style.faint)
	}
	dash, margin := p.glyph.solid.Horizontal, p.glyph.dotted.VerticalLine
	put(cellOf(-1, width), margin, p.style.faint)
	put(cellOf(1, width), margin, p.style.faint)
	put(cellOf(0, width), p.glyph.axis, p.style.frame)
	if low, high, ok := r.Interval(); ok {
		for i := cellOf(low, width); i <= cellOf(high, width); i++ {
			put(i, dash, style)
		}
	}
	if change := r.Margins(r.Change); change != nil {
		put(cellOf(*change, width), p.glyph.dot, style)
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
func (c comparison) barTitle(width int) string {
	low, high := "less", "more"
	middle := "0"
	gap := (width - len(middle)) / 2
	line := []rune(strings.Repeat(" ", width))
	copy(line, []rune(low))
	copy(line[width-len(high):], []rune(high))
	copy(line[gap:], []rune(middle))
	return string(line)
}

// A pairChartKind is a chart of both runs.
type pairChartKind int

// pairCharts are the charts, in the order in which tab shows them.
var pairCharts = []struct {
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
		if v, ok := percentile(of(r.Latency), "p95"); ok {
			return v
		}
		return math.NaN()
	}
}

// pairChart draws a chart: the base dotted, the new run above it.
func (c comparison) pairChart(kind pairChartKind, width, height int) []string {
	d, p := pairCharts[kind], c.pen
	inner, rows := width-4, height-3
	columns := plotColumns(inner)
	if columns < 1 || rows < 2 {
		return p.nothing(d.title, width, height)
	}
	both := func(values func(*result.Run) []float64) []line {
		return []line{
			{name: "base", values: values(c.base), style: p.style.muted, pen: p.glyph.dotted},
			{name: "new", values: values(c.other), style: p.style.strong, pen: p.glyph.solid},
		}
	}
	var body []string
	var lines []line
	if d.over != nil {
		end := max(c.base.DurationS, c.other.DurationS)
		axis := newTimeAxis(0, end, columns, false)
		lines = both(func(run *result.Run) []float64 { return axis.sample(run.Timeline, d.over, highest) })
		if body = p.plot(lines, nil, inner, rows); body != nil {
			body = append(body, p.ruler(axis, end))
		}
	} else {
		lines = both(func(run *result.Run) []float64 { return traced(d.curve(c.curves[run]), columns) })
		if low, high := spread(lines); high > 0 {
			body = append(p.plotOn(logScale{low, high, rows}, lines, nil, inner, rows), p.curveRuler(columns))
		}
	}
	if body == nil {
		return p.nothing(d.title, width, height)
	}
	return p.titled([]string{d.title}, []string{p.legend(lines, nil)}, body, width, height)
}

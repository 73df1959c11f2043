package comparison

import (
	"math"
	"slices"
	"strings"

	"flashwave/bench/compare"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A column is a column of the table.
type column struct {
	title string
	width int
	of    func(compare.Row) string // a figure, without style
}

// columns are those of a width: the figures, how wide the drawing of the intervals is, and
// whether the verdict is a word beside its mark.
type columns struct {
	list []column
	name int
	bar  int
	word bool
}

// verdictWidth is that of the longest word of a verdict, with the gap before it.
const verdictWidth = 15

// marksWidth is that of the marks before a name: of the cursor, of what decides, of the
// verdict.
const marksWidth = 5

// columns are those that a width holds.
func (c Model) columns(width int) columns {
	of := columns{name: 16, word: width >= 64}
	if width < 44 {
		of.name = 14
	}
	left := width - marksWidth - of.name
	if of.word {
		left -= verdictWidth
	}
	all := []column{
		{"base", 10, compare.Row.FormatBase},
		{"new", 10, compare.Row.FormatNew},
		{"change", 9, func(r compare.Row) string { return r.FormatChange() }},
		{units.Bound(c.doc.Method.Confidence, units.Ratio) + " interval", 20, compare.Row.FormatInterval},
	}
	if width < 44 {
		all[1].width = 8
	}
	for _, list := range [][]column{all, all[:3], all[1:3], all[2:3]} {
		used := 0
		for _, column := range list {
			used += column.width + 1
		}
		if of.list = list; used > left {
			continue
		}
		if left -= used; left >= 23 {
			of.bar = min(61, (left-2)/2*2-1)
		}
		return of
	}
	return of
}

// table draws a row for each metric: what decides first.
func (c Model) table(l layout) []string {
	p, rows := c.pen.Focused(c.panels.Has(0)), c.rows()
	inner := l.table.W - 4
	if l.bare {
		inner = l.table.W
	}
	columns := c.columns(inner)
	from, to := c.inView(l.tableRows())
	body := []string{c.heading(columns, l.under() == 0)}
	for i := from; i < to; i++ {
		body = append(body, c.line(rows[i], i == c.row, columns))
	}
	if len(rows) == 0 {
		body = []string{p.Style.Faint.Render("nothing was compared")}
	}
	if len(rows) > 0 {
		body = append(body, c.under(rows[c.row], columns, l, inner, 1+l.tableRows()-len(body))...)
	}
	if l.bare {
		return body
	}
	var notes []string
	if n := len(c.stretches()); n > 1 {
		notes = append(notes, p.Label(units.Count(c.wave+1)+" of "+units.Count(n)))
	}
	if n := len(rows) - (to - from); n > 0 {
		notes = append(notes, p.Label(units.Count(n)+" more"))
	}
	title := "whole run"
	if wave := c.stretches()[c.wave]; wave != "" {
		title = draw.Clean(wave)
	}
	if !c.reliable() {
		title += ", not to be relied on"
	}
	return p.Panel(title, strings.Join(notes, "  "), body, l.table.W, l.table.H)
}

// under are the lines under the rows, after so many empty ones: the row with the cursor in
// full, and what the marks mean.
func (c Model) under(r compare.Row, of columns, l layout, width, empty int) []string {
	rows := l.under()
	if rows == 0 {
		return nil
	}
	lines := make([]string, max(0, empty)+rows)
	last := lines[max(0, empty):]
	told := last[max(0, rows-3) : rows-1]
	copy(told, c.pen.Sentence(c.inFull(r), c.pen.Style.Text, width, len(told)))
	last[rows-1] = c.legend(of, width)
	return lines
}

// legend says what the marks of the table mean.
func (c Model) legend(of columns, width int) string {
	p := c.pen
	decides := p.Style.Mark.Render(p.Glyph.Gate)
	if !of.word {
		return p.Spread([]string{
			decides + p.Label(" decides"), p.Marked(draw.Bad) + p.Label(" worse"), p.Marked(draw.Good) + p.Label(" better"),
			p.Style.Text.Render(p.Glyph.Same) + p.Label(" same"), p.Marked(draw.Near) + p.Label(" too noisy"),
		}, 2, width)
	}
	parts := []string{decides + p.Label(" decides, the others inform"), p.Style.Mark.Render(p.Glyph.Pointer) + p.Label(" told in full")}
	if of.bar > 0 {
		parts = append(parts,
			p.Style.Text.Render(p.Glyph.Solid.Horizontal+p.Glyph.Dot+p.Glyph.Solid.Horizontal)+p.Label(" change and interval"),
			p.Style.Text.Render(p.Glyph.Dotted.VerticalLine)+p.Label(" counts from "+c.counts()+" on"),
			p.Style.Text.Render(p.Glyph.Less+" "+p.Glyph.More)+p.Label(" beyond"))
	}
	return p.Spread(parts, 2, width)
}

// counts is the smallest change that matters, of most and of shares.
func (c Model) counts() string {
	m := c.doc.Method
	return units.Bound(m.MarginRatio, units.Ratio) + " or " + units.PointsBound(m.MarginPoints)
}

// inFull is a row in words.
func (c Model) inFull(r compare.Row) string {
	text := draw.Clean(r.Name()) + ": " + r.FormatValues() + " (" + r.FormatChange()
	if interval := r.FormatInterval(); interval != units.NoData {
		text += ", " + interval
	}
	text += "): " + draw.Clean(r.Verdict.String())
	if !c.reliable() {
		text += ", if it could be relied on"
	}
	if seen := r.FormatSeen(); seen != units.NoData {
		text += "; a change of " + seen + " would have been seen"
	}
	return text
}

// heading names the columns, and what decides where no legend does.
func (c Model) heading(of columns, legend bool) string {
	var b strings.Builder
	lead := ""
	if legend {
		lead = "  " + c.pen.Glyph.Gate + " decides"
	}
	b.WriteString(draw.Left(lead, marksWidth+of.name))
	for _, column := range of.list {
		b.WriteString(" " + draw.Right(column.title, column.width))
	}
	if of.bar > 0 {
		b.WriteString("  " + barTitle(of.bar))
	}
	if of.word {
		b.WriteString("  verdict")
	}
	return c.pen.Label(b.String())
}

// reliable reports whether the figures say something of the endpoint: else the gate says
// that nothing can be said, and no row says it all the same.
func (c Model) reliable() bool { return c.doc.Gate.Status != compare.Inconclusive }

// line draws a metric. What only informs has no colour: none speaks against the gate.
func (c Model) line(r compare.Row, chosen bool, of columns) string {
	p := c.pen
	cursor, gate, name, figure := " ", " ", p.Style.Muted, p.Style.Text
	if chosen {
		cursor = p.Style.Mark.Render(p.Glyph.Pointer)
	}
	if r.Gates {
		gate, name, figure = p.Style.Mark.Render(p.Glyph.Gate), p.Style.Text, p.Style.Strong
	}
	mark, style := c.judged(r)
	var b strings.Builder
	b.WriteString(cursor + gate + " " + style.Render(mark) + " " + name.Render(p.Cut(draw.Left(draw.Clean(r.Name()), of.name), of.name)))
	for _, column := range of.list {
		b.WriteString(" " + figure.Render(draw.Right(column.of(r), column.width)))
	}
	if of.bar > 0 {
		b.WriteString("  " + c.bar(r, of.bar, style))
	}
	if of.word {
		b.WriteString("  " + style.Render(r.Verdict.String()))
	}
	return b.String()
}

// judged is the mark of a row's verdict, and its colour.
func (c Model) judged(r compare.Row) (mark string, style draw.Ink) {
	p := c.pen
	mark, style = p.Glyph.None, p.Style.Faint
	switch r.Verdict {
	case compare.Worse:
		mark, style = p.Glyph.Bad, p.Style.Bad
	case compare.Better:
		mark, style = p.Glyph.Mark(draw.Good), p.Style.Good
	case compare.TooNoisy:
		mark, style = p.Glyph.Near, p.Style.Near
	case compare.NoDifference:
		mark, style = p.Glyph.Same, p.Style.Text
	}
	if (!r.Gates || !c.reliable()) && mark != p.Glyph.None {
		style = p.Style.Muted
	}
	return mark, style
}

// reach is how many margins the drawing of the intervals holds to either side.
const reach = 4.0

// bar draws a change and its interval on a scale of margins: 10 % of the base, of
// shares a percentage point. The margins and nought are marked; an arrow at an end says
// that something lies beyond it.
func (c Model) bar(r compare.Row, width int, style draw.Ink) string {
	p := c.pen
	glyphs, styles := slices.Repeat([]string{" "}, width), slices.Repeat([]draw.Ink{p.Style.Faint}, width)
	put := func(at int, glyph string, s draw.Ink) { glyphs[at], styles[at] = glyph, s }
	margin := p.Glyph.Dotted.VerticalLine
	put(cellOf(-1, width), margin, p.Style.Muted)
	put(cellOf(1, width), margin, p.Style.Muted)
	put(cellOf(0, width), p.Glyph.Axis, p.Style.Frame)
	low, high, bounded := r.Interval()
	change := r.Margins(r.Change)
	if bounded {
		for i := cellOf(low, width); i <= cellOf(high, width); i++ {
			if glyphs[i] != margin {
				put(i, p.Glyph.Solid.Horizontal, style)
			}
		}
	}
	less := bounded && low < -reach || change != nil && *change < -reach
	more := bounded && high > reach || change != nil && *change > reach
	if change != nil {
		at := cellOf(*change, width)
		switch { // an arrow takes the place at its end
		case less && *change >= -reach:
			at = max(at, 1)
		case more && *change <= reach:
			at = min(at, width-2)
		}
		put(at, p.Glyph.Dot, style)
	}
	if less {
		put(0, p.Glyph.Less, style)
	}
	if more {
		put(width-1, p.Glyph.More, style)
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
func barTitle(width int) string {
	const low, high, middle = "less", "more", "0"
	line := []rune(strings.Repeat(" ", width))
	copy(line, []rune(low))
	copy(line[width-len(high):], []rune(high))
	copy(line[(width-len(middle))/2:], []rune(middle))
	return string(line)
}

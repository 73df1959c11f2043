package draw

import (
	"math"
	"strings"
)

// A Band is a chart of dots, two of them a column wide and four a row high: the space
// between two lines, and a line above it that is held against a bound.
type Band struct {
	Low, High []float64 // two values a column; NaN where there is none
	Line      []float64 // likewise
	Style     Ink       // of the line
	Bound     *float64  // a level line; what of Line is beyond it has the colour of a breach
	Cursor    int       // the column that is pointed at; negative: none
}

// The dots of a cell, from the top; those of its left half come first.
var dots = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// A dotted is a cell of a [Band]: its dots by what they are of.
type dotted struct {
	line, fill, bound rune
	over              bool // the line is beyond the bound
}

// Band draws a band on a scale in width × height cells, axis included; nil if there is no
// room.
func (p Pen) Band(s ValueAxis, b Band, width, height int) []string {
	columns := PlotColumns(width)
	if columns < 1 || height < 2 {
		return nil
	}
	cells := b.cells(s, columns, height)
	lines, labels := make([]string, height), s.Labels()
	for row := range lines {
		lines[row] = p.Axis(labels, row) + p.dottedRow(cells[row], b)
	}
	return lines
}

// cells are the rows of a band from the top.
func (b Band) cells(s ValueAxis, columns, rows int) [][]dotted {
	cells := make([][]dotted, rows)
	all := make([]dotted, rows*columns)
	for row := range cells {
		cells[row] = all[row*columns : (row+1)*columns]
	}
	// A value stands where its label does: in the middle of a row.
	place := func(v float64) int {
		return int(math.Round(max(0, min(1, s.Place(v)))*float64(4*(rows-1)))) + 1
	}
	at := func(x, y int) (c *dotted, dot rune) {
		return &cells[rows-1-y/4][x/2], dots[x%2][3-y%4]
	}
	before := math.NaN()
	for x := range 2 * columns {
		if b.Bound != nil && s.Place(*b.Bound) <= 1 && x%2 == 0 {
			c, dot := at(x, place(*b.Bound))
			c.bound |= dot
		}
		low, high := value(b.Low, x), value(b.High, x)
		if !math.IsNaN(low) && !math.IsNaN(high) {
			for y := place(low); y <= place(high); y++ {
				if (x+y)%2 == 0 {
					c, dot := at(x, y)
					c.fill |= dot
				}
			}
		}
		v := value(b.Line, x)
		if !math.IsNaN(v) {
			from, to := place(v), place(v)
			if !math.IsNaN(before) {
				from = place(before)
				from += sign(to - from) // that dot is the neighbour's
			}
			for y := min(from, to); y <= max(from, to); y++ {
				c, dot := at(x, y)
				c.line |= dot
				c.over = c.over || b.Bound != nil && v > *b.Bound
			}
		}
		before = v
	}
	return cells
}

// value is one of a list; NaN beyond its end and for what is no number.
func value(list []float64, i int) float64 {
	if i >= len(list) || math.IsInf(list[i], 0) {
		return math.NaN()
	}
	return list[i]
}

func sign(n int) int { return min(1, max(-1, n)) }

// dottedRow draws a row of cells, a run of one style at a time.
func (p Pen) dottedRow(cells []dotted, b Band) string {
	var line, run strings.Builder
	var style Ink
	flush := func() {
		line.WriteString(style.Render(run.String()))
		run.Reset()
	}
	for i, c := range cells {
		now, text := p.dotted(c, b.Style)
		if i == b.Cursor && c.line == 0 {
			now, text = p.Style.Mark, p.Glyph.Axis
		}
		if now != style {
			flush()
			style = now
		}
		run.WriteString(text)
	}
	flush()
	return line.String()
}

// dotted is how a cell looks: the line hides the bound, and that the band.
func (p Pen) dotted(c dotted, line Ink) (style Ink, text string) {
	switch {
	case c.line != 0 && c.over:
		return p.Style.Bad, p.dot(c.line, "#")
	case c.line != 0:
		return line, p.dot(c.line, levels(c.line))
	case c.bound != 0:
		return p.Style.Muted, p.dot(c.bound, ".")
	case c.fill != 0:
		return p.Style.Faint, p.dot(c.fill, ":")
	default:
		return Ink{}, " "
	}
}

func (p Pen) dot(pattern rune, ascii string) string {
	if p.ascii {
		return ascii
	}
	return string('⠀' + pattern)
}

// levels is the ASCII character nearest to the dots of a line.
func levels(pattern rune) string {
	var in [4]bool
	n := 0
	for row := range in {
		if in[row] = pattern&(dots[0][row]|dots[1][row]) != 0; in[row] {
			n++
		}
	}
	switch {
	case n > 2:
		return "|"
	case in[0]:
		return "'"
	case in[3]:
		return "_"
	default:
		return "-"
	}
}

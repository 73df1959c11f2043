package tui

import (
	"math"
	"strings"
)

// A line is one line of a plot: a value for each of its columns, NaN where there
// is none.
type line struct {
	name   string
	values []float64
	style  ink
	pen    stroke
}

// A stroke is how a line is drawn, so that lines differ without colours, too.
type stroke struct {
	level, upright                     string
	fromUp, fromDown, westDown, westUp string // corners: from above to the east, from below to the east, …
}

// piece is the character that joins some ways.
func (s stroke) piece(w ways) string {
	switch w {
	case up | down:
		return s.upright
	case up | east:
		return s.fromUp
	case down | east:
		return s.fromDown
	case west | down:
		return s.westDown
	case west | up:
		return s.westUp
	default:
		return s.level
	}
}

// A valueAxis is the y axis of a plot.
type valueAxis interface {
	// place is how high a value stands, as a share of the scale's height; what is
	// beyond its ends may be beyond 0 to 1.
	place(v float64) float64
	// labels are those of the rows, from the top; most are empty.
	labels() []string
}

// gutter is the width of the labels: the same in all charts, so that those above
// one another share their columns.
const gutter = 6

// plotColumns is how many values a plot of a width shows.
func plotColumns(width int) int { return max(0, width-gutter-2) }

// plot draws lines in width × height cells on a scale from 0 to their highest
// value; nil if there is no value or no room.
func (p pen) plot(lines []line, width, height int) []string {
	top := highestValue(lines)
	if math.IsNaN(top) {
		return nil
	}
	return p.plotOn(newScale(top, height), lines, width, height)
}

// plotOn draws lines on a scale of height rows. Later lines lie above earlier
// ones.
func (p pen) plotOn(s valueAxis, lines []line, width, height int) []string {
	columns := plotColumns(width)
	if columns < 1 || height < 2 {
		return nil
	}
	c := newCanvas(columns, height)
	for i, l := range lines {
		c.draw(l, s, i)
	}
	rows, labels := make([]string, height), s.labels()
	for i := range rows {
		rows[i] = p.axis(labels, i) + c.row(i, lines)
	}
	return rows
}

// axis draws the label and the piece of the axis in one row.
func (p pen) axis(labels []string, row int) string {
	text, edge := "", p.glyph.axis
	if row < len(labels) && labels[row] != "" {
		text, edge = labels[row], p.glyph.tick
	}
	return p.label(right(text, gutter)+" ") + p.style.frame.Render(edge)
}

// A canvas holds the lines of a plot, cell by cell: which ways lead out of a cell,
// and whose they are. A cell shows one line, the last one in it.
type canvas struct {
	columns, rows int
	ways          []ways
	owner         []int
}

// ways are the directions in which a line leaves a cell.
type ways uint8

const (
	up ways = 1 << iota
	down
	west
	east
)

func newCanvas(columns, rows int) canvas {
	return canvas{columns, rows, make([]ways, columns*rows), make([]int, columns*rows)}
}

// draw puts a line: level in each column, with a bend at the edge where it rises or
// falls.
func (c canvas) draw(l line, s valueAxis, owner int) {
	last, before := 0, false
	for x := range min(len(l.values), c.columns) {
		v := l.values[x]
		if math.IsNaN(v) || math.IsInf(v, 0) {
			before = false
			continue
		}
		y := int(math.Round(float64(c.rows-1) * (1 - max(0, min(1, s.place(v))))))
		if before && y != last {
			c.bend(x, last, y, owner)
		} else {
			c.put(x, y, west|east, owner)
		}
		last, before = y, true
	}
}

// bend joins one row with another in a column.
func (c canvas) bend(x, from, to, owner int) {
	leave, arrive := down, up
	if to < from {
		leave, arrive = up, down
	}
	c.put(x, from, west|leave, owner)
	for y := min(from, to) + 1; y < max(from, to); y++ {
		c.put(x, y, up|down, owner)
	}
	c.put(x, to, arrive|east, owner)
}

func (c canvas) put(x, y int, w ways, owner int) {
	c.ways[y*c.columns+x], c.owner[y*c.columns+x] = w, owner
}

// row draws a row, a run of one style at a time.
func (c canvas) row(y int, lines []line) string {
	ways, owner := c.ways[y*c.columns:(y+1)*c.columns], c.owner[y*c.columns:(y+1)*c.columns]
	var b, run strings.Builder
	for x := 0; x < len(ways); {
		if ways[x] == 0 {
			b.WriteByte(' ')
			x++
			continue
		}
		of := owner[x]
		for run.Reset(); x < len(ways) && ways[x] != 0 && owner[x] == of; x++ {
			run.WriteString(lines[of].pen.piece(ways[x]))
		}
		b.WriteString(lines[of].style.Render(run.String()))
	}
	return b.String()
}

// highestValue is the highest finite value of all lines; NaN if there is none.
func highestValue(lines []line) float64 {
	top := math.NaN()
	for _, l := range lines {
		for _, v := range l.values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) && (math.IsNaN(top) || v > top) {
				top = v
			}
		}
	}
	return top
}

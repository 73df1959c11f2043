package tui

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"
	"github.com/guptarohit/asciigraph"
)

// A line is one line of a plot: a value a column, NaN where there is none.
type line struct {
	name   string
	values []float64
	style  ink
	pen    asciigraph.CharSet
}

// A yScale is the y axis of a plot: from 0 to top in steps rows of equal height,
// with a label at every stride-th of them, counted from 0.
type yScale struct {
	top    float64
	steps  int
	stride int
}

// newScale finds a scale of height rows that ends at or a little above a value,
// with round numbers at evenly spaced rows.
func newScale(value float64, height int) yScale {
	steps := max(1, height-1)
	best, least := yScale{1, steps, steps}, math.Inf(1)
	if value <= 0 || math.IsNaN(value) || math.IsInf(value, 0) {
		value = 1
	}
	for stride := 1; stride <= steps; stride++ {
		labels := steps / stride
		if labels > 1 && (steps > 4 && stride < 2 || labels > 6) {
			continue
		}
		share := float64(steps) / float64(stride)
		top := roundUp(value/share) * share
		// Air above the lines costs, and so do too few or too many labels.
		if cost := top/value - 1 + 0.2*math.Abs(float64(labels)-3); cost < least {
			best, least = yScale{top, steps, stride}, cost
		}
	}
	return best
}

// unit is the value between two labels.
func (s yScale) unit() float64 { return s.top * float64(s.stride) / float64(s.steps) }

// roundUp is the smallest of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × 10ⁿ that is not below v.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// places is how many decimals the labels of a scale need to differ.
func (s yScale) places() int {
	unit := s.unit()
	for places := range 4 {
		shifted := unit * math.Pow(10, float64(places))
		if math.Abs(shifted-math.Round(shifted)) < 1e-6*shifted {
			return places
		}
	}
	return 4
}

// firstTag is the first colour by which asciigraph marks the lines; the colours
// never reach the screen.
const firstTag = 100

// gutter is the width of the labels: the same in all charts, so that those above
// one another share their columns.
const gutter = 6

// plotColumns is how many values a plot of a width shows.
func plotColumns(width int) int { return width - gutter - 2 }

// plot draws lines in width × height cells. It is the one place that knows
// asciigraph, and keeps from it what it cannot draw: no line, lines of unequal
// length, no value at all, negative and infinite values, a flat line without
// bounds, and its height, which is one row less than it draws.
func (p pen) plot(lines []line, width, height int) []string {
	top := highestValue(lines)
	if math.IsNaN(top) || plotColumns(width) < 1 || height < 2 {
		return nil
	}
	s := newScale(top, height)
	labels, columns := s.labels(), plotColumns(width)
	data, colours, pens := make([][]float64, len(lines)), make([]asciigraph.AnsiColor, len(lines)), make([]asciigraph.CharSet, len(lines))
	for i, l := range lines {
		data[i] = drawable(l.values, columns, s.top)
		colours[i] = asciigraph.AnsiColor(firstTag + i)
		pens[i] = l.pen
	}
	drawn := asciigraph.PlotMany(data, asciigraph.Height(s.steps), asciigraph.Offset(1),
		asciigraph.LowerBound(0), asciigraph.UpperBound(s.top), asciigraph.SeriesColors(colours...),
		asciigraph.SeriesChars(pens...), asciigraph.YAxisValueFormatter(func(float64) string { return "" }))
	rows := strings.Split(drawn, "\n")
	for i, row := range rows {
		rows[i] = p.axis(labels, i) + p.recolour(body(row), lines)
	}
	return rows
}

// labels are those of the rows, from the top; most are empty.
func (s yScale) labels() []string {
	list, places := make([]string, s.steps+1), s.places()
	for i := range list {
		if up := s.steps - i; up%s.stride == 0 {
			list[i] = tickLabel(float64(up/s.stride)*s.unit(), places)
		}
	}
	return list
}

// axis draws the label and the piece of the axis in one row.
func (p pen) axis(labels []string, row int) string {
	text, edge := "", p.glyph.axis
	if row < len(labels) && labels[row] != "" {
		text, edge = labels[row], p.glyph.tick
	}
	return p.label(right(text, gutter)+" ") + p.style.frame.Render(edge)
}

// tickLabel writes a value of the axis in the width of the gutter.
func tickLabel(v float64, places int) string {
	if text := decimal(v, places); len(text) <= gutter {
		return text
	}
	if text := strings.ReplaceAll(humanize.SIWithDigits(v, 1, ""), " ", ""); ansi.StringWidth(text) <= gutter {
		return text
	}
	return strconv.FormatFloat(v, 'e', 0, 64)
}

// body is a row without asciigraph's own axis, which is its first cell.
func body(row string) string { return ansi.TruncateLeft(row, 1, "") }

// recolour gives the pieces of a row that asciigraph tagged the styles of their
// lines.
func (p pen) recolour(row string, lines []line) string {
	var b strings.Builder
	for i, piece := range strings.Split(row, "\x1b[") {
		if i == 0 {
			b.WriteString(piece)
			continue
		}
		code, text, _ := strings.Cut(piece, "m")
		tag, err := strconv.Atoi(code[strings.LastIndex(code, ";")+1:])
		if of := tag - firstTag; err == nil && text != "" && of >= 0 && of < len(lines) {
			text = lines[of].style.Render(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// drawable is the values in exactly columns+1 points, within the scale; the
// last one is doubled, because a plot draws the way from one point to the next.
func drawable(values []float64, columns int, top float64) []float64 {
	out := slices.Repeat([]float64{math.NaN()}, max(2, columns+1))
	for i := range out {
		j := min(i, len(values)-1)
		if j < 0 || i > len(values) {
			break
		}
		if v := values[j]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			out[i] = min(top, max(0, v))
		}
	}
	return out
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

package draw

import (
	"math"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"
)

// A Line is one line of a plot: a value for each of its columns, NaN where there
// is none.
type Line struct {
	Name   string
	Values []float64
	Style  Ink
	Stroke asciigraph.CharSet // lines differ without colours, too
	Quiet  bool               // nought is not drawn
}

// A ValueAxis is the y axis of a plot.
type ValueAxis interface {
	// Place is how high a value stands, as a share of the scale's height; what is
	// beyond its ends may be beyond 0 to 1.
	Place(v float64) float64
	// Labels are those of the rows, from the top; most are empty.
	Labels() []string
}

// Gutter is the width of the labels: the same in all charts, so that those above
// one another share their columns.
const Gutter = 6

// PlotColumns is how many values a plot of a width shows.
func PlotColumns(width int) int { return max(0, width-Gutter-2) }

// Plot draws lines in width × height cells on a scale from 0 to their highest
// value; nil if there is no value or no room.
func (p Pen) Plot(lines []Line, alarm *float64, width, height int) []string {
	top := HighestValue(lines)
	if math.IsNaN(top) {
		return nil
	}
	return p.PlotOn(NewLinearScale(top, height), lines, alarm, width, height)
}

// PlotOn draws lines on a scale of height rows. Later lines lie above earlier
// ones; what is above the alarm, if there is one, has the colour of a breach.
//
// It is the one place that knows asciigraph, and keeps from it what it cannot draw:
// no line, lines of unequal length, negative and infinite values, a flat line
// without bounds, and its height, which is one row less than it draws.
func (p Pen) PlotOn(s ValueAxis, lines []Line, alarm *float64, width, height int) []string {
	columns := PlotColumns(width)
	if columns < 1 || height < 2 || len(lines) == 0 {
		return nil
	}
	data, pens, inks := make([][]float64, len(lines)), make([]asciigraph.CharSet, len(lines)), make([]asciigraph.AnsiColor, len(lines))
	for i, l := range lines {
		data[i], pens[i], inks[i] = places(s, l, columns), l.Stroke, l.Style.code
	}
	options := []asciigraph.Option{
		asciigraph.Height(height - 1), asciigraph.LowerBound(0), asciigraph.UpperBound(1), asciigraph.Offset(1),
		asciigraph.SeriesChars(pens...), asciigraph.YAxisValueFormatter(unlabelled),
	}
	if !p.Style.colourless {
		options = append(options, asciigraph.SeriesColors(inks...))
		if alarm != nil {
			// Whole rows are coloured: those above the one that the alarm stands in.
			row := math.Round(s.Place(*alarm) * float64(height-1))
			options = append(options, asciigraph.ColorAbove(p.Style.Bad.code, (row+0.5)/float64(height-1)))
		}
	}
	rows, labels := strings.Split(asciigraph.PlotMany(data, options...), "\n"), s.Labels()
	for i, row := range rows {
		row = strings.TrimPrefix(strings.TrimPrefix(row, "┤"), "┼") // its own axis
		rows[i] = p.Axis(labels, i) + row
	}
	return rows
}

// unlabelled leaves asciigraph's own axis without labels: ours are round.
func unlabelled(float64) string { return "" }

// places is where the values of a line stand, in exactly columns+1 points. The
// first one is doubled, because asciigraph draws in a column the way from one
// point to the next: a value then stands in its own column.
func places(s ValueAxis, l Line, columns int) []float64 {
	out := slices.Repeat([]float64{math.NaN()}, columns+1)
	for i, v := range l.Values[:min(len(l.Values), columns)] {
		if !math.IsNaN(v) && !math.IsInf(v, 0) && (v != 0 || !l.Quiet) {
			out[i+1] = max(0, min(1, s.Place(v)))
		}
	}
	out[0] = out[1]
	return out
}

// Axis draws the label and the piece of the axis in one row.
func (p Pen) Axis(labels []string, row int) string {
	text, edge := "", p.Glyph.Axis
	if row < len(labels) && labels[row] != "" {
		text, edge = labels[row], p.Glyph.tick
	}
	return p.Label(Right(text, Gutter)+" ") + p.Style.Frame.Render(edge)
}

// HighestValue is the highest finite value of all lines; NaN if there is none.
func HighestValue(lines []Line) float64 {
	top := math.NaN()
	for _, l := range lines {
		for _, v := range l.Values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) && (math.IsNaN(top) || v > top) {
				top = v
			}
		}
	}
	return top
}

package draw

import (
	"math"
	"strings"

	"flashwave/bench/units"
)

// TimeRuler is the time under a plot: when it begins, and when it ends.
func (p Pen) TimeRuler(axis TimeAxis, to float64) string {
	begin, end := units.Clock(Seconds(axis.From)), units.Clock(Seconds(to))
	reached := axis.reached(to)
	line := strings.Repeat(" ", Gutter+2) + begin
	if reached >= len(begin)+len(end)+2 {
		line += strings.Repeat(" ", reached-len(begin)-len(end)) + end
	}
	return p.Label(line)
}

// curveTicks are the percentiles that the axis of the percentile curve names.
var curveTicks = []struct {
	q    float64
	name string
}{{0, "p0"}, {0.5, "50"}, {0.9, "90"}, {0.99, "99"}, {0.999, "99.9"}, {0.9999, "99.99"}, {0.95, "95"}, {0.75, "75"}}

// PercentileRuler names the percentiles under a curve. share is where one stands, of
// the curve's width.
func (p Pen) PercentileRuler(columns int, share func(quantile float64) float64) string {
	var ticks []Tick
	for _, t := range curveTicks {
		ticks = append(ticks, Tick{int(math.Round(share(t.q) * float64(columns-1))), t.name})
	}
	return p.Ticks(ticks, columns)
}

// A Tick is a name under a column of a plot.
type Tick struct {
	Column int
	Text   string
}

// Ticks is the line under a plot that names columns, as many as there is room for,
// the first ones first.
func (p Pen) Ticks(ticks []Tick, columns int) string {
	ruler := []rune(strings.Repeat(" ", Gutter+2+columns))
	for _, t := range ticks {
		text := []rune(t.Text)
		from := min(max(Gutter+2, Gutter+2+t.Column-len(text)/2), len(ruler)-len(text))
		if from < 0 {
			continue
		}
		if room := ruler[max(0, from-1):min(len(ruler), from+len(text)+1)]; strings.TrimSpace(string(room)) == "" {
			copy(ruler[from:], text)
		}
	}
	return p.Label(strings.TrimRight(string(ruler), " "))
}

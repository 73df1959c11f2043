package draw

import (
	"math"
	"strings"

	"flashwave/bench/units"
)

// clockSteps are the distances, in seconds, at which a ruler names instants.
var clockSteps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400}

// ClockRuler is the time under a plot, at round instants; those after to have no name.
func (p Pen) ClockRuler(axis TimeAxis, to float64) string {
	const apart = 9 // cells
	var ticks []Tick
	for _, step := range clockSteps {
		if step < apart*axis.Step {
			continue
		}
		for t := math.Ceil(axis.From/step) * step; t <= to; t += step {
			if c := int((t - axis.From) / axis.Step); c < axis.Columns {
				ticks = append(ticks, Tick{c, units.Clock(Seconds(t))})
			}
		}
		break
	}
	if len(ticks) == 0 {
		ticks = []Tick{{0, units.Clock(Seconds(axis.From))}}
	}
	return p.Ticks(ticks, axis.Columns)
}

// WaveRuler is the lower edge of a plot, with the waves that began where they did.
func (p Pen) WaveRuler(axis TimeAxis, waves []RibbonWave) string {
	edge := p.Glyph.Border
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", Gutter+1) + p.Style.Frame.Render(edge.BottomLeft))
	used := 0
	level := func(to int) {
		b.WriteString(p.Style.Frame.Render(strings.Repeat(edge.Bottom, max(0, to-used))))
		used = max(used, to)
	}
	for i, w := range waves {
		start, end := axis.column(w.Started.Seconds()), axis.Columns
		if i+1 < len(waves) {
			end = min(end, axis.column(waves[i+1].Started.Seconds()))
		}
		if !w.Begun || start < 0 && end <= 0 || start >= axis.Columns {
			continue
		}
		if start >= 0 {
			level(start)
		}
		name := " " + Clean(w.Name) + " "
		if start >= used && start < axis.Columns {
			b.WriteString(p.Label(edge.MiddleBottom))
			used++
		}
		if used+Cells(name) <= end {
			b.WriteString(p.Label(name))
			used += Cells(name)
		}
	}
	level(axis.Columns)
	return b.String()
}

// column is that in which an instant is, beyond the ends, too.
func (t TimeAxis) column(at float64) int { return int(math.Floor((at-t.From)/t.Step + 1e-9)) }

// Column is that in which an instant lies; negative: it is not in view.
func (t TimeAxis) Column(at float64) int {
	if c := t.column(at); c < t.Columns {
		return c
	}
	return -1
}

// Halves is the axis with two columns for each of its own.
func (t TimeAxis) Halves() TimeAxis { return TimeAxis{t.From, t.Step / 2, 2 * t.Columns} }

package draw

import (
	"math"
	"strings"
)

// Bars draws a bar for each value, from 0 to top in so many rows of cells, in the ink of its
// column. Nought is a faint line at the foot, and what has no value, NaN, a gap.
func (p Pen) Bars(values []float64, top float64, rows int, ink func(column int) Ink) []string {
	steps := len(p.Glyph.bars) - 1
	lines := make([]string, rows)
	for row := range lines {
		var line, run strings.Builder
		var style Ink
		flush := func() {
			line.WriteString(style.Render(run.String()))
			run.Reset()
		}
		for c, v := range values {
			cell, now := p.Glyph.bars[0], Ink{}
			switch below := (rows - 1 - row) * steps; {
			case math.IsNaN(v) || math.IsInf(v, 0):
			case v > 0 && top > 0:
				fill := max(1, int(math.Ceil(min(1, v/top)*float64(steps*rows))))
				cell, now = p.Glyph.bars[max(0, min(steps, fill-below))], ink(c)
			case row == rows-1:
				cell, now = p.Glyph.bars[1], p.Style.Faint
			}
			if now != style {
				flush()
				style = now
			}
			run.WriteString(cell)
		}
		flush()
		lines[row] = line.String()
	}
	return lines
}

package draw

import (
	"math"
	"strings"
)

// Spark draws a cell for each value, from 0 to top: a sparkline. What has no value, NaN,
// is a gap.
func (p Pen) Spark(values []float64, top float64, style Ink) string {
	var b strings.Builder
	steps := len(p.Glyph.bars) - 1
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b.WriteString(" ")
			continue
		}
		level := 1
		if top > 0 {
			level = max(1, min(steps, int(math.Ceil(v/top*float64(steps)))))
		}
		b.WriteString(p.Glyph.bars[level])
	}
	return style.Render(b.String())
}

// Beat draws one of a row of probes: low if it was good, high if it was bad, so that
// colours are not needed to tell.
func (p Pen) Beat(g Grade) string {
	steps := len(p.Glyph.bars) - 1
	level := map[Grade]int{Good: 3, Near: 6, Bad: steps}[g]
	if level == 0 {
		return p.Style.Faint.Render(p.Glyph.Dash)
	}
	return p.Style.Of(g).Render(p.Glyph.bars[level])
}

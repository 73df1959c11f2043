package draw

import (
	"math"
	"slices"
	"strings"

	"flashwave/bench/units"
)

// Legend names the lines in their colours; lines of different strokes show
// theirs.
func (p Pen) Legend(lines []Line, bound *float64) string {
	return p.named(lines, bound, 2, func(l Line) string { return l.Name })
}

// Currents is the legend with the newest value of each line: it tells apart what
// lies one above the other in the plot.
func (p Pen) Currents(lines []Line, bound *float64, gap int) string {
	return p.named(lines, bound, gap, func(l Line) string {
		for _, v := range slices.Backward(l.Values) {
			if !math.IsNaN(v) {
				return l.Name + " " + units.Figure(v)
			}
		}
		return l.Name
	})
}

// named is a legend of the names that a function gives to lines.
func (p Pen) named(lines []Line, bound *float64, gap int, name func(Line) string) string {
	var parts []string
	strokes := len(lines) > 1 && lines[len(lines)-1].Stroke != lines[len(lines)-2].Stroke
	for _, l := range lines {
		text := ""
		if l.Name != "" || len(lines) == 1 {
			text = strings.TrimSpace(name(l))
		}
		if strokes && text != "" {
			text = l.Stroke.Horizontal + " " + text
		}
		if text != "" {
			parts = append(parts, l.Style.Render(text))
		}
	}
	if bound != nil {
		word := "SLO "
		if gap == 1 { // little room: the stroke says it
			word = ""
		}
		parts = append(parts, p.Label(word+p.Glyph.Dotted.Horizontal+" ")+p.Style.Text.Render(strings.TrimSpace(units.Tabular(*bound))))
	}
	return strings.Join(parts, strings.Repeat(" ", gap))
}

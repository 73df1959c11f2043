package draw

import (
	"strings"
)

// A Shade is a cell of a heatmap.
type Shade struct {
	style Ink
	glyph string
}

// Draw is n cells of the shade.
func (s Shade) Draw(n int) string { return s.style.Render(strings.Repeat(s.glyph, n)) }

// Shades are those of the terminal, from few requests to many: colours, or
// characters where colours are too few.
func (p Pen) Shades() (list []Shade) {
	if p.Style.heat == nil || p.ascii {
		for _, g := range p.Glyph.Shades {
			list = append(list, Shade{p.Style.Text, g})
		}
		return list
	}
	for _, style := range p.Style.heat {
		list = append(list, Shade{style, p.Glyph.Full})
	}
	return list
}

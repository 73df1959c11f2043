package svg

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Shades is how many shades a heatmap has. They are logarithmic: a single request
// shows beside thousands.
const Shades = 7

// A Heatmap is counts over X and Y, a darker cell being a greater one.
type Heatmap struct {
	Frame
	// Cells are columns of equal width, each from the bottom to the top.
	Cells [][]uint64
	// Width is how many columns the X axis is long, Rows how many cells the Y
	// axis is high.
	Width float64
	Rows  int
}

// Most is the count of the fullest cell.
func (h Heatmap) Most() (most uint64) {
	for _, column := range h.Cells {
		for _, n := range column {
			most = max(most, n)
		}
	}
	return most
}

// SVG is the heatmap; "" if all its cells are empty.
func (h Heatmap) SVG() template.HTML {
	most := h.Most()
	if most == 0 {
		return ""
	}
	var shades [Shades]strings.Builder
	for y := range h.Rows {
		h.row(y, most, &shades)
	}
	var shapes strings.Builder
	for i := range shades {
		if shades[i].Len() > 0 {
			fmt.Fprintf(&shapes, `<path class="heat-%d" d="%s"/>`, i+1, shades[i].String())
		}
	}
	out := h.open()
	out.shapes(h.Width, float64(h.Rows), "shapes cells", shapes.String())
	return out.close()
}

// row draws the cells of one height, those of one shade side by side as one.
func (h Heatmap) row(y int, most uint64, shades *[Shades]strings.Builder) {
	for x := 0; x < len(h.Cells); {
		s, from := h.shade(x, y, most), x
		for x++; x < len(h.Cells) && h.shade(x, y, most) == s; x++ {
		}
		if s >= 0 {
			fmt.Fprintf(&shades[s], "M%d %dh%dv1h-%dz", from, h.Rows-1-y, x-from, x-from)
		}
	}
}

// shade is that of a cell, 0 to Shades − 1; −1 of an empty one.
func (h Heatmap) shade(x, y int, most uint64) int {
	if y >= len(h.Cells[x]) || h.Cells[x][y] == 0 {
		return -1
	}
	if most == 1 {
		return Shades / 2
	}
	return int(math.Round(math.Log(float64(h.Cells[x][y])) / math.Log(float64(most)) * (Shades - 1)))
}

package svg

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// A Chart is lines, areas and dots in one frame. Areas lie below lines, later ones
// above earlier ones.
type Chart struct {
	Frame
	Areas []Area
	Lines []Line
}

// A Line is values over X.
type Line struct {
	Name   string // at its end; "": none
	Ink    Ink
	Points []Point // in the order of X
	Dots   bool    // each point is marked: they were measured one by one
}

// An Area lies between two lines over the same X, without gaps.
type Area struct {
	Ink       Ink
	Low, High []Point
}

// SVG is the chart; "" if there is nothing to see in it.
func (c Chart) SVG() template.HTML {
	g := grid{c.X, c.Y, c.Height}
	var shapes strings.Builder
	var ends []end
	out := c.open()
	for _, a := range c.Areas {
		if len(a.High) > 0 {
			fmt.Fprintf(&shapes, `<path class="area %s" d="%s"/>`, a.Ink, g.area(a.Low, a.High))
		}
	}
	for _, l := range c.Lines {
		d := g.line(l.Points)
		if d == "" {
			continue
		}
		fmt.Fprintf(&shapes, `<path class="line %s" d="%s"/>`, l.Ink, d)
		if l.Dots {
			fmt.Fprintf(&shapes, `<path class="dots %s" d="%s"/>`, l.Ink, g.dots(l.Points))
		}
		if l.Name != "" {
			ends = append(ends, end{l.Name, l.Ink, out.y(max(0, min(1, c.Y.Place(last(l.Points)))))})
		}
	}
	if shapes.Len() == 0 {
		return ""
	}
	out.shapes(gridWidth, float64(c.Height*gridPerPixel), "shapes", shapes.String())
	out.ends(ends)
	return out.close()
}

// dots is the path of a dot at each point.
func (g grid) dots(points []Point) string {
	var b path
	for _, run := range runs(points) {
		for _, p := range run {
			b.move(g.at(p))
			b.WriteString("h0")
		}
	}
	return b.String()
}

// last is the last value of a line that is a number.
func last(points []Point) float64 {
	for i := len(points) - 1; i >= 0; i-- {
		if v := points[i].Y; !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
	}
	return math.NaN()
}

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
	Apart  bool    // no line joins the points
}

// An Area lies between two lines over the same X, where there are both.
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
		if d := g.area(a.Low, a.High); d != "" {
			fmt.Fprintf(&shapes, `<path class="area %s" d="%s"/>`, a.Ink, d)
		}
	}
	for _, l := range c.Lines {
		d := g.line(l.Points)
		if d == "" {
			continue
		}
		if !l.Apart {
			fmt.Fprintf(&shapes, `<path class="line %s" d="%s"/>`, l.Ink, d)
		}
		if l.Dots || l.Apart {
			fmt.Fprintf(&shapes, `<path class="dots %s" d="%s"/>`, l.Ink, g.dots(l.Points))
		}
		if l.Name != "" {
			ends = append(ends, end{l.Name, l.Ink, out.y(within(c.Y.Place(last(l.Points)), 0, 1))})
		}
	}
	if shapes.Len() == 0 {
		return ""
	}
	out.shapes(gridWidth, float64(c.Height*gridPerPixel), "shapes", shapes.String())
	out.ends(ends)
	return out.close()
}

// last is the last value of a line that has one.
func last(points []Point) float64 {
	for i := len(points) - 1; i >= 0; i-- {
		if points[i].drawn() {
			return points[i].Y
		}
	}
	return math.NaN()
}

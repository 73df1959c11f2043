package svg

import (
	"math"
	"strconv"
	"strings"
)

// A Point is a value of a line; one that is not a number, or infinite, is a gap.
type Point struct{ X, Y float64 }

// Extent is the lowest and the highest value of lines above 0; nought if there is none.
func Extent(lines ...[]Point) (low, high float64) {
	low = math.Inf(1)
	for _, l := range lines {
		for _, p := range l {
			if p.Y > 0 && !math.IsInf(p.Y, 0) {
				low, high = min(low, p.Y), max(high, p.Y)
			}
		}
	}
	if high == 0 {
		low = 0
	}
	return low, high
}

// Highest is the highest value of lines, nought if there is none above it.
func Highest(lines ...[]Point) float64 {
	_, high := Extent(lines...)
	return high
}

// The shapes of a chart are drawn on a grid of their own, which is stretched to
// the chart's box: gridWidth across, and gridPerPixel to a pixel of its height.
const (
	gridWidth    = 10_000
	gridPerPixel = 10
	// columns bounds the points of a line: beyond two to a column no screen shows
	// more.
	columns = 600
)

// A grid maps the values of two axes to the grid.
type grid struct {
	x, y   Axis
	height int // pixels
}

// at is where a point lies: a little beyond an edge, which cuts it off, at the most.
func (g grid) at(p Point) (x, y int) {
	across, up := within(g.x.Place(p.X), -10, 11), within(g.y.Place(p.Y), -0.02, 1.02)
	return int(math.Round(across * gridWidth)), int(math.Round((1 - up) * float64(g.height*gridPerPixel)))
}

// within is a value or the bound beyond which it is; what has no place on an axis, as 0 and
// less have none on a logarithmic one, is below it.
func within(v, low, high float64) float64 {
	if !(v > low) {
		return low
	}
	return min(v, high)
}

// line is the path of a line. A point between two gaps becomes a dot, which round
// ends make visible.
func (g grid) line(points []Point) string {
	var b path
	for _, run := range runs(thin(points)) {
		b.through(g, run)
		if len(run) == 1 {
			b.WriteString("h0")
		}
	}
	return b.String()
}

// dots is the path of a dot at each point.
func (g grid) dots(points []Point) string {
	var b path
	for _, run := range runs(thin(points)) {
		for _, p := range run {
			b.move(g.at(p))
			b.WriteString("h0")
		}
	}
	return b.String()
}

// area is the path of the area between two lines over the same X, where there are both.
func (g grid) area(low, high []Point) string {
	both := make([]Point, min(len(low), len(high)))
	for i := range both {
		if both[i] = high[i]; !low[i].drawn() {
			both[i].Y = math.NaN()
		}
	}
	var b path
	from := 0
	for _, run := range runs(both) {
		for from < len(both) && !both[from].drawn() {
			from++
		}
		b.through(g, thin(run))
		beneath := thin(low[from : from+len(run)])
		for i := len(beneath) - 1; i >= 0; i-- {
			b.line(g.at(beneath[i]))
		}
		b.WriteByte('z')
		from += len(run)
	}
	return b.String()
}

// drawn reports whether a point has a place.
func (p Point) drawn() bool {
	number := func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
	return number(p.X) && number(p.Y)
}

// runs are the unbroken stretches of a line.
func runs(points []Point) (out [][]Point) {
	from := 0
	for i, p := range points {
		if p.drawn() {
			continue
		}
		if i > from {
			out = append(out, points[from:i])
		}
		from = i + 1
	}
	if from < len(points) {
		out = append(out, points[from:])
	}
	return out
}

// thin keeps of a line with very many points the lowest and the highest of each
// stretch, so that no peak is lost. A gap that fills a whole stretch remains one.
func thin(points []Point) []Point {
	if len(points) <= 2*columns {
		return points
	}
	out := make([]Point, 0, 2*columns)
	for c := range columns {
		stretch := points[c*len(points)/columns : (c+1)*len(points)/columns]
		low, high := -1, -1
		for i, p := range stretch {
			if !p.drawn() {
				continue
			}
			if low < 0 || p.Y < stretch[low].Y {
				low = i
			}
			if high < 0 || p.Y > stretch[high].Y {
				high = i
			}
		}
		switch {
		case low < 0:
			out = append(out, stretch[0])
		case low == high:
			out = append(out, stretch[low])
		default:
			out = append(out, stretch[min(low, high)], stretch[max(low, high)])
		}
	}
	return out
}

// A path is path data in short relative steps.
type path struct {
	strings.Builder
	x, y int
}

func (p *path) move(x, y int) {
	p.WriteByte('M')
	p.pair(x, y)
	p.x, p.y = x, y
}

// through moves to the first of points and draws a line through the others.
func (p *path) through(g grid, points []Point) {
	for i, point := range points {
		x, y := g.at(point)
		if i == 0 {
			p.move(x, y)
		} else {
			p.line(x, y)
		}
	}
}

func (p *path) line(x, y int) {
	switch dx, dy := x-p.x, y-p.y; {
	case dy == 0:
		p.WriteByte('h')
		p.WriteString(strconv.Itoa(dx))
	case dx == 0:
		p.WriteByte('v')
		p.WriteString(strconv.Itoa(dy))
	default:
		p.WriteByte('l')
		p.pair(dx, dy)
	}
	p.x, p.y = x, y
}

// pair writes two numbers; a minus sign parts them as well as a space does.
func (p *path) pair(a, b int) {
	p.WriteString(strconv.Itoa(a))
	if b >= 0 {
		p.WriteByte(' ')
	}
	p.WriteString(strconv.Itoa(b))
}

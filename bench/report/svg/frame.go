package svg

import (
	"cmp"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"
)

// A Frame is what charts of all kinds have in common.
type Frame struct {
	ID     string // of the chart, unique on its page
	Title  string // what it shows, for those who do not see it
	Desc   string // what is to be seen in it, likewise
	Height int    // of the plot, in pixels
	X, Y   Axis
	Lanes  [][]Band // rows of named stretches along X, above the plot
	Shaded []Band   // stretches across the plot, whose names are told only where one asks
	Bounds []Bound
	Marks  []Mark
}

// A Band is a named stretch of the X axis, such as a wave.
type Band struct {
	From, To float64
	Name     string
	Number   string // stands for the name where there is no room for it
}

// A Bound is a level that values should not pass, such as that of an SLO.
type Bound struct {
	At       float64 // on Y
	From, To float64 // on X
	Label    string
}

// A Mark is an instant on X at which something happened.
type Mark struct {
	At   float64
	Text string
}

// The heights around the plot, in pixels.
const (
	laneHeight = 18
	laneGap    = 2
	headHeight = 20 // of the unit of Y
	footHeight = 24 // of the labels of X
)

// A canvas is a chart in the making.
type canvas struct {
	strings.Builder
	Frame
	top int // where the plot begins
}

// open writes all that lies below the shapes.
func (f Frame) open() *canvas {
	c := &canvas{Frame: f, top: headHeight + len(f.Lanes)*(laneHeight+laneGap)}
	fmt.Fprintf(c, `<svg class="chart" role="img" aria-labelledby="%[1]s-title" aria-describedby="%[1]s-desc" width="100%%" height="%[2]d">`,
		html.EscapeString(f.ID), c.top+f.Height+footHeight)
	fmt.Fprintf(c, `<title id="%[1]s-title">%[2]s</title><desc id="%[1]s-desc">%[3]s</desc>`,
		html.EscapeString(f.ID), html.EscapeString(f.Title), html.EscapeString(f.Desc))
	for i, lane := range f.Lanes {
		c.lane(lane, headHeight+i*(laneHeight+laneGap))
	}
	for _, b := range f.Shaded {
		c.shaded(b)
	}
	c.levels()
	return c
}

// shapes writes shapes on a grid of a width and a height, stretched to the plot.
func (c *canvas) shapes(width, height float64, kind, shapes string) {
	fmt.Fprintf(c, `<svg class="%s" y="%d" width="100%%" height="%d" viewBox="0 0 %s %s" preserveAspectRatio="none">%s</svg>`,
		kind, c.top, c.Height, number(width), number(height), shapes)
}

// close writes what lies above the shapes.
func (c *canvas) close() template.HTML {
	for _, b := range c.Bounds {
		c.bound(b)
	}
	for _, m := range c.Marks {
		if at := c.X.Place(m.At); at >= 0 && at <= 1 {
			fmt.Fprintf(c, `<svg class="mark" x="%s" y="%d"><title>%s</title><path d="M-4 0h8l-4 7z"/></svg>`,
				percent(at), c.top-1, html.EscapeString(m.Text))
		}
	}
	c.places()
	c.WriteString("</svg>")
	return template.HTML(c.String()) //nolint:gosec // all text in it was escaped
}

// along is the part of the X axis from one value to another; ok is false where nothing of
// it is on the chart.
func (c *canvas) along(from, to float64) (start, end float64, ok bool) {
	start, end = max(0, c.X.Place(from)), min(1, c.X.Place(to))
	return start, end, end > start
}

// shaded writes a stretch across the plot.
func (c *canvas) shaded(b Band) {
	if from, to, ok := c.along(b.From, b.To); ok {
		fmt.Fprintf(c, `<rect class="shaded" x="%s" y="%d" width="%s" height="%d"><title>%s</title></rect>`,
			percent(from), c.top, percent(to-from), c.Height, html.EscapeString(b.Name))
	}
}

// lane writes a row of bands; where there is one row, its bands shade the plot.
func (c *canvas) lane(bands []Band, y int) {
	for i, b := range bands {
		from, to, ok := c.along(b.From, b.To)
		if !ok {
			continue
		}
		shade := [...]string{"even", "odd"}[i%2]
		fmt.Fprintf(c, `<g class="band %s"><title>%s</title><rect x="%s" y="%d" width="%s" height="%d"/>`,
			shade, html.EscapeString(b.Name), percent(from), y, percent(to-from), laneHeight)
		if len(c.Lanes) == 1 {
			fmt.Fprintf(c, `<rect class="shade" x="%s" y="%d" width="%s" height="%d"/>`, percent(from), c.top, percent(to-from), c.Height)
		} else if from > 0 {
			fmt.Fprintf(c, `<line x1="%[1]s" x2="%[1]s" y1="%[2]d" y2="%[3]d"/>`, percent(from), c.top, c.top+c.Height)
		}
		c.bandName(b, from, to, y+13)
		c.WriteString("</g>")
	}
}

// bandName writes the name of a band, or its number, where they fit.
func (c *canvas) bandName(b Band, from, to float64, y int) {
	write := func(text, class string) {
		fmt.Fprintf(c, `<text%s x="%s" y="%d">%s</text>`, class, percent((from+to)/2), y, html.EscapeString(text))
	}
	best := func(room float64) string {
		for _, text := range []string{b.Name, b.Number} {
			if textWidth(text)+8 <= (to-from)*room {
				return text
			}
		}
		return ""
	}
	wide, narrow := best(wideRoom), best(narrowRoom)
	switch {
	case wide == narrow && wide == "":
	case wide == narrow:
		write(wide, "")
	default:
		write(wide, ` class="wide"`)
		if narrow != "" {
			write(narrow, ` class="narrow"`)
		}
	}
}

// textWidth is about how wide a text is at the size of labels, in pixels.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += 6.6
		if r >= 0x1100 {
			w += 6.6
		}
	}
	return w
}

// levels writes the ticks of Y: lines across the plot, and their labels.
func (c *canvas) levels() {
	for _, t := range c.Y.Ticks {
		y := c.y(t.At)
		class := "grid"
		if t.Label == "" {
			class = "grid fine"
		}
		fmt.Fprintf(c, `<line class="%s" x2="100%%" y1="%[2]s" y2="%[2]s"/>`, class, number(y))
		if t.Label != "" {
			fmt.Fprintf(c, `<text class="level" x="-8" y="%s">%s</text>`, number(y+4), html.EscapeString(t.Label))
		}
	}
	if c.Y.Unit != "" {
		fmt.Fprintf(c, `<text class="unit" x="-8" y="11">%s</text>`, html.EscapeString(c.Y.Unit))
	}
}

// places writes the ticks of X.
func (c *canvas) places() {
	bottom := c.top + c.Height
	fmt.Fprintf(c, `<line class="axis" x2="100%%" y1="%[1]d" y2="%[1]d"/>`, bottom)
	for _, t := range c.X.Ticks {
		class := "place"
		if t.Spare {
			class = "place wide"
		}
		x := percent(t.At)
		fmt.Fprintf(c, `<line class="axis" x1="%[1]s" x2="%[1]s" y1="%[2]d" y2="%[3]d"/>`, x, bottom, bottom+4)
		fmt.Fprintf(c, `<text class="%s" x="%s" y="%d">%s</text>`, class, x, bottom+17, html.EscapeString(t.Label))
	}
	if c.X.Unit != "" {
		fmt.Fprintf(c, `<text class="unit" x="-18" y="%d">%s</text>`, bottom+17, html.EscapeString(c.X.Unit))
	}
}

// bound writes a level with its label above the end of it.
func (c *canvas) bound(b Bound) {
	at := c.Y.Place(b.At)
	from, to, ok := c.along(b.From, b.To)
	if !(at >= 0 && at <= 1 && ok) {
		return
	}
	y := c.y(at)
	fmt.Fprintf(c, `<line class="bound" x1="%s" x2="%s" y1="%[3]s" y2="%[3]s"/>`, percent(from), percent(to), number(y))
	fmt.Fprintf(c, `<text class="bound" x="%s" dx="4" y="%s">%s</text>`, percent(from), number(y-4), html.EscapeString(b.Label))
}

// An end names a line where it ends.
type end struct {
	name string
	ink  Ink
	y    float64 // pixels
}

// ends writes names at the right of the plot, none upon another.
func (c *canvas) ends(ends []end) {
	const apart = 13
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.y, b.y) })
	for i := 1; i < len(ends); i++ {
		ends[i].y = max(ends[i].y, ends[i-1].y+apart)
	}
	least := float64(c.top + c.Height)
	for i := len(ends) - 1; i >= 0; i-- {
		ends[i].y = min(ends[i].y, least)
		least = ends[i].y - apart
	}
	for _, e := range ends {
		fmt.Fprintf(c, `<text class="end %s" x="100%%" dx="6" y="%s">%s</text>`, e.ink, number(e.y+4), html.EscapeString(e.name))
	}
}

// y is a place of the Y axis in pixels.
func (c *canvas) y(at float64) float64 { return float64(c.top) + (1-at)*float64(c.Height) }

func percent(at float64) string { return number(100*at) + "%" }

// number writes a coordinate with two decimals at most.
func number(v float64) string {
	s := fmt.Sprintf("%.2f", v)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

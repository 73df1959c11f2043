package main

import (
	"fmt"
	"html"
	"image/color"
	"maps"
	"slices"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// The sizes of a picture, in pixels. A cell is as wide as a character of most
// monospaced fonts at this size, 0.6 em.
const (
	cellWidth, cellHeight = 9, 19
	fontSize, baseline    = 15, 14
	margin, bar           = 18, 34
)

// The colours of the window around the screen.
const (
	background = "#11141c"
	foreground = "#c9cfdd"
	edge       = "#2b3142"
	caption    = "#858da3"
)

// A picture is a screen as SVG. What is drawn rather than written is collected by its
// colour: one path each.
type picture struct {
	columns, rows int
	title         string
	texts         strings.Builder
	fills         map[string]*strings.Builder
	strokes       map[stroke]*strings.Builder
}

// A stroke is how a line is drawn.
type stroke struct {
	colour string
	kind   lineKind
}

func newPicture(columns, rows int, title string) *picture {
	return &picture{columns: columns, rows: rows, title: title, fills: map[string]*strings.Builder{}, strokes: map[stroke]*strings.Builder{}}
}

// A grid is a screen, cell by cell.
type grid interface{ CellAt(x, y int) *uv.Cell }

// draw makes the picture of a screen.
func (p *picture) draw(screen grid) string {
	for y := range p.rows {
		for x := 0; x < p.columns; {
			x = p.piece(screen, x, y)
		}
	}
	return p.document()
}

// piece draws the cells from x on that go together, and returns where they end.
func (p *picture) piece(screen grid, x, y int) int {
	first, end := look(screen.CellAt(x, y)), x+1
	for end < p.columns {
		next := look(screen.CellAt(end, y))
		if next.content != "" && !first.joins(next) {
			break
		}
		end++
	}
	if first.ground != "" {
		p.fill(first.ground, rectangle(x, y, 0, 0, cellWidth*(end-x), cellHeight))
	}
	switch first.shape {
	case shapeText:
		p.write(first, text(screen, x, end, y), x, y, end-x)
	case shapeLine:
		p.line(first, x, y, end-x)
	case shapeBlock:
		p.block(first, x, y, end-x)
	}
	return end
}

// text is what some cells hold.
func text(screen grid, from, to, y int) string {
	var b strings.Builder
	for x := from; x < to; x++ {
		if c := screen.CellAt(x, y); c != nil {
			b.WriteString(c.Content)
		}
	}
	return b.String()
}

// write puts a text into its n cells.
func (p *picture) write(f face, s string, x, y, n int) {
	trimmed := strings.TrimRight(s, " ")
	n -= len(s) - len(trimmed)
	s, trimmed = trimmed, strings.TrimLeft(trimmed, " ")
	if trimmed == "" {
		return
	}
	x, n = x+len(s)-len(trimmed), n-len(s)+len(trimmed)
	weight := ""
	if f.bold {
		weight = ` class="b"`
	}
	fmt.Fprintf(&p.texts, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"%s fill=\"%s\">%s</text>\n",
		left(x), top(y)+baseline, n*cellWidth, weight, f.colour, html.EscapeString(trimmed))
}

// left and top are where a cell begins.
func left(x int) int { return margin + x*cellWidth }
func top(y int) int  { return bar + y*cellHeight }

// rectangle is a path around a part of cells, which begins dx and dy pixels into them.
func rectangle(x, y, dx, dy, width, height int) string {
	return fmt.Sprintf("M%d %dh%dv%dh-%dz", left(x)+dx, top(y)+dy, width, height, width)
}

func (p *picture) fill(colour, path string) {
	if p.fills[colour] == nil {
		p.fills[colour] = &strings.Builder{}
	}
	p.fills[colour].WriteString(path)
}

// document is the whole of it: the window, what was drawn, what was written.
func (p *picture) document() string {
	width, height := 2*margin+p.columns*cellWidth, bar+p.rows*cellHeight+margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="ui-monospace,SFMono-Regular,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" font-size="%d">
<title>%s</title>
<style>text{white-space:pre}.b{font-weight:600}</style>
<rect x=".5" y=".5" width="%d" height="%d" rx="10" fill="%s" stroke="%s"/>
`, width, height, width, height, fontSize, html.EscapeString(p.title), width-1, height-1, background, edge)
	for i, colour := range []string{"#ff6470", "#f5b754", "#7fd88f"} {
		fmt.Fprintf(&b, "<circle cx=\"%d\" cy=\"16\" r=\"5\" fill=\"%s\" opacity=\".75\"/>\n", 20+18*i, colour)
	}
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"20\" text-anchor=\"middle\" font-size=\"12\" fill=\"%s\">%s</text>\n", width/2, caption, html.EscapeString(p.title))
	for _, colour := range slices.Sorted(maps.Keys(p.fills)) {
		fmt.Fprintf(&b, "<path fill=\"%s\" shape-rendering=\"crispEdges\" d=\"%s\"/>\n", colour, p.fills[colour])
	}
	for _, s := range slices.SortedFunc(maps.Keys(p.strokes), func(a, b stroke) int { return strings.Compare(a.String(), b.String()) }) {
		fmt.Fprintf(&b, "<path fill=\"none\" stroke=\"%s\" %s d=\"%s\"/>\n", s.colour, s.kind.attributes(), p.strokes[s])
	}
	b.WriteString(p.texts.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// A face is how a cell looks, and what is in it.
type face struct {
	content        string
	shape          shape
	colour, ground string // ground "": the window's own
	bold           bool
}

// look reads a cell; that of the second half of a wide character is empty.
func look(c *uv.Cell) face {
	if c == nil {
		return face{content: " ", colour: foreground}
	}
	f := face{content: c.Content, colour: hex(c.Style.Fg, foreground), ground: hex(c.Style.Bg, ""), bold: c.Style.Attrs&uv.AttrBold != 0}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		f.colour, f.ground = hex(c.Style.Bg, background), f.colour
	}
	f.shape = shapeOf(c.Content)
	return f
}

// joins reports whether the next cell can be drawn with this one: texts of one look,
// or one and the same character of a line or a block.
func (f face) joins(next face) bool {
	same := f.ground == next.ground && (f.colour == next.colour || next.content == " ") && f.bold == next.bold
	if f.shape == shapeText {
		return same && next.shape == shapeText
	}
	return same && next.content == f.content
}

// hex writes a colour.
func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

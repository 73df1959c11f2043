package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// A pen draws: it holds the styles and the characters that every part of the
// screen shares.
type pen struct {
	style theme
	glyph glyphs
}

// label and figure draw a name, which recedes, and a number, which stands out.
func (p pen) label(s string) string  { return p.style.muted.Render(s) }
func (p pen) figure(s string) string { return p.style.strong.Render(s) }

// pair draws "label figure".
func (p pen) pair(label, figure string) string { return p.label(label) + " " + p.figure(figure) }

// marked draws the mark of a grade in its colour.
func (p pen) marked(g grade) string { return p.style.of(g).Render(p.glyph.mark(g)) }

// cut shortens s, styled or not, to a width.
func (p pen) cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	return ansi.Truncate(s, width, p.glyph.cut)
}

// fit makes lines a block of exactly height lines, none wider than width.
func (p pen) fit(lines []string, width, height int) []string {
	block := make([]string, max(0, height))
	for i := range block {
		if i < len(lines) {
			block[i] = p.cut(lines[i], width)
		}
	}
	return block
}

// ends puts a at the left end of a line and b at the right one. What does not
// fit is taken from a.
func (p pen) ends(a, b string, width int) string {
	free := width - ansi.StringWidth(b)
	if b == "" || free <= 0 {
		return p.cut(b+a, width)
	}
	a = p.cut(a, free-1)
	return a + strings.Repeat(" ", free-ansi.StringWidth(a)) + b
}

// spread joins parts with a gap, as many from the left as the width holds.
func (p pen) spread(parts []string, gap, width int) string {
	var b strings.Builder
	used := 0
	for _, part := range parts {
		if part == "" {
			continue
		}
		lead := gap
		if used == 0 {
			lead = 0
		}
		w := ansi.StringWidth(part)
		if used+lead+w > width {
			break
		}
		b.WriteString(strings.Repeat(" ", lead) + part)
		used += lead + w
	}
	return b.String()
}

// panel frames body in a box of width × height, with a title in the upper edge
// and a note, already styled, at its right end.
func (p pen) panel(title, note string, body []string, width, height int) []string {
	inner := width - 4
	if inner < 1 || height < 3 {
		return p.fit(body, width, height)
	}
	edge, b := p.style.frame.Render, p.glyph.border
	lines := make([]string, 0, height)
	lines = append(lines, p.edge(title, note, width))
	for _, line := range p.fit(body, inner, height-2) {
		pad := strings.Repeat(" ", inner-ansi.StringWidth(line))
		lines = append(lines, edge(b.Left)+" "+line+pad+" "+edge(b.Right))
	}
	return append(lines, edge(b.BottomLeft+strings.Repeat(b.Bottom, width-2)+b.BottomRight))
}

// edge is the upper edge of a panel.
func (p pen) edge(title, note string, width int) string {
	line, b := p.style.frame.Render, p.glyph.border
	room := width - 6 // the corners, and a piece of edge beside each
	title = p.cut(title, room-2)
	if room < 4 || title == "" {
		return line(b.TopLeft + strings.Repeat(b.Top, width-2) + b.TopRight)
	}
	head := " " + p.label(title) + " "
	tail := ""
	if note != "" && ansi.StringWidth(note)+2 <= room-ansi.StringWidth(head)-1 {
		tail = " " + note + " "
	}
	fill := width - 4 - ansi.StringWidth(head) - ansi.StringWidth(tail)
	return line(b.TopLeft+b.Top) + head + line(strings.Repeat(b.Top, fill)) + tail + line(b.Top+b.TopRight)
}

// A block is a part of the screen in its place.
type block struct {
	at    rect
	lines []string
}

// compose paints blocks on a screen of width × height, later ones above earlier
// ones; what leaves the screen is clipped.
func compose(width, height int, blocks []block) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	layers := make([]*lipgloss.Layer, 0, len(blocks))
	for i, b := range blocks {
		if b.at.w > 0 && b.at.h > 0 {
			layers = append(layers, lipgloss.NewLayer(strings.Join(b.lines, "\n")).X(b.at.x).Y(b.at.y).Z(i))
		}
	}
	return lipgloss.NewCanvas(width, height).Compose(lipgloss.NewCompositor(layers...)).Render()
}

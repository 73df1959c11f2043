package tui

import (
	"strings"
	"unicode/utf8"

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

// cells is how many cells a text takes, styled or not. A screen asks for it
// hundreds of times: where every character is known to take one cell, they are
// counted; anything else is measured.
func cells(s string) int {
	n := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\x1b' && i+1 < len(s) && s[i+1] == '[':
			end := i + 2
			for end < len(s) && s[end] >= ' ' && s[end] < '@' {
				end++
			}
			if end == len(s) || s[end] < '@' || s[end] > '~' {
				return ansi.StringWidth(s)
			}
			i = end + 1
		case c >= ' ' && c <= '~':
			n, i = n+1, i+1
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !single(r) {
				return ansi.StringWidth(s)
			}
			n, i = n+1, i+size
		}
	}
	return n
}

// single reports whether a character is one of the screen's own, each of one cell.
func single(r rune) bool {
	return r >= '─' && r <= '▟' || strings.ContainsRune("●✓✗≈–·→…▸×≤≥", r)
}

// cut shortens s, styled or not, to a width.
func (p pen) cut(s string, width int) string {
	switch {
	case width <= 0:
		return ""
	case cells(s) <= width:
		return s
	default:
		return ansi.Truncate(s, width, p.glyph.cut)
	}
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
	free := width - cells(b)
	if b == "" || free <= 0 {
		return p.cut(b+a, width)
	}
	a = p.cut(a, free-1)
	return a + strings.Repeat(" ", free-cells(a)) + b
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
		w := cells(part)
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
		pad := strings.Repeat(" ", inner-cells(line))
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
	if note != "" && cells(note)+2 <= room-cells(head)-1 {
		tail = " " + note + " "
	}
	fill := width - 4 - cells(head) - cells(tail)
	return line(b.TopLeft+b.Top) + head + line(strings.Repeat(b.Top, fill)) + tail + line(b.Top+b.TopRight)
}

// A block is a part of the screen in its place.
type block struct {
	at    rect
	lines []string
}

// compose puts blocks on a screen of width × height, later ones above earlier ones;
// what leaves the screen is clipped. Blocks come from the left to the right where
// they share rows, save for the last one, which may lie above others.
func compose(width, height int, blocks []block) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	rows, ends := make([]strings.Builder, height), make([]int, height)
	for _, b := range blocks {
		for i, line := range b.lines[:max(0, min(len(b.lines), b.at.h, height-b.at.y))] {
			y := b.at.y + i
			if b.at.x < ends[y] {
				under := rows[y].String()
				rows[y].Reset()
				ends[y] = width
				rows[y].WriteString(over(under, line, b.at, width))
				continue
			}
			if line == "" {
				continue
			}
			rows[y].WriteString(strings.Repeat(" ", b.at.x-ends[y]))
			rows[y].WriteString(line)
			ends[y] = b.at.x + cells(line)
		}
	}
	lines := make([]string, height)
	for y := range rows {
		// Characters of two lines may join to a wider one.
		if lines[y] = rows[y].String(); cells(lines[y]) > width {
			lines[y] = ansi.Truncate(lines[y], width, "")
		}
	}
	return strings.Join(lines, "\n")
}

// over lays a line on another one.
func over(under, line string, at rect, width int) string {
	under += strings.Repeat(" ", max(0, width-cells(under)))
	left, right := ansi.Truncate(under, at.x, ""), ansi.TruncateLeft(under, at.x+at.w, "")
	left += strings.Repeat(" ", max(0, at.x-cells(left))) // of a wide character that was cut
	line = ansi.Truncate(line, width-at.x, "")
	line += strings.Repeat(" ", max(0, min(at.w, width-at.x)-cells(line)))
	return left + line + right
}

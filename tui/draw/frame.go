package draw

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// A Pen draws: it holds the styles and the characters that every part of the
// screen shares.
type Pen struct {
	Style Styles
	Glyph glyphs
	ascii bool

	focused bool // panels drawn with it have the focus
}

// Label draws a name, which recedes.
func (p Pen) Label(s string) string { return p.Style.Muted.Render(s) }

// Figure draws a number, which stands out.
func (p Pen) Figure(s string) string { return p.Style.Strong.Render(s) }

// Pair draws "label figure".
func (p Pen) Pair(label, figure string) string { return p.Label(label) + " " + p.Figure(figure) }

// Marked draws the mark of a grade in its colour.
func (p Pen) Marked(g Grade) string { return p.Style.Of(g).Render(p.Glyph.Mark(g)) }

// Cells is how many cells a text takes, styled or not. A screen asks for it
// hundreds of times: where every character is known to take one cell, they are
// counted; anything else is measured.
func Cells(s string) int {
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
	return r >= '─' && r <= '▟' || r >= '⠀' && r <= '⣿' || strings.ContainsRune("●✓✗≈–·←→…▸›×≤≥", r)
}

// Cut shortens s, styled or not, to a width.
func (p Pen) Cut(s string, width int) string {
	switch {
	case width <= 0:
		return ""
	case Cells(s) <= width:
		return s
	default:
		return ansi.Truncate(s, width, p.Glyph.Cut)
	}
}

// Fit makes lines a block of exactly height lines, none wider than width.
func (p Pen) Fit(lines []string, width, height int) []string {
	block := make([]string, max(0, height))
	for i := range block {
		if i < len(lines) {
			block[i] = p.Cut(lines[i], width)
		}
	}
	return block
}

// Ends puts a at the left end of a line and b at the right one. What does not
// fit is taken from a.
func (p Pen) Ends(a, b string, width int) string {
	free := width - Cells(b)
	if b == "" || free <= 0 {
		return p.Cut(b+a, width)
	}
	a = p.Cut(a, free-1)
	return a + strings.Repeat(" ", free-Cells(a)) + b
}

// Spread joins parts with a gap, as many from the left as the width holds.
func (p Pen) Spread(parts []string, gap, width int) string {
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
		w := Cells(part)
		if used+lead+w > width {
			break
		}
		b.WriteString(strings.Repeat(" ", lead) + part)
		used += lead + w
	}
	return b.String()
}

// Panel frames body in a box of width × height, with a title in the upper edge
// and a note, already styled, at its right end.
func (p Pen) Panel(title, note string, body []string, width, height int) []string {
	inner := width - 4
	if inner < 1 || height < 3 {
		return p.Fit(body, width, height)
	}
	edge, b := p.frame().Render, p.Glyph.Border
	lines := make([]string, 0, height)
	lines = append(lines, p.edge(title, note, width))
	for _, line := range p.Fit(body, inner, height-2) {
		pad := strings.Repeat(" ", inner-Cells(line))
		lines = append(lines, edge(b.Left)+" "+line+pad+" "+edge(b.Right))
	}
	return append(lines, edge(b.BottomLeft+strings.Repeat(b.Bottom, width-2)+b.BottomRight))
}

// frame is the colour of a panel's border.
func (p Pen) frame() Ink {
	if p.focused {
		return p.Style.Muted
	}
	return p.Style.Frame
}

// edge is the upper edge of a panel.
func (p Pen) edge(title, note string, width int) string {
	line, b := p.frame().Render, p.Glyph.Border
	room := width - 6 // the corners, and a piece of edge beside each
	named := p.Label
	if p.focused {
		title, named = p.Glyph.Pointer+" "+title, p.Style.Mark.Render
	}
	title = p.Cut(title, room-2)
	if room < 4 || title == "" {
		return line(b.TopLeft + strings.Repeat(b.Top, width-2) + b.TopRight)
	}
	head := " " + named(title) + " "
	tail := ""
	if note != "" && Cells(note)+2 <= room-Cells(head)-1 {
		tail = " " + note + " "
	}
	fill := width - 4 - Cells(head) - Cells(tail)
	return line(b.TopLeft+b.Top) + head + line(strings.Repeat(b.Top, fill)) + tail + line(b.Top+b.TopRight)
}

// A Block is a part of the screen in its place.
type Block struct {
	At    Rect
	Lines []string
}

// Compose puts blocks on a screen of width × height, later ones above earlier ones;
// what leaves the screen is clipped. All of it is in characters that the terminal has.
func (p Pen) Compose(width, height int, blocks []Block) string {
	text := compose(width, height, blocks)
	if p.ascii {
		return toASCII(text)
	}
	return text
}

// compose puts blocks on a screen of width × height, later ones above earlier ones;
// what leaves the screen is clipped. Blocks come from the left to the right where
// they share rows, save for the last one, which may lie above others.
func compose(width, height int, blocks []Block) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	rows, ends := make([]strings.Builder, height), make([]int, height)
	for _, b := range blocks {
		for i, line := range b.Lines[:max(0, min(len(b.Lines), b.At.H, height-b.At.Y))] {
			y := b.At.Y + i
			if b.At.X < ends[y] {
				under := rows[y].String()
				rows[y].Reset()
				ends[y] = width
				rows[y].WriteString(Over(under, line, b.At, width))
				continue
			}
			if line == "" {
				continue
			}
			rows[y].WriteString(strings.Repeat(" ", b.At.X-ends[y]))
			rows[y].WriteString(line)
			ends[y] = b.At.X + Cells(line)
		}
	}
	lines := make([]string, height)
	for y := range rows {
		// Characters of two lines may join to a wider one.
		if lines[y] = rows[y].String(); Cells(lines[y]) > width {
			lines[y] = ansi.Truncate(lines[y], width, "")
		}
	}
	return strings.Join(lines, "\n")
}

// Over lays a line on another one.
func Over(under, line string, at Rect, width int) string {
	under += strings.Repeat(" ", max(0, width-Cells(under)))
	left, right := ansi.Truncate(under, at.X, ""), ansi.TruncateLeft(under, at.X+at.W, "")
	left += strings.Repeat(" ", max(0, at.X-Cells(left))) // of a wide character that was cut
	line = ansi.Truncate(line, width-at.X, "")
	line += strings.Repeat(" ", max(0, min(at.W, width-at.X)-Cells(line)))
	return left + line + right
}

// Titled is a panel with the longest of its titles and notes that fit together.
func (p Pen) Titled(titles, notes, body []string, width, height int) []string {
	around := 11
	if p.focused {
		around += Cells(p.Glyph.Pointer) + 1
	}
	for _, note := range notes {
		for _, title := range titles {
			if Cells(title)+Cells(note)+around <= width {
				return p.Panel(title, note, body, width, height)
			}
		}
	}
	return p.Panel(titles[0], "", body, width, height)
}

// Nothing is a panel without data.
func (p Pen) Nothing(title string, width, height int) []string {
	var body []string
	for range (height - 3) / 2 {
		body = append(body, "")
	}
	const text = "no data yet"
	body = append(body, strings.Repeat(" ", max(0, (width-4-len(text))/2))+p.Style.Faint.Render(text))
	return p.Panel(title, "", body, width, height)
}

// FilterNote shows the filter where it is typed.
func (p Pen) FilterNote(filter string, typing bool) string {
	switch {
	case typing:
		return p.Style.Mark.Render("/"+filter+"_") + p.Label("  enter keeps, esc clears")
	case filter != "":
		return p.Style.Strong.Render("/" + filter)
	default:
		return p.Label("/ filters")
	}
}

// OutOf draws "a of b".
func (p Pen) OutOf(a, b string) string { return p.Figure(a) + p.Label(" of "+b) }

// Maybe writes a figure, or that there is none.
func (p Pen) Maybe(v *float64, write func(float64) string) string {
	if v == nil {
		return p.Glyph.None
	}
	return write(*v)
}

// Wrapped breaks a text into styled lines.
func Wrapped(style Ink, text string, width int) []string {
	if Cells(text) <= width && !strings.Contains(text, "\n") {
		return []string{style.Render(text)}
	}
	var lines []string
	for _, line := range strings.Split(ansi.Wordwrap(text, max(1, width), ""), "\n") {
		lines = append(lines, style.Render(line))
	}
	return lines
}

// Centred puts a panel in the middle of a window.
func Centred(lines []string, width, height int) Block {
	widest := 0
	for _, line := range lines {
		widest = max(widest, Cells(line))
	}
	return Block{At(max(0, (width-widest)/2), max(0, (height-len(lines))/2), widest, len(lines)), lines}
}

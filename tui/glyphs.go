package tui

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/guptarohit/asciigraph"

	"flashwave/bench/units"
)

// glyphs are the characters of the screen that a plain ASCII terminal lacks.
// Every one of them is a single cell wide.
type glyphs struct {
	dot                  string   // a light: running, healthy
	good, near, bad      string   // marks of an SLO
	none                 string   // no data
	dash                 string   // between two figures
	about                string   // an estimate
	arrow                string   // from … to
	cut                  string   // the text goes on
	cursor, pointer      string   // of the ribbon, of a selection
	bars                 []string // the ribbon's levels, from empty to full
	full, empty          string   // the budget bar
	border               lipgloss.Border
	axis, tick           string
	solid, dotted, heavy asciigraph.CharSet // lines of a chart
	shades               []string           // of a heat without colours, from one request to the most
}

var unicodeGlyphs = glyphs{
	dot: "●", good: "✓", near: "≈", bad: "✗", none: "–", dash: "·", about: "≈", arrow: "→", cut: "…",
	cursor: "┃", pointer: "▸",
	bars: []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	full: "█", empty: "░", border: lipgloss.RoundedBorder(), axis: "│", tick: "┤",
	solid:  charSet("─", "│", "╭╮╰╯", "╴"),
	dotted: charSet("┈", "┊", "┈┈┈┈", " "),
	heavy:  charSet("━", "┃", "┏┓┗┛", "╸"),
	shades: []string{"░", "▒", "▓", "█"},
}

var asciiGlyphs = glyphs{
	dot: "*", good: "+", near: "~", bad: "x", none: "-", dash: "-", about: "~", arrow: "->", cut: "~",
	cursor: "|", pointer: ">",
	bars: []string{" ", "_", "_", ".", ".", "o", "o", "O", "#"},
	full: "#", empty: ".", border: lipgloss.ASCIIBorder(), axis: "|", tick: "+",
	solid:  charSet("-", "|", "..''", " "),
	dotted: charSet(".", ".", "....", " "),
	heavy:  charSet("=", "#", "====", " "),
	shades: []string{".", ":", "-", "=", "+", "*", "#", "%", "@"},
}

// charSet is the characters of a line: level, upright, the corners that lead from
// below to the right and to the left and from above to the right and to the left,
// and what stands where the line has ended.
func charSet(level, upright, corners, end string) asciigraph.CharSet {
	c := []rune(corners)
	return asciigraph.CharSet{
		Horizontal: level, VerticalLine: upright, StartCap: level, EndCap: end,
		ArcDownRight: string(c[0]), ArcDownLeft: string(c[1]), ArcUpRight: string(c[2]), ArcUpLeft: string(c[3]),
	}
}

// mark is the glyph of a grade.
func (g glyphs) mark(of grade) string {
	switch of {
	case good:
		return g.good
	case near:
		return g.near
	case bad:
		return g.bad
	default:
		return g.none
	}
}

// nearest are the ASCII characters closest to what texts of the run hold.
var nearest = map[string]string{units.NoData: "-", "—": "-", "−": "-", "×": "x", "µ": "u", "…": "~", "≤": "<", "≥": ">", "·": "-", "≈": "~", "“": "\"", "”": "\"", "’": "'"}

// toASCII replaces what ASCII lacks in a styled text, cell for cell.
func toASCII(s string) string {
	var b strings.Builder
	var state byte
	width := ansi.StringWidth(s)
	for len(s) > 0 {
		seq, cells, n, next := ansi.DecodeSequence(s, state, nil)
		switch {
		case seq[0] < utf8.RuneSelf && (cells == 0 || len(seq) == 1):
			b.WriteString(seq)
		case nearest[seq] != "":
			b.WriteString(nearest[seq])
		default:
			b.WriteString(strings.Repeat("?", cells))
		}
		s, state = s[n:], next
	}
	// Some scripts join with a preceding ASCII letter, which the decoder gives out
	// by itself: the cells must add up all the same.
	if got := ansi.StringWidth(b.String()); got != width {
		return ansi.Truncate(b.String(), width, "") + strings.Repeat(" ", max(0, width-got))
	}
	return b.String()
}

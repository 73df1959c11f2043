package draw

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
	Dot                  string   // a light: running, healthy
	good, Near, Bad      string   // marks of an SLO
	None                 string   // no data
	Dash                 string   // between two figures
	About                string   // an estimate
	Arrow                string   // from … to
	Cut                  string   // the text goes on
	cursor, Pointer      string   // of the ribbon, of a selection
	Gate                 string   // what decides, what it is about
	Same                 string   // no difference
	Less, More           string   // it lies beyond the scale
	bars                 []string // the ribbon's levels, from empty to full
	Full, Empty          string   // the budget bar
	Border               lipgloss.Border
	Axis, tick           string
	Solid, Dotted, Heavy asciigraph.CharSet // lines of a chart
	Shades               []string           // of a heat without colours, from one request to the most
}

var unicodeGlyphs = glyphs{
	Dot: "●", good: "✓", Near: "≈", Bad: "✗", None: "–", Dash: "·", About: "≈", Arrow: "→", Cut: "…",
	cursor: "┃", Pointer: "▸", Gate: "›", Same: "=", Less: "←", More: "→",
	bars: []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	Full: "█", Empty: "░", Border: lipgloss.RoundedBorder(), Axis: "│", tick: "┤",
	Solid:  charSet("─", "│", "╭╮╰╯", "╴"),
	Dotted: charSet("┈", "┊", "┈┈┈┈", " "),
	Heavy:  charSet("━", "┃", "┏┓┗┛", "╸"),
	Shades: []string{"░", "▒", "▓", "█"},
}

var asciiGlyphs = glyphs{
	Dot: "*", good: "+", Near: "~", Bad: "x", None: "-", Dash: "-", About: "~", Arrow: "->", Cut: "~",
	cursor: "|", Pointer: ">", Gate: "#", Same: "=", Less: "<", More: ">",
	bars: []string{" ", "_", "_", ".", ".", "o", "o", "O", "#"},
	Full: "#", Empty: ".", Border: lipgloss.ASCIIBorder(), Axis: "|", tick: "+",
	Solid:  charSet("-", "|", "..''", " "),
	Dotted: charSet(".", ".", "....", " "),
	Heavy:  charSet("=", "#", "====", " "),
	Shades: []string{".", ":", "-", "=", "+", "*", "#", "%", "@"},
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

// Mark is the glyph of a grade.
func (g glyphs) Mark(of Grade) string {
	switch of {
	case Good:
		return g.good
	case Near:
		return g.Near
	case Bad:
		return g.Bad
	default:
		return g.None
	}
}

// nearest are the ASCII characters closest to what texts of the run hold.
var nearest = map[string]string{units.NoData: "-", "—": "-", "−": "-", "×": "x", "µ": "u", "…": "~", "≤": "<", "≥": ">", "·": "-", "≈": "~", "“": "\"", "”": "\"", "’": "'", "›": "#", "←": "<", "→": ">"}

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

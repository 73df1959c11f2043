package draw

import "strings"

// DigitRows is how many rows a large figure has.
const DigitRows = 3

// A face is the rows of each character that it has; all rows of one are equally wide.
type face map[rune][DigitRows]string

var blockFace = face{
	'0': {"█▀█", "█ █", "▀▀▀"}, '1': {"▀█ ", " █ ", "▀▀▀"}, '2': {"▀▀█", "█▀▀", "▀▀▀"}, '3': {"▀▀█", "▀▀█", "▀▀▀"}, '4': {"█ █", "▀▀█", "  ▀"},
	'5': {"█▀▀", "▀▀█", "▀▀▀"}, '6': {"█▀▀", "█▀█", "▀▀▀"}, '7': {"▀▀█", "  █", "  ▀"}, '8': {"█▀█", "█▀█", "▀▀▀"}, '9': {"█▀█", "▀▀█", "▀▀▀"},
	'+': {" ▄ ", "▀█▀", "   "}, '.': {" ", " ", "▀"}, ',': {" ", " ", "█"}, ':': {" ", "▀", "▀"}, '–': {"  ", "▀▀", "  "}, '−': {"  ", "▀▀", "  "},
}

var asciiFace = face{
	'0': {" _ ", "| |", "|_|"}, '1': {"   ", " | ", " | "}, '2': {" _ ", " _|", "|_ "}, '3': {" _ ", " _|", " _|"}, '4': {"   ", "|_|", "  |"},
	'5': {" _ ", "|_ ", " _|"}, '6': {" _ ", "|_ ", "|_|"}, '7': {" _ ", "  |", "  |"}, '8': {" _ ", "|_|", "|_|"}, '9': {" _ ", "|_|", " _|"},
	'+': {"   ", "-+-", "   "}, '.': {" ", " ", "."}, ',': {" ", " ", ","}, ':': {" ", ".", "."}, '–': {"  ", "--", "  "}, '−': {"  ", "--", "  "},
}

// Digits draws a figure large, in a style: its digits in blocks of [DigitRows] rows, and
// what else it holds, such as its unit, small at their foot. All rows are equally wide.
func (p Pen) Digits(figure string, style Ink) []string {
	of := blockFace
	if p.ascii {
		of = asciiFace
	}
	var rows [DigitRows]strings.Builder
	put := func(glyph [DigitRows]string) {
		for i := range rows {
			rows[i].WriteString(glyph[i])
		}
	}
	before := ' '
	for _, r := range figure {
		glyph, large := of[r]
		if !large {
			glyph = [DigitRows]string{Right("", Cells(string(r))), Right("", Cells(string(r))), string(r)}
		}
		if _, was := of[before]; was && large || was != large && r != ' ' && before != ' ' {
			put([DigitRows]string{" ", " ", " "})
		}
		put(glyph)
		before = r
	}
	lines := make([]string, DigitRows)
	for i := range rows {
		lines[i] = style.Render(rows[i].String())
	}
	return lines
}

// Big draws a figure as large as a room of width × height lets it: in [DigitRows] rows,
// or in one, bold.
func (p Pen) Big(figure string, style Ink, width, height int) []string {
	if lines := p.Digits(figure, style); height >= DigitRows && Cells(lines[0]) <= width {
		return lines
	}
	return []string{p.Cut(style.Bold().Render(figure), width)}
}

// Beside puts lines to the right of a block of lines that are equally wide, with a gap;
// the shorter of the two stays at the top.
func Beside(block, lines []string, gap int) []string {
	width := 0
	if len(block) > 0 {
		width = Cells(block[0])
	}
	out := make([]string, max(len(block), len(lines)))
	for i := range out {
		left, right := strings.Repeat(" ", width), ""
		if i < len(block) {
			left = block[i]
		}
		if i < len(lines) {
			right = lines[i]
		}
		out[i] = left + strings.Repeat(" ", gap) + right
	}
	return out
}

// Bold is the style with more weight, which shows without colours, too.
func (i Ink) Bold() Ink {
	after := i.after
	if after == "" {
		after = "\x1b[m"
	}
	return Ink{"\x1b[1m" + i.before, after, i.code}
}

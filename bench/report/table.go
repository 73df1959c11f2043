package report

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A table has columns of words, on the left, and then columns of figures, which
// are aligned at their right.
type table struct {
	words  int // how many columns are words
	header []string
	rows   [][]string
	faint  map[int]bool // rows that stand back
}

// least is how narrow a column of words may become.
const least = 8

// write puts the table on a page, its words shortened where they must be.
func (t table) write(p *page) {
	widths := make([]int, len(t.header))
	for _, row := range append([][]string{t.header}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	over := -p.width - between
	for _, w := range widths {
		over += w + between
	}
	for i := range t.words {
		cut := min(max(over, 0), max(widths[i]-least, 0))
		widths[i] -= cut
		over -= cut
	}
	p.line(p.ink.dim(t.line(t.header, widths)))
	for i, row := range t.rows {
		line := t.line(row, widths)
		if t.faint[i] {
			line = p.ink.dim(line)
		}
		p.line(line)
	}
}

// between is the space between two columns.
const between = 2

func (t table) line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", between))
		}
		cell = ansi.Truncate(cell, widths[i], "…")
		space := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
		if i < t.words {
			b.WriteString(cell + space)
		} else {
			b.WriteString(space + cell)
		}
	}
	return b.String()
}

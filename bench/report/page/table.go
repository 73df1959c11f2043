package page

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/report/table"
)

const (
	// least is how narrow a column of words may become.
	least = 8
	// between is the space between two columns.
	between = 2
)

// Table writes a table, its words shortened where they must be. Where some rows decide,
// they have a mark before them.
func (p *Page) Table(t table.Table) {
	if t.Strong != nil {
		t = marked(t)
	}
	widths := make([]int, len(t.Header))
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	over := -p.width - between
	for _, w := range widths {
		over += w + between
	}
	for i := range t.Words {
		cut := min(max(over, 0), max(widths[i]-least, 0))
		widths[i] -= cut
		over -= cut
	}
	p.Line(p.Dim(aligned(t, t.Header, widths)))
	for i, row := range t.Rows {
		line := aligned(t, row, widths)
		if t.Faint[i] {
			line = p.Dim(line)
		}
		p.Line(line)
	}
}

// marked is a table whose rows tell whether they decide.
func marked(t table.Table) table.Table {
	rows := t.Rows
	t.Rows = nil
	for i, row := range rows {
		mark := "  "
		if t.Strong[i] {
			mark = "› "
		}
		t.Add(append([]string{mark + row[0]}, row[1:]...)...)
	}
	return t
}

// aligned is a row of a table, without spaces at its end.
func aligned(t table.Table, cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", between))
		}
		cell = ansi.Truncate(cell, widths[i], "…")
		space := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
		if t.IsWords(i) {
			b.WriteString(cell + space)
		} else {
			b.WriteString(space + cell)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

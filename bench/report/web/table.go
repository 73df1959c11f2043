package web

import (
	_ "embed"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Table has words on the left of their columns and figures on the right.
type Table struct {
	Caption string // for those who do not see the heading
	Columns []Column
	Rows    []Row
}

// A Column is a head.
type Column struct {
	Name    string
	Figures bool
}

// A Row is cells, one a column.
type Row struct {
	Cells []Cell
	Faint bool // stands back
}

// A Cell is one text. The first one of a row is its head.
type Cell struct {
	Text  string
	State State
	Code  bool // as it was written by a machine
}

// The widths of boxes, in CSS pixels, up to which tables are stacked: each row by itself,
// each figure beside the name of its column. No box is wider than the last, so that a table
// that needs more than the one before is always stacked.
var rooms = []int{360, 540, 680, 840, 1039, 1040}

var (
	//go:embed stack.css
	stack string

	stacks = stacked()
)

// stacked is the stylesheet of tables in boxes that are too narrow for them.
func stacked() string {
	var b strings.Builder
	for _, room := range rooms {
		b.WriteString(strings.ReplaceAll(stack, "ROOM", strconv.Itoa(room)))
	}
	return b.String()
}

// A column is one as it is shown.
type column struct {
	Name, Class string
	width       float64 // CSS pixels, about
}

const (
	// longest is how many characters the words of a column have before they are prose,
	// which takes several lines.
	longest = 24
	// half is how many characters of a name and a figure stand beside others of their row
	// where a table is stacked.
	half = 21
)

// Shown are the columns, and how their cells look.
func (t Table) Shown() []column {
	columns := make([]column, len(t.Columns))
	for i, c := range t.Columns {
		name, text, code := utf8.RuneCountInString(c.Name), 0, false
		for _, row := range t.Rows {
			text = max(text, utf8.RuneCountInString(row.Cells[i].Text))
			code = code || row.Cells[i].Code
		}
		widest := max(name, text)
		const between, digit, letter = 20, 7, 8.6 // the space after a column, a character of figures and of words
		out := column{Name: c.Name, width: between}
		each := letter
		switch {
		case c.Figures:
			out.Class, each = "figures", digit
		case c.Name == "" && widest == 1:
			out.Class = "mark"
		case code || widest > longest:
			out.Class, widest = "long", longest
		}
		if i > 0 && name+text > half && out.Class != "long" {
			out.Class = strings.TrimSpace(out.Class + " full")
		}
		if i == len(columns)-1 {
			out.width = 0
		}
		out.width += each * float64(widest)
		columns[i] = out
	}
	return columns
}

// Class says up to which box the table is stacked.
func (t Table) Class() string {
	need, class := 0.0, ""
	for _, c := range t.Shown() {
		need += c.width
		if c.Class == "mark" {
			class = "marked"
		}
	}
	for _, room := range rooms {
		if need <= float64(room) || room == rooms[len(rooms)-1] {
			return strings.TrimSpace("room-" + strconv.Itoa(room) + " " + class)
		}
	}
	return class
}

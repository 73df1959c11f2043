// Package table is what a table holds, whatever it is written as: package page aligns it
// for a terminal, package markdown for GitHub, package web for a browser.
package table

// A Table has columns of words, on the left, and then columns of figures, which are
// aligned at their right. Each row has a cell for each column.
type Table struct {
	Words     int  // how many columns are words
	WordsLast bool // the last column is words, too
	Header    []string
	Rows      [][]string
	Strong    map[int]bool // rows that decide
	Faint     map[int]bool // rows that stand back
}

// IsWords reports whether a column is words.
func (t Table) IsWords(column int) bool {
	return column < t.Words || t.WordsLast && column == len(t.Header)-1
}

// Add adds a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

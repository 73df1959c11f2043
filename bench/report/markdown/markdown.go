// Package markdown is a report as GitHub shows it in a step summary or a comment.
package markdown

import (
	"fmt"
	"io"
	"strings"

	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
)

// A Document is one in the making.
type Document struct{ text strings.Builder }

// WriteTo writes the document.
func (d *Document) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, d.text.String())
	return int64(n), err
}

// Line writes a line of Markdown.
func (d *Document) Line(format string, args ...any) { fmt.Fprintf(&d.text, format+"\n", args...) }

// Items writes a list of texts from outside.
func (d *Document) Items(texts []string) {
	for _, text := range texts {
		d.Line("- %s", Escape(text))
	}
}

// Table writes a table below an empty line, unless it has no rows.
func (d *Document) Table(t table.Table) {
	if len(t.Rows) == 0 {
		return
	}
	d.Line("")
	d.row(t.Header, false)
	rule := "|"
	for i := range t.Header {
		if t.IsWords(i) {
			rule += "---|"
		} else {
			rule += "---:|"
		}
	}
	d.Line("%s", rule)
	for i, row := range t.Rows {
		d.row(row, t.Strong[i])
	}
}

// row writes a row, the first cell of a strong one in bold.
func (d *Document) row(cells []string, strong bool) {
	d.text.WriteByte('|')
	for i, c := range cells {
		c = Escape(c)
		if strong && i == 0 {
			c = "**" + c + "**"
		}
		d.text.WriteString(" " + c + " |")
	}
	d.text.WriteByte('\n')
}

// Escape makes a text from outside safe to stand anywhere in Markdown, in a table too.
func Escape(s string) string {
	return strings.NewReplacer("|", "\\|", "<", "&lt;", ">", "&gt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[").Replace(words.Plain(s))
}

// Mark is a verdict as a glyph.
func Mark(s result.Status) string {
	switch s {
	case result.Pass:
		return "✅"
	case result.Fail:
		return "❌"
	}
	return "⚠️"
}

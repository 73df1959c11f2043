package search

import (
	"io"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/report/markdown"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
)

// Markdown writes a search as GitHub shows it in a step summary or a comment.
func Markdown(w io.Writer, d *capacity.Document) error {
	m := new(markdown.Document)
	v := d.Verdict
	m.Line("### %s %s: capacity\n", markdown.Mark(v.Status), markdown.Escape(words.Name(d.Name)))
	m.Line("%s\n", markdown.Escape(v.Headline))
	m.Items(v.Further())
	m.Line("\n%s", markdown.Escape(strings.Join(searched(d), " · ")))
	m.Table(bySLOTable(d))
	m.Table(classTable(d))
	for _, s := range sections(d) {
		t := table.Table{Words: 2, Header: []string{s.name, ""}}
		for _, pair := range s.words {
			t.Add(pair.Name, pair.Text)
		}
		m.Table(t)
	}
	m.Table(modelTable(d.Cost))
	m.Table(rehearsalTable(d.Rehearsal))
	m.Table(stepTable(d))
	if curve := capacity.Curve(d.Steps); len(curve) > 0 {
		m.Table(curveTable(curve, endless))
		if onFront(curve) {
			m.Line("\n%s", frontNote)
		}
	}
	for _, warning := range d.Warnings {
		m.Line("\n⚠ %s", markdown.Escape(warning))
	}
	_, err := m.WriteTo(w)
	return err
}

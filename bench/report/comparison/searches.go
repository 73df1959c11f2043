package comparison

import (
	"fmt"
	"io"

	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/report/page"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// SearchesText writes a comparison of two searches for a terminal.
func SearchesText(w io.Writer, d *versus.Document, o page.Options) error {
	p := text{page.New(o)}
	p.gate(gateOf(d))
	p.search("base", d.Base)
	p.search("new", d.New)
	if d.Gate.Status != compare.Refused {
		for i, expr := range d.Base.SLOs {
			p.Flow(page.Once("SLOs", i), words.Plain(expr))
		}
	}
	p.warnings(d.Warnings)
	p.tables(figures(d), bounds(d))
	_, err := p.WriteTo(w)
	return err
}

// SearchesMarkdown writes a comparison of two searches as GitHub shows it in a step
// summary or a comment.
func SearchesMarkdown(w io.Writer, d *versus.Document) error {
	_, err := summary(gateOf(d), d.Warnings, figures(d), bounds(d)).WriteTo(w)
	return err
}

func gateOf(d *versus.Document) compare.Gate {
	return compare.Gate{Status: d.Gate.Status, ExitCode: d.Gate.ExitCode, Headline: d.Gate.Headline, Reasons: d.Gate.Reasons}
}

// search says what one side is.
func (p text) search(label string, s versus.Side) {
	p.side(label, s.Name, s.Model, s.Target, words.Plain(s.ID), units.Seconds(s.DurationS))
}

// bounds say what a change must exceed, and what it lies between.
func bounds(d *versus.Document) string {
	return fmt.Sprintf("A change counts from %s on; what it lies between follows from the highest rates that held and the lowest that did not",
		units.Bound(d.MarginRatio, units.Ratio))
}

// figures are the table that has a row for each figure, and one for what ends the
// capacity; none where nothing was compared.
func figures(d *versus.Document) []table.Table {
	if len(d.Rows) == 0 {
		return nil
	}
	t := table.Table{Words: 1, WordsLast: true, Header: []string{"", "base", "new", "change", "between", "verdict"}, Strong: map[int]bool{}}
	for _, r := range d.Rows {
		value := func(v float64) string { return units.Value(v, r.Unit) }
		word := ""
		if r.Gates {
			word = r.Verdict.String()
		}
		t.Strong[len(t.Rows)] = r.Gates
		t.Add(r.Name(), units.Maybe(r.Base, value), units.Maybe(r.New, value), r.FormatChange(), r.FormatBounds(), word)
	}
	t.Add("ended by", words.Plain(d.Base.Limit()), words.Plain(d.New.Limit()), "", "", "")
	return []table.Table{t}
}

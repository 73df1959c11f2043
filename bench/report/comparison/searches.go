package comparison

import (
	"fmt"
	"io"

	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/report/answer"
	"flashwave/bench/report/page"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// SearchesText writes a comparison of two searches for a terminal.
func SearchesText(w io.Writer, d *versus.Document, o page.Options) error {
	return ofSearches(d).text(w, o)
}

// SearchesMarkdown writes a comparison of two searches as GitHub shows it in a step
// summary or a comment.
func SearchesMarkdown(w io.Writer, d *versus.Document) error { return ofSearches(d).markdown(w) }

// SearchesHTML writes a comparison of two searches as one self-contained page.
func SearchesHTML(w io.Writer, d *versus.Document) error { return ofSearches(d).html(w) }

func ofSearches(d *versus.Document) comparison {
	c := comparison{
		schema: d.Schema, tool: d.Tool, answer: answer.OfSearches(d), warnings: d.Warnings, tables: figures(d),
		gate: compare.Gate{Status: d.Gate.Status, ExitCode: d.Gate.ExitCode, Headline: d.Gate.Headline, Reasons: d.Gate.Reasons},
		counts: fmt.Sprintf("A change counts from %s on; what it lies between follows from the highest rates that held and the lowest that did not",
			units.Bound(d.MarginRatio, units.Ratio)),
	}
	if d.Gate.Status != compare.Refused {
		c.slos = d.Base.SLOs
	}
	c.addSearch("base", d.Base)
	c.addSearch("new", d.New)
	return c
}

func (c *comparison) addSearch(label string, s versus.Side) {
	c.sides = append(c.sides, side{label, s.Name, s.Model, s.Target, []string{words.Plain(s.ID), units.Seconds(s.DurationS)}})
}

// figures are the table that has a row for each figure, and one for what ends the
// capacity; none where nothing was compared.
func figures(d *versus.Document) []table.Table {
	if len(d.Rows) == 0 {
		return nil
	}
	t := table.Table{Words: 1, WordsLast: true, Header: []string{"", "base", "new", "change", "between", "verdict"}, Strong: map[int]bool{}}
	for _, r := range d.Rows {
		value := func(v float64) string { return units.Value(v, words.Plain(r.Unit)) }
		word := ""
		if r.Gates {
			word = words.Plain(r.Verdict.String())
		}
		t.Strong[len(t.Rows)] = r.Gates
		t.Add(words.Plain(r.Name()), units.Maybe(r.Base, value), units.Maybe(r.New, value), r.FormatChange(), r.FormatBounds(), word)
	}
	t.Add("ended by", words.Plain(d.Base.Limit()), words.Plain(d.New.Limit()), "", "", "")
	return []table.Table{t}
}

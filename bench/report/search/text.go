// Package search writes what a search for capacity found: for people as text, Markdown and
// a page of HTML, for programs as a table.
package search

import (
	"io"

	"flashwave/bench/capacity"
	"flashwave/bench/report/demand"
	"flashwave/bench/report/page"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// Text writes a search for a terminal.
func Text(w io.Writer, d *capacity.Document, o page.Options) error {
	p := page.New(o)
	v := d.Verdict
	p.Prose(p.Status(words.Status(v.Status), v.Status)+"  ", words.Plain(v.Headline))
	for _, r := range v.Further() {
		p.Prose("  ", words.Plain(r))
	}
	p.Gap()
	p.Flow("searched", searched(d)...)
	for i, s := range d.SLOs {
		p.Flow(page.Once("SLOs", i), words.Plain(s.Expr)+assumed(s.Assumed), sloWords(d, i))
	}
	if len(d.Steps) > 0 && d.WhatIf == nil { // whoever asks about a night asks about that
		p.Gap()
		p.Table(stepTable(d))
		writeCurve(p, d)
	}
	if t := classTable(d); len(t.Rows) > 0 {
		p.Gap()
		p.Table(t)
	}
	for _, s := range sections(d) {
		for i, pair := range s.words {
			if i == 0 {
				p.Gap()
			}
			p.Prose(p.Label(page.Once(s.name, i))+page.Pad(pair.Name, pairWidth), pair.Text)
		}
	}
	for _, t := range []table.Table{modelTable(d.Cost), rehearsalTable(d.Rehearsal)} {
		if len(t.Rows) > 0 {
			p.Gap()
			p.Table(t)
		}
	}
	if len(d.Warnings) > 0 {
		p.Gap()
	}
	for _, warning := range d.Warnings {
		p.Prose("! ", words.Plain(warning))
	}
	_, err := p.WriteTo(w)
	return err
}

// pairWidth is the room of the names in a section.
const pairWidth = 16

// A section is what there is to say of the demand, or of its cost.
type section struct {
	name  string
	words demand.Words
}

func sections(d *capacity.Document) []section {
	return []section{{"demand", demand.Asked(d.Forecast)}, {"cost", demand.Priced(d.Cost)}}
}

func assumed(is bool) string {
	if is {
		return "   assumed"
	}
	return ""
}

// searched says what was searched, when, and what that took.
func searched(d *capacity.Document) []string {
	list := []string{words.Name(d.Name)}
	if sc := d.Scenario; sc != nil {
		list = append(list, words.Target(sc.Target.Model, sc.Target.URL))
	}
	list = append(list, words.Instant(d.StartedAt), units.Seconds(d.DurationS))
	if d.CostUSD != nil {
		list = append(list, "for "+units.USD(*d.CostUSD))
	}
	return list
}

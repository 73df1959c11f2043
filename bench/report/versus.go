package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/units"
)

// contests are the formats of comparisons of searches.
var contests = tableOf[*versus.Document]{
	{"text", ".txt", writeVersusText},
	{"json", ".json", func(w io.Writer, d *versus.Document, _ Options) error { return encode(w, d) }},
	{"md", ".md", writeVersusMarkdown},
}

// VersusFormats are the names that WriteVersus knows.
func VersusFormats() []string { return contests.names() }

// WriteVersus writes a comparison of two searches in a format. It is only read.
func WriteVersus(w io.Writer, format string, d *versus.Document, opts Options) error {
	return contests.write(w, format, d, opts)
}

// writeVersusText writes a comparison of searches for a terminal.
func writeVersusText(w io.Writer, d *versus.Document, opts Options) error {
	p := newPage(opts)
	p.gate(compare.Gate{Status: d.Gate.Status, ExitCode: d.Gate.ExitCode, Headline: d.Gate.Headline, Reasons: d.Gate.Reasons})
	for _, s := range []struct {
		label string
		versus.Side
	}{{"base", d.Base}, {"new", d.New}} {
		p.flow(s.label, p.ink.bold(plain(cmp.Or(s.Name, "unnamed"))), plain(cmp.Or(s.Model, "any model")+" at "+host(s.Target)),
			plain(s.ID), units.Seconds(s.DurationS))
	}
	for i, expr := range d.Base.SLOs {
		if d.Gate.Status != compare.Refused {
			p.flow(map[bool]string{true: "SLOs"}[i == 0], plain(expr))
		}
	}
	for _, warning := range d.Warnings {
		p.prose(p.label("")+p.ink.unsure("!")+" ", plain(warning))
	}
	if len(d.Rows) > 0 {
		p.gap()
		t := versusTable(d)
		widest := 0
		for _, row := range t.rows {
			widest = max(widest, ansi.StringWidth(row[5]))
		}
		for i, row := range t.rows { // words, though the last column
			painted := p.verdictOf(row[5])
			t.rows[i][5] = painted + strings.Repeat(" ", widest-ansi.StringWidth(painted))
		}
		t.write(p)
		p.gap()
		p.prose("", p.ink.dim(versusNote(d)))
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// versusNote says what decides.
func versusNote(d *versus.Document) string {
	return fmt.Sprintf("› gates, the other rows inform. A change counts from %s on; what it lies between follows from the highest rates that held and the lowest that did not", units.Bound(d.MarginRatio, units.Ratio))
}

// versusTable has a row for each figure, and one for what ends the capacity.
func versusTable(d *versus.Document) table {
	t := table{words: 1, header: []string{"", "base", "new", "change", "between", "verdict"}}
	for _, r := range d.Rows {
		name, word := "  "+r.Name(), ""
		if r.Gates {
			name, word = "› "+r.Name(), r.Verdict.String()
		}
		t.rows = append(t.rows, []string{name, valueCell(r.Base, r.Unit), valueCell(r.New, r.Unit), r.FormatChange(), r.FormatBounds(), word})
	}
	limit := []string{"  ended by", plain(d.Base.Limit()), plain(d.New.Limit()), "", "", ""}
	t.rows = append(t.rows, limit)
	return t
}

// writeVersusMarkdown writes a comparison of searches as GitHub shows it.
func writeVersusMarkdown(w io.Writer, d *versus.Document, _ Options) error {
	m := &markdown{}
	m.line("**%s** %s\n", strings.ToUpper(d.Gate.Status.String()), cell(d.Gate.Headline))
	for _, r := range d.Gate.Further() {
		m.line("- %s", cell(r))
	}
	for _, warning := range d.Warnings {
		m.line("- ⚠ %s", cell(warning))
	}
	if len(d.Rows) > 0 {
		m.table(versusTable(d))
		m.line("\n%s.", cell(versusNote(d)))
	}
	_, err := io.WriteString(w, m.String())
	return err
}

func valueCell(v *float64, unit string) string {
	if v == nil {
		return units.NoData
	}
	return units.Value(*v, unit)
}

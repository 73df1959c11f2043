package comparison

import (
	"fmt"
	"io"
	"slices"

	"flashwave/bench/compare"
	"flashwave/bench/report/page"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// RunsText writes a comparison of runs for a terminal.
func RunsText(w io.Writer, d *compare.Document, o page.Options) error {
	p := text{page.New(o)}
	p.gate(d.Gate)
	p.runs("base", d.Base)
	p.runs("new", d.New)
	p.Prose(p.Label("method"), method(d.Method))
	p.warnings(warnings(d))
	p.tables(changes(d), margins(d.Method))
	_, err := p.WriteTo(w)
	return err
}

// RunsMarkdown writes a comparison of runs as GitHub shows it in a step summary or a
// comment.
func RunsMarkdown(w io.Writer, d *compare.Document) error {
	_, err := summary(d.Gate, warnings(d), changes(d), margins(d.Method)).WriteTo(w)
	return err
}

// runs say what one side is.
func (p text) runs(label string, s compare.Side) {
	if len(s.IDs) == 0 {
		return
	}
	runs := words.Plain(s.IDs[0])
	if n := len(s.IDs); n > 1 {
		runs = fmt.Sprintf("%d runs, %s …", n, runs)
	}
	p.side(label, s.Name, s.Model, s.Target, runs, units.Seconds(s.DurationS), units.Count(s.Requests)+" requests")
}

// warnings are those that the gate does not tell.
func warnings(d *compare.Document) (texts []string) {
	for _, warning := range d.Untold() {
		texts = append(texts, warning.Text)
	}
	return texts
}

// method says how the intervals were made.
func method(m compare.Method) string {
	text := "Mann–Whitney, intervals by Hodges and Lehmann; " + m.Note
	switch m.Name {
	case compare.OrderStatistics:
		text = "order statistics, their noise by blocks"
	case compare.BlockBootstrap:
		text = fmt.Sprintf("block bootstrap, %d resamples in blocks", m.Resamples)
	}
	if m.BlockS != nil {
		text += " of up to " + units.Seconds(*m.BlockS)
	}
	return text
}

// margins say what a change must exceed.
func margins(m compare.Method) string {
	return fmt.Sprintf("A change counts from %s, of latencies %s, of shares %s percentage point on",
		units.Bound(m.MarginRatio, units.Ratio), units.Bound(m.MarginMS, units.Milliseconds), units.Number(100*m.MarginPoints))
}

// changes are the tables of the whole run and, where there are several, of the waves.
func changes(d *compare.Document) (tables []table.Table) {
	add := func(title, wave, interval string, shown func(compare.Row) bool) {
		t := table.Table{Words: 1, WordsLast: true, Header: []string{title, "base", "new", "change", interval, "verdict"}, Strong: map[int]bool{}}
		for _, r := range d.Rows {
			if r.Wave == wave && shown(r) && r.HasData() {
				t.Strong[len(t.Rows)] = r.Gates
				t.Add(r.Name(), r.FormatBase(), r.FormatNew(), r.FormatChange(), r.FormatInterval(), r.Verdict.String())
			}
		}
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	// The level is named in the first table, and is that of all.
	add("whole run", "", units.Bound(d.Method.Confidence, units.Ratio)+" interval", func(compare.Row) bool { return true })
	if waves := d.Waves(); len(waves) > 1 {
		for _, wave := range waves {
			add(words.Plain(wave), wave, "interval", ofWave)
		}
	}
	return tables
}

// ofWave says which rows the table of a wave has.
func ofWave(r compare.Row) bool {
	return r.Stat == "p95" && (r.Metric == "ttft" || r.Metric == "e2e") ||
		slices.Contains([]string{"error_rate", "goodput", "rps"}, r.Metric)
}

package comparison

import (
	"fmt"
	"io"
	"math"
	"slices"

	"flashwave/bench/compare"
	"flashwave/bench/report/answer"
	"flashwave/bench/report/page"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// RunsText writes a comparison of runs for a terminal.
func RunsText(w io.Writer, d *compare.Document, o page.Options) error { return ofRuns(d).text(w, o) }

// RunsMarkdown writes a comparison of runs as GitHub shows it in a step summary or a
// comment.
func RunsMarkdown(w io.Writer, d *compare.Document) error { return ofRuns(d).markdown(w) }

// RunsHTML writes a comparison of runs as one self-contained page.
func RunsHTML(w io.Writer, d *compare.Document) error { return ofRuns(d).html(w) }

func ofRuns(d *compare.Document) comparison {
	c := comparison{
		schema: d.Schema, tool: d.Tool, gate: d.Gate, answer: answer.OfRuns(d), method: method(d.Method), tables: changes(d),
		counts: fmt.Sprintf("A change counts from %s, of latencies %s, of shares %s percentage point on",
			units.Bound(d.Method.MarginRatio, units.Ratio), units.Bound(d.Method.MarginMS, units.Milliseconds), units.Number(100*d.Method.MarginPoints)),
	}
	c.addRuns("base", d.Base)
	c.addRuns("new", d.New)
	for _, warning := range d.Untold() {
		c.warnings = append(c.warnings, warning.Text)
	}
	return c
}

// addRuns adds one side, unless there are no runs.
func (c *comparison) addRuns(label string, s compare.Side) {
	if len(s.IDs) == 0 {
		return
	}
	runs := words.Plain(s.IDs[0])
	if n := len(s.IDs); n > 1 {
		runs = fmt.Sprintf("%d runs, %s …", n, runs)
	}
	facts := []string{runs, units.Seconds(s.DurationS), units.Count(s.Requests) + " requests"}
	c.sides = append(c.sides, side{label, s.Name, s.Model, s.Target, facts})
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

// changes are the tables of the whole run and, where there are several, of the waves.
func changes(d *compare.Document) (tables []table.Table) {
	add := func(title, wave, interval string, shown func(compare.Row) bool) {
		t := table.Table{Words: 1, WordsLast: true, Header: []string{title, "base", "new", "change", interval, "verdict"}, Strong: map[int]bool{}}
		for _, r := range d.Rows {
			if r.Wave == wave && shown(r) && r.HasData() {
				r.Unit = words.Plain(r.Unit)
				t.Strong[len(t.Rows)] = r.Gates
				t.Add(words.Plain(r.Name()), r.FormatBase(), r.FormatNew(), r.FormatChange(), r.FormatInterval(), words.Plain(r.Verdict.String()))
			}
		}
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	// The level is named in the first table, and is that of all. (Of ranks it is 66/70.)
	add("whole run", "", units.Bound(math.Round(1000*d.Method.Confidence)/1000, units.Ratio)+" interval", func(compare.Row) bool { return true })
	for _, wave := range wavesShown(d) {
		add(words.Plain(wave), wave, "interval", ofWave)
	}
	return tables
}

// wavesShown are the waves, and the classes of requests, that have tables. A wave alone is
// the whole run, unless a rule is about it.
func wavesShown(d *compare.Document) []string {
	waves, classes := d.Waves(), map[string]bool{}
	ruled := false
	for _, r := range d.Rows {
		classes[r.Wave] = r.Kind != ""
		ruled = ruled || r.Gates && r.Wave != "" && r.Kind == ""
	}
	if len(waves) > 0 && !ruled && !classes[waves[0]] && (len(waves) == 1 || classes[waves[1]]) {
		return waves[1:]
	}
	return waves
}

// ofWave says which rows the table of a wave has.
func ofWave(r compare.Row) bool {
	return r.Gates || r.Stat == "p95" && (r.Metric == "ttft" || r.Metric == "e2e") ||
		slices.Contains([]string{"error_rate", "goodput", "rps"}, r.Metric)
}

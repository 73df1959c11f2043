package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// writeMarkdown writes a run as GitHub shows it in a step summary or a comment.
func writeMarkdown(w io.Writer, run *result.Run, _ Options) error {
	m := &markdown{}
	m.head(run)
	m.slos(run.Verdict.SLOs)
	m.figures(run)
	m.table(latencyTable(run))
	if note := bundledNote(run.Total); note != "" {
		m.line("\n%s", note)
	}
	if len(run.Waves) > 1 {
		m.table(wavesTable(run))
	}
	if len(run.Workloads) > 0 {
		m.table(groupTable("workload", run.Workloads))
	}
	m.errors(run.Total.Errors)
	m.health(run)
	_, err := io.WriteString(w, m.String())
	return err
}

// A markdown is a document in the making.
type markdown struct{ strings.Builder }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// head writes the verdict and what ran.
func (m *markdown) head(run *result.Run) {
	v := run.Verdict
	mark := map[result.Status]string{result.Pass: "✅", result.Fail: "❌"}[v.Status]
	m.line("### %s %s: %s\n", cmp.Or(mark, "⚠️"), cell(cmp.Or(run.Name, "unnamed")), strings.ToUpper(cell(cmp.Or(string(v.Status), "no verdict"))))
	if v.Headline != "" {
		m.line("%s\n", cell(v.Headline))
	}
	for _, r := range v.Further() {
		m.line("- %s", cell(r))
	}
	m.line("")
	facts := facts(run)
	if run.ID != "" {
		facts = append(facts, "run "+plain(run.ID))
	}
	for i, f := range facts {
		facts[i] = cell(f)
	}
	m.line("%s", strings.Join(facts, " · "))
}

// slos writes a row for each assertion.
func (m *markdown) slos(slos []result.SLO) {
	t := table{words: 2, header: []string{"", "SLO", "observed"}}
	for _, s := range slos {
		mark := units.NoData
		if s.OK != nil {
			mark = map[bool]string{true: "✓", false: "✗"}[*s.OK]
		}
		expr := plain(s.Expr)
		if s.Assumed {
			expr += " (assumed)"
		}
		t.rows = append(t.rows, []string{mark, expr, observed(s)})
	}
	m.table(t)
}

// figures writes what came of the requests, in two columns.
func (m *markdown) figures(run *result.Run) {
	t, q := run.Total, run.Total.Requests
	requests := []string{
		named("scheduled", q.Scheduled), named("ok", q.Succeeded), named("failed", q.Failed), occurred("dropped", q.Dropped),
		occurred("unsent", q.Unsent), occurred("unfinished", q.Unfinished), occurred("retries", q.Retries),
	}
	cost := units.NoData
	if c := t.Cost; c != nil {
		cost = units.USD(c.Total)
		if c.PerThousandOK != nil {
			cost += ", " + units.USD(*c.PerThousandOK) + " per 1k ok"
		}
	}
	rates := append([]string{rate("offered", t.Rate.Offered), rate("completed", t.Rate.Completed), rate("ok", t.Rate.Succeeded)}, append(steadyRates(run), drained(t))...)
	rows := [][]string{
		{"requests", joined(requests)},
		{"outcomes", joined(outcomes(t))},
		{"finish", cmp.Or(joined(finishes(t)), units.NoData)},
		{"rates", joined(rates)},
		{"errors", "error rate " + share(t.ErrorRate)},
		{"goodput", cmp.Or(strings.TrimPrefix(good(t), "goodput "), units.NoData)},
		{"tokens", joined([]string{told("prompt", t.Tokens.Prompt), beside("cached", t.Tokens.Cached), told("output", t.Tokens.Output), rate("output", t.Tokens.OutputTPS)})},
		{"cost", cost},
	}
	if waits := backoff(t.Backoff); waits != nil {
		rows = slices.Insert(rows, 3, []string{"backoff", joined(waits)})
	}
	m.table(table{words: 2, header: []string{"", "whole run"}, rows: rows})
}

// joined are the items that are not empty, in a line.
func joined(items []string) string {
	var some []string
	for _, item := range items {
		if item != "" {
			some = append(some, item)
		}
	}
	return strings.Join(some, ", ")
}

// errors writes the most frequent kinds of failure.
func (m *markdown) errors(list []result.ErrorCount) {
	const most = 5
	t := table{words: 2, header: []string{"failure", "for example", "count"}}
	for _, e := range list[:min(len(list), most)] {
		t.rows = append(t.rows, []string{plain(string(e.Outcome)), clip(plain(cmp.Or(e.Sample, e.Message)), 200), units.Count(e.Count)})
	}
	m.table(t)
}

// health says whether the generator's figures can be believed.
func (m *markdown) health(run *result.Run) {
	state := "valid"
	if !run.Generator.Valid {
		state = "**not valid: it was the bottleneck**"
	}
	proof := ""
	if l := run.Generator.LagMS; l != nil {
		proof = ", lag p99 " + units.Millis(l.P99)
	}
	m.line("\nLoad generator: %s%s", state, proof)
	for _, w := range run.Generator.Further(run.Verdict) {
		m.line("- %s", cell(w))
	}
}

// table writes a table, unless it has no rows.
func (m *markdown) table(t table) {
	if len(t.rows) == 0 {
		return
	}
	m.line("")
	m.row(t.header)
	rule := "|"
	for i := range t.header {
		if i < t.words {
			rule += "---|"
		} else {
			rule += "---:|"
		}
	}
	m.line("%s", rule)
	for _, row := range t.rows {
		m.row(row)
	}
}

func (m *markdown) row(cells []string) {
	m.WriteByte('|')
	for _, c := range cells {
		m.WriteString(" " + cell(c) + " |")
	}
	m.WriteByte('\n')
}

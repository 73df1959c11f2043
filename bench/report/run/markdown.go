package run

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"flashwave/bench/report/markdown"
	"flashwave/bench/report/table"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Markdown writes a run as GitHub shows it in a step summary or a comment.
func Markdown(w io.Writer, run *result.Run) error {
	m := summary{new(markdown.Document)}
	m.head(run)
	m.slos(run.Verdict.SLOs)
	m.figures(run)
	m.Table(latencyTable(run))
	if note := bundledNote(run.Total); note != "" {
		m.Line("\n%s", note)
	}
	if len(run.Waves) > 1 {
		m.Table(wavesTable(run))
	}
	if run.Queue != nil {
		for _, t := range tierTables(run.Queue) {
			m.Table(t)
		}
		m.Line("\n%s", markdown.Escape(words.Listed(append(tierFacts(run.Queue), namedLost(run.Queue)...)...)))
		if facts := tapFacts(run.Queue); facts != nil {
			m.Line("\ntap: %s", markdown.Escape(words.Listed(facts...)))
		}
	}
	for _, t := range groupTables(run) {
		m.Table(t)
	}
	m.errors(run.Total.Errors)
	m.server(run)
	m.health(run)
	_, err := m.WriteTo(w)
	return err
}

// A summary is a document of a run in the making.
type summary struct{ *markdown.Document }

// head writes the verdict and what ran.
func (m summary) head(run *result.Run) {
	v := run.Verdict
	m.Line("### %s %s: %s\n", markdown.Mark(v.Status), markdown.Escape(words.Name(run.Name)), markdown.Escape(words.Status(v.Status)))
	if v.Headline != "" {
		m.Line("%s\n", markdown.Escape(v.Headline))
	}
	m.Items(v.Further())
	m.Line("")
	facts := facts(run)
	if run.ID != "" {
		facts = append(facts, "run "+words.Plain(run.ID))
	}
	for i, f := range facts {
		facts[i] = markdown.Escape(f)
	}
	m.Line("%s", strings.Join(facts, " · "))
}

// slos writes a row for each assertion.
func (m summary) slos(slos []result.SLO) {
	t := table.Table{Words: 2, Header: []string{"", "SLO", "observed"}}
	for _, s := range slos {
		mark := units.NoData
		if s.OK != nil {
			mark = map[bool]string{true: "✓", false: "✗"}[*s.OK]
		}
		expr := words.Plain(s.Expr)
		if s.Assumed {
			expr += " (assumed)"
		}
		t.Add(mark, expr, words.Observed(s))
	}
	m.Table(t)
}

// figures writes what came of the requests, in two columns.
func (m summary) figures(run *result.Run) {
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
		{"requests", words.Listed(requests...)},
		{"outcomes", words.Listed(outcomes(t)...)},
		{"finish", cmp.Or(words.Listed(finishes(t)...), units.NoData)},
		{"rates", words.Listed(rates...)},
		{"errors", "error rate " + units.Maybe(t.ErrorRate, units.Share)},
		{"goodput", cmp.Or(strings.TrimPrefix(good(t), "goodput "), units.NoData)},
		{"tokens", words.Listed(told("prompt", t.Tokens.Prompt), beside("cached", t.Tokens.Cached), told("output", t.Tokens.Output), rate("output", t.Tokens.OutputTPS))},
		{"cost", cost},
	}
	if waits := backoff(t.Backoff); waits != nil {
		rows = slices.Insert(rows, 3, []string{"backoff", words.Listed(waits...)})
	}
	m.Table(table.Table{Words: 2, Header: []string{"", "whole run"}, Rows: rows})
}

// errors writes the most frequent kinds of failure.
func (m summary) errors(list []result.ErrorCount) {
	const most = 5
	t := table.Table{Words: 2, Header: []string{"failure", "for example", "count"}}
	for _, e := range list[:min(len(list), most)] {
		t.Add(words.Plain(string(e.Outcome)), words.Clip(words.Plain(cmp.Or(e.Sample, e.Message)), 200), units.Count(e.Count))
	}
	m.Table(t)
}

// server says what the server said of itself.
func (m summary) server(run *result.Run) {
	if items := server(run); items != nil {
		m.Line("\nServer: %s", markdown.Escape(words.Listed(items...)))
		m.Items(serverNotes(run))
	}
}

// health says whether the generator's figures can be believed.
func (m summary) health(run *result.Run) {
	state := "valid"
	if !run.Generator.Valid {
		state = "**not valid: it was the bottleneck**"
	}
	proof := ""
	if l := run.Generator.LagMS; l != nil {
		proof = ", lag p99 " + units.Millis(l.P99)
	}
	m.Line("\nLoad generator: %s%s", state, proof)
	m.Items(run.Generator.Further(run.Verdict))
}

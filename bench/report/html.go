package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"flashwave/bench/report/web"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// writeHTML writes one self-contained page. Its sections are of package web, its
// charts of package svg; a document of another kind is made of the same ones.
func writeHTML(w io.Writer, run *result.Run, _ Options) error {
	t := newTimes(run)
	return web.Page{
		Kind:    "load test",
		Name:    plain(cmp.Or(run.Name, "unnamed")),
		Facts:   facts(run),
		Verdict: webVerdict(run.Verdict),
		Sections: []web.Section{
			{ID: "slos", Title: "SLOs", Blocks: sloTable(run)},
			{ID: "figures", Title: "Key figures", Blocks: []web.Block{{Cards: cards(run)}}},
			{ID: "time", Title: "Over time", Note: t.note(), Blocks: timeCharts(t)},
			{ID: "latency", Title: "Latency", Note: latencyNote(run.Total), Blocks: latencyBlocks(run, t)},
			{ID: "outcomes", Title: "Outcomes", Blocks: outcomeBlocks(run)},
			{ID: "waves", Title: "Waves", Blocks: waveTable(run)},
			{ID: "cost", Title: "Cost and tokens", Blocks: costBlocks(run)},
			{ID: "generator", Title: "Load generator", Note: generatorNote, Blocks: generatorBlocks(run)},
			{ID: "events", Title: "Events", Blocks: eventTable(run.Events)},
			{ID: "scenario", Title: "Scenario", Note: "the file that repeats this run", Blocks: scenarioBlocks(run)},
		},
		Footer: footer(run),
	}.Write(w)
}

// webVerdict leads the page; reasons that the headline tells are not told again.
func webVerdict(v result.Verdict) web.Verdict {
	out := web.Verdict{
		Word:     strings.ToUpper(cmp.Or(plain(string(v.Status)), "no verdict")),
		Headline: cmp.Or(plain(v.Headline), "nobody judged this run"),
		State:    web.Near,
	}
	switch v.Status {
	case result.Pass:
		out.State = web.Good
	case result.Fail:
		out.State = web.Bad
	}
	for _, r := range v.Further() {
		out.Reasons = append(out.Reasons, plain(r))
	}
	return out
}

// facts say what ran, where and when.
func facts(run *result.Run) []string {
	var f []string
	if sc := run.Scenario; sc != nil {
		f = append(f, plain(cmp.Or(sc.Target.Model, "any model")+" at "+host(sc.Target.URL)))
		if !sc.Workload.Stream {
			f = append(f, "not streamed")
		}
	}
	if !run.StartedAt.IsZero() {
		f = append(f, run.StartedAt.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	f = append(f, units.Seconds(run.DurationS)+" long")
	var labels []string
	for k, v := range run.Labels {
		labels = append(labels, plain(k+"="+v))
	}
	slices.Sort(labels)
	return append(f, labels...)
}

// footer says what made the document.
func footer(run *result.Run) []string {
	t, f := run.Tool, []string{}
	add := func(format string, values ...string) {
		for _, v := range values {
			if v == "" {
				return
			}
		}
		f = append(f, plain(fmt.Sprintf(format, anys(values)...)))
	}
	add("run %s", run.ID)
	add("flashwave %s", t.Version)
	add("%s on %s/%s", t.Go, t.OS, t.Arch)
	add("%s", run.Schema)
	if sc := run.Scenario; sc != nil {
		f = append(f, fmt.Sprintf("seed %d", sc.Seed))
	}
	return f
}

func anys(values []string) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// scenarioBlocks is the scenario as a file.
func scenarioBlocks(run *result.Run) []web.Block {
	if run.Scenario == nil {
		return nil
	}
	yaml, err := run.Scenario.YAML()
	if err != nil {
		return nil
	}
	const most = 32 << 10 // a prompt can be a book
	return []web.Block{{Code: clip(plainLines(string(yaml)), most)}}
}

// plainLines makes a text of several lines safe to show, as plain does with one.
func plainLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return ' '
		}
		return r
	}, s)
}

// clip cuts a text off after so many characters.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

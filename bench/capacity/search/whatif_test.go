package search

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flashwave/bench/capacity"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/verdict"
)

// reread is a document as a file gives it back.
func reread(t *testing.T, d *capacity.Document) *capacity.Document {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	again := new(capacity.Document)
	if err := json.Unmarshal(text, again); err != nil {
		t.Fatal(err)
	}
	return again
}

// nightOf is a search's own scenario with other waves.
func nightOf(t *testing.T, d *capacity.Document, waves ...string) Night {
	t.Helper()
	sc := reread(t, d).Scenario
	sc.Lanes = nil
	demand(waves...)(sc)
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	return Night{Scenario: sc, Headroom: 1, Utilisation: 0.7, Now: d.EndedAt.Add(time.Minute)}
}

// A stored search says of its own demand what it said when it was made, of a smaller one
// that it fits, and of one within its bracket that this is undecided.
func TestWhatIf(t *testing.T) {
	own := []string{"calm:1/s:10s", "rush:12/s:20s"}
	found := find(t, small(), demand(own...), func(c *Config) { c.Precision = 0.3; c.StepFor = 5 * time.Second; c.Soak = 10 * time.Second })
	schematest.Values(t, "capacity", found)
	if found.Forecast == nil || found.Capacity.HighRPS == nil || len(found.Curve) == 0 || found.Curve[0].PerThousandOKUSD == nil || found.Curve[0].UserTPS == nil {
		t.Fatalf("%+v, curve %+v", found.Verdict, found.Curve)
	}
	stored := reread(t, found)

	n := nightOf(t, stored, own...)
	n.Price = &price.Price{Input: 1, Output: 2}
	again, err := n.Answer(stored)
	if err != nil {
		t.Fatal(err)
	}
	schematest.Values(t, "capacity", again)
	if diff := cmp.Diff(found.Forecast, again.Forecast); diff != "" {
		t.Errorf("the forecast of its own demand:\n%s", diff)
	}
	if diff := cmp.Diff(found.Cost, again.Cost); diff != "" {
		t.Errorf("and its price:\n%s", diff)
	}
	if again.Verdict.ExitCode != found.Verdict.ExitCode || !strings.Contains(again.Verdict.Headline, "a search that ended 1 min ago held ") || again.WhatIf.AgeS != 60 {
		t.Errorf("%+v", again.Verdict)
	}
	if len(again.Warnings) > len(found.Warnings) {
		t.Errorf("doubts of its own night: %v", again.Warnings)
	}
	if _, err := n.Answer(again); err == nil {
		t.Error("an answer was taken for a search")
	}
	if stored.WhatIf != nil || stored.Scenario == n.Scenario {
		t.Error("the search was changed")
	}

	between := (*found.Capacity.RPS + *found.Capacity.HighRPS) / 2
	for want, rate := range map[int]float64{
		verdict.ExitPass: *found.Capacity.RPS / 2, verdict.ExitInconclusive: between, verdict.ExitFailed: 2 * *found.Capacity.HighRPS,
	} {
		n := nightOf(t, stored, "night:1/s:10s")
		n.Scenario.Lanes[0].Waves[0].Rate = &scenario.Rate{From: scenario.PerSecond(rate), To: scenario.PerSecond(rate)}
		d, err := n.Answer(stored)
		if err != nil || d.Verdict.ExitCode != want {
			t.Errorf("at %v/s: %+v, %v; want %d", rate, d.Verdict, err, want)
		}
		n.Headroom = 100
		if d, err := n.Answer(stored); err != nil || d.Verdict.ExitCode != verdict.ExitFailed {
			t.Errorf("with a headroom of 100 at %v/s: %v", rate, err)
		}
	}
}

// unreachable makes a goodput of 20/s one of the SLOs, of which 10/s were good.
func unreachable(high *float64) func(*capacity.Document, *Night) {
	return func(d *capacity.Document, _ *Night) {
		good := "goodput >= 20/s"
		d.SLOs = []capacity.SLO{{Expr: good}}
		d.Steps[0].SLOs = []capacity.Judged{{Expr: good, Observed: new(10.0), OK: new(true)}}
		d.Capacity.HighRPS, d.Capacity.AtLeast = high, high == nil
	}
}

// What the search and the night do not share is said, and only that. A night passes by no
// search that could not tell itself.
func TestDoubts(t *testing.T) {
	sc := scenario.Default()
	sc.Target.URL, sc.Target.Model = "http://a.test/v1", "m"
	demand("n:1/s:10s")(sc)
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	ended := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	found := &capacity.Document{
		Schema: capacity.Schema, Scenario: sc, EndedAt: ended, Usage: &capacity.Usage{}, SLOs: []capacity.SLO{{Expr: "ttft.p95 < 800ms", Assumed: true}},
		Capacity: capacity.Capacity{RPS: new(10.0), HighRPS: new(11.0), Confirmed: true},
		Steps:    []capacity.Step{{Kind: capacity.Bracket, RateRPS: new(10.0), SucceededRPS: new(10.0), Verdict: capacity.Held, GeneratorValid: true}},
		Verdict:  capacity.Verdict{Status: result.Pass},
	}
	for name, tc := range map[string]struct {
		change func(d *capacity.Document, n *Night)
		want   string // "": nothing is said
		exit   int
	}{
		"the same":       {func(*capacity.Document, *Night) {}, "", verdict.ExitPass},
		"an old search":  {func(_ *capacity.Document, n *Night) { n.Now = ended.Add(72 * time.Hour) }, "3 d ago: the endpoint may have changed", verdict.ExitPass},
		"of the future":  {func(_ *capacity.Document, n *Night) { n.Now = ended.Add(-time.Hour) }, "", verdict.ExitPass},
		"not confirmed":  {func(d *capacity.Document, _ *Night) { d.Capacity.Confirmed = false }, "not confirmed by a soak", verdict.ExitPass},
		"its soak broke": {func(d *capacity.Document, _ *Night) { d.Capacity.Confirmed, d.Plan.SoakS = false, 60 }, "no soak confirmed", verdict.ExitInconclusive},
		"aborted": {func(d *capacity.Document, _ *Night) {
			d.Verdict = capacity.Verdict{Status: result.Aborted, Reasons: []string{"interrupted"}}
		}, "it had its answer: interrupted", verdict.ExitInconclusive},
		"a late generator": {func(d *capacity.Document, _ *Night) { d.Capacity.LimitedBy = capacity.ByGenerator }, "the generator was the bottleneck", verdict.ExitInconclusive},
		"late after all": {func(d *capacity.Document, _ *Night) {
			d.Steps = append(d.Steps, capacity.Step{Kind: capacity.Sentinel})
		}, "the generator was the bottleneck", verdict.ExitInconclusive},
		"it drifted": {func(d *capacity.Document, _ *Night) {
			d.Findings = []capacity.Finding{{Kind: capacity.Drifts, Text: "the endpoint got slower"}}
		}, "got slower", verdict.ExitInconclusive},
		"it failed a night": {func(d *capacity.Document, _ *Night) {
			d.Verdict = capacity.Verdict{Status: result.Fail, ExitCode: verdict.ExitFailed}
		}, "", verdict.ExitPass},
		"out of reach":     {unreachable(new(11.0)), "", verdict.ExitFailed},
		"perhaps in reach": {unreachable(nil), "", verdict.ExitInconclusive},
		"another model":    {func(_ *capacity.Document, n *Night) { n.Scenario.Target.Model = "x" }, "the endpoints differ: m at http://a.test/v1 in the search, x at http://a.test/v1 in the night", verdict.ExitInconclusive},
		"another endpoint": {func(_ *capacity.Document, n *Night) { n.Scenario.Target.URL = "http://b.test/v1" }, "m at http://b.test/v1 in the night", verdict.ExitInconclusive},
		"other prompts":    {func(_ *capacity.Document, n *Night) { n.Scenario.Workload.Prompts = "synthetic:16" }, "the prompts differ: builtin:product-copy-vi in the search, synthetic:16 in the night", verdict.ExitPass},
		"longer answers":   {func(_ *capacity.Document, n *Night) { n.Scenario.Workload.MaxTokens = 900 }, "answers differ: 300 tokens in the search, 900 tokens in the night", verdict.ExitPass},
		"no streaming":     {func(_ *capacity.Document, n *Night) { n.Scenario.Workload.Stream = false }, "streamed in the search, in one piece in the night", verdict.ExitPass},
		"other arrivals":   {func(_ *capacity.Document, n *Night) { n.Scenario.Arrivals = "poisson" }, "constant in the search, poisson in the night: bursts", verdict.ExitPass},
		"other SLOs":       {func(_ *capacity.Document, n *Night) { n.Scenario.SLO = []string{"e2e.p95 < 1s"} }, "the SLOs differ", verdict.ExitInconclusive},
		"the SLO assumed":  {func(_ *capacity.Document, n *Night) { n.Scenario.SLO = []string{"ttft.p95 < 800ms"} }, "", verdict.ExitPass},
		"near the peak": {func(_ *capacity.Document, n *Night) {
			*n.Scenario.Lanes[0].Waves[0].Rate = scenario.Rate{From: 9.5, To: 9.5}
		}, "when it is saturated", verdict.ExitPass},
		"an early document": {func(d *capacity.Document, _ *Night) { d.Usage = nil }, "the night has no price", verdict.ExitPass},
	} {
		d := reread(t, found)
		n := nightOf(t, d, "n:1/s:10s")
		n.Now = ended.Add(time.Hour)
		tc.change(d, &n)
		answer, err := n.Answer(d)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		said := append(answer.Warnings, answer.Verdict.Reasons...)
		if answer.Verdict.ExitCode != tc.exit {
			t.Errorf("%s: %+v, want %d", name, answer.Verdict, tc.exit)
		}
		if tc.want == "" && len(said) > 0 || tc.want != "" && (len(said) != 1 || !strings.Contains(said[0], tc.want)) {
			t.Errorf("%s: %v", name, said)
		}
	}
}

// Without a rate that held, only a night above what broke can be answered.
func TestWhatIfNothingHeld(t *testing.T) {
	sc := scenario.Default()
	demand("n:1/s:10s")(sc)
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	d := &capacity.Document{Schema: capacity.Schema, Scenario: sc, SLOs: []capacity.SLO{}, Steps: []capacity.Step{}, Capacity: capacity.Capacity{HighRPS: new(2.0), LimitedBy: capacity.ByMinRate}}
	for wave, want := range map[string]int{"n:1/s:10s": verdict.ExitInconclusive, "n:3/s:10s": verdict.ExitFailed} {
		answer, err := nightOf(t, d, wave).Answer(d)
		if err != nil || answer.Verdict.ExitCode != want || !strings.Contains(answer.Verdict.Headline, "found no rate that holds") {
			t.Errorf("%s: %+v, %v", wave, answer, err)
		}
	}
	empty := nightOf(t, d, "n:c5:10s")
	if _, err := empty.Answer(d); err == nil {
		t.Error("no night was answered")
	}
	full := nightOf(t, d, "n:1/s:10s")
	full.Utilisation = 2
	if _, err := full.Answer(d); err == nil {
		t.Error("a utilisation of 200 % was taken")
	}
}

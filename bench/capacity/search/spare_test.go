package search

import (
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// Once an answer was confirmed, what no longer fits into the time or the budget takes nothing
// of it away, whichever step it would have been: another try, the sentinel, steps above the
// answer or over it.
func TestWhatNoLongerFitsTakesNoAnswerAway(t *testing.T) {
	change := func(sc *scenario.Scenario) {
		sc.SLO = []string{"ttft.p95 < 500ms", "e2e.p95 < 3s"}
		demand("rush:5.6/s:60s")(sc)
	}
	pages := &notebook{}
	whole := searchKept(t, nil, pages, change, nil)
	kinds := map[capacity.Kind]bool{}
	for _, st := range whole.Steps {
		kinds[st.Kind] = true
	}
	if !kinds[capacity.Beyond] || !kinds[capacity.Saturate] || !kinds[capacity.Sentinel] || !kinds[capacity.Retry] {
		t.Fatalf("not all of it was asked for: %v", kinds)
	}
	soak := len(whole.Steps) - 1
	for whole.Steps[soak].Kind != capacity.Soak {
		soak--
	}
	for steps := soak + 1; steps < len(whole.Steps); steps++ {
		past := pages.past(t, pages.kept(t, steps))
		for name, tc := range map[string]struct {
			change func(*scenario.Scenario)
			bounds func(*Config)
		}{
			"time": {change, func(c *Config) { c.For = result.FromSeconds(past.State().ElapsedS) + time.Second }},
			"budget": {func(sc *scenario.Scenario) {
				change(sc)
				sc.Budget, sc.AbortOn = past.State().SpentUSD+1e-9, []string{"error_rate > 50%"}
			}, nil},
		} {
			more := &notebook{}
			doc := searchKept(t, past, more, tc.change, tc.bounds)
			c := doc.Capacity
			said := slices.ContainsFunc(doc.Warnings, func(w string) bool { return strings.Contains(w, "was left out: ") && strings.Contains(w, name) })
			if !c.Confirmed || c.RPS == nil || *c.RPS != *whole.Capacity.RPS || doc.Verdict.ExitCode != whole.Verdict.ExitCode || !said || more.goesOn {
				t.Errorf("%s, after %d of %d steps: %+v, %q; the whole search says %+v", name, steps, len(whole.Steps), doc.Verdict, doc.Warnings, whole.Verdict)
			}
		}
	}
	// Before the soak it is the answer that is missing.
	past := pages.past(t, pages.kept(t, soak))
	doc := searchKept(t, past, &notebook{}, change, func(c *Config) { c.For = result.FromSeconds(past.State().ElapsedS) + time.Second })
	if doc.Verdict.ExitCode != verdict.ExitInconclusive || doc.Capacity.Confirmed {
		t.Errorf("%+v", doc.Verdict)
	}
}

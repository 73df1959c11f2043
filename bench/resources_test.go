package bench

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A connection that failed because the generator had no file or port left is no
// failure of the endpoint: the run says so and proves nothing.
func TestRunningOutIsNotTheEndpoint(t *testing.T) {
	for _, c := range []struct {
		name          string
		short         outcome.Shortage
		warning, hint string
		exit          int
	}{
		{"files", outcome.Files, "wave w: 50 connections failed for want of open files", "ulimit -n", verdict.ExitInconclusive},
		{"ports", outcome.Ports, "wave w: 50 connections failed for want of ports", "reused", verdict.ExitInconclusive},
		{"memory", outcome.Memory, "wave w: 50 connections failed for want of memory", "free some", verdict.ExitInconclusive},
		{"a refusal is the endpoint's own", outcome.NoShortage, "", "", verdict.ExitFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				doc, _ := execute(t, build(t, nil, "w:10/s:10s", "v:10/s:5s"), func(i int, _ time.Duration) reply {
					if i < 100 && i%2 == 0 {
						return reply{wait: time.Millisecond, outcome: client.Connect, text: "dial tcp 127.0.0.1:8000: too many open files", short: c.short}
					}
					return reply{wait: time.Millisecond, tokens: 1}
				})
				if doc.Verdict.ExitCode != c.exit || doc.Generator.Valid != (c.warning == "") {
					t.Errorf("exit %d, valid %t", doc.Verdict.ExitCode, doc.Generator.Valid)
				}
				w := doc.Waves[0]
				if w.Shortages[c.short] != 50 && c.short != outcome.NoShortage || w.Outcomes[outcome.Connect] != 50 {
					t.Errorf("%v, shortages %v", w.Outcomes, w.Shortages)
				}
				said := strings.Join(doc.Generator.Warnings, "\n")
				if !strings.Contains(said, c.warning) || !strings.Contains(said, c.hint) || strings.Contains(said, "wave v") {
					t.Errorf("warnings: %s", said)
				}
				if c.warning != "" && !strings.Contains(doc.Verdict.Headline, "the load generator was the bottleneck") {
					t.Errorf("headline: %s", doc.Verdict.Headline)
				}
			})
		})
	}
}

// A generator that sends late measures itself. Whatever the figures look like, the
// run is inconclusive and says why.
func TestAStarvedGeneratorIsInconclusive(t *testing.T) {
	for _, c := range []struct {
		name    string
		late    time.Duration // of every request
		share   int           // one request in so many
		exit    int
		warning string
	}{
		{"in time", 0, 1, verdict.ExitPass, ""},
		{"a little late is a warning", 8 * time.Millisecond, 1, verdict.ExitPass, "the generator sent its requests up to 8.00 ms late (p99)"},
		{"late", 60 * time.Millisecond, 1, verdict.ExitInconclusive, "the generator sent its requests up to 60.0 ms late (p99; 20.0 ms is allowed)"},
		{"the late ones are few", 60 * time.Millisecond, 200, verdict.ExitPass, ""},
		{"seconds late", 3 * time.Second, 1, verdict.ExitInconclusive, "only 0.0 % of the requests were sent within 1 s of when they were due"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				doc, _ := execute(t, build(t, nil, "w:20/s:20s"), func(i int, _ time.Duration) reply {
					r := reply{wait: 50 * time.Millisecond, tokens: 2, gap: time.Millisecond}
					if i%c.share == 0 {
						r.late = c.late
					}
					return r
				})
				if doc.Verdict.ExitCode != c.exit || doc.Generator.Valid != (c.exit == verdict.ExitPass) {
					t.Errorf("%+v", doc.Verdict)
				}
				said := strings.Join(doc.Generator.Warnings, "\n")
				if !strings.Contains(said, c.warning) || c.warning == "" && said != "" {
					t.Errorf("warnings: %q", said)
				}
				if c.exit == verdict.ExitPass {
					return
				}
				if doc.Verdict.Status != result.Inconclusive || !strings.Contains(doc.Verdict.Headline, "the load generator was the bottleneck") ||
					!strings.Contains(strings.Join(doc.Verdict.Reasons, "\n"), c.warning) {
					t.Errorf("%+v", doc.Verdict)
				}
			})
		})
	}
}

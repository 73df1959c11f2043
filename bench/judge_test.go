package bench

import (
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client"
)

// A server that freezes for 3 s under 200 requests a second has no error to show
// for it. Its customers wait all the same, and the SLO is theirs.
func TestAFreezeFailsTheSLO(t *testing.T) {
	const from, to = 10 * time.Second, 13 * time.Second
	for _, c := range []struct {
		name    string
		slots   int
		service float64 // p99, ms
	}{
		{"with a slot for everybody the wait is the server's", 2000, 2800},
		{"with few slots it hides in the queue", 20, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					sc.MaxInFlight = c.slots
					sc.SLO = []string{"ttft.p99 < 1s", "error_rate < 1%", "ttft.p50 < 100ms"}
				}, "sale:200/s:20s")
				doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
					if from <= now && now < to {
						return reply{wait: to - now + 10*time.Millisecond, tokens: 1}
					}
					return reply{wait: 10 * time.Millisecond, tokens: 1}
				})
				ttft := doc.Total.Latency.TTFT
				// Of 4000 requests 600 waited 0 to 3 s; 40 of these waited longest.
				if math.Abs(ttft.Response.P99-2810) > 30 || math.Abs(ttft.Service.P99-c.service) > 30 || math.Abs(ttft.Response.Max-3010) > 10 {
					t.Errorf("response p99 %g ms, max %g ms, service p99 %g ms", ttft.Response.P99, ttft.Response.Max, ttft.Service.P99)
				}
				if *doc.Total.ErrorRate != 0 || doc.Total.Requests.Succeeded != 4000 {
					t.Errorf("error rate %g, %+v", *doc.Total.ErrorRate, doc.Total.Requests)
				}
				held := doc.Verdict.SLOs
				if doc.Verdict.ExitCode != ExitFailed || *held[0].OK || !*held[1].OK || !*held[2].OK || math.Abs(*held[0].Observed-2810) > 30 {
					t.Errorf("%+v", doc.Verdict)
				}
				if !strings.HasSuffix(doc.Verdict.Headline, " s; first breached at 200.0 requests/s") {
					t.Errorf("headline: %s", doc.Verdict.Headline)
				}
			})
		})
	}
}

// An SLO may speak of one wave, by its name alone or with its lane.
func TestSLOInWave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exprs := []string{
			"ttft.p95 < 100ms in calm", "ttft.p95 < 100ms in rush", "ttft.p95 < 500ms in sale/rush",
			"e2e.p95 < 100ms in chat/steady", "ttft.p95 < 100ms",
		}
		sc := build(t, func(sc *scenario.Scenario) { sc.SLO = exprs },
			"sale/calm:10/s:10s", "sale/rush:20/s:10s", "chat/steady:5/s:9s")
		doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
			if now > 10*time.Second {
				return reply{wait: 300 * time.Millisecond, tokens: 1}
			}
			return reply{wait: 50 * time.Millisecond, tokens: 1}
		})
		var ok []bool
		for i, s := range doc.Verdict.SLOs {
			if s.Expr != exprs[i] || s.OK == nil {
				t.Fatalf("%+v", s)
			}
			ok = append(ok, *s.OK)
		}
		if want := []bool{true, false, true, true, false}; !slices.Equal(ok, want) || doc.Verdict.ExitCode != ExitFailed {
			t.Errorf("held %v, want %v; exit %d", ok, want, doc.Verdict.ExitCode)
		}
	})
}

// Missing data never passes.
func TestMissingDataNeverPasses(t *testing.T) {
	answered := reply{wait: 10 * time.Millisecond, tokens: 1}
	for _, c := range []struct {
		name  string
		slos  []string
		waves []string
		reply reply
		noted string
	}{
		{"nothing was answered", []string{"ttft.p95 < 800ms"}, []string{"w:10/s:3s"}, reply{wait: time.Millisecond, outcome: client.ServerError}, "no data for ttft.p95 < 800ms"},
		{"nothing was asked", nil, []string{"w:0.01/s:2s"}, answered, "no data for error_rate <= 1%"},
		{"nothing was asked, with an SLO", []string{"ttft.p95 < 800ms"}, []string{"w:0.01/s:2s"}, answered, "no data for ttft.p95 < 800ms"},
		{"nothing was asked in the wave spoken of", []string{"error_rate < 1%", "e2e.p99 < 8s in empty"}, []string{"w:10/s:3s", "empty:0.01/s:2s"}, answered, "no data for e2e.p99 < 8s in empty"},
		{"a single token has no gaps", []string{"itl.p99 < 1s"}, []string{"w:10/s:3s"}, answered, "no data for itl.p99 < 1s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) { sc.SLO = c.slos }, c.waves...)
				doc, _ := execute(t, sc, always(c.reply))
				v := doc.Verdict
				if v.ExitCode != ExitInconclusive || v.Status != result.Inconclusive || !slices.Contains(v.Reasons, c.noted) {
					t.Errorf("%+v", v)
				}
				for _, s := range v.SLOs {
					if s.OK == nil && s.Observed != nil {
						t.Errorf("%s: %g observed of no data", s.Expr, *s.Observed)
					}
				}
			})
		})
	}
}

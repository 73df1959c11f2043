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
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
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
				if doc.Verdict.ExitCode != verdict.ExitFailed || *held[0].OK || !*held[1].OK || !*held[2].OK || math.Abs(*held[0].Observed-2810) > 30 {
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
		for i, s := range doc.Verdict.SLOs[:len(exprs)] {
			if s.Expr != exprs[i] || s.OK == nil {
				t.Fatalf("%+v", s)
			}
			ok = append(ok, *s.OK)
		}
		if want := []bool{true, false, true, true, false}; !slices.Equal(ok, want) || doc.Verdict.ExitCode != verdict.ExitFailed {
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
				if v.ExitCode != verdict.ExitInconclusive || v.Status != result.Inconclusive || !slices.Contains(v.Reasons, c.noted) {
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

// Half of the requests fail, fast and in whatever way: no percentile passes on the
// other half.
func TestHalfFailing(t *testing.T) {
	for _, c := range []struct {
		why  string
		fail reply
	}{
		{"a status", reply{wait: 10 * time.Millisecond, outcome: outcome.ServerError}},
		{"429", reply{wait: 10 * time.Millisecond, outcome: outcome.RateLimited}},
		{"an error event before any token", reply{wait: 10 * time.Millisecond, outcome: outcome.StreamError}},
		{"an error event after tokens", reply{wait: 10 * time.Millisecond, tokens: 5, gap: time.Millisecond, outcome: outcome.StreamError}},
		{"a cut stream", reply{wait: 10 * time.Millisecond, tokens: 5, gap: time.Millisecond, outcome: outcome.Truncated}},
		{"a broken connection", reply{wait: 10 * time.Millisecond, tokens: 2, gap: time.Millisecond, outcome: outcome.Reset}},
		{"a dead endpoint", reply{wait: time.Millisecond, outcome: outcome.Connect}},
	} {
		for _, load := range []string{"w:20/s:10s", "w:c5:200x"} {
			t.Run(c.why+" "+load, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sc := build(t, func(sc *scenario.Scenario) {
						sc.SLO = []string{"ttft.p95 < 800ms", "ttft.p95 < 800ms in w", "e2e.p95 < 10s", "error_rate <= 100%"}
					}, load)
					doc, _ := execute(t, sc, func(i int, _ time.Duration) reply {
						if i%2 == 0 {
							return reply{wait: 100 * time.Millisecond, tokens: 5, gap: time.Millisecond}
						}
						return c.fail
					})
					conserved(t, doc)
					if doc.Verdict.ExitCode != verdict.ExitFailed {
						t.Errorf("exit %d: %s", doc.Verdict.ExitCode, doc.Verdict.Headline)
					}
					for _, s := range doc.Verdict.SLOs[:3] {
						if s.OK == nil || *s.OK || s.Observed != nil || s.AtLeast == nil {
							t.Errorf("%+v", s)
						}
					}
					if doc.Total.Latency.TTFT.Response == nil {
						t.Error("the table lacks what was observed")
					}
				})
			})
		}
	}
}

// A request that hangs after its first token was never answered, however soon the token
// came.
func TestHangingAfterTheFirstToken(t *testing.T) {
	for _, every := range []int{1, 5} {
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) {
				sc.SLO = []string{"ttft.p95 < 800ms", "ttfa.p95 < 800ms", "service.ttft.p95 < 800ms", "lost <= 100%"}
				sc.Grace = scenario.Duration(2 * time.Second)
			}, "w:20/s:2s")
			doc, _ := execute(t, sc, func(i int, _ time.Duration) reply {
				if i%every == 0 {
					return reply{wait: 10 * time.Millisecond, tokens: 2, gap: time.Hour}
				}
				return reply{wait: 10 * time.Millisecond, tokens: 2, gap: time.Millisecond}
			})
			conserved(t, doc)
			for _, s := range doc.Verdict.SLOs[:3] {
				if s.OK == nil || *s.OK || s.Observed != nil || s.AtLeast == nil {
					t.Errorf("one in %d hangs: %+v", every, s)
				}
			}
			if doc.Verdict.ExitCode != verdict.ExitFailed {
				t.Errorf("exit %d", doc.Verdict.ExitCode)
			}
		})
	}
}

// With a ceiling of 26/s and 60/s offered, the rates are those of the load, the drain
// is a time of its own, and nothing was held. It is seen while it happens.
func TestBeyondTheCeiling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, nil, "rush:60/s:20s")
		queue := time.Duration(0)
		run, _ := start(t, sc, oneAtATime(func(_ int, now time.Duration) reply { // one server, 26/s
			queue = max(queue, now) + time.Second/26
			return reply{wait: queue - now, tokens: 1}
		}))
		time.Sleep(15 * time.Second)
		if over := run.Snapshot(result.View{Wave: -1}).Now.Overload; over == nil || math.Abs(over.Served-26) > 1 || math.Abs(over.Offered-60) > 1 || over.Waiting < 400 {
			t.Errorf("live: %+v", over)
		}
		doc := run.Wait()
		conserved(t, doc)
		total := doc.Total
		if math.Abs(*total.Rate.Offered-60) > 0.1 || math.Abs(*total.Rate.Sent-60) > 0.1 || math.Abs(*total.Rate.Completed-26) > 0.2 || math.Abs(*total.Rate.Succeeded-26) > 0.2 {
			t.Errorf("offered %g, sent %g, completed %g, succeeded %g", *total.Rate.Offered, *total.Rate.Sent, *total.Rate.Completed, *total.Rate.Succeeded)
		}
		if math.Abs(*total.Tokens.OutputTPS-26) > 0.2 || math.Abs(*total.LoadS-20) > 1e-6 || math.Abs(*total.DrainS-26.15) > 0.1 {
			t.Errorf("%g tokens/s, %g s of load and %g s of drain", *total.Tokens.OutputTPS, *total.LoadS, *total.DrainS)
		}
		if h := doc.Verdict.Headline; !strings.HasPrefix(h, "could not keep up: 26.0 of 60.0 requests/s served, 68") || !strings.HasSuffix(h, " waiting when the load ended") {
			t.Errorf("headline %q", h)
		}
		var seen []result.Event
		for _, e := range doc.Events {
			if e.Kind == result.Overloaded {
				seen = append(seen, e)
			}
		}
		if len(seen) != 1 || seen[0].TS > 12 {
			t.Errorf("events %+v", seen)
		}
	})
}

// A healthy endpoint is never said to be overloaded: whatever the load does, and
// however long an answer takes.
func TestHealthyIsNotOverloaded(t *testing.T) {
	for _, wait := range []time.Duration{10 * time.Millisecond, time.Second, 4 * time.Second} {
		for _, loads := range [][]string{{"w:50/s:40s"}, {"a:5/s:10s", "b:5/s..100/s:20s", "c:100/s:20s"}, {"w:c20:30s"}, {"x/a:20/s:30s", "y/b:c10:20s"}} {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) { sc.Arrivals = "poisson" }, loads...)
				doc, _ := execute(t, sc, always(reply{wait: wait, tokens: 2, gap: 5 * time.Millisecond}))
				for _, e := range doc.Events {
					if e.Kind == result.Overloaded {
						t.Errorf("%s, %q: %s", wait, loads, e.Text)
					}
				}
				if !strings.HasPrefix(doc.Verdict.Headline, "held ") {
					t.Errorf("%s, %q: %s", wait, loads, doc.Verdict.Headline)
				}
			})
		}
	}
}

// The rate of a first breach is that of what was admitted: refusals are no load.
func TestTheRateAtTheFirstBreach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"rate_limited <= 0"} }, "w:100/s:20s")
		doc, _ := execute(t, sc, func(i int, now time.Duration) reply {
			if now > 5*time.Second && i%5 > 0 {
				return reply{wait: time.Millisecond, outcome: outcome.RateLimited}
			}
			return reply{wait: 10 * time.Millisecond, tokens: 1}
		})
		var text string
		for _, e := range doc.Events {
			if e.Kind == result.Breached && strings.HasPrefix(e.Text, "rate_limited") {
				text = e.Text
			}
		}
		if text != "rate_limited <= 0 first breached at 20.0 requests/s" {
			t.Errorf("%q", text)
		}
	})
}

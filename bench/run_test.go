package bench

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/ledger"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// Whatever is done to a run, every scheduled request is accounted for.
func TestConservation(t *testing.T) {
	loads := []string{"20/s:3s", "1/s..40/s:4s", "c5:2s", "c9:60x", "c2:1s", "30/s:50x", "0/s..10/s:2s"}
	rapid.Check(t, func(rt *rapid.T) {
		var specs []string
		for i := range rapid.IntRange(1, 4).Draw(rt, "waves") {
			lane := rapid.SampledFrom([]string{"", "a/", "b/"}).Draw(rt, "lane")
			if lane == "" {
				lane = "main/"
			}
			specs = append(specs, lane+"w"+string(rune('0'+i))+":"+rapid.SampledFrom(loads).Draw(rt, "load"))
		}
		seed := rapid.Uint64Range(1, 1000).Draw(rt, "seed")
		inFlight := rapid.IntRange(9, 40).Draw(rt, "in flight")
		overflow := rapid.SampledFrom([]string{"queue", "drop"}).Draw(rt, "overflow")
		arrivals := rapid.SampledFrom([]string{"constant", "poisson", "gamma:0.5"}).Draw(rt, "arrivals")
		warmup := rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(rt, "warmup")
		acts := rapid.SliceOfN(rapid.IntRange(0, 8), 0, 12).Draw(rt, "acts")
		pauses := rapid.SliceOfN(rapid.IntRange(1, 900), len(acts), len(acts)).Draw(rt, "pauses")
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) {
				sc.Seed, sc.MaxInFlight, sc.Overflow, sc.Arrivals = seed, inFlight, overflow, arrivals
				sc.Warmup, sc.Grace = scenario.Duration(warmup), scenario.Duration(2*time.Second)
			}, specs...)
			run, f := start(t, sc, moody)
			for i, act := range acts {
				time.Sleep(time.Duration(pauses[i]) * time.Millisecond)
				steer(run, act, i)
				run.Snapshot(result.View{Wave: i%3 - 1, Window: time.Duration(i%2) * time.Second})
			}
			for lane, status := range run.account.Dispatch.Lanes() { // a lane that was paused for good would wait for ever
				if status.Paused {
					run.TogglePause(lane)
				}
			}
			doc := run.Wait()
			conserved(t, doc)
			everyoneRanks(t, run)
			if f.most > inFlight {
				t.Errorf("%d in flight, %d allowed", f.most, inFlight)
			}
		})
		if t.Failed() {
			rt.FailNow()
		}
	})
}

// everyoneRanks holds the ranks of percentile SLOs to what was scheduled: with a bound
// that nobody is younger than, each request is observed or beyond the bound.
func everyoneRanks(t testing.TB, run *Run) {
	t.Helper()
	for _, metric := range []string{"ttft", "ttfa", "e2e", "service.ttft", "service.e2e"} {
		e := slo.MustParse(metric + ".p95 < 0.001us")
		for _, w := range run.account.Waves.Names() {
			s := run.account.Sofar().Stretch(e.In(w.Lane, w.Wave))
			sample, _ := s.Latency(e)
			if n := sample.Count + sample.Lost; n != s.Part.Requests.Scheduled {
				t.Errorf("%s in %s ranks %d of %d scheduled", metric, w, n, s.Part.Requests.Scheduled)
			}
		}
	}
}

// moody answers in every way there is.
func moody(i int, _ time.Duration) reply {
	switch i % 11 {
	case 3:
		return reply{wait: 5 * time.Millisecond, outcome: outcome.RateLimited, limits: client.Limits{RetryAfter: time.Duration(i%5) * 300 * time.Millisecond}}
	case 5:
		return reply{wait: 400 * time.Millisecond, tokens: 2, gap: 100 * time.Millisecond, outcome: outcome.Timeout}
	case 7:
		return reply{wait: 10 * time.Second, tokens: 2} // outlives the grace period
	}
	return reply{wait: time.Duration(i%7) * 30 * time.Millisecond, tokens: 1 + i%4, gap: 10 * time.Millisecond}
}

func steer(run *Run, act, i int) {
	lane := i % len(run.options.Scenario.Lanes)
	switch act {
	case 0, 1:
		run.TogglePause(lane)
	case 2:
		run.Scale(lane, 2)
	case 3:
		run.Scale(lane, 0.5)
	case 4:
		run.Burst(lane, 7)
	case 5:
		run.NextWave(lane)
	case 6:
		run.Stop()
	}
}

// A pause moves what is to come by its length and loses nothing.
func TestPauseStopsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, f := start(t, build(t, nil, "w:10/s:2s", "v:c2:2s"), always(reply{wait: time.Millisecond, tokens: 1}))
		time.Sleep(1020 * time.Millisecond)
		run.TogglePause(0)
		time.Sleep(3 * time.Second)
		if s := run.Snapshot(result.View{Wave: -1}); s.State != result.Paused || !s.Lanes[0].Paused {
			t.Errorf("state %s", s.State)
		}
		run.TogglePause(0)
		doc := run.Wait()
		conserved(t, doc)
		if doc.Waves[0].Requests.Scheduled != 20 || math.Abs(doc.Waves[0].DurationS-5) > 1e-9 || *doc.Waves[1].StartedS != 5 {
			t.Errorf("scheduled %d in %g s", doc.Waves[0].Requests.Scheduled, doc.Waves[0].DurationS)
		}
		for _, at := range f.sent {
			if at > 1020*time.Millisecond && at < 4020*time.Millisecond {
				t.Errorf("a request was sent at %s, in the pause", at)
			}
		}
		if !strings.Contains(strings.Join(doc.Verdict.Reasons, ";"), "steered by hand (2 times)") {
			t.Errorf("reasons: %q", doc.Verdict.Reasons)
		}
	})
}

// Ctrl-C once: nothing more is sent, what is open may finish; twice: at once.
func TestStop(t *testing.T) {
	for _, c := range []struct {
		name           string
		stops          int
		ok, unfinished int64
		length         float64
	}{
		{"once lets open requests finish", 1, 10, 0, 4},
		{"twice gives them up", 2, 0, 10, 1.06},
	} {
		synctest.Test(t, func(t *testing.T) {
			run, _ := start(t, build(t, nil, "w:10/s:60s"), func(_ int, now time.Duration) reply {
				return reply{wait: 4*time.Second - now, tokens: 1}
			})
			time.Sleep(1010 * time.Millisecond)
			run.Stop()
			time.Sleep(50 * time.Millisecond)
			for range c.stops - 1 {
				run.Stop()
			}
			doc := run.Wait()
			conserved(t, doc)
			q := doc.Total.Requests
			if q.Succeeded != c.ok || q.Unfinished != c.unfinished || math.Abs(doc.DurationS-c.length) > 1e-9 {
				t.Errorf("%s: %+v after %g s", c.name, q, doc.DurationS)
			}
			if doc.Verdict.ExitCode != verdict.ExitInterrupted || doc.Verdict.Status != result.Aborted {
				t.Errorf("%s: %+v", c.name, doc.Verdict)
			}
		})
	}
}

// What never ends is unfinished, what never got a slot is unsent; neither is a
// success, and neither can pass.
func TestGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			sc.MaxInFlight, sc.Grace = 3, scenario.Duration(5*time.Second)
		}, "w:1/s:10s")
		doc, _ := execute(t, sc, always(reply{wait: time.Hour}))
		q := doc.Total.Requests
		if q.Unfinished != 3 || q.Unsent != 7 || doc.DurationS != 15 {
			t.Errorf("%+v after %g s", q, doc.DurationS)
		}
		if doc.Verdict.ExitCode != verdict.ExitFailed {
			t.Errorf("verdict %+v", doc.Verdict)
		}
	})
}

func TestOverflowDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.MaxInFlight, sc.Overflow = 2, "drop" }, "w:10/s:10s")
		doc, _ := execute(t, sc, always(reply{wait: 990 * time.Millisecond, tokens: 1}))
		// Two every second find a slot: at 0.05 and 0.15, again free at 1.04 and 1.14.
		if q := doc.Total.Requests; q.Dropped != 80 || q.Succeeded != 20 {
			t.Errorf("%+v", q)
		}
	})
}

// An endpoint that answers most requests at once and never answers the rest must
// fail a percentile SLO, though the table shows fine survivors.
func TestSurvivorsDoNotPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			sc.SLO, sc.Grace = []string{"ttft.p95 < 800ms"}, scenario.Duration(20*time.Second)
			sc.Target.IdleTimeout = scenario.Duration(10 * time.Second)
		}, "w:20/s:10s")
		doc, _ := execute(t, sc, func(i int, _ time.Duration) reply {
			if i%5 < 3 {
				return reply{wait: 50 * time.Millisecond, tokens: 3, gap: time.Millisecond}
			}
			return reply{wait: 10 * time.Second, outcome: outcome.Timeout}
		})
		slo := doc.Verdict.SLOs[0]
		if doc.Verdict.ExitCode != verdict.ExitFailed || slo.Observed != nil || slo.AtLeast == nil || *slo.AtLeast < 800 {
			t.Errorf("%+v", slo)
		}
		if got := doc.Total.Latency.TTFT.Response.P95; math.Abs(got-50) > 0.1 {
			t.Errorf("the table holds what was observed, p95 %g", got)
		}
		if g := doc.Total.Goodput; g == nil || math.Abs(g.GoodFraction-0.6) > 1e-9 {
			t.Errorf("goodput %+v", g)
		}
	})
}

// 999 failures in 1000 are not a pass, SLO or none.
func TestAssumedSLO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "w:c10:1000x"), func(i int, _ time.Duration) reply {
			if i == 30 {
				return reply{wait: time.Millisecond, tokens: 1}
			}
			return reply{wait: time.Millisecond, outcome: outcome.ServerError}
		})
		if doc.Verdict.ExitCode != verdict.ExitFailed || !doc.Verdict.SLOs[0].Assumed || doc.Total.Requests.Failed != 999 {
			t.Errorf("%+v", doc.Verdict)
		}
		if e := doc.Total.Errors; len(e) != 1 || e[0].Count != 999 || e[0].Sample != "server_error 17" || e[0].Message != "server_error #" {
			t.Errorf("errors %+v", e)
		}
	})
}

// A refused key stops the run early, as a mistake in the configuration.
func TestRefusedFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, f := execute(t, build(t, nil, "w:100/s:1000s"), always(reply{wait: 10 * time.Millisecond, outcome: outcome.Auth}))
		if doc.Verdict.ExitCode != verdict.ExitUsage || len(f.sent) > 30 {
			t.Errorf("%d sent, %+v", len(f.sent), doc.Verdict)
		}
	})
}

// Spent plus the worst case of what is open never exceeds the budget.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.Budget, sc.Workload.MaxTokens = 0.05, 100 }, "w:50/s:100s")
		usage := client.Usage{Prompt: 40, Output: 100, From: client.FromUsage}
		doc, _ := execute(t, sc, always(reply{wait: 3 * time.Second, tokens: 2, usage: usage}))
		if doc.Verdict.ExitCode != verdict.ExitStopped {
			t.Errorf("%+v", doc.Verdict)
		}
		if total := doc.Total.Cost.Total; total > 0.05 || total < 0.04 {
			t.Errorf("spent $%g of $0.05", total)
		}
	})
}

// --abort-on is held against the last ten seconds.
func TestAbortOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.AbortOn = []string{"error_rate > 50%"} }, "w:10/s:100s")
		doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
			if now > 20*time.Second {
				return reply{wait: time.Millisecond, outcome: outcome.Overloaded}
			}
			return reply{wait: time.Millisecond, tokens: 1}
		})
		if doc.Verdict.ExitCode != verdict.ExitStopped || doc.DurationS < 25 || doc.DurationS > 27.1 {
			t.Errorf("%g s, %+v", doc.DurationS, doc.Verdict)
		}
	})
}

// Every failed request has its line, whatever the disk does.
func TestRequestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, nil, "w:100/s:10s")
		f := &fake{epoch: time.Now(), answer: moody}
		o := options(t, sc, f, f.epoch)
		var out lockedBuffer
		o.Requests = &out
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		doc := run.Wait()
		lines := map[outcome.Outcome]int64{}
		for _, text := range strings.Split(strings.TrimSpace(out.String()), "\n") {
			var l ledger.RequestLine
			if err := json.Unmarshal([]byte(text), &l); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			lines[l.Outcome]++
			if l.Outcome != outcome.OK && l.Error == "" {
				t.Errorf("no error in %s", text)
			}
		}
		for o, n := range doc.Total.Outcomes {
			if lines[o] != n {
				t.Errorf("%d lines of %s, want %d", lines[o], o, n)
			}
		}
	})
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// The timeline merges its rows in pairs and loses nothing.
func TestTimelineHalves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "w:5/s:1500s"), always(reply{wait: 50 * time.Millisecond, tokens: 2, gap: time.Millisecond}))
		var n, ttft int64
		for i, row := range doc.Timeline {
			n += row.Counts.Scheduled
			if row.Latency.TTFT.Response == nil {
				continue
			}
			h, err := result.DecodeHist(row.Latency.TTFT.Response.HDR)
			if err != nil {
				t.Fatal(err)
			}
			ttft += h.Count()
			if i > 0 && math.Abs(doc.Timeline[i-1].TS+doc.Timeline[i-1].StepS-row.TS) > 1e-6 {
				t.Errorf("row %d begins at %g", i, row.TS)
			}
		}
		if len(doc.Timeline) > 600 || doc.TimelineStepS != 4 || n != 7500 || ttft != 7500 {
			t.Errorf("%d rows of %g s, %d scheduled, %d TTFT", len(doc.Timeline), doc.TimelineStepS, n, ttft)
		}
	})
}

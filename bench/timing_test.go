package bench

import (
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// What was recorded is exactly what the server did, through the real client.
func TestRecordedTimesAreTheServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, epoch, stop := serve(t, streams(func() []time.Duration {
			return []time.Duration{100 * time.Millisecond, 20 * time.Millisecond, 20 * time.Millisecond, 60 * time.Millisecond}
		}))
		sc := build(t, nil, "calm:10/s:3s")
		run, err := Start(options(t, sc, c, epoch))
		if err != nil {
			t.Fatal(err)
		}
		doc := run.Wait()
		stop()
		conserved(t, doc)
		l := doc.Total.Latency
		for _, want := range []struct {
			name       string
			got        *result.Latency
			count      int64
			mean, most float64
		}{
			{"response ttft", l.TTFT.Response, 30, 100, 100},
			{"service ttft", l.TTFT.Service, 30, 100, 100},
			{"ttfa", l.TTFA.Response, 30, 100, 100},
			{"response e2e", l.E2E.Response, 30, 200, 200},
			{"service e2e", l.E2E.Service, 30, 200, 200},
			{"itl", l.ITL, 90, 100.0 / 3, 60},
			{"stall", l.Stall, 30, 60, 60},
			{"tpot", l.TPOT, 30, 100.0 / 3, 100.0 / 3},
			{"queue", l.Queue, 30, 0, 0},
		} {
			if want.got == nil || want.got.Count != want.count ||
				math.Abs(want.got.Mean-want.mean) > 1e-4 || math.Abs(want.got.Max-want.most) > 1e-4 {
				t.Errorf("%s: got %+v, want count %d, mean %g, max %g", want.name, want.got, want.count, want.mean, want.most)
			}
		}
		if got := l.TTFT.Response.P50; math.Abs(got-100) > 0.1 {
			t.Errorf("p50 of a constant 100 ms is %g", got)
		}
		if *doc.Total.Tokens.Output != 120 || *doc.Total.Tokens.From != "usage" || *doc.Total.Tokens.Prompt != 210 {
			t.Errorf("tokens: %+v", doc.Total.Tokens)
		}
		if doc.Verdict.ExitCode != verdict.ExitPass {
			t.Errorf("verdict: %+v", doc.Verdict)
		}
	})
}

// A server that freezes for 2 s makes everyone behind wait. Response time, from
// the intended start, must show that wait; service time alone would hide it.
func TestCoordinatedOmissionIsNotHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var served atomic.Int64
		c, epoch, stop := serve(t, streams(func() []time.Duration {
			served.Add(1)
			since := time.Since(began)
			if since > 4*time.Second && since < 6*time.Second {
				return []time.Duration{6*time.Second - since + 10*time.Millisecond}
			}
			return []time.Duration{10 * time.Millisecond}
		}))
		sc := build(t, func(sc *scenario.Scenario) { sc.MaxInFlight = 4 }, "steady:50/s:20s")
		run, err := Start(options(t, sc, c, epoch))
		if err != nil {
			t.Fatal(err)
		}
		doc := run.Wait()
		stop()
		conserved(t, doc)
		l := doc.Total.Latency.TTFT
		if l.Response.P99 < 1500 || l.Response.Max < 1900 {
			t.Errorf("response time hides the freeze: %+v", *l.Response)
		}
		if l.Service.P99 > 100 {
			t.Errorf("only four requests were inside the freeze, yet service p99 is %g ms", l.Service.P99)
		}
		if q := doc.Total.Latency.Queue; q.Max < 1500 {
			t.Errorf("the wait for a slot is not in queue: %+v", *q)
		}
		if served.Load() != 1000 {
			t.Errorf("%d requests served, want 1000", served.Load())
		}
	})
}

// Waves follow one another without a gap, and lanes run side by side.
func TestLanesRunSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, nil, "chat/steady:5/s:20s", "sale/rush:50/s:10s")
		doc, _ := execute(t, sc, always(reply{wait: 30 * time.Millisecond, tokens: 3, gap: 10 * time.Millisecond}))
		steady, rush := doc.Waves[0], doc.Waves[1]
		if steady.Requests.Scheduled != 100 || rush.Requests.Scheduled != 500 {
			t.Errorf("scheduled %d and %d, want 100 and 500", steady.Requests.Scheduled, rush.Requests.Scheduled)
		}
		if *steady.StartedS != 0 || *rush.StartedS != 0 || steady.DurationS != 20 || rush.DurationS != 10 {
			t.Errorf("steady %g+%g, rush %g+%g", *steady.StartedS, steady.DurationS, *rush.StartedS, rush.DurationS)
		}
		if doc.DurationS < 20 || doc.DurationS > 20.1 {
			t.Errorf("the run lasted %g s", doc.DurationS)
		}
		if *rush.Rate.Offered != 50 || math.Abs(*rush.Rate.Sent-50) > 0.2 {
			t.Errorf("rush: offered %g, sent %g", *rush.Rate.Offered, *rush.Rate.Sent)
		}
	})
}

// The night of the sale: a ramp keeps the timeline unbroken, each wave is apart.
func TestWavesOfTheNight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, nil, "calm:200/m:12s", "surge:200/m..12000/m:5s", "rush:12000/m:10s")
		doc, f := execute(t, sc, always(reply{wait: time.Millisecond, tokens: 1}))
		for i, want := range []struct{ start, length, requests float64 }{{0, 12, 40}, {12, 5, 508.3}, {17, 10, 2000}} {
			w := doc.Waves[i]
			if *w.StartedS != want.start || w.DurationS != want.length || math.Abs(float64(w.Requests.Scheduled)-want.requests) > 1.5 {
				t.Errorf("%s: started %g, lasted %g, scheduled %d; want %+v", w.Name, *w.StartedS, w.DurationS, w.Requests.Scheduled, want)
			}
		}
		for i := 1; i < len(f.sent); i++ {
			if f.sent[i] < f.sent[i-1] {
				t.Fatalf("request %d was sent before the one ahead of it", i)
			}
		}
	})
}

// A closed wave keeps its number in flight and sends its number of requests.
func TestClosedWave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, f := execute(t, build(t, nil, "bench:c7:100x", "after:10/s:2s"), always(reply{wait: 100 * time.Millisecond, tokens: 2, gap: 50 * time.Millisecond}))
		if f.most != 7 {
			t.Errorf("%d in flight at most", f.most)
		}
		first, second := doc.Waves[0], doc.Waves[1]
		if first.Requests.Scheduled != 100 || first.Kind != "closed" || second.Kind != "open" {
			t.Errorf("waves: %+v, %+v", first.Requests, second.Kind)
		}
		// 100 requests by 7 are 15 rounds of 150 ms; the last is sent by the second slot as the 15th begins.
		if math.Abs(*second.StartedS-(14*0.150+dispatch.FillPace.Seconds())) > 1e-6 {
			t.Errorf("the second wave began at %g s", *second.StartedS)
		}
		// The 14th round completes at the very instant at which the wave ends.
		if got := math.Round(*first.Rate.Completed * first.DurationS); got < 13*7 || got > 14*7 {
			t.Errorf("%g requests completed in the wall time of the wave, want 13 to 14 rounds of 7", got)
		}
	})
}

// The warm-up is in no metric and no verdict, but in the cost.
func TestWarmupCostsAndCountsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.Warmup = scenario.Duration(3 * time.Second) }, "w:10/s:5s")
		doc, f := execute(t, sc, always(reply{wait: 10 * time.Millisecond, tokens: 5, gap: time.Millisecond}))
		if len(f.sent) != 80 || doc.Total.Requests.Scheduled != 50 {
			t.Errorf("%d sent in all, %d counted", len(f.sent), doc.Total.Requests.Scheduled)
		}
		warm, counted := doc.Total.Cost.Total-doc.Waves[0].Cost.Total, doc.Waves[0].Cost.Total
		if math.Abs(warm/counted-0.6) > 0.01 {
			t.Errorf("warm-up cost %g, waves %g", warm, counted)
		}
		if *doc.Waves[0].StartedS != 0 || doc.Waves[0].DurationS != 5 || len(doc.Timeline) < 5 || doc.Timeline[0].TS != 0 {
			t.Errorf("the wave started at %g, the timeline at %g", *doc.Waves[0].StartedS, doc.Timeline[0].TS)
		}
	})
}

// Same scenario and seed: same instants, same prompts.
func TestRunsRepeat(t *testing.T) {
	var sent [2][]time.Duration
	var prompts [2][]string
	for i := range sent {
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) { sc.Arrivals = "poisson" }, "w:40/s:5s", "v:10/s..80/s:5s")
			_, f := execute(t, sc, always(reply{wait: 10 * time.Millisecond, tokens: 1}))
			sent[i], prompts[i] = f.sent, f.prompts
		})
	}
	if len(sent[0]) != len(sent[1]) {
		t.Fatalf("%d and %d requests", len(sent[0]), len(sent[1]))
	}
	for i := range sent[0] {
		if sent[0][i] != sent[1][i] || prompts[0][i] != prompts[1][i] {
			t.Fatalf("request %d differs: %v, %v", i, sent[0][i], sent[1][i])
		}
	}
}

package bench

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client"
)

const ms = time.Millisecond

// uneven answers after 50 to 122 ms, so that no two slots keep step for long.
func uneven(i int, _ time.Duration) reply {
	return reply{wait: time.Duration(50+(i*37)%73) * ms, tokens: 1}
}

// warm is a scenario with a warm-up.
func warm(d time.Duration) func(*scenario.Scenario) {
	return func(sc *scenario.Scenario) { sc.Warmup = scenario.Duration(d) }
}

// A closed wave takes over what is in flight: from the first change on the number
// open is exactly what each wave asks for, at every instant.
func TestClosedWaveTakesOver(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		waves  []string
		open   int           // at every instant
		from   time.Duration // from when on
		to     time.Duration
	}{
		{"the same again", nil, []string{"a:c5:2s", "b:c5:2s"}, 5, 3 * ms, 4 * time.Second},
		{"three waves", nil, []string{"a:c5:1s", "b:c5:1s", "c:c5:1s"}, 5, 3 * ms, 3 * time.Second},
		{"one slot", nil, []string{"a:c1:1s", "b:c1:1s"}, 1, 0, 2 * time.Second},
		{"many short waves", nil, []string{"a:c5:10ms", "b:c5:20ms", "c:c5:30ms", "d:c5:1s"}, 5, 3 * ms, time.Second},
		{"numbers of requests", nil, []string{"a:c5:100x", "b:c5:100x", "c:c5:2s"}, 5, 3 * ms, 4 * time.Second},
		{"fewer requests than slots", nil, []string{"a:c5:2s", "b:c5:2x", "c:c5:1s"}, 5, 3 * ms, 3 * time.Second},
		{"after a warm-up", warm(time.Second), []string{"a:c5:2s"}, 5, 3 * ms, 3 * time.Second},
		{"after a warm-up, twice", warm(time.Second), []string{"a:c5:1s", "b:c5:30x"}, 5, 3 * ms, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				doc, f := execute(t, build(t, c.change, c.waves...), uneven)
				for _, n := range f.opened(c.from, c.to) {
					if n != c.open {
						t.Fatalf("in flight: %v", f.opened(c.from, c.to))
					}
				}
				if f.most != c.open {
					t.Errorf("%d in flight at most", f.most)
				}
				for i, w := range doc.Waves {
					if n := doc.Scenario.Lanes[0].Waves[i].Requests; n > 0 && w.Requests.Scheduled != int64(n) {
						t.Errorf("%s scheduled %d of %d", w.Name, w.Requests.Scheduled, n)
					}
				}
			})
		})
	}
}

// A wave that asks for fewer sends nothing before that many are open.
func TestFewerSlotsWait(t *testing.T) {
	for _, c := range []struct {
		before string
		open   int // at the boundary
	}{{"a:c10:2s", 10}, {"a:50/s:2s", 6}} {
		synctest.Test(t, func(t *testing.T) {
			// Of an open wave the last six arrivals are open after 120 ms each.
			doc, f := execute(t, build(t, nil, c.before, "b:c2:2s"), always(reply{wait: 125 * ms, tokens: 1}))
			counts := f.opened(2*time.Second, 4*time.Second)
			if slices.Max(counts) >= c.open {
				t.Errorf("%s: %d were open at the boundary, then %v", c.before, c.open, counts)
			}
			two := slices.Index(counts, 2)
			for _, n := range counts[two:] {
				if n != 2 {
					t.Fatalf("%s: in flight %v", c.before, counts)
				}
			}
			for _, at := range f.sentIn(2*time.Second, 4*time.Second) {
				if f.open[at] > 2 {
					t.Errorf("%s: sent at %s while %d were open", c.before, at, f.open[at])
				}
			}
			if w := doc.Waves[1]; w.Requests.Scheduled == 0 || w.Requests.Scheduled != w.Requests.Succeeded {
				t.Errorf("%s: %+v", c.before, w.Requests)
			}
		})
	}
}

// A wave that asks for more opens only what is missing, one slot after the other.
func TestMoreSlotsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, f := execute(t, build(t, nil, "a:c2:2s", "b:c10:2s"), always(reply{wait: 300 * ms, tokens: 1}))
		var want []time.Duration // the two slots of before come free at 2.1 s
		for i := range 8 {
			want = append(want, 2*time.Second+time.Duration(i)*dispatch.FillPace)
		}
		if got := f.sentIn(2*time.Second, 2050*ms); !slices.Equal(got, want) {
			t.Errorf("sent at %v", got)
		}
		if counts := f.opened(2005*ms, 4*time.Second); slices.Min(counts) != 10 || slices.Max(counts) != 10 {
			t.Errorf("in flight %v", counts)
		}
	})
}

// Slots of an open wave between two closed ones, and of several lanes, are never
// more than those asked for, and lanes do not take from each other.
func TestTakeOverAcrossLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, nil, "a/one:c4:1s", "a/two:40/s:1s", "a/three:c4:2s", "b/one:c3:2s", "b/two:c3:2s")
		doc, f := execute(t, sc, always(reply{wait: 70 * ms, tokens: 1}))
		// In its second second lane a has its three or so open arrivals.
		if counts := f.opened(2100*ms, 4*time.Second); slices.Min(counts) != 7 || slices.Max(counts) != 7 {
			t.Errorf("in flight %v", counts)
		}
		if counts := f.opened(3*ms, time.Second); slices.Min(counts) != 7 || slices.Max(counts) != 7 {
			t.Errorf("in flight %v", counts)
		}
		if n := doc.Waves[1].Requests.Scheduled; n != 40 {
			t.Errorf("the open wave scheduled %d", n)
		}
	})
}

// An endpoint that slows down when many requests come at once shows it in the
// warm-up and not in the first wave.
func TestNoStartBurstAfterWarmup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var recent []time.Duration
		var ttft []time.Duration
		burst := func(i int, now time.Duration) reply {
			recent = slices.DeleteFunc(append(recent, now), func(at time.Duration) bool { return at < now-20*ms })
			wait := 21*ms + time.Duration(max(len(recent)-3, 0))*23*ms
			if now >= time.Second {
				ttft = append(ttft, wait)
			}
			return reply{wait: wait, tokens: 10, gap: time.Duration(20+i%17) * ms}
		}
		doc, _ := execute(t, build(t, warm(time.Second), "a:c15:5s"), oneAtATime(burst))
		q, l := doc.Waves[0].Requests, doc.Waves[0].Latency.TTFT.Response
		if q.Scheduled < 200 || l.Count != q.Scheduled {
			t.Fatalf("%+v, %d TTFTs", q, l.Count)
		}
		if first := slices.Max(ttft[:15]); first > slices.Max(ttft[15:]) {
			t.Errorf("the first TTFTs: %v; later ones %v at most", ttft[:15], slices.Max(ttft[15:]))
		}
	})
}

// Steering, skipping and pausing at a boundary keep to the rule.
func TestSteeringTakesOver(t *testing.T) {
	for _, c := range []struct {
		name string
		act  func(*Run)
		open []int // values in flight long after
	}{
		{"skip", func(r *Run) { r.NextWave(0) }, []int{6}},
		{"skip two", func(r *Run) { r.NextWave(0); r.NextWave(0) }, []int{6}},
		{"more", func(r *Run) { r.Scale(0, 2); r.NextWave(0) }, []int{6}},
		{"fewer", func(r *Run) { r.Scale(0, 0.5); r.NextWave(0) }, []int{6}},
		{"burst", func(r *Run) { r.Burst(0, 9); r.NextWave(0) }, []int{6}},
		{"pause", func(r *Run) { r.TogglePause(0); time.Sleep(30 * ms); r.TogglePause(0); r.NextWave(0) }, []int{6}},
		{"longer pause", func(r *Run) { r.TogglePause(0); time.Sleep(2 * time.Second); r.TogglePause(0); r.NextWave(0) }, []int{6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run, f := start(t, build(t, nil, "a:c6:10s", "b:c6:10s", "c:c6:10s"), uneven)
				time.Sleep(995 * ms)
				c.act(run)
				from := time.Since(f.epoch) + 200*ms
				time.Sleep(2 * time.Second)
				if counts := f.opened(from, time.Since(f.epoch)); slices.Min(counts) != c.open[0] || slices.Max(counts) != c.open[0] {
					t.Errorf("in flight %v", counts)
				}
				run.Stop()
				conserved(t, run.Wait())
			})
		})
	}
}

// A request belongs to the wave that scheduled it, though it ends in the next; what
// happened in a wave's time counts there.
func TestTakenOverRequestsStayTheirs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "a:c4:1s", "b:c4:1s"), always(reply{wait: 300 * ms, tokens: 1}))
		// Each slot sends at 0, 0.3, 0.6, 0.9 in a; at 1.2, 1.5, 1.8 in b.
		a, b := doc.Waves[0], doc.Waves[1]
		if a.Requests.Scheduled != 16 || b.Requests.Scheduled != 12 || a.Latency.E2E.Response.Count != 16 || b.Latency.E2E.Response.Count != 12 {
			t.Errorf("%+v, %+v", a.Requests, b.Requests)
		}
		if a.Latency.E2E.Response.Max != b.Latency.E2E.Response.Max {
			t.Errorf("e2e %g and %g ms", a.Latency.E2E.Response.Max, b.Latency.E2E.Response.Max)
		}
		if *a.Rate.Completed != 12 || *b.Rate.Completed != 12 {
			t.Errorf("completed %g/s and %g/s", *a.Rate.Completed, *b.Rate.Completed)
		}
	})
}

// The steady rate is that of the slots at work, without the time in which they
// opened and the answers that came afterwards.
func TestSteadyRate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		waves  []string
		want   []float64 // by wave, per second; NaN: none
		total  bool      // has one too
	}{
		{"one wave", nil, []string{"a:c5:3s"}, []float64{10}, true},
		{"one of requests", nil, []string{"a:c5:40x"}, []float64{10}, true},
		{"after a warm-up", warm(2 * time.Second), []string{"a:c5:3s"}, []float64{10}, true},
		{"after a warm-up too short to settle", warm(200 * ms), []string{"a:c5:3s"}, []float64{10}, true},
		{"one after another", nil, []string{"a:c5:3s", "b:c5:3s"}, []float64{10, 10}, false},
		{"more", nil, []string{"a:c5:3s", "b:c20:3s"}, []float64{10, 40}, false},
		{"fewer", nil, []string{"a:c20:3s", "b:c5:3s"}, []float64{40, 10}, false},
		{"over before the slots turned over twice", nil, []string{"a:c5:700ms"}, []float64{math.NaN()}, true},
		{"an open wave", nil, []string{"a:10/s:2s"}, []float64{math.NaN()}, true},
		{"open and closed", nil, []string{"a:10/s:2s", "b:c5:3s"}, []float64{math.NaN(), 10}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				doc, _ := execute(t, build(t, c.change, c.waves...), always(reply{wait: 500 * ms, tokens: 1}))
				for i, want := range c.want {
					within := 0.01 * want
					if c.name == "more" { // the slots keep step in two groups, one of which the fill cuts in two
						within = 0.07 * want
					}
					if got := doc.Waves[i].Rate.Steady; (got == nil) != math.IsNaN(want) || got != nil && math.Abs(*got-want) > within {
						t.Errorf("wave %d: %v/s, want %g", i, show(got), want)
					}
				}
				total := doc.Total.Rate.Steady
				if c.total != (len(doc.Waves) == 1) || c.total && show(total) != show(doc.Waves[0].Rate.Steady) || !c.total && total != nil {
					t.Errorf("total %v", show(total))
				}
			})
		})
	}
}

func show[T any](v *T) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprint(*v)
}

// Steering by hand begins the steady state anew: what went before is another load.
func TestSteadyRateAfterSteering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, _ := start(t, build(t, nil, "a:c5:10s"), always(reply{wait: 500 * ms, tokens: 1}))
		time.Sleep(4 * time.Second)
		run.Scale(0, 2)
		doc := run.Wait()
		if got := doc.Waves[0].Rate.Steady; got == nil || math.Abs(*got-20) > 1 {
			t.Errorf("%s/s", show(got))
		}
		if s := run.Snapshot(result.View{Wave: 0}); show(s.Window.Rate.Steady) != show(doc.Waves[0].Rate.Steady) {
			t.Errorf("the screen says %s", show(s.Window.Rate.Steady))
		}
	})
}

// Whatever waves follow one another and however requests end: while a closed wave
// lasts nothing is sent that makes more open than it asks for, each request counts
// in the wave that scheduled it, and waves of so many requests send so many.
func TestSequencesOfWaves(t *testing.T) {
	loads := []string{"c3:700ms", "c8:500ms", "c1:40x", "c6:60x", "c4:3x", "40/s:600ms", "5/s..80/s:1s", "c5:5ms"}
	rapid.Check(t, func(rt *rapid.T) {
		var specs []string
		for i := range rapid.IntRange(1, 6).Draw(rt, "waves") {
			specs = append(specs, fmt.Sprintf("w%d:%s", i, rapid.SampledFrom(loads).Draw(rt, "load")))
		}
		warmup := rapid.SampledFrom([]time.Duration{0, 3 * ms, 400 * ms}).Draw(rt, "warmup")
		outcomes := rapid.SliceOfN(rapid.IntRange(0, 6), 1, 40).Draw(rt, "outcomes")
		answer := func(i int, _ time.Duration) reply {
			switch outcomes[i%len(outcomes)] {
			case 0:
				return reply{outcome: client.Connect}
			case 1:
				return reply{wait: 2 * ms, outcome: client.RateLimited, limits: client.Limits{RetryAfter: time.Duration(i%5) * 100 * ms}}
			case 2:
				return reply{wait: 30 * ms, tokens: 1, outcome: client.Reset}
			case 3:
				return reply{wait: 700 * ms, tokens: 3, gap: 10 * ms}
			}
			return reply{wait: time.Duration(10+i*7%90) * ms, tokens: 2, gap: ms}
		}
		synctest.Test(t, func(t *testing.T) {
			doc, f := execute(t, build(t, warm(warmup), specs...), answer)
			// A slot waits once for each failure; for those of the warm-up in the first wave.
			if b := doc.Total.Backoff; b != nil && b.Waits > doc.Total.Requests.Failed+8 || b != nil && warmup == 0 && b.Waits > doc.Total.Requests.Failed {
				t.Errorf("%v: %+v of %d failed", specs, b, doc.Total.Requests.Failed)
			}
			for i, w := range doc.Waves {
				plan := doc.Scenario.Lanes[0].Waves[i]
				if plan.Closed() && plan.Requests > 0 && w.Requests.Scheduled != int64(plan.Requests) {
					t.Errorf("%v: %s scheduled %+v", specs, w.Name, w.Requests)
				}
				if (w.Backoff != nil) != plan.Closed() {
					t.Errorf("%v: %s: %+v", specs, w.Name, w.Backoff)
				}
				if !plan.Closed() {
					continue
				}
				from := warmup + time.Duration(math.Round(*w.StartedS*1e9))
				// A wave of so many requests ends, and the next begins, as its last one is sent.
				for _, at := range f.sentIn(from+1, from+time.Duration(math.Round(w.DurationS*1e9))) {
					if n := f.open[at]; n > plan.Concurrency {
						t.Errorf("%v: %d open at %s in %s", specs, n, at, w.Name)
					}
				}
			}
		})
		if t.Failed() {
			rt.FailNow()
		}
	})
}

// The rates of the first wave count what happened in it, whoever scheduled it: of a
// load that goes on unchanged as much is completed as is scheduled. All else of the
// warm-up's requests is in no metric.
func TestRatesAfterWarmup(t *testing.T) {
	for _, load := range []string{"c4:3s", "c7:3100ms", "20/s:3s"} {
		synctest.Test(t, func(t *testing.T) {
			doc, _ := execute(t, build(t, func(sc *scenario.Scenario) {
				warm(time.Second)(sc)
				sc.SLO = []string{"e2e < 1s"}
			}, "w:"+load), always(reply{wait: 300 * ms, tokens: 5}))
			w := doc.Waves[0]
			if *w.Rate.Completed != *w.Rate.Offered || *w.Rate.Sent != *w.Rate.Offered {
				t.Errorf("%s: offered %g/s, sent %g/s, completed %g/s", load, *w.Rate.Offered, *w.Rate.Sent, *w.Rate.Completed)
			}
			if math.Abs(*w.Tokens.OutputTPS-5**w.Rate.Completed) > 1e-6 || *w.Rate.Completed != *w.Rate.Succeeded {
				t.Errorf("%s: %+v, %g tokens/s", load, w.Rate, *w.Tokens.OutputTPS)
			}
			if w.Goodput.RPS != *w.Rate.Succeeded || w.Goodput.GoodFraction != 1 {
				t.Errorf("%s: goodput %+v of %g/s", load, w.Goodput, *w.Rate.Succeeded)
			}
			q := w.Requests
			if q.Succeeded != q.Scheduled || *w.Tokens.Output != 5*q.Scheduled || w.Latency.E2E.Response.Count != q.Scheduled || w.Outcomes["ok"] != q.Scheduled {
				t.Errorf("%s: %+v", load, w)
			}
		})
	}
}

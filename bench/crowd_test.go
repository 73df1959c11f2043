package bench

import (
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// hang never answers.
func hang(int, time.Duration) reply { return reply{wait: 100 * time.Hour, tokens: 1} }

// startSkipping begins a run whose lanes can be told that so much time has passed while
// the process was stopped. It answers when they have done what was due.
func startSkipping(t *testing.T, sc *scenario.Scenario, answer func(int, time.Duration) reply) (run *Run, skip func(time.Duration)) {
	t.Helper()
	f := &fake{epoch: time.Now(), answer: answer}
	o := options(t, sc, f, f.epoch)
	var gone atomic.Int64
	o.observe = func(c *dispatch.Config) {
		now := c.Now
		c.Now = func() time.Duration { return now() + time.Duration(gone.Load()) }
	}
	run, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	return run, func(d time.Duration) {
		gone.Store(int64(d))
		time.Sleep(time.Millisecond) // the lane wakes
		synctest.Wait()
	}
}

// A process that was stopped for an hour comes back with ten million arrivals due, or
// with three and a half thousand million: none is lost to the counts, the line stays
// bounded.
func TestAnHourBehind(t *testing.T) {
	for _, tc := range []struct {
		name, wave, overflow string
		arrivals             string
		due                  float64
	}{
		{"ten million in line", "sale:2800/s:2h", "queue", "constant", 2800 * 3600},
		{"ten million without a line", "sale:2800/s:2h", "drop", "constant", 2800 * 3600},
		{"ten million at random", "sale:2800/s:2h", "queue", "poisson", 2800 * 3600},
		{"all that can be", "sale:1000000/s:2h", "queue", "constant", 1e6 * 3600},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					sc.Overflow, sc.Arrivals, sc.MaxInFlight = tc.overflow, tc.arrivals, 100
				}, tc.wave)
				run, skip := startSkipping(t, sc, hang)
				synctest.Wait()
				before := heap()
				skip(time.Hour)
				if grown := heap() - before; grown > 400<<20 {
					t.Errorf("it took %d MB", grown>>20)
				}
				_, waiting, _ := run.account.Dispatch.Load()
				if waiting > dispatch.MaxLine {
					t.Errorf("%d wait", waiting)
				}
				run.Stop()
				run.Stop()
				doc := run.Wait()
				conserved(t, doc)
				if q := doc.Total.Requests; math.Abs(float64(q.Scheduled)/tc.due-1) > 0.001 || q.Dropped+q.Unsent+q.Unfinished != q.Scheduled {
					t.Errorf("%+v, %.0f were due", q, tc.due)
				}
			})
		})
	}
}

// A stop comes through while more is due than can be dispatched, within a chunk: here in
// a wave whose every instant has more due than the one before.
func TestAStopComesThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, _ := start(t, build(t, func(sc *scenario.Scenario) { sc.MaxInFlight = 10 }, "sale:1000000/s:2h"), hang)
		time.Sleep(50 * time.Millisecond)
		run.Burst(0, math.MaxInt)
		for range 1000 {
			run.Scale(0, 1e9)
			run.Burst(0, 1_000_000)
		}
		factor, tickets := run.account.Dispatch.Lanes()[0].Factor, run.account.Dispatch.Asked(0)
		if factor != 1 {
			t.Errorf("the rate is steered to %v times what any machine can send", factor)
		}
		run.Stop()
		run.Stop()
		doc := run.Wait()
		conserved(t, doc)
		if more := doc.Total.Requests.Scheduled - tickets; more > 4*dispatch.Chunk {
			t.Errorf("%d requests were scheduled after the stop", more)
		}
		if time.Since(run.options.Epoch) > time.Second {
			t.Errorf("it took %v", time.Since(run.options.Epoch))
		}
	})
}

// Bursts of a closed wave are sent as there is room, and those of which nothing came are
// counted.
func TestBurstsBesideAClosedWave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, _ := start(t, build(t, func(sc *scenario.Scenario) { sc.MaxInFlight = 10 }, "pool:c5:1h", "after:c5:5x"), func(i int, _ time.Duration) reply {
			if i < 1000 {
				return reply{wait: 10 * time.Second, tokens: 1}
			}
			return reply{wait: time.Millisecond, tokens: 1}
		})
		time.Sleep(50 * time.Millisecond)
		for range 5 {
			run.Burst(0, 1_000_000)
		}
		run.TogglePause(0)
		run.Burst(0, 7)
		time.Sleep(2 * time.Second)
		_, waiting, _ := run.account.Dispatch.Load()
		if waiting > dispatch.MaxLine || waiting < dispatch.MaxLine-dispatch.Chunk {
			t.Errorf("%d wait", waiting)
		}
		run.TogglePause(0)
		run.Scale(0, 1e300)
		run.Scale(0, 0.1)
		run.NextWave(0)
		time.Sleep(time.Second)
		run.Stop()
		run.Stop()
		doc := run.Wait()
		conserved(t, doc)
		if q := doc.Waves[0].Requests; q.Scheduled < 5_000_007 || q.Dropped < 3_000_000 {
			t.Errorf("%+v", q)
		}
	})
}

// The line is said to be full, once.
func TestAFullLineIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run, _ := start(t, build(t, func(sc *scenario.Scenario) { sc.MaxInFlight = 10 }, "sale:10/s:20s"), hang)
		time.Sleep(time.Second)
		for range 2 {
			run.Burst(0, 1_000_000)
		}
		time.Sleep(2 * time.Second)
		run.Stop()
		run.Stop()
		said := 0
		doc := run.Wait()
		for _, e := range doc.Events {
			if e.Kind == result.Noted && strings.HasPrefix(e.Text, "1,048,576 requests wait") {
				said++
			}
		}
		if said != 1 || doc.Total.Requests.Dropped == 0 {
			t.Errorf("it was said %d times; %+v", said, doc.Total.Requests)
		}
	})
}

package bench

import (
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// sale is a calm, a surge of five times its rate, and calm again.
var sale = []string{"calm:4/s:20s", "rush:20/s:20s", "after:4/s:100s"}

// After a surge the endpoint needs a while. What counts is when the customers that
// come then are served well again, and that it lasts.
func TestRecovery(t *testing.T) {
	slow := reply{wait: 3 * time.Second, tokens: 1}
	for _, c := range []struct {
		name string
		// bad says which requests are slow, by the instant of sending.
		bad  func(now time.Duration) bool
		want float64 // from the end of the surge at 40 s; < 0: never
	}{
		{"well all along", func(time.Duration) bool { return false }, 0},
		{"slow for 25 s", func(now time.Duration) bool { return now > 30*time.Second && now < 65*time.Second }, 25},
		{"slow again within 30 s", func(now time.Duration) bool {
			return now > 30*time.Second && now < 45*time.Second || now > 70*time.Second && now < 75*time.Second
		}, 35},
		{"slow to the end", func(now time.Duration) bool { return now > 30*time.Second }, -1},
		{"not long enough well", func(now time.Duration) bool { return now > 30*time.Second && now < 111*time.Second }, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"ttft.p95 < 1s"} }, sale...)
				doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
					if c.bad(now) {
						return slow
					}
					return reply{wait: 50 * time.Millisecond, tokens: 1}
				})
				r := doc.Waves[1].Recovery
				if doc.Waves[0].Recovery != nil || doc.Waves[2].Recovery != nil || doc.Total.Recovery != nil || r == nil {
					t.Fatal("the rush alone was a surge")
				}
				if r.WithinS != 100 || r.SLO != "95 % of the requests: ttft.p95 < 1s" {
					t.Errorf("%+v", *r)
				}
				if got := number(r.RecoveredS); math.Abs(got-c.want) > 1 {
					t.Errorf("recovered after %g s, want %g", got, c.want)
				}
			})
		})
	}
}

// number is a figure, or -1 for none.
func number(v *float64) float64 {
	if v == nil {
		return -1
	}
	return *v
}

// Requests that were queued in the surge, dropped or never answered are no sign
// of recovery.
func TestRecoveryCountsTheLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			sc.SLO, sc.MaxInFlight, sc.Overflow = []string{"error_rate < 1%"}, 5, "drop"
		}, sale...)
		doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
			if now > 30*time.Second && now < 59*time.Second {
				return reply{wait: 60*time.Second - now, tokens: 1}
			}
			return reply{wait: 50 * time.Millisecond, tokens: 1}
		})
		r := doc.Waves[1].Recovery
		if r == nil || math.Abs(number(r.RecoveredS)-20) > 1 || !strings.Contains(r.SLO, "99 % of the requests: ok") {
			t.Errorf("%+v", r)
		}
	})
}

// A wave that hurt is a surge, though the load falls by little after it; and one
// that did not is none.
func TestBreachMakesASurge(t *testing.T) {
	for hurt, want := range map[bool]bool{true: true, false: false} {
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) { sc.SLO = []string{"ttft.p95 < 1s"} }, "more:5/s:40s", "less:4/s:60s")
			doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
				if hurt && now > 15*time.Second && now < 50*time.Second {
					return reply{wait: 2 * time.Second, tokens: 1}
				}
				return reply{wait: 50 * time.Millisecond, tokens: 1}
			})
			r := doc.Waves[0].Recovery
			if (r != nil) != want || want && math.Abs(number(r.RecoveredS)-10) > 1 {
				t.Errorf("hurt %t: %+v", hurt, r)
			}
		})
	}
}

// The peak of the backlog is exact, though it lasts for less than a second.
func TestPeakBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.MaxInFlight = 10 }, "calm:10/s:5s", "rush:100/s:5s", "after:10/s:15s")
		doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
			if now > 6*time.Second && now < 8500*time.Millisecond {
				return reply{wait: 8500*time.Millisecond - now, tokens: 1}
			}
			return reply{wait: 10 * time.Millisecond, tokens: 1}
		})
		rush := doc.Waves[1].Backlog
		// From 6 s to 8.5 s 250 arrive, and nobody leaves.
		if rush == nil || math.Abs(float64(rush.Peak)-250) > 2 || rush.InFlight != 10 || rush.Queued != rush.Peak-10 || math.Abs(rush.AtS-8.5) > 0.02 {
			t.Errorf("rush: %+v", rush)
		}
		if *doc.Total.Backlog != *rush {
			t.Errorf("total: %+v", *doc.Total.Backlog)
		}
		if b := doc.Waves[0].Backlog; b.Peak != 1 || b.Queued != 0 {
			t.Errorf("calm: %+v", *b)
		}
	})
}

// A wave inherits the backlog of the one before it.
func TestBacklogIsInherited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) { sc.MaxInFlight = 10 }, "rush:100/s:2s", "after:1/s:10s")
		doc, _ := execute(t, sc, func(_ int, now time.Duration) reply {
			if now < 2450*time.Millisecond {
				return reply{wait: 2450*time.Millisecond - now, tokens: 1}
			}
			return reply{wait: 10 * time.Millisecond, tokens: 1}
		})
		want := result.Backlog{Peak: 200, AtS: 2, Queued: 190, InFlight: 10}
		if got := *doc.Waves[1].Backlog; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

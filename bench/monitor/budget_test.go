package monitor

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/monitor/history"
	"flashwave/bench/scenario"
)

// The budget of a day is never exceeded, also across restarts, and begins anew at midnight.
func TestBudget(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		f := always(reply{wait: time.Millisecond, gap: time.Millisecond})
		const each = 20*1e-6 + 5*2e-6
		begin := func() *Monitor {
			log, past, err := history.Open(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return Start(Options{Name: "x", Seed: 1, Log: log, Past: past, Targets: []*Target{
				target(t, "a", f, func(w *scenario.Watched) { w.Ask.Budget = 0.01 }), // of which a probe reserves more than it comes to
			}})
		}
		m := begin()
		time.Sleep(4 * time.Hour)
		r := rowOf(t, m, "a")
		if r.State != Paused || *r.SpentToday > 0.01 || r.Counts.OverBudget == 0 || r.Counts.Good < 300 {
			t.Errorf("%s, spent %v, %+v", r.State, *r.SpentToday, r.Counts)
		}
		if want := float64(r.Counts.Good) * each; math.Abs(*r.SpentToday-want) > 1e-9 {
			t.Errorf("spent %v, want %v", *r.SpentToday, want)
		}
		end(t, m)
		m = begin()
		time.Sleep(time.Hour)
		if r := rowOf(t, m, "a"); r.Counts.Good != 0 {
			t.Errorf("after a restart: %+v", r.Counts)
		}
		time.Sleep(22 * time.Hour)
		if r := rowOf(t, m, "a"); r.Counts.Good < 300 || *r.SpentToday > 0.01 {
			t.Errorf("the next day: %+v", r.Counts)
		}
		end(t, m)
	})
}

package monitor

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/ledger"
	"flashwave/bench/monitor/alert"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// The time of day may be set as one likes: probes keep their time, windows and the day's
// budget what they knew, nobody is alarmed, and it is said.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-25 * time.Hour, -time.Hour, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var off time.Duration
			f := always(reply{wait: 100 * time.Millisecond, gap: time.Millisecond})
			mail := &mailbox{}
			m := Start(Options{
				Name: "x", Seed: 1, Targets: []*Target{target(t, "a", f, nil)}, Alerts: []alert.Channel{mail},
				wall: func() time.Time {
					mu.Lock()
					defer mu.Unlock()
					return time.Now().Add(off)
				},
			})
			time.Sleep(2 * time.Hour)
			before := rowOf(t, m, "a")
			mu.Lock()
			off = jump
			mu.Unlock()
			time.Sleep(10 * time.Minute)
			after := rowOf(t, m, "a")
			if n := after.Counts.Scheduled - before.Counts.Scheduled; n < 39 || n > 41 {
				t.Errorf("%v: %d probes in ten minutes", jump, n)
			}
			if jump < 0 && *after.SpentToday < *before.SpentToday {
				t.Errorf("%v: spent %v, and then %v", jump, *before.SpentToday, *after.SpentToday)
			}
			if after.Availability.Hour == nil || *after.Availability.Hour != 1 || len(mail.list) != 0 {
				t.Errorf("%v: %+v, %v", jump, after.Availability, mail.list)
			}
			said := 0
			for _, e := range m.Snapshot(View{}).Events {
				if e.Kind == ClockJumped {
					said++
				}
			}
			if said != 1 {
				t.Errorf("%v: it is said %d times", jump, said)
			}
			end(t, m)
		})
	}
}

// The clock never goes back, follows what nudges it, and tells of a jump once.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		off := time.Duration(0)
		c := newClock(func() time.Time { return time.Now().Add(off) })
		last := c.now()
		step := func(by, want time.Duration) {
			t.Helper()
			off += by
			time.Sleep(10 * time.Second)
			now := c.now()
			if now.Before(last) || (now.Sub(last)-10*time.Second-want).Abs() > 0 {
				t.Errorf("after a step of %v it went on by %v, want 10s and %v", by, now.Sub(last), want)
			}
			last = now
		}
		step(0, 0)
		step(time.Second, time.Second)   // nudged
		step(-time.Second, -time.Second) // and back
		step(time.Hour, time.Hour)       // slept
		step(-3*time.Hour, 0)            // set back
		step(2*time.Hour, 0)             // and half-way again
		step(2*time.Hour, time.Hour)     // and beyond
		step(-2*time.Second, -2*time.Second)
		if jump := c.jumped(); jump != 2*time.Hour {
			t.Errorf("it jumped by %v in all", jump)
		}
		if jump := c.jumped(); jump != 0 {
			t.Errorf("and again by %v", jump)
		}
	})
}

// What fails on time while the monitor itself stood still is void, unless it had failed without
// that, too; what the endpoint answered is not.
func TestVoidProbes(t *testing.T) {
	of := target(t, "a", &fake{}, func(w *scenario.Watched) { w.Ask.SLO, w.Expect = []string{"e2e < 200ms"}, "fine" })
	for name, c := range map[string]struct {
		took, still time.Duration
		outcome     outcome.Outcome
		text        string
		void        bool
		want        verdict.Goodness
	}{
		"good":                   {150, 0, outcome.OK, "fine", false, verdict.Good},
		"good though it stood":   {150, 100, outcome.OK, "fine", false, verdict.Good},
		"too long":               {250, 0, outcome.OK, "fine", false, verdict.Bad},
		"too long for it stood":  {250, 100, outcome.OK, "fine", true, verdict.Bad},
		"too long even so":       {350, 100, outcome.OK, "fine", false, verdict.Bad},
		"another answer":         {150, 100, outcome.OK, "wrong", false, verdict.Bad},
		"a failure it answered":  {150, 100, outcome.ServerError, "", false, verdict.Bad},
		"out of time":            {150, 0, outcome.Timeout, "", false, verdict.Bad},
		"out of time, and stood": {150, 100, outcome.Timeout, "", true, verdict.Bad},
	} {
		f := finding{res: ledger.NeverSent, still: c.still * time.Millisecond}
		f.res.Outcome, f.res.Text, f.res.Sent, f.res.Done = c.outcome, c.text, 0, c.took*time.Millisecond
		if f.judge(of); f.void != c.void || f.goodness != c.want {
			t.Errorf("%s: void %v, %v: %s", name, f.void, f.goodness, f.why)
		}
	}
}

// How long it stood still in a time.
func TestStoodStill(t *testing.T) {
	var r rests
	r.look(0)
	r.look(250 * time.Millisecond)
	r.look(2 * time.Second) // 1.5 s late
	for _, c := range []struct{ from, until, want time.Duration }{
		{0, 400 * time.Millisecond, 0},
		{0, 3 * time.Second, 2250 * time.Millisecond}, // it has not looked since 2.25 s either
		{600 * time.Millisecond, 1100 * time.Millisecond, 500 * time.Millisecond},
		{2010 * time.Millisecond, 2200 * time.Millisecond, 0},
	} {
		if got := r.between(c.from, c.until); got != c.want {
			t.Errorf("%v to %v: %v, want %v", c.from, c.until, got, c.want)
		}
	}
}

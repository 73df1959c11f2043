package bench

import (
	"slices"
	"testing"
	"time"
)

// Every tick is as late as it was taken, whether one was taken or many.
func TestTicks(t *testing.T) {
	const us, ms = time.Microsecond, time.Millisecond
	for _, c := range []struct {
		name string
		at   []time.Duration   // when ticks are taken
		late [][]time.Duration // how late each was
	}{
		{"one by one", []time.Duration{5*ms + 40*us, 10*ms + 10*us, 19 * ms}, [][]time.Duration{{40 * us}, {10 * us}, {4 * ms}}},
		{"exactly when due", []time.Duration{5 * ms, 10 * ms}, [][]time.Duration{{0}, {0}}},
		{"too early is nothing", []time.Duration{0, 4*ms + 999*us, -time.Second}, [][]time.Duration{nil, nil, nil}},
		{"twice is once", []time.Duration{5 * ms, 6 * ms, 9*ms + 999*us}, [][]time.Duration{{0}, nil, nil}},
		{"three were missed", []time.Duration{5 * ms, 23 * ms, 25 * ms}, [][]time.Duration{{0}, {13 * ms, 8 * ms, 3 * ms}, {0}}},
		{"the clock went back: nothing is counted twice", []time.Duration{20 * ms, 10 * ms, 25 * ms}, [][]time.Duration{{15 * ms, 10 * ms, 5 * ms, 0}, nil, {0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var ticks ticks
			for i, now := range c.at {
				o := ticks.take(now)
				if got := slices.Collect(o.all()); !slices.Equal(got, c.late[i]) {
					t.Errorf("at %s: %v, want %v", now, got, c.late[i])
				}
				if len(c.late[i]) > 0 && o.longest() != c.late[i][0] || len(c.late[i]) == 0 && o.longest() != 0 {
					t.Errorf("at %s: the oldest is %s late", now, o.longest())
				}
			}
		})
	}
}

// A stop of 400 ms is 80 ticks that are 400, 395, … 5 ms late, so that percentiles
// see it in proportion to the time it took.
func TestAStopIsAsLateAsItWas(t *testing.T) {
	var ticks ticks
	ticks.take(999 * time.Millisecond)
	late := slices.Collect(ticks.take(1400 * time.Millisecond).all())
	if len(late) != 81 || late[0] != 400*time.Millisecond || late[79] != 5*time.Millisecond || late[80] != 0 {
		t.Errorf("%d ticks: %v", len(late), late)
	}
	if late := slices.Collect(absence(400 * time.Millisecond).all()); len(late) != 80 || late[0] != 400*time.Millisecond || late[79] != 5*time.Millisecond {
		t.Errorf("%d ticks of an absence: %v", len(late), late)
	}
}

// Of a machine that slept over a weekend the last hour counts, in little time, and
// no tick is later than a histogram holds.
func TestAnAbsenceOfDays(t *testing.T) {
	n := 0
	for d := range absence(64 * time.Hour).all() {
		if n++; d > time.Hour {
			t.Fatalf("%s late", d)
		}
	}
	if n != int(time.Hour/tickEvery) {
		t.Errorf("%d ticks", n)
	}
}

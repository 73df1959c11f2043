package health

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
			var ticks Ticks
			for i, now := range c.at {
				o := ticks.Take(now)
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
	var ticks Ticks
	ticks.Take(999 * time.Millisecond)
	late := slices.Collect(ticks.Take(1400 * time.Millisecond).all())
	if len(late) != 81 || late[0] != 400*time.Millisecond || late[79] != 5*time.Millisecond || late[80] != 0 {
		t.Errorf("%d ticks: %v", len(late), late)
	}
	if late := slices.Collect(absence(400 * time.Millisecond).all()); len(late) != 80 || late[0] != 400*time.Millisecond || late[79] != 5*time.Millisecond {
		t.Errorf("%d ticks of an absence: %v", len(late), late)
	}
}

// Of sparse ticks those that were not looked at are as late as the one that was: there
// are as many of each lateness as if all had been looked at, and a change of mind in
// between loses none and makes none late.
func TestSparseTicks(t *testing.T) {
	const ms = time.Millisecond
	few := Ticks{sparse: true}
	if next := few.next(0); next != 55*ms {
		t.Errorf("the first are due in %s", next)
	}
	if late := slices.Collect(few.Take(54 * ms).all()); late != nil {
		t.Errorf("before they are due: %v", late)
	}
	if late := slices.Collect(few.Take(56 * ms).all()); !slices.Equal(late, slices.Repeat([]time.Duration{ms}, 11)) {
		t.Errorf("when they are due: %v", late)
	}
	o := few.Take(450 * ms) // a stop of 400 ms from 50 ms on; the first one he knows of was due at 110
	late := slices.Collect(o.all())
	if len(late) != 77 || late[0] != 340*ms || late[10] != 340*ms || late[11] != 285*ms || late[76] != 10*ms || o.longest() != 340*ms {
		t.Errorf("%d after a stop: %v", len(late), late)
	}
	if !o.stood(395*ms) || o.stood(396*ms) {
		t.Errorf("a stop that took between 340 and 395 ms")
	}
	few.sparse = false
	if next := few.next(450 * ms); next != -5*ms { // 445 is due, and was not looked at
		t.Errorf("the next is due in %s", next)
	}
	if late := slices.Collect(few.Take(451 * ms).all()); !slices.Equal(late, []time.Duration{6 * ms, ms}) {
		t.Errorf("dense again: %v", late)
	}
	few.sparse = true
	if next := few.next(451 * ms); next != 44*ms {
		t.Errorf("sparse again: in %s", next)
	}
	if late := slices.Collect(few.Take(495 * ms).all()); !slices.Equal(late, slices.Repeat([]time.Duration{0}, 9)) {
		t.Errorf("and few: %v", late)
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
	if n != int(time.Hour/TickEvery) {
		t.Errorf("%d ticks", n)
	}
}

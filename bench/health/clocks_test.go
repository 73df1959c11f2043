package health

import (
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
)

func TestClocksThatPart(t *testing.T) {
	const ms = time.Millisecond
	type step = ClockOffsets
	for _, c := range []struct {
		name        string
		steps       []step
		slept, jump []time.Duration
		said        []string
	}{
		{"side by side", []step{{5, 5}, {5, 5}, {5, 5}}, []time.Duration{0, 0, 0}, []time.Duration{0, 0, 0}, nil},
		{"the first reading is no jump", []step{{time.Hour, time.Hour}}, []time.Duration{0}, []time.Duration{0}, nil},
		{"a nudge", []step{{0, 0}, {500 * time.Microsecond, 0}, {9 * ms, 0}}, []time.Duration{0, 0, 0}, []time.Duration{0, 0, 0}, nil},
		{"set forward", []step{{0, 0}, {2300 * ms, 0}, {2300 * ms, 0}}, []time.Duration{0, 0, 0}, []time.Duration{0, 2300 * ms, 0}, []string{"the wall clock jumped forward by 2.30 s"}},
		{"set back", []step{{0, 0}, {-50 * ms, 0}}, []time.Duration{0, 0}, []time.Duration{0, -50 * ms}, []string{"the wall clock jumped back by 50.0 ms"}},
		{"there and back is not nothing", []step{{0, 0}, {80 * ms, 0}, {-20 * ms, 0}}, []time.Duration{0, 0, 0}, []time.Duration{0, 80 * ms, -100 * ms}, []string{"jumped back by 100 ms against the monotonic clock: it was set, or this machine was paused (the largest of 2 jumps)"}},
		{"asleep, and the wall clock with it", []step{{0, 0}, {30 * time.Second, 30 * time.Second}}, []time.Duration{0, 30 * time.Second}, []time.Duration{0, 0}, []string{"this machine slept for 30.0 s"}},
		{"asleep, and set right afterwards", []step{{0, 0}, {31 * time.Second, 30 * time.Second}}, []time.Duration{0, 30 * time.Second}, []time.Duration{0, time.Second}, []string{"slept for 30.0 s", "forward by 1.00 s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p partings
			for i, s := range c.steps {
				slept, jump := p.see(s)
				if slept != c.slept[i] || jump != c.jump[i] {
					t.Errorf("reading %d: slept %s, jumped %s; want %s and %s", i, slept, jump, c.slept[i], c.jump[i])
				}
			}
			found := p.findings()
			if len(found) != len(c.said) {
				t.Fatalf("found %v, want %v", found, c.said)
			}
			for i, f := range found {
				if !strings.Contains(f.Text, c.said[i]) || f.Voids != result.VoidsNothing {
					t.Errorf("%+v, want %q", f, c.said[i])
				}
			}
		})
	}
}

// The clocks of this machine stand side by side, however busy it is.
func TestClocksOfThisMachine(t *testing.T) {
	epoch := time.Now()
	a := readClocks(epoch)
	b := readClocks(epoch)
	if d := abs(b.Wall - a.Wall); d > time.Second {
		t.Errorf("the wall clock moved by %s", d)
	}
	if d := abs(b.Slept - a.Slept); d > time.Second {
		t.Errorf("this machine slept for %s", d)
	}
}

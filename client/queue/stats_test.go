package queue

import (
	"testing"
	"time"
)

// An instant lies in the middle of what remains of the gap, and at the end of one in which
// nobody could look: no wait is told to be less than it may have been by much.
func TestInstantInAGap(t *testing.T) {
	for _, c := range []struct{ from, to, notBefore, want time.Duration }{
		{0, 10, 0, 5},
		{0, 10, 6, 8},
		{0, 10, 10, 10},
		{0, 10, 11, 10},
		{100, 110, 0, 105},
		{0, 50, 0, 25},
		{0, 51, 0, 51},
		{0, 700, 0, 700},
		{0, 700, 660, 680},
		{7, 7, 0, 7},
	} {
		if got := (gap{c.from, c.to, 50}).instant(c.notBefore); got != c.want {
			t.Errorf("in %d to %d, not before %d: %d, want %d", c.from, c.to, c.notBefore, got, c.want)
		}
	}
}

// An instant falls into a long gap more often than into a short one: looks every 10 ms, and
// then none for 100 ms, saw most of what happened in the long gap.
func TestResolution(t *testing.T) {
	r := &reader{Client: &Client{config: Config{Poll: 10 * time.Millisecond}}}
	for _, at := range []time.Duration{0, 10, 20, 120} {
		r.note(at*time.Millisecond, at*time.Millisecond)
	}
	if s := r.Stats(); s.Resolution.Round(time.Millisecond) != 85*time.Millisecond || s.Longest != 100*time.Millisecond || s.Looks != 4 {
		t.Errorf("%+v", s)
	}
}

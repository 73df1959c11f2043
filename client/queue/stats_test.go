package queue

import (
	"testing"
	"time"
)

// An instant falls into a long gap more often than into a short one: looks every 10 ms, and
// then none for 100 ms, saw most of what happened in the long gap.
func TestResolution(t *testing.T) {
	r := &reader{Client: &Client{config: Config{Poll: 10 * time.Millisecond}}}
	for _, at := range []time.Duration{0, 10, 20, 120} {
		r.note(at * time.Millisecond)
	}
	if s := r.Stats(); s.Resolution.Round(time.Millisecond) != 85*time.Millisecond || s.Longest != 100*time.Millisecond || s.Looks != 4 {
		t.Errorf("%+v", s)
	}
}

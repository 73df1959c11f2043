package mock

import (
	"testing"
	"time"
)

// An answer takes its decode steps, each the longer the more are in the batch, and the
// prefill of all of them; what waits for the batch waits for its turn.
func TestAnswerTime(t *testing.T) {
	t.Parallel()
	c := Default()
	c.PrefillTPS = 1e12
	step := func(b float64) time.Duration { return time.Duration(float64(c.Step) * (1 + b/stepDoubles)) }
	for _, tc := range []struct {
		open, most int
		want       time.Duration
	}{
		{1, 0, 64 * step(1)},
		{1, 8, 8 * step(1)},
		{64, 300, 64 * step(64)},
		{2 * c.Batch, 0, 2 * 64 * step(float64(c.Batch))},
	} {
		if got := c.AnswerTime(tc.open, 100, tc.most); (got - tc.want).Abs() > time.Millisecond {
			t.Errorf("%d open, at most %d tokens: %v, want %v", tc.open, tc.most, got, tc.want)
		}
	}
	c.PrefillTPS = 1000
	if got, want := c.AnswerTime(1, 500, 8), 8*step(1)+500*time.Millisecond; (got - want).Abs() > time.Millisecond {
		t.Errorf("with a prefill: %v, want %v", got, want)
	}
}

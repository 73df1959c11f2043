package monitor

import (
	"sync"
	"time"
)

// parting is how far the time of day must have left the monotonic clock to be worth a
// word.
const parting = 2 * time.Second

// A clock tells the time of day, but never goes back: windows and minutes of a history lie
// one behind the other. When the time of day is set back, the clock goes on ahead of it;
// when it goes forward, for the machine slept or it was set, the clock goes along. It is
// safe for concurrent use.
type clock struct {
	wall func() time.Time // the time of day

	mu    sync.Mutex
	began time.Time     // of the monotonic clock
	mono  time.Duration // at the last reading
	at    time.Time     // likewise, without a monotonic part
	ahead time.Duration // of the time of day
	jump  time.Duration // since it was last asked for
}

func newClock(wall func() time.Time) *clock {
	return &clock{wall: wall, began: time.Now(), at: wall().Round(0)}
}

// now is the time.
func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	mono, wall := time.Since(c.began), c.wall().Round(0)
	expected := c.at.Add(mono - c.mono)
	drift := wall.Add(c.ahead).Sub(expected)
	c.mono = mono
	switch {
	case drift > parting:
		c.jump += drift
		caught := min(drift, c.ahead)
		c.ahead -= caught
		expected = expected.Add(drift - caught)
	case drift < -parting:
		c.jump += drift
		c.ahead -= drift
	case drift > 0: // it is only nudged
		expected = expected.Add(drift)
	default:
		if nudged := expected.Add(drift); nudged.After(c.at) {
			expected = nudged
		}
	}
	if expected.After(c.at) {
		c.at = expected
	}
	return c.at
}

// jumped is by how much the time of day has left the monotonic clock since this was last
// asked; negative: back.
func (c *clock) jumped() time.Duration {
	c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	jump := c.jump
	c.jump = 0
	return jump
}

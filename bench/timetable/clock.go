package timetable

import "time"

// A Clock is that of a run. Its zero is what the client's instants count from.
type Clock struct {
	Epoch time.Time     // its zero
	start time.Duration // when the first wave begins; set before anything else goes on
}

// Now is the instant.
func (c *Clock) Now() time.Duration { return time.Since(c.Epoch) }

// Since is an instant as counted from the first wave.
func (c *Clock) Since(at time.Duration) time.Duration { return at - c.start }

// Start is when the first wave begins.
func (c *Clock) Start() time.Duration { return c.start }

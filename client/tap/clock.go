package tap

import "time"

// A clock is that of a tap, as somebody sees it who asks it for the time: what it says was so
// at the middle of the round trip, give or take half of that. Of the last few the shortest
// round trip counts.
type clock struct {
	tap  string
	asks []reading
}

// A reading is one look at the clock of a tap.
type reading struct{ ahead, half time.Duration }

// readings is how many looks are remembered: those of a quarter of a minute, in which the
// clocks of two machines drift apart by a millisecond at most.
const readings = 16

// set takes in that between two instants of ours the tap said that it is now.
func (c *clock) set(tap string, began, ended, now time.Duration) {
	if tap != c.tap {
		c.tap, c.asks = tap, nil
	}
	c.asks = append(c.asks, reading{began + (ended-began)/2 - now, (ended - began + 1) / 2})
	if len(c.asks) > readings {
		c.asks = c.asks[1:]
	}
}

// best is the look of the shortest round trip.
func (c *clock) best() (of reading) {
	for i, r := range c.asks {
		if i == 0 || r.half < of.half {
			of = r
		}
	}
	return of
}

// at is an instant of the tap on our clock.
func (c *clock) at(ns int64) time.Duration { return time.Duration(ns) + c.best().ahead }

// uncertainty is by how much that may be off.
func (c *clock) uncertainty() time.Duration { return c.best().half }

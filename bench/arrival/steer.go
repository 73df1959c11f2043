package arrival

import "time"

// maxFactor bounds steering, so that the distance between two arrivals stays
// above the digits of the count.
const maxFactor = 1e6

// Steer multiplies the planned curve by a factor from now on; 1 is as planned,
// whatever it was before, 0 stops arrivals while the timeline goes on. The part
// of the gap that has passed stays passed: the pending arrival keeps the distance
// that is left and meets it on the new curve. Factors above 1e6 count as 1e6;
// negative ones and NaN change nothing.
func (c *Cursor) Steer(now time.Duration, factor float64) {
	factor = min(factor, maxFactor)
	if !(factor >= 0) || factor == c.factor {
		return
	}
	c.advance(now)
	c.rebase()
	c.factor = factor
	c.changed()
}

// Skip cuts off the rest of the live wave: the next wave begins now, and the
// plan ends now if there is none. The distance to the pending arrival stays.
func (c *Cursor) Skip(now time.Duration) {
	now = c.advance(now)
	next := len(c.reached)
	if next == len(c.marks) {
		return
	}
	c.rebase()
	c.reached = append(c.reached, now)
	c.spot = c.marks[next].spot
	c.base = c.curve.count(c.spot)
	c.changed()
}

// Burst adds n arrivals at now, beside the curve and of the wave that is live. It
// does nothing once the plan has ended.
func (c *Cursor) Burst(now time.Duration, n int) {
	now = max(now, c.wall, c.floor)
	c.settle(now)
	wave, ok := c.Wave(now)
	if !ok {
		return
	}
	c.floor = now
	if n > 0 {
		c.ready = append(c.ready, row{Arrival{At: now, Wave: wave, Index: c.extra, Extra: true}, n})
		c.extra += n
	}
}

// Pause stops the timeline's clock: no arrivals of the curve, and waves that wait.
// Bursts, skips and steering act as ever. Pausing a paused cursor says that the
// pause has lasted until now, and moves what lies ahead in Starts, End and Curve.
func (c *Cursor) Pause(now time.Duration) {
	c.advance(now)
	c.paused = true
	c.changed()
}

// Resume lets the timeline's clock go on. Everything ahead lies later by exactly
// the length of the pause.
func (c *Cursor) Resume(now time.Duration) {
	c.advance(now)
	c.paused = false
	c.changed()
}

// Factor is what the planned curve is multiplied by.
func (c *Cursor) Factor() float64 { return c.factor }

// Paused reports whether the timeline's clock stands still.
func (c *Cursor) Paused() bool { return c.paused }

// rebase moves the origin of the count to the cursor's spot. What the arrival
// has covered of its distance is taken off it.
func (c *Cursor) rebase() {
	count := c.curve.count(c.spot)
	// Rounding an instant down may leave a distance a hair below 0.
	c.left = max(0, c.left-c.factor*(count-c.base))
	c.base = count
}

// changed draws the consequences of a change ahead.
func (c *Cursor) changed() {
	c.ribbon = nil
	c.aim()
}

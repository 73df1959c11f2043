package bench

import (
	"fmt"
	"math"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// fillPace is the time between two slots that open empty. A customer's pool does
// not open all its connections in one microsecond either, and the start of the
// generator is not what the endpoint should be charged with: 50 slots take 25 ms,
// 10,000 take 5 s.
const fillPace = 500 * time.Microsecond

// A closedLoad keeps a number of requests in flight, for a time or until so many
// were sent.
type closedLoad struct {
	lane  *lane
	wave  int
	start time.Duration
	end   time.Duration // far: bounded by requests alone
	left  int           // requests still to be scheduled
	total int           // requests of the wave; 0: bounded by time

	concurrency int
	nextSlot    time.Duration // when the next empty slot opens
	open        int           // scheduled and not ended
	unsent      int           // scheduled and not sent
	lastSent    time.Duration
	entered     bool
	pausedAt    time.Duration
	points      []result.CurvePoint
}

// closedStretch plans one closed wave.
func (l *lane) closedStretch(wave int, w scenario.Wave) stretch {
	begin := func(at time.Duration) load {
		c := &closedLoad{lane: l, wave: wave, start: at, nextSlot: at, end: far, left: math.MaxInt, concurrency: w.Concurrency}
		if w.Requests > 0 {
			c.left, c.total = w.Requests, w.Requests
		} else {
			c.end = at + w.For.D()
		}
		l.factor = 1
		return c
	}
	planned := func(at time.Duration) []result.CurvePoint {
		n := float64(w.Concurrency)
		return []result.CurvePoint{{At: at, Load: n, Closed: true}, {At: at + w.For.D(), Load: n, Closed: true}}
	}
	return stretch{first: wave, last: wave, begin: begin, planned: planned}
}

func (c *closedLoad) advance(now time.Duration) (time.Duration, bool) {
	if !c.entered {
		c.entered = true
		c.lane.enter(c.wave, c.start)
		c.mark(c.start)
	}
	switch {
	case c.lane.paused:
		return far, false
	case c.left == 0 && c.unsent == 0:
		return max(c.lastSent, c.start), true
	case now >= c.end:
		return c.end, true
	}
	return min(c.fill(now), c.end), false
}

// fill opens the empty slots that are due, and says when the next one is.
func (c *closedLoad) fill(now time.Duration) (next time.Duration) {
	for c.wants() {
		if c.nextSlot > now {
			return c.nextSlot
		}
		c.take()
		c.lane.dispatch(c.nextSlot, c.wave, true)
		c.nextSlot += fillPace
	}
	return far
}

// wants reports whether one more request is due.
func (c *closedLoad) wants() bool {
	return !c.lane.paused && c.left > 0 && c.open < c.concurrency
}

func (c *closedLoad) take() {
	c.left--
	c.open++
	c.unsent++
}

func (c *closedLoad) freed(now time.Duration) bool {
	c.open--
	if now >= c.end || !c.wants() {
		return false
	}
	c.take()
	return true
}

func (c *closedLoad) sent(at time.Duration) {
	c.unsent--
	c.lastSent = max(c.lastSent, at)
	if c.left == 0 && c.unsent == 0 {
		c.lane.nudge()
	}
}

func (c *closedLoad) pause(now time.Duration, on bool) {
	if on {
		c.pausedAt = now
		c.mark(now)
		c.points = append(c.points, result.CurvePoint{At: c.lane.run.since(now), Closed: true})
		return
	}
	if c.end != far {
		c.end += now - c.pausedAt
	}
	c.nextSlot = max(c.nextSlot, now)
	c.points = append(c.points, result.CurvePoint{At: c.lane.run.since(now), Closed: true})
	c.mark(now)
}

func (c *closedLoad) scale(now time.Duration, by float64) string {
	n := int(math.Round(float64(c.concurrency) * by))
	switch {
	case n == c.concurrency && by > 1:
		n++
	case n == c.concurrency && by < 1:
		n--
	}
	c.mark(now)
	c.nextSlot = max(c.nextSlot, now)
	c.concurrency = min(max(n, 1), c.lane.run.slots.limit)
	c.mark(now)
	return fmt.Sprintf("concurrency %d", c.concurrency)
}

func (c *closedLoad) skip(now time.Duration) {
	c.left = 0
	c.lastSent = now
	c.end = now
}

// burst sends n more at once, beside those kept in flight.
func (c *closedLoad) burst(now time.Duration, n int) {
	for range n {
		c.open++
		c.unsent++
		c.lane.dispatch(now, c.wave, true)
	}
}

// mark adds a corner to the curve of concurrency.
func (c *closedLoad) mark(at time.Duration) {
	if len(c.points) > 400 {
		c.points = append(c.points[:1], c.points[200:]...)
	}
	c.points = append(c.points, result.CurvePoint{At: c.lane.run.since(at), Load: float64(c.concurrency), Closed: true})
}

func (c *closedLoad) curve() []result.CurvePoint {
	end := c.end
	if end == far {
		end = c.expectedEnd()
	}
	return append(c.points[:len(c.points):len(c.points)],
		result.CurvePoint{At: c.lane.run.since(end), Load: float64(c.concurrency), Closed: true})
}

// expectedEnd is when a wave of so many requests will be over at its pace so far.
func (c *closedLoad) expectedEnd() time.Duration {
	now := c.lane.run.now()
	gone, done := now-c.start, c.total-c.left-c.open
	if c.left == 0 && c.unsent == 0 && c.entered {
		return max(c.lastSent, c.start)
	}
	if gone <= 0 || done <= 0 {
		return max(now, c.start+time.Second)
	}
	return max(now, c.start+time.Duration(float64(gone)*float64(c.total)/float64(done)))
}

package dispatch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/client"
	"flashwave/client/outcome"
)

// FillPace is the time between two slots that open empty. A customer's pool does
// not open all its connections in one microsecond either, and the start of the
// generator is not what the endpoint should be charged with: 50 slots take 25 ms,
// 10,000 take 5 s.
const FillPace = 500 * time.Microsecond

// A closedLoad keeps a number of requests in flight, for a time or until so many
// were sent. What its lane has open when it begins, it takes over: a request of an
// earlier wave holds a slot until it ends, and then the slot goes on with one of
// this wave. So there are never more open than it asks for, once that many are
// left.
type closedLoad struct {
	lane  *lane
	wave  int
	start time.Duration
	end   time.Duration // far: bounded by requests alone
	total int           // requests of the wave; 0: bounded by time

	concurrency int
	remaining   int          // requests still to be scheduled
	bursts      []fired      // requests beside those kept in flight that are due
	waiting     waitingSlots // after a failure
	random      *rand.Rand   // of their waits
	nextSlot    time.Duration
	notBefore   time.Duration // the start, or the end of the last pause: nothing is scheduled before
	unsent      int           // of the wave's own requests: scheduled and not sent
	finished    int           // of them: ended
	lastSent    time.Duration
	entered     bool
	pausedAt    time.Duration
	points      []result.CurvePoint
}

// A fired burst is requests that were asked for at one instant.
type fired struct {
	at time.Duration
	n  int
}

// closedStretch plans one closed wave.
func (l *lane) closedStretch(wave int, w scenario.Wave) stretch {
	begin := func(at time.Duration) load {
		c := &closedLoad{
			lane: l, wave: wave, start: at, nextSlot: at, notBefore: at, end: far,
			remaining: math.MaxInt, concurrency: w.Concurrency,
			random: rand.New(rand.NewPCG(l.dispatcher.scenario.Seed, backoffStream|uint64(l.index)<<16|uint64(l.begun))),
		}
		if w.Requests > 0 {
			c.remaining, c.total = w.Requests, w.Requests
		} else {
			c.end = at + w.For.D()
		}
		c.fillAgain(at)
		l.factor = 1
		return c
	}
	planned := func(at time.Duration) []result.CurvePoint {
		n := float64(w.Concurrency)
		return []result.CurvePoint{{At: at, Load: n, Closed: true}, {At: at + w.For.D(), Load: n, Closed: true}}
	}
	return stretch{begin: begin, planned: planned}
}

// fillAgain makes the steady state begin when every slot has turned over.
func (c *closedLoad) fillAgain(at time.Duration) {
	c.lane.dispatcher.observer.Fill(c.wave, at, max(c.concurrency, c.lane.open), c.concurrency)
}

func (c *closedLoad) advance(now time.Duration) (time.Duration, bool) {
	if !c.entered {
		c.entered = true
		c.lane.enter(c.wave, c.start)
		c.mark(c.start)
	}
	switch {
	case c.lane.paused:
		return c.explode(now), false
	case c.allSent():
		return max(c.lastSent, c.start), true
	case now >= c.end:
		return c.end, true
	}
	if next := c.explode(now); next <= now {
		return next, false
	} else if next != far {
		return min(next, c.fill(now), c.end), false
	}
	return min(c.fill(now), c.end), false
}

// lineWait is how long a burst waits for room in the line.
const lineWait = 10 * time.Millisecond

// explode sends what bursts ask for, as far as there is room in the line, and no more than
// a chunk at once. It says when there is more.
func (c *closedLoad) explode(now time.Duration) (next time.Duration) {
	if len(c.bursts) == 0 {
		return far
	}
	room := c.lane.dispatcher.slots.room()
	for range min(Chunk, room) {
		if len(c.bursts) == 0 {
			return far
		}
		b := &c.bursts[0]
		c.lane.dispatch(Ticket{Wave: c.wave, Closed: true, Scheduled: b.at})
		if b.n--; b.n == 0 {
			c.bursts = c.bursts[1:]
		}
	}
	switch {
	case len(c.bursts) == 0:
		return far
	case room > Chunk:
		return now
	}
	return now + lineWait
}

// allSent reports whether a wave of so many requests is over.
func (c *closedLoad) allSent() bool { return c.remaining == 0 && c.unsent == 0 }

// fill gives requests to the slots that are due: those whose wait is over, and
// empty ones. It says when the next one is.
func (c *closedLoad) fill(now time.Duration) (next time.Duration) {
	for sent := 0; c.remaining > 0; sent++ {
		if sent == Chunk {
			return now
		}
		empty := far
		if c.vacant() {
			empty = c.nextSlot
		}
		waited := max(c.waiting.next(), c.notBefore)
		switch due := min(empty, waited); {
		case due > now:
			return due
		case waited <= empty:
			s := c.waiting.first()
			c.waited(s, s.until)
			c.lane.dispatch(c.take(waited, s.failures))
		default:
			c.lane.dispatch(c.take(empty, 0))
			c.nextSlot += FillPace
		}
	}
	return far
}

// vacant reports whether a slot is empty: neither open nor waiting.
func (c *closedLoad) vacant() bool { return c.lane.open+len(c.waiting) < c.concurrency }

// take is the next request of the wave, in a slot that has failed so often in a
// row.
func (c *closedLoad) take(at time.Duration, failures int) Ticket {
	c.remaining--
	c.unsent++
	t := Ticket{Wave: c.wave, Closed: true, Scheduled: at, failures: failures}
	c.lane.turn(&t, at) // if one is due by then, the slot goes on with it
	return t
}

func (c *closedLoad) ended(e Ending) (Ticket, bool) {
	if e.Ticket.Closed && e.Ticket.Wave == c.wave {
		c.finished++
	}
	if e.Outcome != outcome.Cancelled && e.At >= c.start {
		c.lane.dispatcher.observer.Completed(c.wave, e.At)
	}
	if c.remaining == 0 || !c.vacant() {
		return Ticket{}, false
	}
	failures := 0
	if e.Outcome.Failed() {
		failures = e.Ticket.failures + 1
		if wait := c.backoff(e, failures); wait > 0 {
			c.waiting.add(waitingSlot{since: e.At, until: e.At + wait, failures: failures})
			c.lane.dueAt(e.At + wait)
			return Ticket{}, false
		}
	}
	if c.lane.paused {
		return Ticket{}, false
	}
	return c.lane.schedule(c.take(max(e.At, c.notBefore), failures)), true
}

// backoff is how long a slot waits after its request failed: as long as was asked, to
// the end of the wave at most. One without an end in time cannot wait for what is asked
// for too long, and does as if nothing had been.
func (c *closedLoad) backoff(e Ending, failures int) time.Duration {
	if c.end == far && e.RetryAfter > longestObeyed {
		c.unheeded(e)
		e.RetryAfter = client.Never
	}
	return backoff(e, failures, c.random)
}

// unheeded counts a wait that was asked for in vain, and tells of the first.
func (c *closedLoad) unheeded(e Ending) {
	d := c.lane.dispatcher
	d.unheeded.Do(func() {
		asked := units.Length(e.RetryAfter)
		if e.RetryAfter >= client.LongestWait {
			asked += " or more"
		}
		d.observer.Noted(fmt.Sprintf("the endpoint asks for a wait of %s after a failure: a wave of so many requests waits for %s at most, and backs off for up to %s instead",
			asked, units.Length(longestObeyed), units.Length(longestBackoff)))
	})
	d.observer.Unheeded(c.wave, e.Ticket.Index, e.RetryAfter)
}

// waited counts a wait that has ended.
func (c *closedLoad) waited(s waitingSlot, at time.Duration) {
	c.lane.dispatcher.observer.Waited(c.wave, uint64(s.until), max(min(s.until, at)-s.since, 0))
}

// leave ends the waits, and what bursts asked for in vain.
func (c *closedLoad) leave(at time.Duration) {
	for _, b := range c.bursts {
		c.lane.shed(arrival.Shed{Wave: c.wave, N: int64(b.n), From: b.at, To: at})
	}
	c.bursts = nil
	for _, s := range c.waiting {
		c.waited(s, at)
	}
	c.waiting = nil
}

func (c *closedLoad) sent(wave int, at time.Duration) {
	if wave != c.wave {
		return
	}
	c.unsent--
	c.lastSent = max(c.lastSent, at)
	if c.allSent() {
		c.lane.dueAt(at)
	}
}

func (c *closedLoad) pause(now time.Duration, on bool) {
	if on {
		c.pausedAt = now
		c.mark(now)
		c.points = append(c.points, result.CurvePoint{At: c.lane.dispatcher.since(now), Closed: true})
		return
	}
	if c.end != far {
		c.end += now - c.pausedAt
	}
	c.notBefore = now
	c.nextSlot = max(c.nextSlot, now)
	c.fillAgain(now)
	c.points = append(c.points, result.CurvePoint{At: c.lane.dispatcher.since(now), Closed: true})
	c.mark(now)
}

// scale changes the concurrency. Of slots that are too many, those that wait go
// first.
func (c *closedLoad) scale(now time.Duration, by float64) string {
	n := int(min(math.Round(float64(c.concurrency)*by), float64(c.lane.dispatcher.slots.limit)))
	switch {
	case n == c.concurrency && by > 1:
		n++
	case n == c.concurrency && by < 1:
		n--
	}
	c.mark(now)
	c.nextSlot = max(c.nextSlot, now)
	c.concurrency = min(max(n, 1), c.lane.dispatcher.slots.limit)
	for len(c.waiting) > 0 && c.lane.open+len(c.waiting) > c.concurrency {
		c.waited(c.waiting.last(), now)
	}
	c.fillAgain(now)
	c.mark(now)
	return fmt.Sprintf("concurrency %d", c.concurrency)
}

func (c *closedLoad) skip(now time.Duration) {
	c.remaining = 0
	c.lastSent = now
	c.end = now
}

// burst sends n more at once, beside those kept in flight.
func (c *closedLoad) burst(now time.Duration, n int) {
	c.unsent += n
	c.bursts = append(c.bursts, fired{now, n})
	c.explode(now)
	c.fillAgain(now)
}

// mark adds a corner to the curve of concurrency.
func (c *closedLoad) mark(at time.Duration) {
	if len(c.points) > 400 {
		c.points = append(c.points[:1], c.points[200:]...)
	}
	c.points = append(c.points, result.CurvePoint{At: c.lane.dispatcher.since(at), Load: float64(c.concurrency), Closed: true})
}

func (c *closedLoad) curve() []result.CurvePoint {
	end := c.end
	if end == far {
		end = c.expectedEnd()
	}
	return append(c.points[:len(c.points):len(c.points)],
		result.CurvePoint{At: c.lane.dispatcher.since(end), Load: float64(c.concurrency), Closed: true})
}

// expectedEnd is when a wave of so many requests will be over at its pace so far.
func (c *closedLoad) expectedEnd() time.Duration {
	now := c.lane.now()
	if c.allSent() && c.entered {
		return max(c.lastSent, c.start)
	}
	gone := now - c.start
	if gone <= 0 || c.finished == 0 {
		return max(now, c.start+time.Second)
	}
	return max(now, c.start+time.Duration(float64(gone)*float64(c.total)/float64(min(c.finished, c.total))))
}

package arrival

import (
	"math"
	"time"
)

// maxDue bounds how many arrivals of the curve are kept one by one that were due before a
// change and have not been taken: about 50 MB.
const maxDue = 1 << 20

// A row is arrivals of one instant that follow one another.
type row struct {
	Arrival
	n int
}

// settle fixes the arrivals that were due by now, so that no change moves them. Of more
// than can be kept the rest is given up: see [Cursor.Shed].
func (c *Cursor) settle(now time.Duration) {
	for c.isNext && c.next.At <= now {
		if len(c.ready) >= maxDue {
			c.giveUp(now)
			return
		}
		c.ready = append(c.ready, row{c.step(), 1})
	}
}

// Due before a change, and of a burst, come in rows: the first of them, and what is left.
func (c *Cursor) takeReady() Arrival {
	r := &c.ready[0]
	a := r.Arrival
	r.Index++
	if r.n--; r.n == 0 {
		c.ready = c.ready[1:]
	}
	if len(c.ready) == 0 {
		c.ready = nil // and with it what was taken
	}
	return a
}

// A Shed is arrivals that were due and will not be taken.
type Shed struct {
	Wave     int
	N        int64
	From, To time.Duration // the instants of the first and, about, of the last
}

// Backlog is how many arrivals are due by now and were not taken, or about so many where
// gaps are random. It takes no longer for many than for few.
func (c *Cursor) Backlog(now time.Duration) (n int64) {
	for _, r := range c.ready {
		n += int64(r.n)
	}
	for _, s := range c.behind(now) {
		n += s.N
	}
	return n
}

// Shed gives up what is due by now: whoever cannot take a million arrivals that are due
// at once need not count them one by one. It says how many they were by wave, those that
// a change gave up before among them; where gaps are random, how many were to be
// expected. It takes no longer for many than for few.
func (c *Cursor) Shed(now time.Duration) []Shed {
	for _, r := range c.ready {
		c.shed = append(c.shed, Shed{r.Wave, int64(r.n), r.At, r.At})
		c.floor = max(c.floor, r.At)
	}
	c.ready = nil
	c.giveUp(now)
	return c.GivenUp()
}

// GivenUp are the arrivals that were given up since the last call, because too many were
// due when something changed; mostly none.
func (c *Cursor) GivenUp() (list []Shed) {
	for _, s := range c.shed {
		if n := len(list); n > 0 && list[n-1].Wave == s.Wave {
			list[n-1].N += s.N
			list[n-1].To = max(list[n-1].To, s.To)
			continue
		}
		list = append(list, s)
	}
	c.shed = nil
	return list
}

// giveUp steps over the arrivals of the curve that are due by now.
func (c *Cursor) giveUp(now time.Duration) {
	for _, s := range c.behind(now) {
		c.shed = append(c.shed, s)
		c.left += float64(s.N)
		c.next.Index += int(s.N)
		c.floor = max(c.floor, s.To)
	}
	c.aim()
	for c.isNext && c.next.At <= now { // a hair of rounding
		a := c.step()
		c.shed = append(c.shed, Shed{a.Wave, 1, a.At, a.At})
		c.floor = max(c.floor, a.At)
	}
}

// behind are the arrivals of the curve that are due by now, by wave.
func (c *Cursor) behind(now time.Duration) (list []Shed) {
	if !c.isNext || c.next.At > now {
		return nil
	}
	spot := min(c.spot+(now-c.wall), c.curve.length())
	left := c.left
	for i := range c.marks[:len(c.marks)-1] {
		end := min(c.marks[i+1].spot, spot)
		if end <= c.spot || c.marks[i].spot >= spot {
			continue
		}
		// The pending arrival and those a distance of 1 after it that lie before the end.
		n := math.Ceil(c.factor*(c.curve.count(end)-c.base) - left)
		if n <= 0 {
			continue
		}
		from := max(c.next.At, c.wall+(c.marks[i].spot-c.spot))
		list = append(list, Shed{c.marks[i].wave, int64(n), from, max(from, c.wall+(end-c.spot))})
		left += n
	}
	return list
}

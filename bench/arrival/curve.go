package arrival

import (
	"math"
	"sort"
	"time"
)

// A curve is a row of segments with their running integral, so that Λ and its
// inverse cost a binary search.
type curve []piece

// A piece is a segment in its place on the curve.
type piece struct {
	Segment
	start         time.Duration
	before, after float64 // Λ at its two ends; after is the next piece's before, to the bit
}

func newCurve(segments []Segment) curve {
	c := make(curve, 0, len(segments))
	for _, s := range segments {
		if s.For > 0 {
			before := c.area()
			c = append(c, piece{s, c.length(), before, before + s.area()})
		}
	}
	return c
}

func (c curve) length() time.Duration {
	if len(c) == 0 {
		return 0
	}
	last := c[len(c)-1]
	return last.start + last.For
}

func (c curve) area() float64 {
	if len(c) == 0 {
		return 0
	}
	return c[len(c)-1].after
}

// count is Λ(at): the arrivals expected from the start to that instant.
func (c curve) count(at time.Duration) float64 {
	i := c.find(at)
	if i == len(c) {
		return c.area()
	}
	if c[i].seen != nil {
		return c[i].before + c[i].passed(at-c[i].start)
	}
	d := (at - c[i].start).Seconds()
	return min(c[i].before+d*(c[i].From+c[i].slope()*d/2), c[i].after)
}

// find is the piece that holds an instant ≥ 0; len(c) from the end on.
func (c curve) find(at time.Duration) int {
	return sort.Search(len(c), func(i int) bool { return c[i].start+c[i].For > at })
}

// invert is Λ⁻¹: the piece in which the count comes to n, and how many seconds
// after its start. Stretches without load are stepped over. It is not ok if the
// curve ends before.
func (c curve) invert(n float64) (i int, seconds float64, ok bool) {
	i = sort.Search(len(c), func(i int) bool { return c[i].after > n })
	if i == len(c) {
		return 0, 0, false
	}
	s := n - c[i].before
	if s <= 0 {
		return i, 0, true
	}
	root := math.Sqrt(max(0, c[i].From*c[i].From+2*c[i].slope()*s))
	return i, min(2*s/(c[i].From+root), c[i].For.Seconds()), true
}

// instant is invert in whole nanoseconds, rounded down: an instant never leaves
// the piece it belongs to.
func (c curve) instant(n float64) (at time.Duration, wave int, ok bool) {
	i, seconds, ok := c.invert(n)
	if !ok {
		return 0, 0, false
	}
	if c[i].seen != nil {
		return c[i].start + min(c[i].reached(n-c[i].before), c[i].For-1), c[i].Wave, true
	}
	return c[i].start + min(time.Duration(seconds*float64(time.Second)), c[i].For-1), c[i].Wave, true
}

// between is the part of the curve from one instant to another, with its rates
// times a factor.
func (c curve) between(from, to time.Duration, factor float64) []Segment {
	var cut []Segment
	for _, p := range c[c.find(from):] {
		if p.start >= to {
			break
		}
		a, b := max(from, p.start)-p.start, min(to, p.start+p.For)-p.start
		s := Segment{From: factor * p.at(a), To: factor * p.at(b), For: b - a, Wave: p.Wave}
		cut = append(cut, s)
	}
	return cut
}

// at is the rate at an offset into the segment; exact at both its ends.
func (s Segment) at(offset time.Duration) float64 {
	if offset == s.For {
		return s.To
	}
	return s.From + s.slope()*offset.Seconds()
}

package forecast

import (
	"slices"
	"sort"
	"time"

	"flashwave/bench/arrival"
)

// A curve is a rate over time in seconds: straight lines that follow one another,
// with their running integral.
type curve []line

// A line is a straight piece of a curve.
type line struct {
	start, length float64 // seconds
	from, to      float64 // requests per second
	before        float64 // requests until it starts
}

func (l line) end() float64   { return l.start + l.length }
func (l line) slope() float64 { return (l.to - l.from) / l.length }
func (l line) area() float64  { return (l.from + l.to) / 2 * l.length }

// sum adds the curves of parts that may overlap.
func sum(parts []part) curve {
	if len(parts) == 0 {
		return nil
	}
	cuts := []time.Duration{0}
	for _, p := range parts {
		at := p.start
		cuts = append(cuts, at)
		for _, s := range p.plan.Segments {
			at += s.For
			cuts = append(cuts, at)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	c := make(curve, len(cuts)-1)
	for i := range c {
		c[i].start, c[i].length = cuts[i].Seconds(), (cuts[i+1] - cuts[i]).Seconds()
	}
	for _, p := range parts {
		at := p.start
		for _, s := range p.plan.Segments {
			first, _ := slices.BinarySearch(cuts, at)
			for i := first; i < len(c) && cuts[i] < at+s.For; i++ {
				c[i].from += rateAt(s, cuts[i]-at)
				c[i].to += rateAt(s, cuts[i+1]-at)
			}
			at += s.For
		}
	}
	for i := range c[:len(c)-1] {
		c[i+1].before = c[i].before + c[i].area()
	}
	return c
}

// rateAt is the rate at an offset into a segment, exact at both its ends.
func rateAt(s arrival.Segment, offset time.Duration) float64 {
	if offset == s.For {
		return s.To
	}
	return s.From + (s.To-s.From)*(float64(offset)/float64(s.For))
}

func (c curve) length() float64 {
	if len(c) == 0 {
		return 0
	}
	return c[len(c)-1].end()
}

func (c curve) area() float64 { return c.count(c.length()) }

// count is how many requests are expected from the start to an instant.
func (c curve) count(t float64) float64 {
	i := sort.Search(len(c), func(i int) bool { return c[i].end() >= t })
	switch {
	case t <= 0 || len(c) == 0:
		return 0
	case i == len(c):
		return c[i-1].before + c[i-1].area()
	}
	d := t - c[i].start
	return c[i].before + d*(c[i].from+c[i].slope()*d/2)
}

// above is for how many seconds the rate is above a level.
func (c curve) above(level float64) (total float64) {
	for _, l := range c {
		low, high := min(l.from, l.to), max(l.from, l.to)
		switch {
		case low >= level && high > level:
			total += l.length
		case high > level:
			total += l.length * (high - level) / (high - low)
		}
	}
	return total
}

// over is how many requests arrive in excess of a level.
func (c curve) over(level float64) (requests float64) {
	for _, l := range c {
		low, high := min(l.from, l.to)-level, max(l.from, l.to)-level
		switch {
		case low >= 0:
			requests += l.length * (low + high) / 2
		case high > 0:
			requests += l.length * high / (high - low) * high / 2
		}
	}
	return requests
}

// mostWindows bounds the work of looking through a curve, however long it is.
const mostWindows = 1_000_000

// busiest is the stretch of so many seconds in which most requests are expected. A
// curve that is shorter is one stretch.
func (c curve) busiest(width, step float64) (at, requests float64) {
	look := func(t float64) {
		t = min(max(t, 0), max(c.length()-width, 0))
		if n := c.count(t+width) - c.count(t); n > requests*(1+1e-12) {
			at, requests = t, n
		}
	}
	step = max(step, c.length()/mostWindows)
	for i := 0.0; i*step < c.length(); i++ {
		look(i * step)
	}
	for _, l := range c {
		look(l.start)
		look(l.end() - width)
	}
	return at, requests
}

// usual is how many requests the given share of all stretches of so many seconds,
// one begun at every step, do not exceed.
func (c curve) usual(width, step, share float64) float64 {
	step = max(step, c.length()/mostWindows)
	var counts []float64
	for i := 0.0; i == 0 || i*step+width <= c.length(); i++ {
		counts = append(counts, c.count(i*step+width)-c.count(i*step))
	}
	slices.Sort(counts)
	return counts[rank(share, len(counts))]
}

// rank is the place of a quantile among n values in rising order, ⌈share·n⌉ counted
// from 1.
func rank(share float64, n int) int {
	r := int(share * float64(n))
	if float64(r) < share*float64(n)-1e-9 {
		r++
	}
	return min(max(r-1, 0), n-1)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

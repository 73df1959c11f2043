package arrival

import (
	"slices"
	"time"
)

// maxPieces bounds what is drawn of the past, and of what lies ahead. A piece has
// two points.
const maxPieces = 100

// A Point is a corner of the load: its rate in requests per second at an instant.
type Point struct {
	At   time.Duration
	Rate float64
}

// Curve is the load from the plan's start to its end as it was and, as things
// stand, will be, with all steering, skips and pauses (bursts lie beside it): a
// polyline of at most 400 points in the order of time; a step is two points of
// one instant. What has more than 100 pieces, before the last change or after
// it, is averaged over 100 equal times. It is empty only if everything was skipped
// at the start. Callers must not change the points.
func (c *Cursor) Curve() []Point {
	if c.ribbon == nil {
		ahead := c.curve.between(c.spot, c.curve.length(), c.factor)
		from := c.boundary(0)
		c.ribbon = polyline(from, slices.Concat(thin(c.past), thin(ahead)))
	}
	return c.ribbon
}

// polyline joins pieces that begin at an instant; those that meet share a point.
func polyline(at time.Duration, pieces []Segment) []Point {
	points := make([]Point, 0, 2*len(pieces))
	for _, s := range pieces {
		if from := (Point{at, s.From}); len(points) == 0 || points[len(points)-1] != from {
			points = append(points, from)
		}
		at += s.For
		points = append(points, Point{at, s.To})
	}
	return points
}

// record appends the load from the cursor's place to another to the past.
func (c *Cursor) record(wall, spot time.Duration) {
	if c.paused && c.spot < c.curve.length() {
		c.recall(Segment{For: wall - c.wall})
	}
	for _, s := range c.curve.between(c.spot, spot, c.factor) {
		c.recall(s)
	}
	if len(c.past) > 2*maxPieces {
		c.past = thin(c.past)
	}
}

// recall appends one piece to the past, or lengthens the last if it goes on flat.
func (c *Cursor) recall(s Segment) {
	if n := len(c.past); n > 0 {
		last := &c.past[n-1]
		if last.From == last.To && s.From == last.To && s.To == last.To {
			last.For += s.For
			return
		}
	}
	if s.For > 0 {
		c.past = append(c.past, s)
	}
}

// thin averages a row of many pieces over maxPieces equal times. The area under
// it stays what it was.
func thin(pieces []Segment) []Segment {
	if len(pieces) <= maxPieces {
		return pieces
	}
	c := newCurve(pieces)
	step := c.length() / maxPieces
	flat := make([]Segment, maxPieces)
	for i := range flat {
		from, to := time.Duration(i)*step, time.Duration(i+1)*step
		if i == maxPieces-1 {
			to = c.length()
		}
		rate := (c.count(to) - c.count(from)) / (to - from).Seconds()
		flat[i] = Segment{From: rate, To: rate, For: to - from}
	}
	return flat
}

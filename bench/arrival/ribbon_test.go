package arrival

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// checkRibbon holds what is true of every curve: bounded, in order of time, from
// the start to the end, never negative.
func checkRibbon(t *rapid.T, c *Cursor) {
	t.Helper()
	points := c.Curve()
	start := c.Starts()[0].At
	if len(points) > 400 || len(points) == 0 && c.End() > start {
		t.Fatalf("%d points from %v to %v", len(points), start, c.End())
	}
	for i, p := range points {
		if !(p.Rate >= 0) || math.IsInf(p.Rate, 1) || i > 0 && p.At < points[i-1].At {
			t.Fatalf("point %d is %+v, after %+v", i, p, points[max(0, i-1)])
		}
	}
	if len(points) > 0 && (points[0].At != start || points[len(points)-1].At != c.End()) {
		t.Fatalf("%v does not reach from %v to %v", points, start, c.End())
	}
}

// area integrates a polyline.
func area(points []Point) float64 {
	var sum float64
	for i := 1; i < len(points); i++ {
		sum += (points[i].Rate + points[i-1].Rate) / 2 * (points[i].At - points[i-1].At).Seconds()
	}
	return sum
}

func TestCurve(t *testing.T) {
	const s = time.Second
	plan := Plan{Segments: []Segment{
		{From: 10, To: 10, For: 10 * s},
		{From: 10, To: 100, For: 10 * s, Wave: 1},
		{From: 40, To: 40, For: 10 * s, Wave: 2},
	}}
	c := plan.Cursor(0)
	equal(t, "as planned", c.Curve(), []Point{{0, 10}, {10 * s, 10}, {20 * s, 100}, {20 * s, 40}, {30 * s, 40}})
	c.Steer(5*s, 2)
	equal(t, "doubled at 5 s", c.Curve(), []Point{
		{0, 10}, {5 * s, 10}, {5 * s, 20}, {10 * s, 20}, {20 * s, 200}, {20 * s, 80}, {30 * s, 80},
	})
	c.Pause(8 * s)
	c.Resume(12 * s)
	equal(t, "paused from 8 s to 12 s", c.Curve(), []Point{
		{0, 10},
		{5 * s, 10},
		{5 * s, 20},
		{8 * s, 20},
		{8 * s, 0},
		{12 * s, 0},
		{12 * s, 20},
		{14 * s, 20},
		{24 * s, 200},
		{24 * s, 80},
		{34 * s, 80},
	})
	c.Skip(19 * s)
	equal(t, "the ramp cut off in its middle", c.Curve(), []Point{
		{0, 10},
		{5 * s, 10},
		{5 * s, 20},
		{8 * s, 20},
		{8 * s, 0},
		{12 * s, 0},
		{12 * s, 20},
		{14 * s, 20},
		{19 * s, 110},
		{19 * s, 80},
		{29 * s, 80},
	})
	c.Skip(20 * s)
	if points := c.Curve(); points[len(points)-1] != (Point{20 * s, 80}) || c.End() != 20*s {
		t.Errorf("skipping the last wave ends it now: %v", points)
	}
}

func equal(t *testing.T, what string, got, want []Point) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v\nwant %v", what, got, want)
	}
}

func TestCurveStaysSmallAndKeepsItsArea(t *testing.T) {
	segments := make([]Segment, 5000)
	for i := range segments {
		rate := 100 + 50*math.Sin(float64(i))
		segments[i] = Segment{From: rate, To: rate, For: time.Second}
	}
	whole := newCurve(segments)
	c := Plan{Segments: segments}.Cursor(0)
	units := 0.0
	for i := range 4000 {
		now := time.Duration(i) * time.Second
		factor := 1 + float64(i%3)
		units += c.Factor() * (whole.count(now) - whole.count(max(0, now-time.Second)))
		drain(c, now)
		if i%10 == 0 { // steered by hand, for more than an hour
			c.Steer(now, factor)
		} else {
			c.advance(now)
		}
	}
	points := c.Curve()
	if len(points) > 400 {
		t.Errorf("%d points", len(points))
	}
	past := slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return p.At > c.wall })
	if got := area(past[:len(past)-1]); math.Abs(got-units) > 1e-6*units {
		t.Errorf("the past holds %v requests, %v were planned and steered", got, units)
	}
	if len(c.past) > 3*maxPieces {
		t.Errorf("%d pieces of the past are kept", len(c.past))
	}
}

package forecast

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/arrival"
)

// lines makes a curve of straight pieces.
func lines(segments ...arrival.Segment) curve {
	return sum([]part{{plan: arrival.Plan{Segments: segments}}})
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// A ramp to twice the service and a plateau can be done by hand.
func TestFluidByHand(t *testing.T) {
	c := lines(
		arrival.Segment{From: 0, To: 20, For: 20 * time.Second}, // above 10 from 10 s on
		arrival.Segment{From: 20, To: 20, For: 5 * time.Second},
		arrival.Segment{From: 5, To: 5, For: 60 * time.Second},
	)
	f := pour(c, 10)
	at, most := f.peak()
	near(t, "the peak", most, 50+50, 1e-9)
	near(t, "its instant", at, 25, 1e-9)
	near(t, "the backlog at 15 s", f.level(15), 12.5, 1e-9)
	near(t, "the end of the backlog", f.drained(at), 45, 1e-9)
	near(t, "the requests that arrive while anybody waits", f.arriving(0), 150+100+100, 1e-9)
	// Above 50: from 20 s on, and until 50 of the 100 are worked off.
	near(t, "the requests that arrive while more than 50 wait", f.arriving(50), 100+50, 1e-9)
	near(t, "the seconds above 10", c.above(10), 15, 1e-9)
	near(t, "the requests above 10", c.over(10), 50+50, 1e-9)
}

func anyCurve(t *rapid.T) curve {
	rate := rapid.Float64Range(0, 50)
	segments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) arrival.Segment {
		s := arrival.Segment{From: rate.Draw(t, "from"), To: rate.Draw(t, "to"), For: time.Duration(rapid.IntRange(1, 9000).Draw(t, "ms")) * time.Millisecond}
		if rapid.Bool().Draw(t, "flat") {
			s.To = s.From
		}
		return s
	}), 1, 6).Draw(t, "segments")
	return lines(segments...)
}

// The exact integral is what many small steps come to.
func TestFluidAgreesWithSmallSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurve(t)
		service := rapid.Float64Range(0.5, 60).Draw(t, "service")
		f := pour(c, service)
		const step = 1e-3
		level, most, waiting := 0.0, 0.0, 0.0
		threshold := rapid.Float64Range(0, 40).Draw(t, "threshold")
		for i := 0; ; i++ {
			from, to := float64(i)*step, float64(i+1)*step
			if level == 0 && from > c.length() {
				break
			}
			came := c.count(to) - c.count(from)
			if level > threshold {
				waiting += came
			}
			level = max(level+came-service*step, 0)
			most = max(most, level)
			if i%100 == 0 {
				if got := f.level(to); math.Abs(got-level) > 0.2 {
					t.Fatalf("at %.3f s: %v, small steps say %v", to, got, level)
				}
			}
		}
		if _, got := f.peak(); math.Abs(got-most) > 0.2 {
			t.Fatalf("peak %v, small steps say %v", got, most)
		}
		// At the edge of the threshold a step's arrivals may fall to either side.
		if got := f.arriving(threshold); got > c.area()+1e-6 || math.Abs(got-waiting) > 2+0.02*c.area() && math.Abs(most-threshold) > 1 {
			t.Fatalf("%v arrive above %v, small steps say %v", got, threshold, waiting)
		}
		if f.end() < c.length() && f.level(c.length()) > 0 {
			t.Fatalf("a backlog stands at the end, but is over at %v", f.end())
		}
	})
}

// Curves add up where they overlap, and not elsewhere.
func TestSumOfLanes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []part
		total := 0.0
		for range rapid.IntRange(1, 3).Draw(t, "lanes") {
			p := part{start: time.Duration(rapid.IntRange(0, 5000).Draw(t, "start")) * time.Millisecond}
			for range rapid.IntRange(1, 4).Draw(t, "segments") {
				p.plan.Segments = append(p.plan.Segments, arrival.Segment{
					From: rapid.Float64Range(0, 9).Draw(t, "from"), To: rapid.Float64Range(0, 9).Draw(t, "to"),
					For: time.Duration(rapid.IntRange(1, 4000).Draw(t, "ms")) * time.Millisecond,
				})
			}
			total += p.plan.Expected()
			parts = append(parts, p)
		}
		c := sum(parts)
		if math.Abs(c.area()-total) > 1e-6 {
			t.Fatalf("%v requests, the lanes have %v", c.area(), total)
		}
		at := rapid.Float64Range(0, c.length()).Draw(t, "at")
		want := 0.0
		for _, p := range parts {
			want += lines(p.plan.Segments...).count(at - p.start.Seconds())
		}
		if got := c.count(at); math.Abs(got-want) > 1e-6 {
			t.Fatalf("%v requests by %v, the lanes have %v", got, at, want)
		}
	})
}

func TestBusiestAndUsualMinutes(t *testing.T) {
	c := lines(
		arrival.Segment{From: 1, To: 1, For: 100 * time.Minute},
		arrival.Segment{From: 10, To: 10, For: 30 * time.Second},
		arrival.Segment{From: 1, To: 1, For: 10 * time.Minute},
	)
	at, most := c.busiest(60, 1)
	near(t, "the busiest minute", most, 330, 1e-9)
	if at < 100*60-30 || at > 100*60 {
		t.Errorf("the busiest minute begins at %v s", at)
	}
	near(t, "the minute that 99 % do not exceed", c.usual(60, 1, 0.99), 60+9*12, 10)
	near(t, "the median minute", c.usual(60, 1, 0.5), 60, 1e-9)
	short := lines(arrival.Segment{From: 4, To: 4, For: 10 * time.Second})
	near(t, "the minute of a night of ten seconds", short.usual(60, 1, 0.99), 40, 1e-9)
}

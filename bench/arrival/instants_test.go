package arrival

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawInstants are recorded instants, many of them at once or far apart.
func drawInstants(t *rapid.T) (at []time.Duration, length time.Duration) {
	gaps := rapid.SliceOfN(rapid.SampledFrom([]time.Duration{0, 1, 7, time.Millisecond, 999 * time.Millisecond, time.Second, 3 * time.Second, time.Hour}), 1, 300).Draw(t, "gaps")
	var now time.Duration
	for _, gap := range gaps {
		now += gap
		at = append(at, now)
	}
	return at, now + rapid.SampledFrom([]time.Duration{1, time.Second, time.Hour}).Draw(t, "rest")
}

// Arrivals are the recorded instants, whatever the law of the gaps.
func TestInstantsAreThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, length := drawInstants(t)
		p := Plan{Segments: Instants(at, length), Process: rapid.SampledFrom([]Process{Constant, Poisson}).Draw(t, "process"), Seed: 3}
		if err := p.Validate(); err != nil || p.Length() != length || p.Expected() != float64(len(at)) || !p.Exact() {
			t.Fatalf("%v, %v long, %v expected", err, p.Length(), p.Expected())
		}
		if len(p.Segments) > 2*maxDrawn+2 {
			t.Fatalf("%d segments", len(p.Segments))
		}
		var got []time.Duration
		for a := range p.Instants() {
			if a.Index != len(got) {
				t.Fatalf("arrival %d calls itself %d", len(got), a.Index)
			}
			got = append(got, a.At)
		}
		if !slices.Equal(got, at) {
			t.Fatalf("got %v, want %v", got, at)
		}
	})
}

// The count never falls, and its inverse comes back to it.
func TestInstantsCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, length := drawInstants(t)
		c := newCurve(Instants(at, length))
		last := 0.0
		for i := range 200 {
			spot := length * time.Duration(i) / 200
			n := c.count(spot)
			if n < last || n > float64(len(at)) {
				t.Fatalf("%v arrivals after %v, %v before", n, spot, last)
			}
			last = n
		}
		for i, instant := range at {
			if n := c.count(instant); n < float64(i)+0.5 {
				t.Fatalf("%v arrivals at the instant of number %d", n, i)
			}
		}
	})
}

// Steered, every recorded request is still one, in its order; at double the rate there is
// another between each two.
func TestInstantsSteered(t *testing.T) {
	at := []time.Duration{0, 0, time.Second, 4 * time.Second, 4 * time.Second, 10 * time.Second}
	take := func(c *Cursor) (list []time.Duration) {
		for _, ok := c.Due(); ok; _, ok = c.Due() {
			list = append(list, c.Take().At)
		}
		return list
	}
	p := Plan{Segments: Instants(at, 12*time.Second)}
	paused := p.Cursor(0)
	paused.Pause(2 * time.Second)
	paused.Resume(5 * time.Second)
	if got, want := take(paused), []time.Duration{0, 0, time.Second, 7 * time.Second, 7 * time.Second, 13 * time.Second}; !slices.Equal(got, want) {
		t.Errorf("paused: %v, want %v", got, want)
	}
	double := p.Cursor(0)
	double.Steer(2*time.Second, 2)
	if got := take(double); len(got) != 9 || !slices.IsSorted(got) {
		t.Errorf("at double the rate: %v", got)
	}
	skipped := p.Cursor(0)
	skipped.Skip(2 * time.Second)
	if got := take(skipped); len(got) != 3 || skipped.End() != 2*time.Second {
		t.Errorf("skipped: %v", got)
	}
	late := p.Cursor(0)
	if n := late.Backlog(5 * time.Second); n != 5 {
		t.Errorf("%d are due", n)
	}
	if shed := late.Shed(5 * time.Second); len(shed) != 1 || shed[0].N != 5 {
		t.Errorf("shed %v", shed)
	}
	if next := late.Take(); next.At != 10*time.Second || next.Index != 5 {
		t.Errorf("after them comes %+v", next)
	}
}

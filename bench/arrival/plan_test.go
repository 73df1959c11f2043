package arrival

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anySegments draws curves with ramps, steps, ramps from and to 0, silences, and
// waves of one or more segments.
func anySegments() *rapid.Generator[[]Segment] {
	// Below a request in thirty years squares begin to lose digits. Numbers of a
	// range are mostly near its lower end, so the common ones are sampled.
	rate := rapid.OneOf(rapid.SampledFrom([]float64{0, 1, 7.3, 40, 333, 400}), rapid.Float64Range(1e-9, 400))
	return rapid.Custom(func(t *rapid.T) []Segment {
		segments := make([]Segment, rapid.IntRange(1, 6).Draw(t, "segments"))
		wave := 0
		for i := range segments {
			if i > 0 && rapid.IntRange(0, 3).Draw(t, "new wave") > 0 {
				wave += rapid.IntRange(1, 2).Draw(t, "wave")
			}
			from := rate.Draw(t, "from")
			to := from
			if rapid.Bool().Draw(t, "ramp") {
				to = rate.Draw(t, "to")
			}
			length := time.Duration(rapid.Int64Range(1, int64(time.Second)).Draw(t, "for"))
			length += rapid.SampledFrom([]time.Duration{0, 400 * ms, 2 * time.Second}).Draw(t, "and")
			segments[i] = Segment{From: from, To: to, For: length, Wave: wave}
		}
		return segments
	})
}

func anyPlan() *rapid.Generator[Plan] {
	return rapid.Custom(func(t *rapid.T) Plan {
		return Plan{
			Segments: anySegments().Draw(t, "segments"),
			Process:  anyProcess().Draw(t, "process"),
			Seed:     rapid.Uint64().Draw(t, "seed"),
			Stream:   rapid.Uint64Range(0, 4).Draw(t, "stream"),
		}
	})
}

func TestInstantsAreInOrderAndInsideTheirWave(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := anyPlan().Draw(t, "plan")
		if err := plan.Validate(); err != nil {
			t.Fatal(err)
		}
		starts, end := plan.Cursor(0).Starts(), plan.Length()
		last := Arrival{Index: -1}
		for a := range plan.Instants() {
			if a.At < last.At || a.Index != last.Index+1 || a.Extra {
				t.Fatalf("%+v follows %+v", a, last)
			}
			i := slices.IndexFunc(starts, func(b Boundary) bool { return b.Wave == a.Wave })
			until := end
			if i+1 < len(starts) {
				until = starts[i+1].At
			}
			if a.At < starts[i].At || a.At >= until {
				t.Fatalf("%+v lies outside its wave, %v to %v", a, starts[i].At, until)
			}
			last = a
		}
		if plan.Process == Constant && math.Abs(float64(last.Index+1)-plan.Expected()) > 0.5+1e-6 {
			t.Fatalf("%d arrivals, expected %v", last.Index+1, plan.Expected())
		}
	})
}

func TestConstantArrivalsAreExactOnEachWaveOfWholeRequests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waves := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Segment {
			rate := float64(rapid.IntRange(1, 500).Draw(t, "rate"))
			return Segment{From: rate, To: rate, For: time.Duration(rapid.IntRange(1, 5).Draw(t, "seconds")) * time.Second}
		}), 1, 5).Draw(t, "waves")
		for i := range waves {
			waves[i].Wave = i
		}
		counts := make([]float64, len(waves))
		for a := range (Plan{Segments: waves}).Instants() {
			counts[a.Wave]++
		}
		for i, s := range waves {
			if counts[i] != s.From*s.For.Seconds() {
				t.Fatalf("wave %d of %v/s for %v has %v arrivals", i, s.From, s.For, counts[i])
			}
		}
	})
}

// The inverse is exact to 5e-13 of the count, wherever on the curve.
func TestInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newCurve(anySegments().Draw(t, "segments"))
		n := c.area() * rapid.Float64Range(1e-9, 1).Draw(t, "share")
		i, d, ok := c.invert(n)
		if !ok {
			if n < c.area() {
				t.Fatalf("Λ⁻¹(%v) does not exist before Λ(T) = %v", n, c.area())
			}
			return
		}
		if d < 0 || d > c[i].For.Seconds() {
			t.Fatalf("%v s lies outside of piece %+v", d, c[i])
		}
		back := c[i].before + d*(c[i].From+c[i].slope()*d/2)
		if math.Abs(back-n) > 5e-13*n {
			t.Fatalf("Λ(Λ⁻¹(%v)) = %v, relative error %.2g", n, back, math.Abs(back-n)/n)
		}
	})
}

func TestInverseOnHardRamps(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name string
		seg  Segment
		n    float64
		want float64 // seconds
	}{
		{"flat", Segment{From: 4, To: 4, For: 10 * s}, 10, 2.5},
		{"up from nothing", Segment{From: 0, To: 100, For: 10 * s}, 5, 1},
		{"the first hair of a ramp from nothing", Segment{From: 0, To: 100, For: 10 * s}, 5e-12, 1e-6},
		{"down to nothing, half of it", Segment{From: 100, To: 0, For: 10 * s}, 375, 5},
		{"so slight a slope that the naive root loses it", Segment{From: 1000, To: 1000 + 1e-10, For: 1000 * s}, 1, 1e-3},
		{"an hour's ramp to 12000/m", Segment{From: 0, To: 200, For: 3600 * s}, 360_000, 3600},
	} {
		_, got, ok := newCurve([]Segment{c.seg, {From: 1, To: 1, For: s}}).invert(c.n)
		if c.n == c.seg.area() {
			got, ok = c.seg.For.Seconds(), ok && got == 0 // the next piece holds it
		}
		if !ok || math.Abs(got-c.want) > 5e-13*c.want {
			t.Errorf("%s: Λ⁻¹(%v) = %v, want %v", c.name, c.n, got, c.want)
		}
	}
}

func TestSilencesAreSteppedOver(t *testing.T) {
	plan := Plan{Segments: []Segment{
		{For: time.Second, Wave: 0},
		{From: 1, To: 1, For: time.Second, Wave: 1},
		{For: 5 * time.Second, Wave: 2},
		{From: 2, To: 2, For: time.Second, Wave: 3},
		{For: time.Second, Wave: 4},
	}}
	want := []Arrival{
		{At: 1500 * time.Millisecond, Wave: 1, Index: 0},
		{At: 7250 * time.Millisecond, Wave: 3, Index: 1},
		{At: 7750 * time.Millisecond, Wave: 3, Index: 2},
	}
	if got := slices.Collect(plan.Instants()); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestRate(t *testing.T) {
	plan := Plan{Segments: []Segment{
		{From: 0, To: 100, For: 10 * time.Second},
		{From: 200, To: 200, For: 5 * time.Second, Wave: 1},
	}}
	for at, want := range map[time.Duration]float64{
		-1: 0, 0: 0, 5 * time.Second: 50, 10 * time.Second: 200, 15*time.Second - 1: 200, 15 * time.Second: 0,
	} {
		if got := plan.Rate(at); got != want {
			t.Errorf("Rate(%v) = %v, want %v", at, got, want)
		}
	}
	if plan.Peak() != 200 || plan.Expected() != 1500 || plan.Length() != 15*time.Second {
		t.Errorf("peak %v, expected %v, length %v", plan.Peak(), plan.Expected(), plan.Length())
	}
}

func TestValidate(t *testing.T) {
	ok := Segment{From: 1, To: 1, For: time.Second}
	for _, c := range []struct {
		name     string
		segments []Segment
		err      string
	}{
		{"nothing", nil, "the plan has no segments: give it at least one"},
		{"one", []Segment{ok}, ""},
		{"silence", []Segment{{For: time.Hour}}, ""},
		{"negative rate", []Segment{ok, {From: 1, To: -2, For: 1}}, "segment 2: a rate of -2/s is not possible: give 0 or more"},
		{"no rate", []Segment{{From: math.NaN(), For: 1}}, "segment 1: a rate of NaN/s is not possible: give 0 or more"},
		{"endless rate", []Segment{{To: math.Inf(1), For: 1}}, "segment 1: a rate of +Inf/s is not possible: give 0 or more"},
		{"no time", []Segment{{From: 1, To: 1}}, "segment 1: a length of 0s is not possible: give more than 0 and less than ten years"},
		{"too many", []Segment{{From: 1e9, To: 1e9, For: time.Hour}}, "the plan holds 3.6e+12 requests: more than 1e+12 are not possible"},
		{"too long", []Segment{{For: maxLength}, ok}, "segment 2: the plan is longer than ten years"},
		{"a wave twice", []Segment{{For: 1, Wave: 1}, {For: 1, Wave: 2}, {For: 1, Wave: 1}}, "segment 3: wave 1 had already ended: its segments must stand together"},
	} {
		if got := errText((Plan{Segments: c.segments}).Validate()); got != c.err {
			t.Errorf("%s: %q, want %q", c.name, got, c.err)
		}
	}
}

func TestInstantsCanBeLeftAndBegunAgain(t *testing.T) {
	instants := Plan{Segments: []Segment{{From: 10, To: 10, For: time.Second}}}.Instants()
	for a := range instants {
		if a.Index == 3 {
			break
		}
	}
	if n := len(slices.Collect(instants)); n != 10 {
		t.Errorf("%d arrivals the second time", n)
	}
}

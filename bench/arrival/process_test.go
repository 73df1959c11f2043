package arrival

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseProcess(t *testing.T) {
	half, err := Gamma(0.5)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		want Process
		err  string
	}{
		{text: "constant", want: Constant},
		{text: "poisson", want: Poisson},
		{text: "gamma:0.5", want: half},
		{text: "gamma:1", want: Poisson},
		{text: "", err: `unknown arrivals "": write constant, poisson or gamma:K`},
		{text: "Poisson", err: `unknown arrivals "Poisson": write constant, poisson or gamma:K`},
		{text: "gamma", err: `gamma needs its shape: write gamma:2.5`},
		{text: "gamma:", err: `gamma shape "" is not a number: write gamma:2.5`},
		{text: "gamma:x", err: `gamma shape "x" is not a number: write gamma:2.5`},
		{text: "gamma:0", err: `gamma shape 0 is not between 0.01 and 10000`},
		{text: "gamma:-1", err: `gamma shape -1 is not between 0.01 and 10000`},
		{text: "gamma:NaN", err: `gamma shape NaN is not between 0.01 and 10000`},
		{text: "gamma:1e9", err: `gamma shape 1e+09 is not between 0.01 and 10000`},
	} {
		got, err := ParseProcess(c.text)
		if got != c.want || errText(err) != c.err {
			t.Errorf("ParseProcess(%q) = %v, %q; want %v, %q", c.text, got, errText(err), c.want, c.err)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestProcessTextRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProcess().Draw(t, "process")
		if got, err := ParseProcess(p.String()); err != nil || got != p {
			t.Fatalf("%v became %v, %v", p, got, err)
		}
	})
}

func anyProcess() *rapid.Generator[Process] {
	return rapid.Custom(func(t *rapid.T) Process {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0, 1:
			return Constant
		case 2:
			return Poisson
		}
		p, err := Gamma(rapid.Float64Range(0.05, 50).Draw(t, "shape"))
		if err != nil {
			t.Fatal(err)
		}
		return p
	})
}

// The counts of windows far longer than a gap have the curve's mean and the
// variance ÷ mean 1/k of a renewal process. Seeds are fixed: no flakes.
func TestCountsHaveTheMeanAndVarianceOfTheirProcess(t *testing.T) {
	const windows, mean = 3000, 200
	for _, c := range []struct {
		process    string
		dispersion float64
	}{
		{"constant", 0}, {"poisson", 1}, {"gamma:0.25", 4}, {"gamma:0.5", 2}, {"gamma:4", 0.25}, {"gamma:50", 0.02},
	} {
		t.Run(c.process, func(t *testing.T) {
			process, err := ParseProcess(c.process)
			if err != nil {
				t.Fatal(err)
			}
			plan := Plan{
				Segments: []Segment{{From: mean, To: mean, For: windows * time.Second}},
				Process:  process, Seed: 7, Stream: 3,
			}
			counts := make([]float64, windows)
			for a := range plan.Instants() {
				counts[a.At/time.Second]++
			}
			m, v := moments(counts)
			// Four standard errors of the mean, and 15 % or a little for the variance.
			if slack := 4*math.Sqrt(mean*c.dispersion/windows) + 0.01; math.Abs(m-mean) > slack {
				t.Errorf("mean count %.2f, want %d ± %.2f", m, mean, slack)
			}
			if got := v / m; math.Abs(got-c.dispersion) > 0.15*c.dispersion+0.002 {
				t.Errorf("variance ÷ mean %.4f, want %.4f", got, c.dispersion)
			}
		})
	}
}

// A short plan shows a bias of the first gap that a long one would hide.
func TestMeanCountOfShortPlansIsUnbiased(t *testing.T) {
	const runs = 20_000
	for _, text := range []string{"poisson", "gamma:0.2", "gamma:0.9", "gamma:6"} {
		process, err := ParseProcess(text)
		if err != nil {
			t.Fatal(err)
		}
		counts := make([]float64, runs)
		for stream := range counts {
			plan := Plan{
				Segments: []Segment{{From: 0, To: 6, For: time.Second}},
				Process:  process, Seed: 11, Stream: uint64(stream),
			}
			for range plan.Instants() {
				counts[stream]++
			}
		}
		m, v := moments(counts)
		if slack := 4.5 * math.Sqrt(v/runs); math.Abs(m-3) > slack {
			t.Errorf("%s: mean count %.3f, want 3 ± %.3f", text, m, slack)
		}
	}
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		variance += (v - mean) * (v - mean)
	}
	return mean, variance / float64(len(x)-1)
}

func TestStreamsAndSeedsDiffer(t *testing.T) {
	instants := func(seed, stream uint64) []Arrival {
		p := Plan{Segments: []Segment{{From: 50, To: 50, For: time.Second}}, Process: Poisson, Seed: seed, Stream: stream}
		return slices.Collect(p.Instants())
	}
	one := instants(1, 0)
	if !slices.Equal(one, instants(1, 0)) {
		t.Error("the same seed and stream gave other instants")
	}
	if slices.Equal(one, instants(2, 0)) || slices.Equal(one, instants(1, 1)) {
		t.Error("another seed or stream gave the same instants")
	}
}

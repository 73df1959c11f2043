package forecast

import (
	"flag"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"
)

// A draw is a distribution with a mean of 1.
type draw func(rng *rand.Rand) float64

func exponential(rng *rand.Rand) float64 { return rng.ExpFloat64() }

func fixed(*rand.Rand) float64 { return 1 }

// poisson are n arrivals at a rate, by a stream of random numbers of their own.
func poisson(n int, rate float64, seed uint64) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		rng := rand.New(rand.NewPCG(seed, 1))
		for at := 0.0; n > 0; n-- {
			at += rng.ExpFloat64() / rate
			if !yield(at) {
				return
			}
		}
	}
}

// A queueing is what theory or simulation says of the wait.
type queueing struct{ mean, waits, p95 float64 }

// rounding is what a wait may be off by: the work done so far is a sum.
const rounding = 1e-6

// steady simulates a station of c places whose work takes 1 on the mean.
func steady(n, c int, load float64, work draw, seed uint64) (q queueing) {
	endless := math.Inf(1)
	p := playing(station{
		law: law{places: c, most: float64(c)}, patience: endless, timeout: endless, boundFirst: endless, boundWhole: endless,
		work: func(rng *rand.Rand) (float64, float64) { return 0, work(rng) },
	}, 1e9, seed)
	p.run(poisson(n, load*float64(c), seed))
	for _, w := range p.waits {
		q.mean += float64(w) / float64(n)
		if w > rounding {
			q.waits += 1 / float64(n)
		}
	}
	q.p95 = *quantile(p.waits, 0.95)
	return q
}

// erlangC is M/M/c with a mean service time of 1: A. K. Erlang (1917), in the form
// of Gross and Harris, "Fundamentals of Queueing Theory", 2.3.
//
//	C = B ÷ (1 − ρ(1 − B)), B = Erlang B by its recursion B(k) = aB ÷ (k + aB)
//	P(wait > t) = C·exp(−c(1 − ρ)t)
func erlangC(c int, load float64) queueing {
	a, b := load*float64(c), 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	waits := b / (1 - load*(1-b))
	rate := float64(c) * (1 - load)
	return queueing{mean: waits / rate, waits: waits, p95: max(0, math.Log(waits/0.05)/rate)}
}

// full asks for all requests of the queues whose answers are known.
var full = flag.Bool("full", false, "all requests that hold the simulator to theory within 2 %")

// among is the tolerance of the answers: their own noise, which goes with the root of the
// number of requests, is a third of it. With the race detector so few are no proof any
// more, but still look for races and for gross errors.
func among() (requestsPer int, tolerance float64) {
	switch {
	case *full:
		return 1, 0.02
	case raceDetector:
		return 25, 0.1
	}
	return 6, 0.05
}

// hold fails unless what was simulated is what theory says.
func hold(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if off := got/want - 1; math.Abs(off) > tolerance {
		t.Errorf("%s is %.5g, theory says %.5g: off by %+.2f%%", what, got, want, 100*off)
	}
}

// The simulator is a queueing system whose answers are known.
func TestSimulatorAgreesWithErlangC(t *testing.T) {
	per, tolerance := among()
	for _, tt := range []struct {
		places, requests int
		load             float64
	}{
		{1, 1_000_000, 0.5},
		{1, 2_000_000, 0.8},
		{4, 2_000_000, 0.7},
		{16, 9_000_000, 0.9},
	} {
		t.Run(fmt.Sprintf("c=%d,load=%v", tt.places, tt.load), func(t *testing.T) {
			t.Parallel()
			want := erlangC(tt.places, tt.load)
			got := steady(tt.requests/per, tt.places, tt.load, exponential, 1)
			hold(t, "the mean wait", got.mean, want.mean, tolerance)
			hold(t, "the share that waits", got.waits, want.waits, tolerance)
			hold(t, "the p95 of the wait", got.p95, want.p95, tolerance)
		})
	}
}

// Constant service times halve the wait: Pollaczek (1930), Khinchine (1932).
//
//	M/D/1: mean wait = ρ ÷ (2(1 − ρ)), P(wait) = ρ
func TestSimulatorAgreesWithPollaczekKhinchine(t *testing.T) {
	per, tolerance := among()
	for _, load := range []float64{0.5, 0.8} {
		t.Run(fmt.Sprint(load), func(t *testing.T) {
			t.Parallel()
			got := steady(2_000_000/per, 1, load, fixed, 1)
			hold(t, "the mean wait", got.mean, load/(2*(1-load)), tolerance)
			hold(t, "the share that waits", got.waits, load, tolerance)
		})
	}
}

package servertest

import (
	"math"
	"math/rand/v2"
	"time"
)

// Exponential is work of a mean, memoryless.
func Exponential(mean time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return time.Duration(r.ExpFloat64() * float64(mean)) }
}

// Fixed is always the same work.
func Fixed(d time.Duration) func(*rand.Rand) time.Duration {
	return func(*rand.Rand) time.Duration { return d }
}

// Bimodal is short work, and long work in a share of the requests.
func Bimodal(short, long time.Duration, share float64) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration {
		if r.Float64() < share {
			return long
		}
		return short
	}
}

// Noisy makes work longer or shorter by up to a share, another factor for each piece
// of time: a neighbour on the same machine.
func Noisy(by float64, every time.Duration, seed uint64) func(age time.Duration) float64 {
	return func(age time.Duration) float64 {
		r := rand.New(rand.NewPCG(seed, uint64(age/every)))
		return 1 + by*(2*r.Float64()-1)
	}
}

// ColdStart makes work longer by a factor at first.
func ColdStart(factor float64, lasts time.Duration) func(age time.Duration) float64 {
	return func(age time.Duration) float64 {
		if age < lasts {
			return factor
		}
		return 1
	}
}

// Doubling makes work twice as long with each piece of time.
func Doubling(every time.Duration) func(age time.Duration) float64 {
	return func(age time.Duration) float64 { return math.Exp2(float64(age) / float64(every)) }
}

// The models of the textbooks: eight workers, 100 ms of work on average.
var (
	MM8      = Model{Workers: 8, Service: Exponential(100 * time.Millisecond)}
	MD8      = Model{Workers: 8, Service: Fixed(100 * time.Millisecond)}
	Shared8  = Model{Workers: 8, Sharing: true, Service: Exponential(100 * time.Millisecond)}
	Bimodal8 = Model{Workers: 8, Service: Bimodal(50*time.Millisecond, 550*time.Millisecond, 0.1)}
	Noisy8   = Model{Workers: 8, Service: Exponential(100 * time.Millisecond), Slower: Noisy(0.3, 10*time.Second, 3)}
)

// The models of what refuses.
var (
	Concurrency16 = Model{Service: Exponential(400 * time.Millisecond), MaxOpen: 16}
	Shedding      = Model{Workers: 8, Service: Exponential(100 * time.Millisecond), Patience: 2 * time.Second}
)

// Limited is a fast endpoint behind a quota.
func Limited(q Quota) Model { return Model{Service: Exponential(50 * time.Millisecond), Quota: &q} }

// The models that change while they are measured.
var (
	Cold       = Model{Workers: 8, Service: Exponential(100 * time.Millisecond), Slower: ColdStart(3, time.Minute)}
	Autoscaled = Model{Workers: 4, Service: Fixed(200 * time.Millisecond), Scaling: &Scaling{Most: 32, After: 45 * time.Second}}
	Drifting   = Model{Workers: 8, Service: Exponential(100 * time.Millisecond), Slower: Doubling(5 * time.Minute)}
)

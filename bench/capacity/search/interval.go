package search

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// looks is how often a step is judged at most.
const looks = 2

// tail is the chance, on each side, that an interval at one look misses the truth.
// With it the chance that any of two looks errs is 5 % on both sides together:
// the constant boundary of Pocock ("Group sequential methods in the design and
// analysis of clinical trials", Biometrika 64, 1977, table 1: 0.0294 for two
// looks). Intervals of 95 % at each look would err in 8 % of the steps.
const tail = 0.0294 / 2

// hasty is the chance that a share is called beyond its bound at one of the many times
// that it is looked at while a step goes on.
const hasty = 1e-4

// minShare is how many requests there must be before a share of them decides.
const minShare = 60

// ranks are the ranks, from 1, of the interval of the quantile q among n values in
// rising order, each side missing with a chance of tail: the order statistics
// between which the quantile lies, whatever the distribution (David and Nagaraja,
// Order Statistics, 2003, §7.1). low is 0, or high n+1, where n values do not say.
func ranks(q float64, n int64) (low, high int64) {
	size := int(n)
	// The quantile is at least the value of rank l if fewer than l values lie below
	// it, which happens with P(B ≥ l), B binomial of n and q.
	low = int64(sort.Search(size+1, func(l int) bool { return l > 0 && below(l-1, q, size) > tail })) - 1
	high = int64(sort.Search(size, func(u int) bool { return below(u, q, size) >= 1-tail })) + 1
	return max(low, 0), high
}

// below is P(B ≤ k) of a binomial of n and q.
func below(k int, q float64, n int) float64 {
	if k >= n {
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 1-q)
}

// enough is how many values it takes at least for the interval of the quantile q
// to have an upper end: 83 for a p95, 420 for a p99.
func enough(q float64) int64 { return int64(math.Ceil(math.Log(tail) / math.Log(q))) }

// shareInterval is the exact interval of a share of which k of n were seen
// (Clopper and Pearson, Biometrika 26, 1934).
func shareInterval(k, n int64) (low, high float64) {
	low, high = 0, 1
	if k > 0 {
		low = mathext.InvRegIncBeta(float64(k), float64(n-k+1), tail)
	}
	if k < n {
		high = mathext.InvRegIncBeta(float64(k+1), float64(n-k), 1-tail)
	}
	return low, high
}

// beyond reports whether a share of which k of n were seen is beyond a bound, even if
// chance was as unkind as it hardly ever is.
func beyond(k, n int64, bound float64) bool {
	return k > 0 && float64(k) > bound*float64(n) && mathext.InvRegIncBeta(float64(k), float64(n-k+1), hasty) > bound
}

// line is the slope of counts that are a second apart, by least squares, and half of its
// interval.
func line(ys []float64) (slope, margin float64) {
	return fit(ys, 0.5) // whole numbers are counted
}

// fit is the slope of values that are a second apart, by least squares, and half of its
// interval, where they deviate by so much at least.
func fit(ys []float64, least float64) (slope, margin float64) {
	n := float64(len(ys))
	if n < 3 {
		return (ys[len(ys)-1] - ys[0]) / max(n-1, 1), math.Inf(1)
	}
	mx, my := (n-1)/2, 0.0
	for _, y := range ys {
		my += y / n
	}
	sxx, sxy := 0.0, 0.0
	for i, y := range ys {
		dx := float64(i) - mx
		sxx, sxy = sxx+dx*dx, sxy+dx*(y-my)
	}
	slope = sxy / sxx
	rest := 0.0
	for i, y := range ys {
		d := y - my - slope*(float64(i)-mx)
		rest += d * d
	}
	deviation := max(math.Sqrt(rest/(n-2)), least)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 2}.Quantile(1 - tail)
	return slope, t * deviation / math.Sqrt(sxx)
}

// meanMargin is half the interval of a mean of n values with this deviation.
func meanMargin(deviation float64, n int64) float64 {
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(1 - tail)
	return t * deviation / math.Sqrt(float64(n))
}

// Package trend says whether a series of values rises or falls, and how fast, in
// ways that outliers do not move. It is pure, and knows nothing of what the values
// are.
package trend

import (
	"math"
	"slices"
)

// Significant is the standard score that a Mann–Kendall test must pass: a chance
// of 1 in 1000 on the one side. It may be asked once a second.
const Significant = 3.09

// Least is the least number of values that show a trend.
const Least = 8

// MannKendall is the standard score of Mann's test for a monotone trend
// (Econometrica 13, 1945), with Kendall's correction for ties: S counts the pairs
// that rise less those that fall, and its variance without a trend is
// (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) ÷ 18 over the groups of t equal values. Positive:
// rising; 0: too few values.
func MannKendall(xs []float64) float64 {
	n := len(xs)
	s, ties := 0, map[float64]int{}
	for i, x := range xs {
		ties[x]++
		for _, later := range xs[i+1:] {
			switch {
			case later > x:
				s++
			case later < x:
				s--
			}
		}
	}
	term := func(k int) float64 { return float64(k) * float64(k-1) * float64(2*k+5) }
	variance := term(n)
	for _, t := range ties {
		variance -= term(t)
	}
	if variance <= 0 {
		return 0
	}
	step := 0.0 // continuity: S moves in steps of 2
	switch {
	case s > 0:
		step = -1
	case s < 0:
		step = 1
	}
	return (float64(s) + step) / math.Sqrt(variance/18)
}

// TheilSen is the median of the slopes of all pairs, per step (Theil, 1950; Sen,
// JASA 63, 1968): a slope that a few outliers do not move.
func TheilSen(xs []float64) float64 {
	var slopes []float64
	for i, x := range xs {
		for k := i + 1; k < len(xs); k++ {
			slopes = append(slopes, (xs[k]-x)/float64(k-i))
		}
	}
	return Median(slopes)
}

// Median is the middle value, or the mean of the two in the middle; 0 of none. It
// sorts xs.
func Median(xs []float64) float64 {
	n := len(xs)
	if n == 0 {
		return 0
	}
	slices.Sort(xs)
	return (xs[(n-1)/2] + xs[n/2]) / 2
}

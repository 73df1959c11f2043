package capacity

import (
	"math"
	"slices"

	"flashwave/bench/result"
)

// significant is the standard score that a Mann–Kendall test must pass: a chance
// of 1 in 1000 on the one side. Two series must pass it, and it is asked once a
// second over a step.
const significant = 3.09

// trendSeconds is the least number of seconds that show a trend.
const trendSeconds = 8

// mannKendall is the standard score of Mann's test for a monotone trend
// (Econometrica 13, 1945), with Kendall's correction for ties: S counts the pairs
// that rise less those that fall, and its variance without a trend is
// (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) ÷ 18 over the groups of t equal values. Positive:
// rising; 0: too few values.
func mannKendall(xs []float64) float64 {
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

// theilSen is the median of the slopes of all pairs, per step (Theil, 1950; Sen,
// JASA 63, 1968): a slope that a few outliers do not move.
func theilSen(xs []float64) float64 {
	var slopes []float64
	for i, x := range xs {
		for k := i + 1; k < len(xs); k++ {
			slopes = append(slopes, (xs[k]-x)/float64(k-i))
		}
	}
	return median(slopes)
}

// median is the middle value, or the mean of the two; 0 of none. It sorts xs.
func median(xs []float64) float64 {
	n := len(xs)
	if n == 0 {
		return 0
	}
	slices.Sort(xs)
	return (xs[(n-1)/2] + xs[n/2]) / 2
}

// staying is the share of the arrivals that must stay behind, second by second,
// for a rate to be over the endpoint's throughput: less is the slow approach to a
// steady state.
const staying = 0.05

// oversaturated reports whether a rate is more than the endpoint can serve: over
// the seconds of a step both the requests in flight and the time to first token
// (end to end, where nothing streams) rise with significance, and requests stay
// behind at a pace of at least a twentieth of the rate. In a queue that is not
// stable both grow linearly: what arrives beyond the throughput stays, and each
// of those costs those behind it a service interval. A batch that fills raises the
// first alone.
func oversaturated(seconds []result.Row, rate float64) bool {
	if len(seconds) < trendSeconds {
		return false
	}
	open, step := make([]float64, len(seconds)), seconds[0].StepS
	var latency []float64
	for i, s := range seconds {
		open[i] = float64(s.InFlight + s.Queued)
		switch {
		case s.Latency.TTFT.Response != nil:
			latency = append(latency, s.Latency.TTFT.Response.P50)
		case s.Latency.E2E.Response != nil:
			latency = append(latency, s.Latency.E2E.Response.P50)
		}
	}
	return len(latency) >= trendSeconds &&
		mannKendall(open) > significant && theilSen(open) >= staying*rate*step &&
		mannKendall(latency) > significant
}

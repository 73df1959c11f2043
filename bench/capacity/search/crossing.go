package search

import "math"

// A share is how many requests of a step were beyond the bound of one SLO.
type share struct {
	late, n float64
	allowed float64 // the part that may be; 0: the SLO is none of that kind
}

// about is how far from the bracket, as a ratio, a step still says something of the edge.
const about = 1.15

// crossing is the rate at which the steps together say that the SLO that ends the
// capacity is just met: the share of the requests beyond its bound grows with the rate,
// logit(share) = a + b·ln(rate), fitted by weighted least squares on the empirical
// logits (Cox, Analysis of Binary Data, 1970, §3.2). false: they do not say so.
func crossing(trials []trial, low, high float64) (rate float64, ok bool) {
	at := tightest(trials, high)
	if at < 0 {
		return 0, false
	}
	var w, wx, wy, wxx, wxy float64
	allowed := 0.0
	points := 0
	for _, t := range trials {
		if at >= len(t.shares) || t.rate < low/about || t.rate > high*about || t.shares[at].n == 0 {
			continue
		}
		s := t.shares[at]
		allowed = s.allowed
		weight := (s.late + 0.5) * (s.n - s.late + 0.5) / (s.n + 1)
		x, y := math.Log(t.rate/low), math.Log((s.late+0.5)/(s.n-s.late+0.5))
		w, wx, wy, wxx, wxy = w+weight, wx+weight*x, wy+weight*y, wxx+weight*x*x, wxy+weight*x*y
		points++
	}
	spread := w*wxx - wx*wx
	if points < 2 || spread <= 0 {
		return 0, false
	}
	b := (w*wxy - wx*wy) / spread
	a := (wy - b*wx) / w
	if b <= 0 {
		return 0, false
	}
	rate = low * math.Exp((math.Log(allowed/(1-allowed))-a)/b)
	return rate, !math.IsNaN(rate) && !math.IsInf(rate, 0)
}

// tightest is the index of the SLO that ends the capacity; -1: none is a share.
func tightest(trials []trial, high float64) int {
	at, most := -1, 0.0
	for _, t := range trials {
		if t.rate > high*(1+slack) || t.rate < high*(1-slack) {
			continue
		}
		for i, s := range t.shares {
			if s.allowed > 0 && s.n > 0 && s.late/s.n/s.allowed > most {
				at, most = i, s.late/s.n/s.allowed
			}
		}
	}
	return at
}

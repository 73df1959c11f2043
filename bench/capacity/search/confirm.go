package search

import (
	"math"
	"slices"

	"flashwave/bench/capacity"
)

// What comes once a hunt has what holds and what does not as close as was asked for: soaks,
// another try, and the sentinel.

// proof is the kind of step at a rate that a soak would confirm.
func (h *hunt) proof() capacity.Kind {
	if h.soak && h.soaks < mostSoaks {
		return capacity.Soak
	}
	return capacity.Bisect
}

// confirmed reports whether the answer lasted a soak.
func (h *hunt) confirmed() bool { return h.soaked > 0 }

// confirm is the next soak; false: none is needed, or none helps. It is put a little below
// the edge that the steps together show, a short way at most from what they held and
// broke; after a soak that broke not above what that one served.
func (h *hunt) confirm() (move, bool) {
	low, high := h.low(), h.high()
	if !h.soak || low == 0 || h.soaks >= mostSoaks {
		return move{}, false
	}
	rate, step := low, 1+h.precision
	if high > 0 {
		top := high / math.Sqrt(step)
		floor := low
		if !h.sure(low) {
			floor /= step
		}
		floor = min(floor, top)
		if h.strain > 0 {
			floor = high / step
		}
		if edge, ok := crossing(append(slices.Clone(h.holds), h.breaks...), low, high); ok {
			rate = edge * aside
		}
		rate = min(max(rate, floor), top)
		if served := h.edge().served; h.strain > 0 && served > 0 {
			rate = min(rate, served)
		}
		if h.whole {
			rate = min(max(h.round(rate), h.from(floor)), h.below(high))
		}
	}
	if h.settled() && rate <= h.soaked*step {
		return move{}, false
	}
	return move{capacity.Soak, max(rate, h.min)}, true
}

// sure reports whether a rate held beyond doubt.
func (h *hunt) sure(rate float64) bool {
	return slices.ContainsFunc(h.holds, func(t trial) bool { return t.rate == rate && t.sure })
}

// settled reports whether a soak confirmed about the highest rate that held.
func (h *hunt) settled() bool { return h.soaked > 0 && h.close(h.soaked, h.low()) }

// again is a rate to try although it cannot hold by what broke: the endpoint may have
// warmed up or scaled out since, or it was a passing fault. It lies so far above what
// holds that it fails fast; false: that was tried.
func (h *hunt) again() (rate float64, ok bool) {
	low, high := h.low(), h.high()
	if low == 0 || high == 0 || h.edgeIs(capacity.ByRateLimit) || h.retries >= mostRetries || near(low, h.retried) {
		return 0, false
	}
	rate = min(h.round(low*firstStride), h.ceiling())
	return max(rate, high), high <= h.ceiling()*(1+slack)
}

// base is the sentinel: the lowest rate that ever held, if it is clear of the edge.
func (h *hunt) base() (lowest trial, ok bool) {
	edge := h.low()
	if high := h.high(); high > 0 && edge == 0 {
		edge = high
	}
	for _, t := range h.ever {
		if !ok || t.rate < lowest.rate {
			lowest, ok = t, true
		}
	}
	return lowest, ok && (lowest.rate <= wellBelow*edge || lowest.rate*wellBelow >= edge)
}

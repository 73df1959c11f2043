package search

import (
	"cmp"
	"math"
	"slices"
	"time"

	"flashwave/bench/capacity"
)

const (
	// firstStride is by how much the first step of a bracket is higher, or lower, than
	// where it began; each further one upwards squares it: 1.2, 1.44, 2.07, 4.
	firstStride = 1.2
	mostStride  = 4
	// fall is what a bracket shrinks by in the end, where what failed served nothing.
	fall = 2

	// aside is how far below the edge that the steps together show a soak is put: two in
	// three then hold.
	aside = 0.99
	// wellBelow is how far below the edge a rate lies whose latency is not that of a queue.
	wellBelow = 0.9

	mostRetries = 6 // of what failed
	mostSoaks   = 8
	mostCounts  = 2 // of a limit that says nothing

	// doubts is how many soaks must break before the endpoint itself is in doubt.
	doubts = 2
	// freshly is how far above a limit, as a ratio, a rate may have held before it was counted.
	freshly = 1.5
	// restless is how old the look at a sentinel may be.
	restless = 5 * time.Minute

	// slack takes up what rounding adds where two rates are compared.
	slack = capacity.Slack
)

// A trial is a step as a hunt sees it.
type trial struct {
	kind   capacity.Kind
	rate   float64          // requests per second
	held   bool             // if in doubt, as far as was seen
	sure   bool             // it held beyond doubt
	limit  capacity.Limit   // what it broke by
	served float64          // requests per second that ended ok; 0: none did
	shares []share          // of each SLO
	supply *capacity.Supply // what a limit gave that says nothing; nil: unknown
	shift  shift            // of a sentinel
	told   *float64         // requests per second that the endpoint says it gives; nil: it says nothing
	at     float64          // seconds from the start of the search
}

// A hunt decides what is done next. It is pure: trials go in, moves come out, and the
// same trials lead to the same moves. The newest word counts: a rate that holds takes
// back that it, or a lower one, broke, and one that breaks that it, or a higher one, held.
type hunt struct {
	bound
	start float64 // where the bracket begins, as the ramp says

	told   float64          // requests per second that the endpoint says it gives; 0: it says nothing
	supply *capacity.Supply // what was counted where nothing is told; nil: nothing was
	stride float64

	holds  []trial
	breaks []trial
	latest float64 // the last rate that held, whatever broke since
	ever   []trial // all that held beyond doubt when they were first tried
	last   trial   // the newest; its kind is "" at the start
	soaked float64 // the rate that a soak confirmed; 0: none
	strain int     // soaks that broke since one held

	soaks, retries, counts int
	retried                float64 // the rate that held when what broke was last tried again
	looked, lastSoak       float64 // when the sentinel and a soak were last run, in seconds; 0: never
	drifts                 bool
}

// A move is what comes next.
type move struct {
	kind capacity.Kind // "": nothing does
	rate float64
}

// newHunt begins where a ramp ended: at a rate, with what is told of a limit by then (nil:
// nothing), and whether it was refused.
func newHunt(b bound, start float64, told *float64, refused bool) *hunt {
	h := &hunt{bound: b, start: min(max(b.round(start), b.min), b.max), stride: firstStride}
	h.hear(told)
	if refused && h.told > 0 { // what a ramp reached that met the limit is no throughput
		h.start = min(max(h.told, b.min), b.max)
	}
	if refused {
		h.last = trial{kind: capacity.Ramp, limit: capacity.ByRateLimit}
	}
	return h
}

// hear takes in what the endpoint tells. A limit of tokens is one of about so many
// requests: only what differs is news.
func (h *hunt) hear(told *float64) {
	if told != nil && math.Abs(*told-h.told) > h.told*h.margin()/2 {
		h.told = *told
	}
}

// low is the highest rate that held, high the lowest that did not; 0: none.
func (h *hunt) low() (rate float64) {
	for _, t := range h.holds {
		rate = max(rate, t.rate)
	}
	return rate
}

func (h *hunt) high() float64 {
	if len(h.breaks) == 0 {
		return 0
	}
	return h.edge().rate
}

// edge is the lowest trial that broke.
func (h *hunt) edge() trial {
	return slices.MinFunc(h.breaks, func(a, b trial) int { return cmp.Compare(a.rate, b.rate) })
}

// quota is the rate of the endpoint's own limit, as it says or as it was counted; 0:
// unknown.
func (h *hunt) quota() float64 {
	switch {
	case h.told > 0:
		return h.told
	case h.supply != nil:
		return h.supply.Rate()
	}
	return 0
}

// beside is the rate at which a limit is tested from above.
func (h *hunt) beside(quota float64) float64 { return quota * (1 + h.margin()) }

// margin is how far above a limit the hunt goes: ratio.
func (h *hunt) margin() float64 { return min(max(h.precision, 0.05), 0.1) }

// ceiling is the highest rate that is tried.
func (h *hunt) ceiling() float64 {
	if h.told > 0 {
		return min(h.max, max(h.beside(h.told), h.min))
	}
	return h.max
}

// answer is the rate to name: what was confirmed, else the highest that held, or of an
// endpoint that drifts the last that did; 0: none. Where nothing is to confirm it only one
// that held beyond doubt is.
func (h *hunt) answer() (rate float64) {
	switch {
	case h.passed():
		return h.latest
	case h.soaked > 0:
		return h.soaked
	case h.soak:
		return h.low()
	}
	for _, t := range h.holds {
		if t.sure {
			rate = max(rate, t.rate)
		}
	}
	return rate
}

// passed reports whether the answer is of an earlier time: the endpoint drifts, and no soak
// confirmed what held.
func (h *hunt) passed() bool { return h.drifts && h.soaked == 0 }

// beyond is the lowest load above the answer that did not hold; 0: none, or what is known
// of it is of another time than the answer.
func (h *hunt) beyond() float64 {
	if h.passed() {
		return 0
	}
	return h.high()
}

// spared reports whether nothing broke a little above the limit that is told: it is not
// enforced, and what holds beyond was not tried.
func (h *hunt) spared() bool { return len(h.breaks) == 0 && h.ceiling() < h.max }

// next is what comes next.
func (h *hunt) next() move {
	if h.drifts {
		return move{}
	}
	if h.untold() {
		return move{capacity.Count, 0}
	}
	base, known := h.base()
	if known && !h.edgeIs(capacity.ByRateLimit) && (h.strain >= doubts || h.last.at-max(h.looked, base.at) > restless.Seconds()) && h.looked < h.lastSoak {
		return move{capacity.Sentinel, base.rate}
	}
	if m, ok := h.search(); ok {
		return m
	}
	if rate, ok := h.again(); ok && h.hold {
		return move{capacity.Retry, rate}
	}
	if m, ok := h.confirm(); ok {
		return m
	}
	if rate, ok := h.again(); ok && h.soak {
		return move{capacity.Retry, rate}
	}
	if h.edgeIs(capacity.ByRateLimit) {
		return move{}
	}
	if known && h.looked < h.lastSoak {
		return move{capacity.Sentinel, base.rate}
	}
	return move{}
}

// untold reports whether a limit was met that says nothing of itself, or another than was
// counted before: it is counted.
func (h *hunt) untold() bool {
	met := !h.whole && h.told == 0 && !h.last.held && h.last.limit == capacity.ByRateLimit && h.last.kind != capacity.Count
	return met && h.counts < mostCounts && (h.supply == nil || h.low() > h.beside(h.supply.Rate()))
}

// search is the next rate between what holds and what does not; false: they are close
// enough, or a bound was reached.
func (h *hunt) search() (move, bool) {
	low, high, top := h.low(), h.high(), h.ceiling()
	m, ok := move{capacity.Bracket, min(h.start, top)}, true
	switch {
	case low == 0 && high == 0:
	case high == 0:
		m.rate, ok = min(max(h.round(low*h.stride), h.above(low)), top), low < top*(1-slack)
	case low == 0:
		m.rate, ok = h.down(), high > h.min*(1+slack)
	default:
		m, ok = move{capacity.Bisect, h.round(math.Sqrt(low * high))}, !h.close(low, high) && h.strain == 0 && !h.settled()
	}
	// A limit is tried from above first, for that is known soon; then it is its own turn.
	q := h.quota()
	doubted := h.last.kind == capacity.Count && low < q*freshly // a deep bucket may have let it pass
	if q < h.min || q > h.max || low >= q*(1-slack) && !doubted {
		return m, ok
	}
	switch test := min(h.beside(q), h.max); {
	case high > 0 && high <= test*(1+slack):
		if high > q*(1+slack) && h.edgeIs(capacity.ByRateLimit) {
			return move{h.proof(), q}, true
		}
	case h.supply != nil, ok && m.rate >= wellBelow*q:
		return move{capacity.Bracket, test}, true
	}
	return m, ok
}

// close reports whether what holds and what does not are as close as was asked for.
func (h *hunt) close(low, high float64) bool {
	return high <= max(low*(1+h.precision), h.above(low))*(1+slack)
}

// windowed reports whether a move tests a limit from above that gives all at once: only
// the whole of a window shows it.
func (h *hunt) windowed(m move) bool {
	return h.supply != nil && h.supply.Window && m.rate > h.quota()*(1+slack)
}

// down is the next rate below all that broke: what the last served, if that is less.
func (h *hunt) down() float64 {
	t := h.edge()
	by := firstStride
	switch {
	case h.strain > 0:
		by = 1 + h.precision
	case len(h.breaks) > 2:
		by = fall
	}
	rate := t.rate / by
	if t.served > 0 {
		rate = min(rate, max(t.served, t.rate/(fall*fall)))
	}
	return max(min(h.round(rate), h.below(t.rate)), h.min)
}

func (h *hunt) edgeIs(limit capacity.Limit) bool {
	return len(h.breaks) > 0 && h.edge().limit == limit
}

// take learns from a trial.
func (h *hunt) take(t trial) {
	before := h.high() == 0 && h.low() > 0
	h.last = t
	h.hear(t.told)
	switch t.kind {
	case capacity.Count:
		h.counts++
		h.supply = t.supply
		return
	case capacity.Sentinel:
		h.looked = t.at
		switch t.shift {
		case worse:
			h.drifts = true
		case better:
			h.retried = 0
		}
		return
	case capacity.Retry:
		h.retries++
		h.retried = h.low()
	case capacity.Soak:
		h.soaks++
		h.lastSoak = t.at
	}
	if t.sure && (t.kind == capacity.Bracket || t.kind == capacity.Bisect) {
		h.ever = append(h.ever, t)
	}
	if t.held {
		h.latest = t.rate
		h.breaks = slices.DeleteFunc(h.breaks, func(b trial) bool { return b.rate <= t.rate*(1+slack) })
		h.holds = append(h.holds, t)
		switch {
		case t.kind == capacity.Soak:
			h.soaked, h.strain = t.rate, 0
		case t.kind == capacity.Retry:
			h.stride, h.strain = firstStride, 0
		case before:
			h.stride = min(h.stride*h.stride, mostStride)
		}
		return
	}
	most := t.rate // what a soak served is the most that holds for as long
	if t.kind == capacity.Soak && t.served > 0 {
		most = min(most, t.served)
	}
	h.holds = slices.DeleteFunc(h.holds, func(b trial) bool {
		return b.rate >= most*(1-slack) && (b.kind != capacity.Soak || b.rate >= t.rate*(1-slack))
	})
	h.breaks = append(h.breaks, t)
	if h.soaked >= t.rate*(1-slack) {
		h.soaked = 0
	}
	if t.kind == capacity.Soak {
		h.strain++
	}
	if t.supply != nil {
		h.supply = t.supply
	}
}

package compare

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat/distuv"

	"flashwave/bench/trend"
)

// The levels.
const (
	// confidence is that of every interval of a comparison; of ranks, the next that
	// can be had above it.
	confidence = 0.90
	tail       = (1 - confidence) / 2
	// found is how often a change of Row.Detectable is found.
	found = 0.90
)

// fromRanks is how many runs a side it takes to rank them: with three the
// least p of Mann–Whitney's test is 0.1.
const fromRanks = 4

// An estimate is a metric of one run, and where it lies by what the run itself says. Both
// may be beyond every value, +∞.
type estimate struct {
	value   float64
	samples int64
	interval
	crowd float64 // so many requests are worth one
}

// A contrast is how much worse one side is than the other, on a metric's scale: a
// difference of logarithms, of values as a part of the base, or of values. More is
// worse, whichever way the metric points. To or from what is beyond every value it is
// infinite, and so may an end of the interval be.
type contrast struct {
	scale    scale
	sign     float64 // −1: of the metric, less is worse
	fell     bool    // the value of the base is beyond every one
	base     float64 // that value; where it fell, the least that it may have been
	whole    float64 // what changes are a part of: that, unless it is 0
	worse    float64 // the estimate
	interval         // of that
	reach    float64 // beyond the margin, what is found nine times in ten
	// beyond is the one-sided p-value of the hypothesis that the worsening is at
	// most so much.
	beyond func(margin float64) float64
}

// change is what a worsening on the scale is as a part of the base or in points, up
// or down.
func (c contrast) change(worse float64) float64 {
	if c.scale == byLog && !(c.fell && math.IsInf(worse, -1)) {
		return math.Expm1(c.sign * worse)
	}
	return c.sign * worse
}

// onScale is the inverse of change. What fell by all there is, or more, is out of
// reach.
func (c contrast) onScale(change float64) float64 {
	if c.scale != byLog {
		return c.sign * change
	}
	if change <= -1 {
		return c.sign * math.Inf(-1)
	}
	return c.sign * math.Log1p(change)
}

// changes is the interval of the change, less what cannot be.
func (c contrast) changes() interval {
	i := interval{c.change(c.low), c.change(c.high)}
	if c.sign < 0 {
		i.low, i.high = i.high, i.low
	}
	return i.within(c.bounds())
}

// bounds are where a change can lie, as a part of the base or in points.
func (c contrast) bounds() interval {
	switch {
	case c.scale == byPoint:
		return interval{-1, 1}
	case c.fell:
		return endless
	}
	return interval{-1, math.Inf(1)}
}

// absolute is a change in the metric's unit.
func (c contrast) absolute(change float64) float64 {
	if c.scale == byPoint {
		return change
	}
	return change * c.whole
}

// inUnit is a change in the metric's unit and as a part of the base. Where that is 0 there
// is no part of it.
func (c contrast) inUnit(change float64) (absolute, ratio *float64) {
	absolute = finite(c.absolute(change))
	switch {
	case absolute == nil || c.base == 0:
		return absolute, nil
	case c.scale == byPoint:
		return absolute, new(change / c.base)
	}
	return absolute, &change
}

// compare sets the estimates of both sides against each other. Neither may be
// empty; level is that of so many runs, if they can be ranked.
func (m metric) compare(base, fresh []estimate, level rankLevel) contrast {
	byRanks := len(base) >= fromRanks && len(fresh) >= fromRanks
	c := contrast{scale: m.scale, sign: m.sign(), base: median(base)}
	if c.scale != byPoint { // a rate or a price of 0 has no logarithm
		c.scale = byLog
		if smallest(base) <= 0 || smallest(fresh) <= 0 {
			c.scale = byRatio
		}
	}
	if c.fell = math.IsInf(c.base, 1); c.fell {
		c.base = least(base, byRanks)
	}
	c.whole = reference(c.base, median(fresh))
	if byRanks {
		c.ranked(samples{c.mapped(base), c.mapped(fresh)}, level)
		if c.scale == byPoint { // runs without a failure are alike, but say no more than their requests can
			doubt := normal(1-level.p) * math.Hypot(1/float64(count(base)), 1/float64(count(fresh)))
			c.low, c.high = min(c.low, c.worse-doubt), max(c.high, c.worse+doubt)
		}
		return c
	}
	crowd := max(crowdOf(base), crowdOf(fresh))
	c.apart(c.pooled(base, crowd), c.pooled(fresh, crowd))
	return c
}

// sign is −1 for metrics of which more is better.
func (m metric) sign() float64 {
	if m.more {
		return -1
	}
	return 1
}

// reference is what a ratio is taken of: the base, unless that is 0.
func reference(base, fresh float64) float64 {
	switch {
	case base != 0:
		return base
	case fresh != 0:
		return fresh
	}
	return 1
}

// onto puts a value on the scale.
func (c *contrast) onto(v float64) float64 {
	switch c.scale {
	case byLog:
		return math.Log(max(v, 0))
	case byRatio:
		return v / c.whole
	}
	return v
}

// mapped are the values of runs on the scale.
func (c *contrast) mapped(list []estimate) []float64 {
	out := make([]float64, len(list))
	for i, e := range list {
		out[i] = c.onto(e.value)
	}
	return out
}

// crowdOf is that of the run whose requests are the most alike.
func crowdOf(list []estimate) float64 {
	most := 1.0
	for _, e := range list {
		most = max(most, e.crowd)
	}
	return most
}

// A place is a value on a scale, and where it may lie.
type place struct {
	at float64
	interval
}

// pooled is where a side lies: the middle of its runs, by what each says of itself or
// by how far they lie apart, whichever is more; with one beyond every value among them,
// anywhere from the least that any may be. Shares of both sides are crowded alike: one
// that saw no failure cannot know how failures come.
func (c *contrast) pooled(list []estimate, crowd float64) place {
	n, at := float64(len(list)), c.onto(median(list))
	var apart moments
	var below, above float64
	for _, e := range list {
		if math.IsInf(e.value, 1) {
			return place{at, interval{c.onto(least(list, false)), math.Inf(1)}}
		}
		i := e.interval
		if c.scale == byPoint && i.bounded() {
			i = exact(e.value, float64(e.samples)/crowd)
		}
		v := c.onto(e.value)
		apart.add(v)
		below = math.Hypot(below, max(v-c.onto(i.low), 0)) // NaN stays
		above = math.Hypot(above, max(c.onto(i.high)-v, 0))
	}
	wide := normal(1-tail) * apart.sd() / math.Sqrt(n)
	return place{at, interval{at - max(below/n, wide), at + max(above/n, wide)}}
}

// moments add up what a standard deviation needs.
type moments struct {
	n            int
	mean, square float64
}

// add takes in a value (Welford, 1962); one that is not finite does not count.
func (m *moments) add(v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	m.n++
	off := v - m.mean
	m.mean += off / float64(m.n)
	m.square += off * (v - m.mean)
}

func (m *moments) sd() float64 { return math.Sqrt(m.square / float64(max(m.n-1, 1))) }

// apart makes the interval of the difference of two places of their own (Zou and
// Donner, Construction of Confidence Limits about Effect Measures, 2008). Where one is
// beyond every value there is no difference but of its ends.
func (c *contrast) apart(base, fresh place) {
	d := fresh.at - base.at
	i := interval{d - math.Hypot(fresh.at-fresh.low, base.high-base.at), d + math.Hypot(fresh.high-fresh.at, base.at-base.low)}
	switch {
	case !base.bounded() || !fresh.bounded():
		i = unbounded
	case math.IsInf(d, 0):
		i = interval{less(fresh.low, base.high, math.Inf(-1)), less(fresh.high, base.low, math.Inf(1))}
	}
	if c.sign < 0 {
		d, i = -d, i.mirrored()
	}
	c.worse, c.interval = d, i
	c.reach = (d - i.low) * (1 + normal(found)/normal(1-tail))
	c.beyond = func(margin float64) float64 {
		half := i.high - d
		if margin < d {
			half = d - i.low
		}
		if half == 0 { // nothing moved
			return step(margin - d)
		}
		return distuv.UnitNormal.CDF(normal(1-tail) * (margin - d) / half) // NaN stays
	}
}

// step is 1 from 0 on.
func step(v float64) float64 {
	if v < 0 {
		return 0
	}
	return 1
}

// less is a − b. Of two that are beyond every value it is not known.
func less(a, b, unknown float64) float64 {
	if math.IsInf(a, 1) && math.IsInf(b, 1) {
		return unknown
	}
	return a - b
}

// samples are the values of the runs of both sides.
type samples struct{ base, fresh []float64 }

// ranked compares runs by their ranks: the p-value is that of Mann and Whitney
// (1947), the estimate the median of all pairwise differences and the interval
// what the test does not reject (Hodges and Lehmann, 1963). With runs beyond every
// value on both sides that may be anything.
func (c *contrast) ranked(s samples, level rankLevel) {
	apart := make([]float64, 0, len(s.base)*len(s.fresh))
	for _, b := range s.base {
		for _, f := range s.fresh {
			apart = append(apart, c.sign*(f-b))
		}
	}
	slices.Sort(apart)
	n := len(apart)
	c.worse = (apart[(n-1)/2] + apart[n/2]) / 2
	c.beyond = func(margin float64) float64 { return rankTest(s, c.sign, margin) }
	c.interval = interval{apart[level.k], apart[n-1-level.k]}
	if slices.ContainsFunc(apart, math.IsNaN) {
		c.interval = endless
	}
	c.reach = (c.high - c.low) / 2 * (1 + normal(found)/normal(1-level.p))
}

// rankTest is the one-sided p-value of fresh being worse than base by margin at
// most.
func rankTest(s samples, sign, margin float64) float64 {
	base, fresh, above := make([]float64, len(s.base)), make([]float64, len(s.fresh)), 0
	for i, v := range s.base {
		base[i] = sign*v + margin
	}
	for i, v := range s.fresh {
		fresh[i] = sign * v
		for _, b := range base {
			above += cmp.Compare(fresh[i], b)
		}
	}
	both := &benchmath.DefaultThresholds
	p := benchmath.AssumeNothing.Compare(benchmath.NewSample(base, both), benchmath.NewSample(fresh, both)).P
	if above > 0 {
		return p / 2
	}
	return 1 - p/2
}

// A rankLevel says which of the pairwise differences of two samples, counted from
// either end, bound the interval of their median, and the p-value there.
type rankLevel struct {
	k int
	p float64
}

// confidence is that of the interval.
func (l rankLevel) confidence() float64 { return 1 - 2*l.p }

// levelOf is the innermost difference below which the test still rejects at the
// tail's level.
func levelOf(base, fresh int) rankLevel {
	best := rankLevel{p: rankTest(inverted(base, fresh, 0), 1, 0)}
	for low, high := 1, base*fresh/2; low <= high; {
		k := (low + high) / 2
		if p := rankTest(inverted(base, fresh, k), 1, 0); p <= tail {
			best, low = rankLevel{k, p}, k+1
		} else {
			high = k - 1
		}
	}
	return best
}

// inverted are samples of which fresh is the larger in all pairs but k.
func inverted(base, fresh, k int) samples {
	s := samples{make([]float64, base), make([]float64, fresh)}
	for i := range s.base {
		s.base[i] = float64(i)
	}
	for j := range s.fresh {
		switch below := k / base; {
		case j < below:
			s.fresh[j] = -1 - float64(j)
		case j == below:
			s.fresh[j] = float64(base-k%base) - 0.5
		default:
			s.fresh[j] = float64(base + j)
		}
	}
	return s
}

func median(list []estimate) float64 {
	v := make([]float64, len(list))
	for i, e := range list {
		v[i] = e.value
	}
	return trend.Median(v)
}

// least is the least that a run of a side may be, by what it says of itself or as it was
// measured.
func least(list []estimate, measured bool) float64 {
	if measured {
		return smallest(list)
	}
	low := math.Inf(1)
	for _, e := range list {
		low = min(low, e.low) // NaN stays
	}
	return low
}

func smallest(list []estimate) float64 {
	least := math.Inf(1)
	for _, e := range list {
		least = min(least, e.value)
	}
	return least
}

package compare

import (
	"math"
	"slices"
)

// What matters. A change within the margin is no difference; a row is too noisy
// if a change of coarse margins could hide in its interval.
const (
	marginRatio  = 0.10
	marginMS     = 5.0
	marginPoints = 0.01 // of shares: a percentage point, the error rate that a run may have by default
	coarse       = 2.5
	// family is the level at which the gated metrics together raise an alarm
	// although none has become worse by more than the margin. A quarter of it, with
	// which Holm's procedure begins, is what lies beyond either end of an interval.
	family     = gatedRows * tail
	gatedRows  = 4
	leastRatio = 1e-12
)

// margin is the smallest change that matters, in the row's own terms: of the base
// for ratios, of the value for shares.
func (m metric) margin(base float64) float64 {
	base = math.Abs(base)
	switch {
	case m.scale == byPoint:
		return max(marginRatio*base, marginPoints)
	case m.unit == "ms":
		return max(marginRatio, marginMS/max(base, leastRatio))
	}
	return marginRatio
}

// onScale puts a worsening, as a part of the base or in points, on the scale of a
// contrast. An improvement by more than all there is, is out of reach.
func (c contrast) onScale(worse float64) float64 {
	if c.scale != byLog {
		return worse
	}
	if worse <= -1 {
		return math.Inf(-1)
	}
	return math.Log1p(worse)
}

// plain is the inverse of onScale.
func (c contrast) plain(v float64) float64 {
	if c.scale == byLog {
		return math.Expm1(v)
	}
	return v
}

// verdict says what a contrast is, by its interval.
func (c contrast) verdict(margin float64) Verdict {
	up, down := c.onScale(margin), c.onScale(-margin)
	switch {
	case !c.bounded():
		return Unknown
	case c.low > up:
		return Worse
	case c.high < down:
		return Better
	case c.worse <= up && c.worse >= down && c.high <= c.onScale(coarse*margin) && c.low >= c.onScale(-coarse*margin):
		return NoDifference
	}
	return TooNoisy
}

// holm are the rows whose hypothesis is rejected by the step-down procedure of
// Holm (1979): of p-values in rising order the i-th of m, from 0, is held against
// family ÷ (m − i), up to the first that is not below. Rows without a p-value
// count as never rejected.
func holm(rows []*Row) (rejected []*Row) {
	tested := slices.Clone(rows)
	tested = slices.DeleteFunc(tested, func(r *Row) bool { return r.P == nil })
	slices.SortStableFunc(tested, func(a, b *Row) int {
		switch {
		case *a.P < *b.P:
			return -1
		case *a.P > *b.P:
			return 1
		}
		return 0
	})
	for i, r := range tested {
		if *r.P > family/float64(gatedRows-i)*(1+1e-9) {
			break
		}
		rejected = append(rejected, r)
	}
	return rejected
}

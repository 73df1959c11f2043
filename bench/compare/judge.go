package compare

import "math"

// What matters: a change within the margin is no difference.
const (
	marginRatio  = 0.10
	marginMS     = 5.0  // of what is waited for once; gaps between tokens add up
	marginPoints = 0.01 // of shares: a percentage point, the error rate that a run may have by default
)

// margin is the smallest change that matters, in the metric's unit.
func (m metric) margin(c contrast) float64 {
	relative := marginRatio * math.Abs(c.base)
	switch {
	case m.scale == byPoint:
		return max(relative, marginPoints)
	case m.unit == "ms" && !m.gap():
		return max(relative, marginMS)
	}
	return marginRatio * math.Abs(c.whole)
}

// fill puts a contrast into a row: back from worse to more, and from its scale to
// the row's unit. The verdict is that of the interval the row shows.
func (r *Row) fill(m metric, c contrast, confidence float64) {
	r.Margin = finite(c.sign * m.margin(c))
	if r.Beyond == "" {
		r.Change, r.ChangeRatio = c.inUnit(c.change(c.worse))
	}
	changes := c.changes()
	if changes.bounded() {
		r.Low, r.LowRatio = c.inUnit(changes.low)
		r.High, r.HighRatio = c.inUnit(changes.high)
		r.Confidence = &confidence
	}
	if changes.bounded() && r.Margin != nil {
		r.resolve(c)
	}
	r.Verdict = r.turned(interval{c.absolute(changes.low), c.absolute(changes.high)}).verdict(r.margin())
}

// resolve fills in what could have been seen, and how sure the gate is.
func (r *Row) resolve(c contrast) {
	margin := *r.Margin
	if c.scale != byPoint {
		margin /= math.Abs(c.whole)
	}
	limit, bounds := c.onScale(margin), c.bounds()
	r.P = finite(c.beyond(limit))
	if seen := c.change(limit + c.reach); bounds.low < seen && seen < bounds.high {
		r.Detectable, r.DetectableRatio = c.inUnit(math.Abs(seen))
	}
	if seen := math.Abs(c.change(c.reach)); seen < 1 || c.scale != byPoint {
		r.Seen, r.SeenRatio = c.inUnit(seen)
	}
}

// worsening is the interval of a row by which it became worse, in its unit.
func (r Row) worsening() interval { return r.oriented(r.Low, r.High) }

// oriented is an interval of a change as one of a worsening. An end that a document does
// not have is beyond every value, on the side that the verdict says.
func (r Row) oriented(low, high *float64) interval {
	if r.Confidence == nil {
		return unbounded
	}
	i, above, below := endless, Worse, Better
	if r.turned(interval{1, 1}).low < 0 {
		above, below = below, above
	}
	switch {
	case low != nil:
		i.low = *low
	case r.Verdict == above:
		i.low = math.Inf(1)
	}
	switch {
	case high != nil:
		i.high = *high
	case r.Verdict == below:
		i.high = math.Inf(-1)
	}
	return r.turned(i)
}

// turned is an interval of a change of the row as one of a worsening, or the other way
// round.
func (r Row) turned(i interval) interval {
	if r.Margin != nil && *r.Margin < 0 {
		return i.mirrored()
	}
	return i
}

// margin is the smallest change that matters, in the row's unit; 0 where there is
// no change.
func (r Row) margin() float64 {
	if r.Margin == nil {
		return 0
	}
	return math.Abs(*r.Margin)
}

// finite is a value as documents have it; nil: it is none, or beyond every one.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

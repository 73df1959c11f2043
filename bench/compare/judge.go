package compare

import "math"

// What matters: a change within the margin is no difference.
const (
	marginRatio  = 0.10
	marginMS     = 5.0  // of what is waited for once; gaps between tokens add up
	marginPoints = 0.01 // of shares: a percentage point, the error rate that a run may have by default
)

// margin is the smallest change that matters, in the metric's unit.
func (m metric) margin(base, fresh float64) float64 {
	relative := marginRatio * math.Abs(base)
	switch {
	case m.scale == byPoint:
		return max(relative, marginPoints)
	case m.unit == "ms" && !m.gap():
		return max(relative, marginMS)
	}
	return marginRatio * math.Abs(reference(base, fresh))
}

// bounds are where a change can lie, as a part of the base or in points.
func (m metric) bounds() interval {
	if m.scale == byPoint {
		return interval{-1, 1}
	}
	return interval{-1, math.Inf(1)}
}

// fill puts a contrast into a row: back from worse to more, and from its scale to
// the row's unit. The verdict is that of the interval the row shows.
func (r *Row) fill(m metric, c contrast, confidence float64) {
	r.Margin = new(c.sign * m.margin(*r.Base, *r.New))
	r.Change, r.ChangeRatio = r.inUnit(m, c.change(c.worse))
	if changes := c.changes().within(m.bounds()); changes.bounded() && !math.IsInf(changes.high, 1) {
		r.Low, r.LowRatio = r.inUnit(m, changes.low)
		r.High, r.HighRatio = r.inUnit(m, changes.high)
		r.Confidence = &confidence
		r.resolve(m, c)
	}
	r.Verdict = r.worsening().verdict(r.margin())
}

// resolve fills in what could have been seen, and how sure the gate is.
func (r *Row) resolve(m metric, c contrast) {
	margin := *r.Margin
	if m.scale != byPoint {
		margin /= math.Abs(reference(*r.Base, *r.New))
	}
	limit := c.onScale(margin)
	r.P = new(c.beyond(limit))
	if seen := c.change(limit + c.reach); m.bounds().low < seen && seen < m.bounds().high {
		r.Detectable, r.DetectableRatio = r.inUnit(m, math.Abs(seen))
	}
	if seen := math.Abs(c.change(c.reach)); seen < 1 || m.scale != byPoint {
		r.Seen, r.SeenRatio = r.inUnit(m, seen)
	}
}

// worsening is the interval of a row by which it became worse, in its unit.
func (r Row) worsening() interval { return r.oriented(r.Low, r.High) }

// oriented is an interval of a change as one of a worsening.
func (r Row) oriented(low, high *float64) interval {
	if low == nil || high == nil {
		return interval{math.NaN(), math.NaN()}
	}
	i := interval{*low, *high}
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

// inUnit is a change in the row's unit and as a part of the base, of one in points
// or as a part of it. Where the base is 0 there is no part of it.
func (r *Row) inUnit(m metric, change float64) (absolute, ratio *float64) {
	whole := *r.Base
	switch {
	case math.IsNaN(change) || math.IsInf(change, 0):
		return nil, nil
	case m.scale == byPoint && whole == 0:
		return &change, nil
	case m.scale == byPoint:
		return &change, new(change / whole)
	case whole == 0:
		return new(change * reference(0, *r.New)), nil
	}
	return new(change * whole), &change
}

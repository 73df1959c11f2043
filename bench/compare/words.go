package compare

import (
	"math"
	"strings"

	"flashwave/bench/units"
)

// String is the verdict in words.
func (v Verdict) String() string { return strings.ReplaceAll(string(v), "_", " ") }

// String is the status in words.
func (s Status) String() string { return strings.ReplaceAll(string(s), "_", " ") }

// FormatChange writes a change as a part with its sign: +1.4 %, −18.0 %. A share's
// change is in percentage points; one from 0 is no part of anything, and is told in
// the row's unit. It has as many digits as show on which side of the margin it lies.
func (r Row) FormatChange() string {
	if r.Change == nil {
		return units.NoData
	}
	return r.end(r.Change, r.ChangeRatio)
}

// end writes a change, or an end of its interval.
func (r Row) end(absolute, ratio *float64) string {
	if v := r.shown(absolute, ratio); v != nil {
		return r.written(*v)
	}
	return r.absolute(*absolute)
}

// FormatInterval writes the interval as FormatChange does the change: −2.0 … +5.1 %.
// Without an end it is +150 % or more, −60 % or less, and without any that tells it is any
// change.
func (r Row) FormatInterval() string {
	switch {
	case r.High == nil && r.Verdict == TooNoisy && (r.Low == nil || r.LowRatio != nil && *r.LowRatio <= -1):
		return anyChange
	case r.Low == nil && r.High == nil:
		return units.NoData
	case r.High == nil:
		return r.end(r.Low, r.LowRatio) + " or more"
	case r.Low == nil:
		return r.end(r.High, r.HighRatio) + " or less"
	}
	low, high := r.shown(r.Low, r.LowRatio), r.shown(r.High, r.HighRatio)
	switch {
	case low == nil || high == nil:
		return r.absolute(*r.Low) + " … " + r.absolute(*r.High)
	case r.Points():
		return units.PointsRange(*low, *high, r.beside()...)
	case 100**high > 1e6:
		return units.Change(*low, r.beside()...) + " … " + anyFactor
	}
	return units.ChangeRange(*low, *high, r.beside()...)
}

// absolute writes a change in the row's unit.
func (r Row) absolute(change float64) string {
	return units.Signed(change, func(v float64) string { return units.Value(v, r.Unit) })
}

// Points reports whether changes of the row are told in percentage points.
func (r Row) Points() bool { return r.Unit == "ratio" }

// Margins is a change of the row, in its unit, in multiples of what matters; nil
// where there is none.
func (r Row) Margins(change *float64) *float64 {
	if change == nil || r.margin() == 0 {
		return nil
	}
	return new(*change / r.margin())
}

// Interval is that of the change in multiples of what matters, infinite where it has no
// end; ok is false where there is none.
func (r Row) Interval() (low, high float64, ok bool) {
	i := r.turned(r.worsening())
	return i.low / r.margin(), i.high / r.margin(), i.bounded() && r.margin() > 0
}

// anyChange is an interval that says nothing.
const anyChange = "any change"

// anyFactor is a change that no number helps to tell.
const anyFactor = "any factor"

// written is a change in points, as a percentage, or as a factor.
func (r Row) written(v float64) string {
	switch {
	case r.Points():
		return units.Points(v, r.beside()...)
	case 100*v > 1e6:
		return anyFactor
	}
	return units.Change(v, r.beside()...)
}

// shown is the form in which a row's changes are told.
func (r Row) shown(absolute, ratio *float64) *float64 {
	if r.Points() {
		return absolute
	}
	return ratio
}

// beside is the margin in the form in which changes are told; nothing where there is
// none.
func (r Row) beside() []float64 {
	margin := r.margin()
	if !r.Points() {
		if r.Base == nil || *r.Base == 0 {
			return nil
		}
		margin /= math.Abs(*r.Base)
	}
	if margin <= 0 {
		return nil
	}
	return []float64{margin}
}

// FormatValues writes both values, the unit once where it is the same: 212 → 251
// ms.
func (r Row) FormatValues() string {
	base, fresh := r.FormatBase(), r.FormatNew()
	number, unit, ok := strings.Cut(base, " ")
	if _, other, also := strings.Cut(fresh, " "); ok && also && unit == other && !strings.Contains(unit, " ") {
		base = number
	}
	return base + " → " + fresh
}

// FormatBase and FormatNew write the values. What lies beyond every one never came.
func (r Row) FormatBase() string { return r.formatted(r.Base, BeyondBase) }

// FormatNew is as FormatBase.
func (r Row) FormatNew() string { return r.formatted(r.New, BeyondNew) }

func (r Row) formatted(v *float64, beyond Beyond) string {
	switch {
	case v != nil:
		return units.Value(*v, r.Unit)
	case r.Beyond == beyond || r.Beyond == BeyondBoth:
		return "never"
	}
	return units.NoData
}

// HasData reports whether there is something to show of either side.
func (r Row) HasData() bool { return r.Base != nil || r.New != nil || r.Beyond != "" }

// subject is what a row is about: p95 TTFT in rush.
func (r Row) subject() string {
	if r.Wave == "" {
		return r.Name()
	}
	return r.Name() + " in " + r.Wave
}

// tell is a row in words: p95 TTFT 212 → 251 ms (+18 %, +12 … +25 %).
func tell(r *Row) string {
	s := r.subject() + " " + r.FormatValues()
	var changes []string
	for _, change := range []string{r.FormatChange(), r.FormatInterval()} {
		if change != units.NoData {
			changes = append(changes, change)
		}
	}
	if len(changes) > 0 {
		s += " (" + strings.Join(changes, ", ") + ")"
	}
	return s
}

// brief is the rows that gate in few words.
func brief(rows []*Row) string {
	var parts []string
	for _, r := range rows {
		part := r.subject() + " " + r.FormatValues()
		if r.Change != nil {
			part += " (" + r.FormatChange() + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// FormatDetectable writes the smallest worsening that would have been found.
func (r Row) FormatDetectable() string { return r.unsigned(r.Detectable, r.DetectableRatio) }

// FormatSeen writes the smallest change that would have been told from none.
func (r Row) FormatSeen() string { return r.unsigned(r.Seen, r.SeenRatio) }

func (r Row) unsigned(absolute, ratio *float64) string {
	v := r.shown(absolute, ratio)
	if v == nil {
		return units.NoData
	}
	return strings.TrimPrefix(r.written(*v), "+")
}

// seen says which change would have been seen in whichever of the rows: of shares in
// points, of the others as a part.
func seen(rows []*Row) string {
	var part, points *Row
	for _, r := range rows {
		most := &part
		if r.Points() {
			most = &points
		}
		v := r.shown(r.Seen, r.SeenRatio)
		if v != nil && (*most == nil || *v > *(*most).shown((*most).Seen, (*most).SeenRatio)) {
			*most = r
		}
	}
	switch {
	case part != nil && points != nil:
		return "; a change of " + part.FormatSeen() + ", of shares " + points.FormatSeen() + ", would have been seen"
	case part != nil:
		return "; a change of " + part.FormatSeen() + " would have been seen"
	case points != nil:
		return "; a change of " + points.FormatSeen() + " would have been seen"
	}
	return ""
}

// swamped says of a latency why its interval has no end.
func (r *Row) swamped() string {
	if r.Unit != "ms" || r.Confidence == nil || r.Low != nil && r.High != nil {
		return ""
	}
	return "; about as many requests failed or were lost as lie beyond the percentile"
}

// reason is a row that does not pass, in words.
func (r *Row) reason() string {
	switch {
	case r.Verdict != TooNoisy:
		return tell(r)
	case r.swamped() != "":
		return tell(r) + r.swamped()
	case r.Detectable == nil:
		return tell(r) + "; no worsening would have been found for sure"
	}
	return tell(r) + "; the smallest worsening that would have been found is " + r.FormatDetectable()
}

package compare

import (
	"fmt"
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
	switch v := r.shown(r.Change, r.ChangeRatio); {
	case v != nil:
		return r.written(*v)
	case r.Change != nil:
		return r.absolute(*r.Change)
	}
	return units.NoData
}

// FormatInterval writes the interval as FormatChange does the change: −2.0 … +5.1 %.
func (r Row) FormatInterval() string {
	if r.Low == nil || r.High == nil {
		return units.NoData
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
	base, fresh := formatted(r.Base, r.Unit), formatted(r.New, r.Unit)
	number, unit, ok := strings.Cut(base, " ")
	if _, other, also := strings.Cut(fresh, " "); ok && also && unit == other && !strings.Contains(unit, " ") {
		base = number
	}
	return base + " → " + fresh
}

func formatted(v *float64, unit string) string {
	if v == nil {
		return units.NoData
	}
	return units.Value(*v, unit)
}

// tell is a row in words: p95 TTFT 212 → 251 ms (+18 %, +12 … +25 %).
func tell(r *Row) string {
	s := r.Name()
	if r.Wave != "" {
		s += " in " + r.Wave
	}
	s += " " + r.FormatValues()
	switch {
	case r.Low != nil:
		s += " (" + r.FormatChange() + ", " + r.FormatInterval() + ")"
	case r.Change != nil:
		s += " (" + r.FormatChange() + ")"
	}
	return s
}

// brief is the gated rows in few words.
func brief(rows []*Row) string {
	var parts []string
	for _, r := range rows {
		if r.Change != nil {
			parts = append(parts, fmt.Sprintf("%s %s (%s)", r.Name(), r.FormatValues(), r.FormatChange()))
		}
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

// reason is a row that does not pass, in words.
func (r *Row) reason() string {
	switch {
	case r.Verdict != TooNoisy:
		return tell(r)
	case r.Detectable == nil:
		return tell(r) + "; no worsening would have been found for sure"
	}
	return tell(r) + "; the smallest worsening that would have been found is " + r.FormatDetectable()
}

package compare

import (
	"fmt"
	"strings"

	"flashwave/bench/units"
)

// String is the verdict in words.
func (v Verdict) String() string { return strings.ReplaceAll(string(v), "_", " ") }

// String is the status in words.
func (s Status) String() string { return strings.ReplaceAll(string(s), "_", " ") }

// FormatChange writes a change as a part with its sign: +1.4 %, −18 %. A share's
// change is in percentage points.
func (r Row) FormatChange() string {
	if v := r.shown(r.Change, r.ChangeRatio); v != nil {
		return r.change(*v)
	}
	return units.NoData
}

// FormatInterval writes the interval as FormatChange does the change: −2.0 … +5.1 %.
func (r Row) FormatInterval() string {
	low, high := r.shown(r.Low, r.LowRatio), r.shown(r.High, r.HighRatio)
	if low == nil || high == nil {
		return units.NoData
	}
	switch {
	case r.Points():
		return units.PointsRange(*low, *high)
	case 100**high > 1e6:
		return units.Change(*low) + " … " + anyFactor
	}
	return units.ChangeRange(*low, *high)
}

// Points reports whether changes of the row are told in percentage points.
func (r Row) Points() bool { return r.Unit == "ratio" }

// anyFactor is a change that no number helps to tell.
const anyFactor = "any factor"

// change writes a change: in points, as a percentage, or as a factor.
func (r Row) change(v float64) string {
	switch {
	case r.Points():
		return units.Points(v)
	case 100*v > 1e6:
		return anyFactor
	}
	return units.Change(v)
}

// shown is the form in which a row's changes are told.
func (r Row) shown(absolute, ratio *float64) *float64 {
	if r.Points() {
		return absolute
	}
	return ratio
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

// tell is a row in words: p95 TTFT 212 → 251 ms (+18 %, 95 % CI +12 … +25 %).
func tell(r *Row) string {
	s := r.Name()
	if r.Wave != "" {
		s += " in " + r.Wave
	}
	s += " " + r.FormatValues()
	switch {
	case r.Low != nil && r.Confidence != nil:
		s += fmt.Sprintf(" (%s, %s CI %s)", r.FormatChange(), units.Bound(*r.Confidence, units.Ratio), r.FormatInterval())
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
func (r Row) FormatDetectable() string {
	v := r.shown(r.Detectable, r.DetectableRatio)
	if v == nil {
		return units.NoData
	}
	return strings.TrimPrefix(r.change(*v), "+")
}

// resolution says what could have been seen of a row, if anything.
func resolution(r *Row) string {
	if r.Detectable == nil {
		return "; there is too little to make an interval of"
	}
	return "; the smallest worsening that would have been seen is " + r.FormatDetectable()
}

// reason is a row that does not pass, in words.
func (r *Row) reason() string {
	if r.Verdict == TooNoisy || r.Verdict == Unknown {
		return tell(r) + resolution(r)
	}
	return tell(r)
}

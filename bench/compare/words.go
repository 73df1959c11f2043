package compare

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"flashwave/bench/result"
)

// String is the verdict in words.
func (v Verdict) String() string { return strings.ReplaceAll(string(v), "_", " ") }

// String is the status in words.
func (s Status) String() string { return strings.ReplaceAll(string(s), "_", " ") }

// FormatChange writes a change as a part with its sign: +1.4 %, −18 %. A share's
// change is in percentage points; one from 0 is no part of anything, and is told in
// the row's unit.
func (r Row) FormatChange() string {
	switch v := r.shown(r.Change, r.ChangeRatio); {
	case v != nil:
		return r.percent(*v, true)
	case r.Change != nil:
		return r.plain(*r.Change)
	}
	return result.NoData
}

// FormatInterval writes the interval as FormatChange does the change: −2.0 … +5.1 %.
func (r Row) FormatInterval() string {
	if r.Low == nil || r.High == nil {
		return result.NoData
	}
	low, high := r.shown(r.Low, r.LowRatio), r.shown(r.High, r.HighRatio)
	if low == nil || high == nil {
		return r.plain(*r.Low) + " … " + r.plain(*r.High)
	}
	return r.percent(*low, 100**high > muchPercent) + " … " + r.percent(*high, true)
}

// plain writes a change in the row's unit.
func (r Row) plain(change float64) string {
	sign := ""
	switch {
	case change > 0:
		sign = "+"
	case change < 0:
		sign = "−"
	}
	return sign + result.FormatValue(math.Abs(change), r.Unit)
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

// muchPercent is from where on a change is told as a factor.
const muchPercent = 999

// percent writes a change: as a factor where it is large, with its unit if wanted.
func (r Row) percent(v float64, unit bool) string {
	switch {
	case r.Points() && unit:
		return r.signed(v) + " pp"
	case !r.Points() && 100*v > 1e6:
		return "any factor"
	case !r.Points() && 100*v > muchPercent:
		return fmt.Sprintf("×%.0f", 1+v)
	case unit:
		return r.signed(v) + " %"
	}
	return r.signed(v)
}

// shown is the form in which a row's changes are told.
func (r Row) shown(absolute, ratio *float64) *float64 {
	if r.Points() {
		return absolute
	}
	return ratio
}

// signed writes a change as a percentage with its sign, and two digits or so: with
// as many more as it takes to see on which side of the margin it lies.
func (r Row) signed(v float64) string {
	decimals := 0
	if math.Abs(100*v) < 9.95 {
		decimals = 1
	}
	s := strconv.FormatFloat(math.Abs(100*v), 'f', decimals, 64)
	for ; decimals < 4 && r.blurred(math.Abs(v), s); decimals++ {
		s = strconv.FormatFloat(math.Abs(100*v), 'f', decimals+1, 64)
	}
	switch {
	case strings.Trim(s, "0.") == "":
		return s
	case v < 0:
		return "−" + s
	}
	return "+" + s
}

// blurred reports whether a change beyond the margin is written as one within, or
// the other way round.
func (r Row) blurred(v float64, written string) bool {
	margin := r.margin()
	if !r.Points() {
		if r.Base == nil || *r.Base == 0 {
			return false
		}
		margin /= math.Abs(*r.Base)
	}
	rounded, err := strconv.ParseFloat(written, 64)
	const exact = 1e-9
	return err == nil && margin > 0 && math.Abs(v-margin) > exact && (v > margin) != (rounded/100 > margin+exact)
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
		return result.NoData
	}
	return result.FormatValue(*v, unit)
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
func (r Row) FormatDetectable() string {
	v := r.shown(r.Detectable, r.DetectableRatio)
	if v == nil {
		return result.NoData
	}
	return strings.TrimPrefix(r.percent(*v, true), "+")
}

// reason is a row that does not pass, in words.
func (r *Row) reason() string {
	switch {
	case r.Verdict != TooNoisy:
		return tell(r)
	case r.Detectable == nil:
		return tell(r) + "; no worsening would have been seen for sure"
	}
	return tell(r) + "; the smallest worsening that would have been seen is " + r.FormatDetectable()
}

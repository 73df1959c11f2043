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
// change is in percentage points.
func (r Row) FormatChange() string {
	if v := r.shown(r.Change, r.ChangeRatio); v != nil {
		return r.percent(*v, true)
	}
	return result.NoData
}

// FormatInterval writes the interval as FormatChange does the change: −2.0 … +5.1 %.
func (r Row) FormatInterval() string {
	low, high := r.shown(r.Low, r.LowRatio), r.shown(r.High, r.HighRatio)
	if low == nil || high == nil {
		return result.NoData
	}
	return r.percent(*low, 100**high > muchPercent) + " … " + r.percent(*high, true)
}

// Points reports whether changes of the row are told in percentage points.
func (r Row) Points() bool { return r.Unit == "ratio" }

// muchPercent is from where on a change is told as a factor.
const muchPercent = 999

// percent writes a change: as a factor where it is large, with its unit if wanted.
func (r Row) percent(v float64, unit bool) string {
	switch {
	case r.Points() && unit:
		return signed(100*v) + " pp"
	case !r.Points() && 100*v > 1e6:
		return "any factor"
	case !r.Points() && 100*v > muchPercent:
		return fmt.Sprintf("×%.0f", 1+v)
	case unit:
		return signed(100*v) + " %"
	}
	return signed(100 * v)
}

// shown is the form in which a row's changes are told.
func (r Row) shown(absolute, ratio *float64) *float64 {
	if r.Points() {
		return absolute
	}
	return ratio
}

// signed writes a percentage with its sign and two digits or so.
func signed(v float64) string {
	decimals := 0
	if math.Abs(v) < 9.95 {
		decimals = 1
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	switch {
	case strings.Trim(s, "0.") == "":
		return s
	case v < 0:
		return "−" + s
	}
	return "+" + s
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

// tell is a row in words: p95 TTFT 212 → 251 ms (+18 %, 95 % CI +12 … +25 %).
func tell(r *Row) string {
	s := r.Name()
	if r.Wave != "" {
		s += " in " + r.Wave
	}
	s += " " + r.FormatValues()
	switch {
	case r.Low != nil && r.Confidence != nil:
		s += fmt.Sprintf(" (%s, %.0f %% CI %s)", r.FormatChange(), 100**r.Confidence, r.FormatInterval())
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

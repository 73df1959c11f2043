// Package units is how figures become text for people: on screens, in reports as
// text, Markdown and HTML, and in the sentences of headlines, warnings and errors.
// No other package writes a duration, a rate, a share, a count, a clock or money by
// itself, so that one figure looks the same wherever it stands. What programs read
// (JSON, CSV, the text of a scenario or of an SLO) has grammars of its own and does
// not come from here.
//
//	[Duration], [Millis], [Seconds]     940 µs   21.4 ms   1.25 s   2 min 5 s   1 h 15 min
//	[Clock]                             01:12   1:15:00   2d 03:15:00
//	[About], [Ago]                      4 min   3 d ago
//	[Rate], [PerSecond], [PerMinute]    3.33   187.2/s   9,412/min
//	[Share], [Percent], [Points]        98.1 %   31 %   +0.4 pp
//	[Change], [Factor]                  +12.3 %   ×1.10
//	[Count], [Short], [Bytes]           12,391   1.24 M   1.50 GiB
//	[USD], [Cents]                      $0.0340   $1,021.20   $0.42
//	[Value], [Bound]                    a figure with its unit, and one that somebody chose
//	[DurationScale], [RateScale]        one unit and one precision for a column
//
// All of them keep four promises. A figure has at least three significant digits
// where it is measured that well (shares have one decimal, and durations from a
// minute on two units). What is not nothing is never written as nothing (a change may
// be), and nothing is never negative. Rounding never leaves a unit: 999.95 ms is 1.00 s, not 1000 ms.
// A greater figure is never written as a smaller one. What is no number, NaN and the
// infinities, is [NoData]; so a missing one may be passed on as NaN, or by [Maybe].
//
// A negative figure has a minus sign, U+2212. A unit stands behind a plain space, so
// that texts can be cut there and every rune of a figure is one cell wide.
package units

import (
	"math"
	"strconv"
	"strings"
)

// NoData is written where there is no figure: never a zero.
const NoData = "–"

// minus is the sign of negative figures.
const minus = "−"

// Maybe writes a figure that may be missing.
func Maybe[T any](v *T, write func(T) string) string {
	if v == nil {
		return NoData
	}
	return write(*v)
}

// Fixed writes v with so many decimals and its thousands apart: 1,234.50. It is for
// numbers without a unit whose precision is known, as the labels of an axis have.
func Fixed(v float64, decimals int) string {
	return whole(v, func(abs float64) string { return fixed(abs, decimals) })
}

// Figure writes a plain number that was measured, with three significant digits, below
// 1 with two decimals: 0.50, 1.10, 12.5, 125, 1,250.
func Figure(v float64) string {
	return whole(v, func(abs float64) string {
		switch {
		case abs == 0:
			return "0"
		case abs < 0.005:
			return "<0.01"
		case abs < 0.995:
			return fixed(abs, 2)
		}
		return digits(abs)
	})
}

// Number writes a plain number with three significant digits, without zeros that say
// nothing: 2, 1.5, 0.125, 1,250.
func Number(v float64) string {
	return whole(v, func(abs float64) string {
		switch {
		case abs == 0:
			return "0"
		case abs < 0.0005:
			return "<0.001"
		case abs < 0.9995:
			return trim(fixed(abs, 3))
		}
		return trim(digits(abs))
	})
}

// Signed writes a difference: what write makes of its size, with its sign. Nothing
// has no sign.
func Signed(v float64, write func(float64) string) string {
	text := write(math.Abs(v))
	switch {
	case text == NoData || !some(text):
		return text
	case v < 0:
		return minus + text
	}
	return "+" + text
}

// whole writes a number that may be negative, or none.
func whole(v float64, write func(abs float64) string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return NoData
	}
	text := write(math.Abs(v))
	if v < 0 && some(text) {
		return minus + text
	}
	return text
}

// some reports whether a figure is something: it has a digit that is not nought.
func some(text string) bool { return strings.ContainsAny(text, "123456789") }

// digits writes a number of 1 or more with three significant digits, the whole part
// always in full: 1.25, 12.5, 125, 1,250.
func digits(v float64) string {
	switch {
	case v < 9.995:
		return fixed(v, 2)
	case v < 99.95:
		return fixed(v, 1)
	}
	return fixed(v, 0)
}

// fixed writes a number that is not negative with its thousands apart. What is
// larger than any figure that means something has an exponent.
func fixed(v float64, decimals int) string {
	if v >= 1e15 {
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	if decimals <= 0 {
		decimals, v = 0, math.Round(v)
	}
	before, after, _ := strings.Cut(strconv.FormatFloat(v, 'f', decimals, 64), ".")
	var b strings.Builder
	for i, digit := range before {
		if i > 0 && (len(before)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if after != "" {
		b.WriteString("." + after)
	}
	return b.String()
}

// trim leaves out the zeros at the end of decimals.
func trim(s string) string {
	if !strings.Contains(s, ".") || strings.Contains(s, "e") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

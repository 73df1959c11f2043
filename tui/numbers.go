package tui

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"flashwave/bench/units"
)

// noData stands where a number is none.
const noData = "–"

// count writes a whole number with its thousands apart: 12,391.
func count(n int64) string { return units.Count(n) }

// decimal writes v with a fixed number of decimals and its thousands apart.
func decimal(v float64, places int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return noData
	}
	whole, fraction, _ := strings.Cut(fmt.Sprintf("%.*f", places, math.Abs(v)), ".")
	var b strings.Builder
	if v < 0 && strings.Trim(whole+fraction, "0") != "" {
		b.WriteByte('-')
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if places > 0 {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// rate writes requests or tokens per second: 199.8/s, 9,412/s.
func rate(v float64) string { return plainRate(v) + "/s" }

// plainRate is rate without its unit: one decimal below a thousand.
func plainRate(v float64) string {
	if math.Abs(v) < 999.95 {
		return decimal(v, 1)
	}
	return decimal(v, 0)
}

// percent writes a ratio: 98.1%. A part that is not nothing is never 0.0%.
func percent(ratio float64) string {
	switch {
	case ratio > 0 && ratio < 0.0005:
		return "<0.1%"
	case ratio < 1 && ratio > 0.9995:
		return ">99.9%"
	default:
		return decimal(100*ratio, 1) + "%"
	}
}

// usd writes money: to the cent, and below a dollar to a hundredth of one.
func usd(v float64) string {
	if v != 0 && math.Abs(v) < 1 {
		return "$" + decimal(v, 4)
	}
	return "$" + decimal(v, 2)
}

// money writes an amount beside a budget: always to the cent.
func money(v float64) string { return "$" + decimal(v, 2) }

// span writes a length of time with three significant digits: 850 ms, 4.12 s.
func span(d time.Duration) string {
	switch abs := d.Abs(); {
	case abs == 0:
		return "0 ms"
	case abs < 10*time.Millisecond:
		return decimal(d.Seconds()*1e3, 1) + " ms"
	case abs < time.Second:
		return decimal(d.Seconds()*1e3, 0) + " ms"
	case abs < 10*time.Second:
		return decimal(d.Seconds(), 2) + " s"
	case abs < 2*time.Minute:
		return decimal(d.Seconds(), 1) + " s"
	default:
		return clock(d)
	}
}

// millis is span for milliseconds.
func millis(ms float64) string {
	if math.IsNaN(ms) || math.IsInf(ms, 0) {
		return noData
	}
	return span(time.Duration(ms * float64(time.Millisecond)))
}

// clock writes an instant of the run: 01:12, 1:02:03, -00:05.
func clock(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	s := int64(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%s%02d:%02d", sign, s/60, s%60)
}

// quantity writes v in a unit of the result document.
func quantity(v float64, unit string) string {
	switch unit {
	case "ms":
		return millis(v)
	case "ratio":
		return percent(v)
	case "1/s":
		return rate(v)
	case "usd":
		return usd(v)
	case "count":
		return decimal(v, 0)
	default:
		return strings.TrimSpace(humanize.Ftoa(v) + " " + unit)
	}
}

// bound writes the bound of an SLO as people write it: 8 s, not 8.00 s.
func bound(v float64, unit string) string {
	number, rest, _ := strings.Cut(quantity(v, unit), " ")
	if strings.Contains(number, ".") && unit == "ms" {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return strings.TrimSpace(number + " " + rest)
}

// cell is a figure of a column that shares one unit. Figures of 100 and more
// have no decimals, smaller ones have one, and all align at the point.
func cell(v float64) string {
	if v >= 99.95 {
		return decimal(v, 0) + "  "
	}
	return decimal(v, 1)
}

// right pads s on its left, to end at the width. A wider s stays as it is.
func right(s string, width int) string {
	return strings.Repeat(" ", max(0, width-cells(s))) + s
}

// left pads s on its right.
func left(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-cells(s)))
}

// clean makes text from outside safe to draw: no escape sequences, no control
// characters, nothing that turns the direction of writing or that terminals do not
// agree on the width of, one line. The joiner of emoji stays.
func clean(s string) string {
	return strings.Join(strings.FieldsFunc(ansi.Strip(strings.ToValidUTF8(s, "\ufffd")), func(r rune) bool {
		const joiner = '\u200d'
		return r != joiner && (!unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r))
	}), " ")
}

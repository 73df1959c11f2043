package units

import (
	"strconv"
	"strings"
)

// Tick writes the round duration of a label on an axis, in one unit: 500 ms, 20 s, 100
// s, 30 h. From 99,500 s on it is in hours, of three digits.
func Tick(ms float64) string {
	return whole(ms, func(ms float64) string {
		switch ms = sixDigits(ms); {
		case ms == 0:
			return "0 ms"
		case ms < 1:
			return chosen(ms*1e3) + " µs"
		case ms < 1e3:
			return chosen(ms) + " ms"
		case ms < 9.95e7:
			return chosen(ms/1e3) + " s"
		}
		return trim(digits(ms/3.6e6)) + " h"
	})
}

// Narrow writes a number in so many cells: with its decimals where they fit, else as
// Short does, else with an exponent. The last may be wider, but for none that is
// measured.
func Narrow(v float64, decimals, cells int) string {
	if text := Fixed(v, decimals); len(text) <= cells || text == NoData {
		return text
	}
	if text := strings.ReplaceAll(Short(v), " ", ""); len(text) <= cells {
		return text
	}
	return strconv.FormatFloat(v, 'e', 0, 64)
}

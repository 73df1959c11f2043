package units

import "math"

// A Scale is one unit and one precision for the durations or the rates of a column or
// of a row, so that they compare at a glance: 0.82, 12.40, 803.00 ms. The zero value is
// milliseconds without decimals.
type Scale struct {
	Unit     string // µs, ms or s; to be named once
	perMilli float64
	decimals int
}

// DurationScale is the scale for durations in milliseconds: in seconds if the largest
// has ten of them and the smallest one, in microseconds if all are less than a
// millisecond. Its decimals give the smallest that is not nothing three significant
// digits if two can, or one where the largest has four digits before the point.
// Without any duration it is milliseconds.
func DurationScale(ms ...float64) Scale {
	least, most := math.Inf(1), 0.0
	for _, v := range ms {
		if v > 0 && !math.IsInf(v, 0) { // not NaN
			least, most = min(least, v), max(most, v)
		}
	}
	s := Scale{Unit: "ms", perMilli: 1}
	switch {
	case most == 0:
		return s
	case most >= 10_000 && least >= 1000:
		s.Unit, s.perMilli = "s", 1e-3
	case most < 0.9995:
		s.Unit, s.perMilli = "µs", 1e3
	}
	switch smallest := least * s.perMilli; {
	case smallest < 9.995:
		s.decimals = 2
	case smallest < 99.95:
		s.decimals = 1
	}
	if most*s.perMilli >= 999.5 {
		s.decimals = min(s.decimals, 1)
	}
	return s
}

// RateScale is the scale for rates: two decimals if one of them is below ten, none if
// all are a thousand and more. Its unit is for the caller to name.
func RateScale(rates ...float64) Scale {
	least, most := math.Inf(1), 0.0
	for _, v := range rates {
		if v > 0 && !math.IsInf(v, 0) {
			least, most = min(least, v), max(most, v)
		}
	}
	s := Scale{perMilli: 1, decimals: 1}
	switch {
	case least < 9.995 && most < 999.95:
		s.decimals = 2
	case least >= 999.95 && most > 0:
		s.decimals = 0
	}
	return s
}

// Write writes a figure without its unit: a duration of so many milliseconds, or a rate.
func (s Scale) Write(ms float64) string {
	per := s.perMilli
	if per == 0 {
		per = 1
	}
	return whole(ms*per, func(v float64) string { return atLeast(v, s.decimals) })
}

// atLeast writes v with so many decimals; what is not nothing and would read as such
// is less than the last of them.
func atLeast(v float64, decimals int) string {
	if text := fixed(v, decimals); v == 0 || some(text) {
		return text
	}
	return "<" + fixed(math.Pow(10, float64(-decimals)), decimals)
}

// Tabular writes a figure of a column that shares one unit: from 100 on without
// decimals, below with one, and padded so that the points of all stand above one
// another.
func Tabular(v float64) string {
	return whole(v, func(v float64) string {
		if v >= 99.95 {
			return fixed(v, 0) + "  "
		}
		return atLeast(v, 1)
	})
}

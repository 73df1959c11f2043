package units

import "math"

// Integer is what things are counted in; a float64 is a count that was computed.
type Integer interface {
	~int | ~int32 | ~int64 | ~uint32 | ~uint64 | ~float64
}

// Count writes a whole number with its thousands apart: 12,391. A computed one is
// rounded.
func Count[N Integer](n N) string {
	return whole(float64(n), func(v float64) string {
		if v > 0 && v < 0.5 {
			return "<1"
		}
		return fixed(math.Round(v), 0)
	})
}

// Of writes how many of something there are, in the words for one and for more: 1
// request, 12,391 requests.
func Of[N Integer](n N, one, more string) string {
	text := Count(n)
	if text == "1" {
		return text + " " + one
	}
	return text + " " + more
}

// Short writes a large count with three significant digits: 9,412, 41.2 k, 3.71 M. It
// is at most 6 cells wide up to 999 P.
func Short[N Integer](n N) string {
	return whole(float64(n), func(v float64) string {
		if v < 9_999.5 {
			return Count(v)
		}
		return scaled(v, 1000, []string{" k", " M", " G", " T", " P"})
	})
}

// Bytes writes a size in powers of 1,024 with three significant digits: 512 B, 1.50
// GiB.
func Bytes[N Integer](n N) string {
	return whole(float64(n), func(v float64) string {
		if v < 1023.5 {
			return Count(v) + " B"
		}
		return scaled(v, 1024, []string{" KiB", " MiB", " GiB", " TiB", " PiB"})
	})
}

// scaled writes v in the first unit in which it is less than step, or in the last.
func scaled(v, step float64, names []string) string {
	for i, name := range names {
		v /= step
		if v < step-0.5 || i == len(names)-1 {
			return digits(v) + name
		}
	}
	return NoData
}

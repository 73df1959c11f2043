package units

import (
	"math"
	"strconv"
	"time"
)

// The units of figures in the documents of runs, comparisons and searches.
const (
	Milliseconds = "ms"
	Ratio        = "ratio"
	EachSecond   = "1/s"
	Dollars      = "usd"
	Things       = "count"
)

// Value writes a figure in a unit of the documents: 803 ms, 1.8 %, 187.2/s, $0.4213,
// 12,391. A unit that it does not know stands behind its number.
func Value(v float64, unit string) string {
	switch unit {
	case Milliseconds:
		return Millis(v)
	case Ratio:
		return Share(v)
	case EachSecond:
		return PerSecond(v)
	case Dollars:
		return USD(v)
	case Things, "":
		return Number(v)
	}
	return unless(Number(v), " "+unit)
}

// Bound writes a figure that somebody chose, as an SLO's bound or a margin is, the way
// people write it: 800 ms, 8 s, 1.25 s, 1 %, 200/s, $5. Six digits are kept.
func Bound(v float64, unit string) string {
	switch unit {
	case Milliseconds:
		return chosenMillis(v)
	case Ratio:
		return unless(chosen(100*v), " %")
	case EachSecond:
		return unless(chosen(v), "/s")
	case Dollars:
		return whole(v, func(v float64) string {
			if text := chosen(v); v == math.Trunc(v) || v < 0.01 {
				return "$" + text
			}
			return USD(v)
		})
	case Things, "":
		return chosen(v)
	}
	return unless(chosen(v), " "+unit)
}

// Length writes a length of time that somebody chose: 90 s is 1 min 30 s, 5m is 5 min,
// 250ms is 250 ms.
func Length(d time.Duration) string { return chosenMillis(float64(d) / 1e6) }

func chosenMillis(ms float64) string {
	return whole(ms, func(ms float64) string {
		switch ms = sixDigits(ms); {
		case ms == 0:
			return "0 ms"
		case ms < 1e-3:
			return chosen(ms*1e6) + " ns"
		case ms < 1:
			return chosen(ms*1e3) + " µs"
		case ms < 1e3:
			return chosen(ms) + " ms"
		case ms < 60e3:
			return chosen(ms/1e3) + " s"
		}
		s := math.Round(ms) / 1e3
		text := ""
		for _, u := range []struct {
			name string
			per  float64
		}{{" d", 86400}, {" h", 3600}, {" min", 60}} {
			if n := math.Floor(s / u.per); n > 0 {
				text += " " + fixed(n, 0) + u.name
				s -= n * u.per
			}
		}
		if s >= 0.0005 && ms < 1e12 {
			text += " " + trim(fixed(s, 3)) + " s"
		}
		return text[1:]
	})
}

// chosen writes a number with all of its digits, six at most.
func chosen(v float64) string {
	return whole(v, func(v float64) string {
		if v = sixDigits(v); v != 0 && v < 1e-6 {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		return trim(fixed(v, 12))
	})
}

// sixDigits is v without what binary fractions add to it.
func sixDigits(v float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return v
	}
	return rounded
}

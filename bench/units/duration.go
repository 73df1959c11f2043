package units

import (
	"fmt"
	"math"
	"time"
)

// Duration writes a length of time with three significant digits and its unit, from
// a minute on in two units: 940 µs, 21.4 ms, 1.25 s, 2 min 5 s, 1 h 15 min, 3 d 4 h.
// None is 0 ms. It is at most 11 cells wide below a thousand days.
func Duration(d time.Duration) string { return Millis(float64(d) / 1e6) }

// Seconds is Duration for so many seconds.
func Seconds(s float64) string { return Millis(1000 * s) }

// Millis is Duration for so many milliseconds.
func Millis(ms float64) string {
	return whole(ms, func(ms float64) string {
		s := ms / 1000
		switch us := ms * 1e3; { // each compared as it is rounded
		case ms == 0:
			return "0 ms"
		case us*1e3 < 0.5:
			return "<1 ns"
		case us*1e3 < 999.5:
			return fixed(us*1e3, 0) + " ns"
		case us < 999.5:
			return digits(us) + " µs"
		case ms < 999.5:
			return digits(ms) + " ms"
		case s < 59.95:
			return digits(s) + " s"
		case s < 3599.5:
			return twoUnits(s, 1, 60, "min", "s")
		case s < 24*3600-30:
			return twoUnits(s, 60, 60, "h", "min")
		}
		return twoUnits(s, 3600, 24, "d", "h")
	})
}

// twoUnits writes a length of so many seconds to the nearest lower unit, which has
// per seconds and of which the higher one has many.
func twoUnits(s, per, many float64, higher, lower string) string {
	n := math.Round(s / per)
	if n >= 1e15 {
		return fixed(n/many, 0) + " " + higher
	}
	up := math.Floor(n / many)
	return fmt.Sprintf("%s %s %d %s", fixed(up, 0), higher, int(n-up*many), lower)
}

// About writes a length of time that is guessed, and not more exactly than that: 10 s,
// 1 min 30 s, 4 min, 1 h 20 min.
func About(d time.Duration) string {
	step := 10 * time.Second
	switch {
	case d >= 2*time.Hour:
		step = 10 * time.Minute
	case d >= 2*time.Minute:
		step = time.Minute
	}
	return Length(max(d.Round(step), step))
}

// Ago writes how long ago something was, in one unit: just now, 5 min ago, 2 h ago, 3 d
// ago.
func Ago(d time.Duration) string {
	day := 24 * time.Hour
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return Count(int64(d/time.Minute)) + " min ago"
	case d < 2*day:
		return Count(int64(d/time.Hour)) + " h ago"
	}
	return Count(int64(d/day)) + " d ago"
}

// Clock writes an instant of a run, or a length beside one, in whole seconds that
// have passed: 01:12, 1:15:00, 2d 03:15:00; −00:05 is before the start.
func Clock(d time.Duration) string {
	s := int64(d / time.Second)
	sign := ""
	if s < 0 {
		sign, s = minus, -s
	}
	switch day := int64(24 * 3600); {
	case s < 3600:
		return fmt.Sprintf("%s%02d:%02d", sign, s/60, s%60)
	case s < day:
		return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
	default:
		return fmt.Sprintf("%s%sd %02d:%02d:%02d", sign, fixed(float64(s/day), 0), s%day/3600, s/60%60, s%60)
	}
}

// ClockSeconds is Clock for so many seconds.
func ClockSeconds(s float64) string {
	if math.IsNaN(s) || math.IsInf(s, 0) || math.Abs(s) > 9e9 { // a time.Duration ends there
		return NoData
	}
	return Clock(time.Duration(math.Round(s * 1e9)))
}

// ClockMinutes is the clock without its seconds, 1:15, for an axis that says so.
func ClockMinutes(d time.Duration) string {
	m := int64(d / time.Minute)
	sign := ""
	if m < 0 {
		sign, m = minus, -m
	}
	return fmt.Sprintf("%s%d:%02d", sign, m/60, m%60)
}

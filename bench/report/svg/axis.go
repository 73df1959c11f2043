package svg

import (
	"math"
	"time"

	"flashwave/bench/units"
)

// An Axis maps values to places along a side of a chart and names some of them.
type Axis struct {
	Unit  string // named at the end of the axis
	Ticks []Tick
	place func(float64) float64
}

// A Tick is a named place.
type Tick struct {
	At    float64 // 0 to 1
	Label string  // "": a line of the grid without a name
	Spare bool    // not shown where there is little room
}

// Place is where a value lies: 0 at the beginning of the axis, 1 at its end. What
// is beyond is beyond 0 to 1.
func (a Axis) Place(v float64) float64 { return a.place(v) }

// scaled is the axis for values in another unit than that of its ticks; per is how many
// of the ticks' unit one of the other is.
func (a Axis) scaled(per float64) Axis {
	place := a.place
	a.place = func(v float64) float64 { return place(v * per) }
	return a
}

// Linear is an axis from 0 to a round value at or above high, with about five
// ticks.
func Linear(high float64, unit string, format func(float64) string) Axis {
	high = positive(high, 1)
	step := roundUp(high / 4.5)
	steps := math.Ceil(high/step - 1e-9)
	a := Axis{Unit: unit, place: func(v float64) float64 { return v / (steps * step) }}
	for i := range int(steps) + 1 {
		a.Ticks = append(a.Ticks, Tick{At: float64(i) / steps, Label: format(float64(i) * step), Spare: i%2 == 1})
	}
	return a
}

// Counts is a linear axis over numbers of something, or rates.
func Counts(high float64, unit string) Axis {
	shown := decimals(high)
	return Linear(high, unit, func(v float64) string { return units.Fixed(v, shown) })
}

// steep is the ratio of the greatest to the smallest value from which on an axis over
// latencies is logarithmic: below it a linear one shows both.
const steep = 40

// Millis is an axis over milliseconds, in the unit that suits them.
func Millis(low, high float64) Axis {
	if high > steep*low {
		return Log(low, high, "log scale", units.Tick)
	}
	unit, per := "ms", 1.0
	switch {
	case high > 2000:
		unit, per = "s", 1e-3
	case high < 1:
		unit, per = "µs", 1e3
	}
	return Counts(high*per, unit).scaled(per)
}

// positive is a value that an axis can end at, or else another.
func positive(v, other float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return other
	}
	return within(v, least, most)
}

// The least and the most that axes reach: far more than is measured, and few enough
// digits to count with.
const (
	least = 1e-15
	most  = 1e15
)

// decimals is how many decimals the ticks of a linear axis up to high need.
func decimals(high float64) int {
	high = positive(high, 1)
	return max(0, -int(math.Floor(math.Log10(roundUp(high/4.5))+1e-9)))
}

// roundUp is the least of 1, 2 and 5 times a power of ten that is at least v.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// Log is a logarithmic axis over two positive values, to the next of 1, 2 and 5
// times a power of ten on both sides.
func Log(low, high float64, unit string, format func(float64) string) Axis {
	high = positive(high, 1)
	low = min(positive(low, high/1000), high)
	bottom, top := 1/roundUp(1/low), roundUp(high)
	return LogBetween(bottom, top, unit, format)
}

// LogBetween is a logarithmic axis that begins and ends at two positive values, the
// first the smaller one.
func LogBetween(bottom, top float64, unit string, format func(float64) string) Axis {
	bottom = positive(bottom, 1)
	if top = positive(top, bottom); top <= bottom*1.001 {
		top = bottom * 10
	}
	decades := math.Log10(top / bottom)
	steps := []float64{1, 2, 5}
	if decades < 0.8 {
		steps = []float64{1, 1.5, 2, 3, 4, 5, 7}
	}
	a := Axis{Unit: unit, place: func(v float64) float64 { return math.Log10(v/bottom) / decades }}
	for power := math.Pow(10, math.Floor(math.Log10(bottom)+1e-9)); power <= top*1.001; power *= 10 {
		for _, m := range steps {
			at := a.Place(m * power)
			if at < -1e-9 || at > 1+1e-9 {
				continue
			}
			t := Tick{At: at}
			if m == 1 || decades < 2 {
				t.Label = format(m * power)
			}
			a.Ticks = append(a.Ticks, t)
		}
	}
	if len(a.Ticks) == 0 { // between two steps
		a.Ticks = []Tick{{At: 0, Label: format(bottom)}, {At: 1, Label: format(top)}}
	}
	return a
}

// timeSteps are the distances between ticks of time, in seconds.
var timeSteps = []float64{
	.1, .2, .5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
	3600, 7200, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 48 * 3600, 7 * 24 * 3600,
}

// Time is an axis over seconds from the start of a run.
func Time(from, to float64) Axis {
	const ever = 9e9 // s: almost three centuries, the longest that a duration holds
	from, to = within(from, -ever, ever), within(to, -ever, ever)
	length := to - from
	if !(length > 0) {
		length = 1
	}
	step := timeSteps[len(timeSteps)-1]
	for _, s := range timeSteps {
		if length/s <= 10 {
			step = s
			break
		}
	}
	for length/step > 10 { // beyond the steps that calendars have
		step *= 2
	}
	unit, format := timeFormat(to, step)
	a := Axis{Unit: unit, place: func(v float64) float64 { return (v - from) / length }}
	for i := math.Ceil(from/step - 1e-9); i*step <= from+length*(1+1e-9); i++ {
		at := i*step + 0 // −0 + 0 is 0
		a.Ticks = append(a.Ticks, Tick{At: within(a.Place(at), 0, 1), Label: format(at), Spare: int(i)%2 != 0})
	}
	return a
}

func timeFormat(to, step float64) (unit string, format func(float64) string) {
	switch {
	case to < 10:
		return "s", func(s float64) string { return units.Fixed(s, decimalsOf(step)) }
	case to < 3600:
		return "min:s", units.ClockSeconds
	}
	return "h:min", func(s float64) string { return units.ClockMinutes(time.Duration(math.Round(s)) * time.Second) }
}

func decimalsOf(step float64) int {
	if step < 1 {
		return 1
	}
	return 0
}

// Nines is an axis over quantiles that gives each nine the same room: p0, p90, p99
// and so on to so many nines, from 1 to 9.
func Nines(nines float64) Axis {
	nines = within(nines, 1, 9)
	a := Axis{place: func(q float64) float64 { return -math.Log10(1-q) / nines }}
	for _, t := range []struct {
		q     float64
		label string
		spare bool
	}{
		{0, "p0", false},
		{0.5, "p50", false},
		{0.75, "p75", true},
		{0.9, "p90", false},
		{0.95, "p95", true},
		{0.99, "p99", false},
		{0.999, "p99.9", false},
		{0.9999, "p99.99", false},
	} {
		if at := a.Place(t.q); at <= 1+1e-9 {
			a.Ticks = append(a.Ticks, Tick{At: at, Label: t.label, Spare: t.spare})
		}
	}
	return a
}

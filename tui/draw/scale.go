package draw

import (
	"math"
	"strings"

	"flashwave/bench/units"
)

// A LinearScale is linear: from 0 to top in steps rows of equal height, with a label at
// every stride-th of them, counted from 0.
type LinearScale struct {
	Top    float64
	steps  int
	stride int
}

// NewLinearScale finds a scale of height rows that ends at or a little above a value,
// with round numbers at evenly spaced rows.
func NewLinearScale(value float64, height int) LinearScale {
	steps := max(1, height-1)
	best, least := LinearScale{1, steps, steps}, math.Inf(1)
	if value <= 0 || math.IsNaN(value) || math.IsInf(value, 0) {
		value = 1
	}
	for stride := 1; stride <= steps; stride++ {
		labels := steps / stride
		if labels > 1 && (steps > 4 && stride < 2 || labels > 6) {
			continue
		}
		share := float64(steps) / float64(stride)
		top := RoundUp(value/share) * share
		// Air above the lines costs, and so do too few or too many labels.
		if cost := top/value - 1 + 0.2*math.Abs(float64(labels)-3); cost < least {
			best, least = LinearScale{top, steps, stride}, cost
		}
	}
	return best
}

// Place implements [ValueAxis].
func (s LinearScale) Place(v float64) float64 { return v / s.Top }

// unit is the value between two labels.
func (s LinearScale) unit() float64 { return s.Top * float64(s.stride) / float64(s.steps) }

// RoundUp is the smallest of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × 10ⁿ that is not below v.
func RoundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// places is how many decimals the labels of a scale need to differ.
func (s LinearScale) places() int {
	unit := s.unit()
	for places := range 4 {
		shifted := unit * math.Pow(10, float64(places))
		if math.Abs(shifted-math.Round(shifted)) < 1e-6*shifted {
			return places
		}
	}
	return 4
}

// Labels implements [ValueAxis].
func (s LinearScale) Labels() []string {
	list, places := make([]string, s.steps+1), s.places()
	for i := range list {
		if up := s.steps - i; up%s.stride == 0 {
			list[i] = units.Narrow(float64(up/s.stride)*s.unit(), places, Gutter)
		}
	}
	return list
}

// A LogScale is logarithmic, of a time in milliseconds: what has several orders of
// magnitude shows in it at once.
type LogScale struct {
	Low, High float64 // above 0; low < high
	Rows      int
}

// Place implements [ValueAxis].
func (s LogScale) Place(v float64) float64 {
	return math.Log(max(v, s.Low/10)/s.Low) / math.Log(s.High/s.Low)
}

// Labels are 1, 2 and 5 × 10ⁿ where a row is within a tenth of them, the powers of ten
// first and with a row between two; and what else the ends of the scale are.
func (s LogScale) Labels() []string {
	list := make([]string, s.Rows)
	near := min(0.5, math.Log(1.1)/math.Log(s.High/s.Low)*float64(s.Rows-1)) // in rows
	for _, m := range []float64{1, 5, 2} {
		for n := math.Floor(math.Log10(s.Low)); n <= math.Log10(s.High); n++ {
			v := m * math.Pow(10, n)
			exact := float64(s.Rows-1) * (1 - s.Place(v))
			row := int(math.Round(exact))
			if row >= 0 && row < s.Rows && math.Abs(exact-float64(row)) <= near && free(list, row) {
				list[row] = shortTime(v)
			}
		}
	}
	for _, end := range []struct {
		row int
		v   float64
	}{{0, s.High}, {max(0, s.Rows-1), s.Low}} {
		if free(list, end.row) && end.row < len(list) {
			list[end.row] = shortTime(end.v)
		}
	}
	return list
}

// twoDigits rounds to two significant digits.
func twoDigits(v float64) float64 {
	if !(v > 0) {
		return v
	}
	digit := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Round(v/digit) * digit
}

// free reports whether neither a row nor those beside it have a label.
func free(labels []string, row int) bool {
	for i := max(0, row-1); i <= min(len(labels)-1, row+1); i++ {
		if labels[i] != "" {
			return false
		}
	}
	return true
}

// shortTime writes a number of milliseconds of two digits in the width of the gutter:
// 500ms, 20s.
func shortTime(ms float64) string {
	return strings.NewReplacer(" ", "", ",", "").Replace(units.Tick(twoDigits(ms)))
}

// Extent is from the smallest value of lines to the greatest, at least a factor of
// three; nought if there is none.
func Extent(lines []Line) (low, high float64) {
	low = math.Inf(1)
	for _, l := range lines {
		for _, v := range l.Values {
			if v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if high > 0 && high < 3*low {
		middle := math.Sqrt(low * high)
		low, high = middle/math.Sqrt(3), middle*math.Sqrt(3)
	}
	return low, high
}

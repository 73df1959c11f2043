package tui

import (
	"math"
	"slices"

	"flashwave/bench/result"
)

// A timeAxis maps columns of a chart to time: column c is the step from
// from + c×step, in seconds. The step is a whole number of seconds, halves or
// quarters where it is short, so that a growing chart compresses seldom and at once,
// rather than shimmer at each poll. Of a run that is over it fills the width.
type timeAxis struct {
	from, step float64
	columns    int
}

// newTimeAxis fits [from, to] seconds into a number of columns; growing leaves
// room for what is to come.
func newTimeAxis(from, to float64, columns int, growing bool) timeAxis {
	length, columns := max(to-from, 1), max(1, columns)
	if !growing {
		return timeAxis{from, length / float64(columns), columns}
	}
	step := length / float64(columns)
	switch {
	case step <= 1:
		step = math.Ceil(4*step) / 4
	case step <= 4:
		step = math.Ceil(2*step) / 2
	default:
		step = math.Ceil(step)
	}
	return timeAxis{from, step, columns}
}

// A merge makes one value of two rows in a column; weights are seconds.
type merge func(a, aWeight, b, bWeight float64) float64

// highest keeps the worst: percentiles must not be averaged.
func highest(a, _, b, _ float64) float64 { return max(a, b) }

// mean averages rates over their seconds.
func mean(a, aw, b, bw float64) float64 { return (a*aw + b*bw) / (aw + bw) }

// sample reads one value a column from the rows. A column without data is NaN.
func (t timeAxis) sample(rows []result.Row, value func(result.Row) float64, join merge) []float64 {
	out := slices.Repeat([]float64{math.NaN()}, t.columns)
	weights := make([]float64, t.columns)
	for _, row := range rows {
		v := value(row)
		if math.IsNaN(v) || math.IsInf(v, 0) || row.StepS <= 0 {
			continue
		}
		first, last := t.overlap(row.TS, row.TS+row.StepS)
		for c := first; c <= last; c++ {
			start := t.from + float64(c)*t.step
			overlap := min(row.TS+row.StepS, start+t.step) - max(row.TS, start)
			if overlap < 1e-9 {
				continue
			}
			if math.IsNaN(out[c]) {
				out[c] = v
			} else {
				out[c] = join(out[c], weights[c], v, overlap)
			}
			weights[c] += overlap
		}
	}
	return out
}

// overlap is the first and the last column that a stretch of time touches; last <
// first if none.
func (t timeAxis) overlap(from, to float64) (first, last int) {
	return max(0, int(math.Floor((from-t.from)/t.step+1e-9))), min(t.columns-1, int(math.Ceil((to-t.from)/t.step-1e-9))-1)
}

// reached is how many columns have begun by an instant.
func (t timeAxis) reached(at float64) int {
	return max(0, min(t.columns, int(math.Ceil((at-t.from)/t.step))))
}

package draw

import (
	"math"
	"slices"
	"time"
)

// A TimeAxis maps columns of a chart to time: column c is the step from
// from + c×step, in seconds. The step is a whole number of seconds, halves or
// quarters where it is short, so that a growing chart compresses seldom and at once,
// rather than shimmer at each poll. Of a run that is over it fills the width.
type TimeAxis struct {
	From, Step float64
	Columns    int
}

// NewTimeAxis fits [from, to] seconds into a number of columns; growing leaves
// room for what is to come.
func NewTimeAxis(from, to float64, columns int, growing bool) TimeAxis {
	length, columns := max(to-from, 1), max(1, columns)
	if !growing {
		return TimeAxis{from, length / float64(columns), columns}
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
	return TimeAxis{from, step, columns}
}

// A Merge makes one value of two rows in a column; weights are seconds.
type Merge func(a, aWeight, b, bWeight float64) float64

// Highest keeps the worst: percentiles must not be averaged.
func Highest(a, _, b, _ float64) float64 { return max(a, b) }

// Mean averages rates over their seconds.
func Mean(a, aw, b, bw float64) float64 { return (a*aw + b*bw) / (aw + bw) }

// A Stretch is a value that held for some time, in seconds; NaN is none.
type Stretch struct{ From, Length, Value float64 }

// Sample reads one value a column from n stretches. A column without data is NaN.
func (t TimeAxis) Sample(n int, at func(i int) Stretch, join Merge) []float64 {
	out := slices.Repeat([]float64{math.NaN()}, t.Columns)
	weights := make([]float64, t.Columns)
	for i := range n {
		s := at(i)
		v := s.Value
		if math.IsNaN(v) || math.IsInf(v, 0) || s.Length <= 0 {
			continue
		}
		first, last := t.Overlap(s.From, s.From+s.Length)
		for c := first; c <= last; c++ {
			start := t.From + float64(c)*t.Step
			overlap := min(s.From+s.Length, start+t.Step) - max(s.From, start)
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

// Overlap is the first and the last column that a stretch of time touches; last <
// first if none.
func (t TimeAxis) Overlap(from, to float64) (first, last int) {
	return max(0, int(math.Floor((from-t.From)/t.Step+1e-9))), min(t.Columns-1, int(math.Ceil((to-t.From)/t.Step-1e-9))-1)
}

// reached is how many columns have begun by an instant.
func (t TimeAxis) reached(at float64) int {
	return max(0, min(t.Columns, int(math.Ceil((at-t.From)/t.Step))))
}

// Seconds is a number of them as a duration.
func Seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

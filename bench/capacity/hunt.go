package capacity

import "math"

// firstStride is by how much the first step of a bracket is higher, or lower, than
// where it began; each further one squares it: 1.2, 1.44, 2.07, 4.3.
const firstStride = 1.2

// slack takes up what rounding adds where two rates are compared.
const slack = 1e-9

// A hunt decides which rate is tried next. It is pure: rates and verdicts go in,
// a rate comes out.
type hunt struct {
	start, min, max float64 // requests per second
	precision       float64
	low, high       float64 // the highest rate that held, the lowest that did not; 0: none yet
	announced       float64 // the rate of the endpoint's own limit, once it was met; 0: none
	stride          float64
}

func newHunt(start, least, most, precision float64) *hunt {
	return &hunt{
		start: min(max(start, least), most), min: least, max: most,
		precision: precision, stride: firstStride,
	}
}

// next is the rate to try, and whether it brackets or bisects; ok is false when
// the search is over: low and high are close enough, or a bound was reached.
//
// The bracket grows geometrically until one rate held and one did not; then the
// geometric mean halves what is left on the scale of ratios. A limit that the
// endpoint announces is tried itself, and then what lies just above it.
func (h *hunt) next() (rate float64, kind Kind, ok bool) {
	switch {
	case h.low == 0 && h.high == 0:
		return h.start, Bracket, true
	case h.hinted():
		return h.announced, Bracket, true
	case h.high == 0:
		return min(h.low*h.stride, h.max), Bracket, h.low < h.max*(1-slack)
	case h.low == 0:
		return max(h.high/h.stride, h.min), Bracket, h.high > h.min*(1+slack)
	case h.high <= h.low*(1+h.precision)*(1+slack):
		return 0, Bisect, false
	case near(h.low, h.announced) && h.low*(1+h.precision) < h.high:
		return h.low * (1 + h.precision), Bisect, true
	}
	return math.Sqrt(h.low * h.high), Bisect, true
}

// hinted reports whether the announced limit is worth a try: it lies between what
// held and what did not.
func (h *hunt) hinted() bool {
	return h.announced >= h.min && h.announced > h.low*(1+slack) &&
		h.high > 0 && h.announced < h.high*(1-slack)
}

func near(a, b float64) bool { return math.Abs(a-b) <= slack*b }

// take learns how a rate was judged. One that stays undecided at its last look
// does not hold: the answer errs to the safe side.
func (h *hunt) take(rate float64, v StepVerdict) {
	bracketing := h.low == 0 || h.high == 0
	if v == Held {
		h.low = max(h.low, rate)
	} else if h.high == 0 || rate < h.high {
		h.high = rate
	}
	if bracketing && (h.low > 0) != (h.high > 0) && rate != h.start {
		h.stride *= h.stride
	}
}

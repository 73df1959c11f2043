package units

import "math"

// Share writes a part of a whole, 0 to 1, as a percentage: 98.1 %. A trace has two
// decimals, and so has what lacks but a trace: 0.05 %, 99.97 %. It is at most 8 cells
// wide.
func Share(ratio float64) string {
	return whole(100*ratio, func(p float64) string {
		switch {
		case p == 0:
			return "0.0 %"
		case p < 0.005:
			return "<0.01 %"
		case p < 0.095:
			return fixed(p, 2) + " %"
		case p >= 99.995 && p < 100 && ratio < 1:
			return ">99.99 %"
		case p >= 99.95 && p < 99.995:
			return fixed(p, 2) + " %"
		case p < 999.95:
			return fixed(p, 1) + " %"
		}
		return fixed(p, 0) + " %"
	})
}

// OfHundred writes how many of a hundred a part of a whole is, for people who count
// customers: 58 stands for 58.9 %, too, so that 95 are 95 at least. What is no part, and
// what lacks but a trace, says so: <1, >99.
func OfHundred(ratio float64) string {
	return whole(100*ratio, func(p float64) string {
		switch {
		case p > 0 && p < 1:
			return "<1"
		case p > 99 && p < 100:
			return ">99"
		}
		return fixed(math.Floor(p+1e-9), 0)
	})
}

// Percent writes what is measured in hundredths and not worth a decimal, as the use
// of a CPU is: 31 %.
func Percent(percent float64) string {
	return whole(percent, func(p float64) string {
		if p > 0 && p < 0.5 {
			return "<1 %"
		}
		return fixed(p, 0) + " %"
	})
}

// Change writes by which part something is more or less than before: +12.3 %, −4.0 %,
// +120 %. From tenfold on it is a factor: ×12.5. Beside a bound it has as many decimals
// as show on which side of it, or of its negative, it lies: +10.04 % beside 0.1.
func Change(ratio float64, beside ...float64) string {
	if 1+ratio >= 10.99 { // +999 %
		return Factor(1 + ratio)
	}
	return unless(change(ratio, beside), " %")
}

// ChangeRange writes what a change lies between: −2.0 … +5.1 %. The unit stands once
// where it is the same.
func ChangeRange(low, high float64, beside ...float64) string {
	if 1+high >= 10.99 {
		return both(Change(low, beside...), Change(high, beside...))
	}
	return both(change(low, beside), Change(high, beside...))
}

// Points writes a difference of two shares in percentage points: +0.4 pp. It takes a
// bound as Change does.
func Points(difference float64, beside ...float64) string {
	return unless(change(difference, beside), " pp")
}

// PointsRange writes what a difference of two shares lies between: −0.2 … +1.3 pp.
func PointsRange(low, high float64, beside ...float64) string {
	return both(change(low, beside), Points(high, beside...))
}

func both(low, high string) string {
	if low == NoData && high == NoData {
		return NoData
	}
	return low + " … " + high
}

// mostBeside is how many decimals it takes at the most to tell a figure from a bound.
const mostBeside = 4

// change is a ratio in hundredths with its sign. What is less than half a tenth is no
// change, 0.0: no measurement tells it from none.
func change(ratio float64, beside []float64) string {
	return Signed(100*ratio, func(v float64) string {
		return whole(v, func(p float64) string {
			decimals := 0
			switch {
			case p < 99.95:
				decimals = 1
			case p < 99.995: // not quite all
				decimals = 2
			}
			for decimals < mostBeside && !apart(p, decimals, beside) {
				decimals++
			}
			return fixed(p, decimals)
		})
	})
}

// apart reports whether a figure with so many decimals lies on the side of each bound
// that it lies on in truth.
func apart(p float64, decimals int, beside []float64) bool {
	const exact = 1e-7
	scale := math.Pow(10, float64(decimals))
	written := math.Round(p*scale) / scale
	for _, bound := range beside {
		bound = 100 * math.Abs(bound)
		if math.Abs(p-bound) > exact && (p > bound) != (written > bound+exact) {
			return false
		}
	}
	return true
}

// Factor writes how many times something is another: ×1.10, ×12.5, ×0.50.
func Factor(v float64) string {
	return whole(v, func(v float64) string {
		switch {
		case v > 0 && v < 0.005:
			return "<×0.01"
		case v < 0.995:
			return "×" + fixed(v, 2)
		}
		return "×" + digits(v)
	})
}

// PointsBound writes a difference of shares that somebody chose, as a margin is: 1 pp.
func PointsBound(difference float64) string { return unless(chosen(100*difference), " pp") }

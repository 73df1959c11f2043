package units

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
// +120 %. From tenfold on it is a factor: ×12.5.
func Change(ratio float64) string {
	if 1+ratio >= 10.99 { // +999 %
		return Factor(1 + ratio)
	}
	return unless(change(ratio), " %")
}

// ChangeRange writes what a change lies between: −2.0 … +5.1 %. The unit stands once
// where it is the same.
func ChangeRange(low, high float64) string {
	if 1+high >= 10.99 {
		return both(Change(low), Change(high))
	}
	return both(change(low), Change(high))
}

// Points writes a difference of two shares in percentage points: +0.4 pp.
func Points(difference float64) string { return unless(change(difference), " pp") }

// PointsRange writes what a difference of two shares lies between: −0.2 … +1.3 pp.
func PointsRange(low, high float64) string { return both(change(low), Points(high)) }

func both(low, high string) string {
	if low == NoData && high == NoData {
		return NoData
	}
	return low + " … " + high
}

// change is a ratio in hundredths with its sign. What is less than half a tenth is no
// change, 0.0: no measurement tells it from none.
func change(ratio float64) string {
	return Signed(100*ratio, func(v float64) string {
		return whole(v, func(p float64) string {
			switch {
			case p < 99.95:
				return fixed(p, 1)
			case p < 99.995: // not quite all
				return fixed(p, 2)
			}
			return fixed(p, 0)
		})
	})
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

package units

// USD writes money to the cent, below a dollar with at least four decimals and three
// significant digits: $1,021.20, $0.4213, $0.00420. From a hundred thousand on it has
// no cents.
func USD(v float64) string {
	return whole(v, func(v float64) string {
		switch {
		case v == 0:
			return "$0.00"
		case v < 0.0000005:
			return "<$0.000001"
		case v < 0.000995:
			return "$" + fixed(v, 6)
		case v < 0.00995:
			return "$" + fixed(v, 5)
		case v < 0.99995:
			return "$" + fixed(v, 4)
		case v < 99_999.995:
			return "$" + fixed(v, 2)
		}
		return "$" + fixed(v, 0)
	})
}

// TabularUSD is USD for a column: with cents, or four decimals below a dollar, padded so
// that the points of all stand above one another.
func TabularUSD(v float64) string {
	return whole(v, func(v float64) string {
		switch {
		case v > 0 && v < 0.00005:
			return "<$0.0001"
		case v > 0 && v < 0.99995:
			return "$" + fixed(v, 4)
		case v < 99_999.995:
			return "$" + fixed(v, 2) + "  "
		}
		return "$" + fixed(v, 0) + "     "
	})
}

// Cents writes an amount beside a budget: always to the cent, $0.42 of $5.00.
func Cents(v float64) string {
	return whole(v, func(v float64) string {
		if v > 0 && v < 0.005 {
			return "<$0.01"
		}
		return "$" + fixed(v, 2)
	})
}

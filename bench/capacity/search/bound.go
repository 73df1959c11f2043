package search

import "math"

// A bound is what a hunt keeps to.
type bound struct {
	min, max  float64 // requests per second, or in flight
	precision float64 // ratio
	soak      bool    // the answer is confirmed
	hold      bool    // what fails is held for longer before it counts
	whole     bool    // loads are whole numbers: of requests in flight, and what is said here of rates is said of them
}

// round is the nearest load that can be tried.
func (b bound) round(load float64) float64 {
	if b.whole {
		return math.Round(load)
	}
	return load
}

// above is the lowest load above another, and below the highest below it.
func (b bound) above(load float64) float64 {
	if b.whole {
		return math.Floor(load+slack) + 1
	}
	return load
}

// from is the lowest load that is not below another.
func (b bound) from(load float64) float64 {
	if b.whole {
		return math.Ceil(load - slack)
	}
	return load
}

func (b bound) below(load float64) float64 {
	if b.whole {
		return math.Ceil(load-slack) - 1
	}
	return load
}

func near(a, b float64) bool { return math.Abs(a-b) <= slack*b }

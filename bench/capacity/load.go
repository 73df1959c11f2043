package capacity

import (
	"math"

	"flashwave/bench/units"
)

// A Load is what a search raises until an SLO breaks.
type Load string

// The loads.
const (
	Arrivals Load = "rate"        // requests that arrive per second, whatever the endpoint does
	InFlight Load = "concurrency" // requests in flight all the time: each that ends is followed by another
)

// Number is a load in words, without what it is of.
func (l Load) Number(v float64) string {
	if l == InFlight {
		return units.Count(int(math.Round(v)))
	}
	return units.Rate(v)
}

// Amount is a load in words.
func (l Load) Amount(v float64) string {
	if l == InFlight {
		return l.Number(v) + " in flight"
	}
	return units.PerSecond(v)
}

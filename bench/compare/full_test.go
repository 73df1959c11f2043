package compare

import (
	"flag"
	"math"
)

// full asks for the tables of the package doc and for all comparisons of each of their
// cells. Without it a part of them shows that a gate is about as often right as is told.
var full = flag.Bool("full", false, "the tables of the package doc, and all comparisons of their cells")

// some are as many of so many comparisons as there is time for: all with -full, and where
// the race detector is on the fewest.
func some(comparisons int) int {
	switch {
	case *full:
		return comparisons
	case raced:
		return max(comparisons/20, 1)
	}
	return max(comparisons/20, min(comparisons, 4))
}

// A frequency is the part of all comparisons that end in some way.
type frequency struct{ least, most float64 }

// holds reports whether k of n are so many: of some comparisons, but for chance, which is
// three standard deviations of so few.
func (f frequency) holds(k, n int) bool {
	chance := func(p float64) float64 {
		if *full {
			return 0
		}
		return 3 * math.Sqrt(p*(1-p)/float64(n))
	}
	part := float64(k) / float64(n)
	return part >= f.least-chance(f.least) && part <= f.most+chance(f.most)
}

package compare

import "math"

// An interval is where a value or a change lies, at the level of the comparison. Without
// one, its ends are NaN. An infinite end lies beyond every value.
type interval struct{ low, high float64 }

var (
	unbounded = interval{math.NaN(), math.NaN()}    // no interval
	endless   = interval{math.Inf(-1), math.Inf(1)} // one that says nothing
)

func (i interval) bounded() bool { return !math.IsNaN(i.low) && !math.IsNaN(i.high) }

// mirrored is the interval of the change the other way round.
func (i interval) mirrored() interval { return interval{-i.high, -i.low} }

// within cuts off what cannot be.
func (i interval) within(bounds interval) interval {
	return interval{max(i.low, bounds.low), min(i.high, bounds.high)} // NaN stays
}

// exceeds says whether the change is more than a bound, or as much with orEqual:
// yes if all of the interval is, no if none of it is, open otherwise. It is the one
// place where a comparison decides anything.
func (i interval) exceeds(bound float64, orEqual bool) answer {
	switch {
	case !i.bounded():
		return open
	case i.low > bound, orEqual && i.low == bound:
		return yes
	case i.high < bound, !orEqual && i.high == bound:
		return no
	}
	return open
}

// verdict is the word for the interval of a worsening.
func (i interval) verdict(margin float64) Verdict {
	worse, better := i.exceeds(margin, false), i.mirrored().exceeds(margin, false)
	switch {
	case !i.bounded():
		return Unknown
	case worse == yes:
		return Worse
	case better == yes:
		return Better
	case worse == no && better == no:
		return NoDifference
	}
	return TooNoisy
}

// An answer is one of a logic of three values (Kleene, On Notation for Ordinal
// Numbers, 1938): what an interval leaves open is neither so nor not so.
type answer int

// Least first: the answers to several questions at once are those to the least.
const (
	no answer = iota
	open
	yes
)

// and is yes if both are, and no if either is.
func (a answer) and(b answer) answer { return min(a, b) }

// truth is an answer as documents have it; nil: open.
func (a answer) truth() *bool {
	if a == open {
		return nil
	}
	return new(a == yes)
}

package arrival

import (
	"sort"
	"time"
)

// A trace of instants is drawn in steps of a second or, where that makes too many, of
// longer ones.
const (
	drawnStep = time.Second
	maxDrawn  = 4096
)

// Instants makes a curve of the instants at which requests were recorded: with it as the
// only ones of a [Plan], its arrivals are these, in this order, and Arrival.Index says
// which. They count from the start of the curve, are sorted and lie before its length.
// Whatever the law of the gaps, they are not moved; between two of them the curve rises by
// one, so that all steering acts on it as on any other. The segments carry wave 0 and share
// the memory of at, which is not to be written to.
func Instants(at []time.Duration, length time.Duration) []Segment {
	step := max(drawnStep, length/maxDrawn+1)
	var segments []Segment
	for start := time.Duration(0); start < length; {
		s := Segment{For: min(step, length-start)}
		n := sort.Search(len(at), func(i int) bool { return at[i] >= start+s.For })
		if n == 0 { // nothing for a while: one segment is enough
			if len(at) == 0 {
				s.For = length - start
			} else if still := (at[0] - start) / step; still > 0 {
				s.For = still * step
			}
		} else {
			s.seen, s.zero = at[:n:n], start
			s.From = float64(n) / s.For.Seconds()
			s.To, at = s.From, at[n:]
		}
		segments = append(segments, s)
		start += s.For
	}
	return segments
}

// Exact reports whether the plan's arrivals are recorded instants.
func (p Plan) Exact() bool {
	for _, s := range p.Segments {
		if s.seen != nil {
			return true
		}
	}
	return false
}

// process is the law of the gaps: what was recorded is not moved by any.
func (p Plan) process() Process {
	if p.Exact() {
		return Constant
	}
	return p.Process
}

// passed is how many arrivals an offset into recorded instants is away from the start of
// the segment: it rises from 0 to a half at the first instant, by one from each to the
// next, and by a half to the end.
func (s Segment) passed(offset time.Duration) float64 {
	i := sort.Search(len(s.seen), func(i int) bool { return s.seen[i]-s.zero > offset })
	low, high, y, rise := s.between(i)
	if high == low {
		return y + rise
	}
	return y + rise*float64(offset-low)/float64(high-low)
}

// reached is the offset at which so many arrivals have passed; the inverse of passed.
func (s Segment) reached(n float64) time.Duration {
	i := max(0, min(int(n+0.5), len(s.seen)))
	low, high, y, rise := s.between(i)
	return low + time.Duration(float64(high-low)*((n-y)/rise))
}

// between is the stretch before the i-th instant: from which offset to which it lies, how
// many arrivals have passed at its start, and how many more do until its end.
func (s Segment) between(i int) (low, high time.Duration, y, rise float64) {
	low, high, y, rise = 0, s.For, 0, 1
	if i > 0 {
		low, y = s.seen[i-1]-s.zero, float64(i)-0.5
	} else {
		rise = 0.5
	}
	if i < len(s.seen) {
		high = s.seen[i] - s.zero
	} else {
		rise = 0.5
	}
	return low, high, y, rise
}

package arrival

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"time"
)

// maxExpected bounds the arrivals of a plan. Beyond it the distance between two
// of them drowns in the digits of their sum.
const maxExpected = 1e12

// MaxRate is more than one machine can send, in requests per second: no trace has a
// higher one.
const MaxRate = 1e6

// maxLength bounds a plan, so that sums of instants cannot overflow.
const maxLength = 10 * 366 * 24 * time.Hour

// A Segment is a straight piece of the curve.
type Segment struct {
	From, To float64 // requests per second, ≥ 0
	For      time.Duration
	Wave     int // the wave it belongs to; several successive segments may share one (a trace)

	seen []time.Duration // recorded instants, see [Instants]; nil: the rate is all that is known
	zero time.Duration   // what they count from at the start of the segment
}

// area is the number of arrivals expected in the segment.
func (s Segment) area() float64 {
	if s.seen != nil {
		return float64(len(s.seen))
	}
	return (s.From + s.To) / 2 * s.For.Seconds()
}

// slope is how much the rate rises in each second, in requests per second.
func (s Segment) slope() float64 { return (s.To - s.From) / s.For.Seconds() }

// A Plan is a schedule not yet begun: a curve, the law of the gaps, and what
// seeds it. Equal plans give equal instants; plans that differ in Stream alone
// (lanes, or the parts of a lane) are independent of one another. A Plan is a
// plain value: its methods may be called concurrently.
type Plan struct {
	Segments     []Segment
	Process      Process
	Seed, Stream uint64
}

// An Arrival is one request that is to be sent.
type Arrival struct {
	At    time.Duration // from the start of the plan, or on the clock of a [Cursor]'s caller
	Wave  int           // the wave that scheduled it
	Index int           // counts the plan's arrivals, and apart from them the extra ones, from 0
	Extra bool          // of a burst, not of the curve
}

// Validate says what makes the plan impossible, if anything does. The other
// methods promise nothing for such a plan.
func (p Plan) Validate() error {
	if len(p.Segments) == 0 {
		return errors.New("the plan has no segments: give it at least one")
	}
	var length time.Duration
	ended := map[int]bool{}
	for i, s := range p.Segments {
		if err := s.validate(); err != nil {
			return fmt.Errorf("segment %d: %w", i+1, err)
		}
		if length += s.For; length > maxLength {
			return fmt.Errorf("segment %d: the plan is longer than ten years", i+1)
		}
		if i > 0 && p.Segments[i-1].Wave != s.Wave {
			ended[p.Segments[i-1].Wave] = true
		}
		if ended[s.Wave] {
			return fmt.Errorf("segment %d: wave %d had already ended: its segments must stand together", i+1, s.Wave)
		}
	}
	if n := p.Expected(); !(n <= maxExpected) {
		return fmt.Errorf("the plan holds %.3g requests: more than %.0g are not possible", n, maxExpected)
	}
	return nil
}

func (s Segment) validate() error {
	for _, rate := range []float64{s.From, s.To} {
		if !(rate >= 0) || math.IsInf(rate, 1) {
			return fmt.Errorf("a rate of %v/s is not possible: give 0 or more", rate)
		}
	}
	if s.For <= 0 || s.For > maxLength {
		return fmt.Errorf("a length of %v is not possible: give more than 0 and less than ten years", s.For)
	}
	return nil
}

// Length is the time from the first instant of the curve to its end.
func (p Plan) Length() time.Duration {
	var sum time.Duration
	for _, s := range p.Segments {
		sum += s.For
	}
	return sum
}

// Expected is Λ(T), the mean number of arrivals. Constant arrivals are within
// one of it.
func (p Plan) Expected() float64 {
	var sum float64
	for _, s := range p.Segments {
		sum += s.area()
	}
	return sum
}

// Rate is λ(at) in requests per second, 0 before the start and from the end on.
// Where the curve steps, it is the rate after the step.
func (p Plan) Rate(at time.Duration) float64 {
	if at < 0 {
		return 0
	}
	for _, s := range p.Segments {
		if at < s.For {
			return s.From + s.slope()*at.Seconds()
		}
		at -= s.For
	}
	return 0
}

// Peak is the highest rate of the curve, in requests per second.
func (p Plan) Peak() float64 {
	var peak float64
	for _, s := range p.Segments {
		peak = max(peak, s.From, s.To)
	}
	return peak
}

// Instants gives the arrivals of the plan in their order, as nobody steers it;
// At counts from the start. Each loop over it starts afresh.
func (p Plan) Instants() iter.Seq[Arrival] {
	return func(yield func(Arrival) bool) {
		c := p.Cursor(0)
		for _, ok := c.Due(); ok; _, ok = c.Due() {
			if !yield(c.Take()) {
				return
			}
		}
	}
}

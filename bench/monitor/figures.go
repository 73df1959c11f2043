package monitor

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/client/outcome"
	"flashwave/client/queue"
)

// lately is the time of the rates of now.
const lately = 10 * time.Second

// figures are what looks at a queue, or at one class of it, saw in this process. They are
// guarded by the mutex of their target, but for what only its looks use.
type figures struct {
	last    *queue.Seen // nil: nothing was seen yet
	whole   *queue.Sight
	classes []string

	paces                []pace
	depth                *int64 // the most
	oldest, starved      *time.Duration
	arrived, taken, done *queue.Count // in all
	fewest               *int64       // dead letters since the start
	mostNew              *int64
}

// A pace is what came and went between two looks.
type pace struct {
	over                 time.Duration
	arrived, taken, done *queue.Count
}

// take takes in a look.
func (f *figures) take(s queue.Sight, of queue.Seen) {
	if of.Outcome != outcome.OK {
		return
	}
	f.whole, f.last = &s, &of
	f.depth, f.oldest, f.starved = result.Larger(f.depth, of.Depth), result.Larger(f.oldest, of.Oldest), result.Larger(f.starved, of.Starved)
	if s.Dead != nil {
		if f.fewest == nil || *s.Dead < *f.fewest {
			f.fewest = s.Dead
		}
		f.mostNew = result.Larger(f.mostNew, new(*s.Dead-*f.fewest))
	}
	if s.Over <= 0 {
		return
	}
	if len(f.paces) == 0 { // the first that counted
		f.arrived, f.taken, f.done = of.Arrived, of.Taken, of.Done
	} else {
		f.arrived, f.taken, f.done = sum(f.arrived, of.Arrived), sum(f.taken, of.Taken), sum(f.done, of.Done)
	}
	f.paces = append(f.paces, pace{s.Over, of.Arrived, of.Taken, of.Done})
	var over time.Duration
	for i := len(f.paces) - 1; i >= 0; i-- {
		if over += f.paces[i].over; over >= lately {
			f.paces = f.paces[i:]
			break
		}
	}
}

// sum is all that is known of two counts: where one is not known, it is at least the other.
func sum(a, b *queue.Count) *queue.Count {
	switch {
	case a == nil && b == nil:
		return nil
	case a == nil:
		return &queue.Count{N: b.N, AtLeast: true}
	case b == nil:
		return &queue.Count{N: a.N, AtLeast: true}
	}
	return &queue.Count{N: a.N + b.N, AtLeast: a.AtLeast || b.AtLeast}
}

// A Rate is how often something happens a second.
type Rate struct {
	PerSecond float64
	AtLeast   bool // what came and went between two looks was not seen
}

// rate is that of the last looks; nil: nothing is known.
func (f *figures) rate(of func(pace) *queue.Count) *Rate {
	var all *queue.Count
	var over time.Duration
	for i, p := range f.paces {
		over += p.over
		if c := of(p); i == 0 {
			all = c
		} else {
			all = sum(all, c)
		}
	}
	if all == nil || over == 0 {
		return nil
	}
	return &Rate{float64(all.N) / over.Seconds(), all.AtLeast}
}

// newDead is how many dead letters there are beyond the fewest there were since the start:
// whoever clears them away begins anew.
func (f *figures) newDead() *int64 {
	if f.whole == nil || f.whole.Dead == nil || f.fewest == nil {
		return nil
	}
	return new(*f.whole.Dead - *f.fewest)
}

// value is what a look says of a metric; false: it does not know. Where nothing waits nothing
// is old, nor starves.
func (f *figures) value(m slo.Metric, s *queue.Seen) (v float64, ok bool) {
	span := func(d *time.Duration) (float64, bool) {
		switch {
		case d != nil:
			return result.Millis(*d), true
		case s.Depth != nil && *s.Depth == 0:
			return 0, true
		}
		return 0, false
	}
	count := func(n *int64) (float64, bool) {
		if n == nil {
			return 0, false
		}
		return float64(*n), true
	}
	switch m {
	case slo.Depth:
		return count(s.Depth)
	case slo.Oldest:
		return span(s.Oldest)
	case slo.Starved:
		return span(s.Starved)
	case slo.Dead:
		return count(f.newDead())
	}
	return 0, false
}

// worst is the class of which a time is the longest.
func (f *figures) worst(m slo.Metric) string {
	name, most := "the queue", time.Duration(-1)
	for i, c := range f.whole.Classes {
		d := c.Oldest
		if m == slo.Starved {
			d = c.Starved
		}
		if d != nil && *d > most && i < len(f.classes) {
			name, most = f.classes[i], *d
		}
	}
	return name
}

// depthOf is how much waits of a class.
func (f *figures) depthOf(class string, s *queue.Seen) *int64 {
	for i, name := range f.classes {
		if name == class && i < len(f.whole.Classes) {
			return f.whole.Classes[i].Depth
		}
	}
	return s.Depth
}

// Scalar implements [slo.Lookup] for the one bound that is held over all looks: dead letters.
func (f *figures) Scalar(slo.Expr) (slo.Range, bool) {
	if f.mostNew == nil {
		return slo.Range{}, false
	}
	return slo.At(float64(*f.mostNew)), true
}

// Latency implements [slo.Lookup].
func (*figures) Latency(slo.Expr) (slo.Sample, bool) { return slo.Sample{}, false }

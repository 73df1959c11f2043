package queue

import (
	"time"

	"flashwave/client/outcome"
)

// A Sight is what one look at a queue saw. A nil pointer is "not known", never 0.
type Sight struct {
	At   time.Time     // by the server's clock
	Over time.Duration // since the look before that saw something, in which the counts lie; 0: there was none

	Seen             // of the whole queue
	Failed    *Count // tasks that failed for good, by the layout's counter
	Completed *int64 // that counter, as it stands
	Enqueued  *int64
	Dead      *int64 // tasks that lie among the dead letters
	Classes   []Seen
}

// A Seen is what was seen of one class, or of all.
type Seen struct {
	Outcome outcome.Outcome // ok, or why it cannot be seen; of all, why nothing can
	Err     string
	Depth   *int64         // tasks that wait
	Oldest  *time.Duration // age of the oldest that waits; nil also where none does
	Starved *time.Duration // how long some wait and none was seen to be taken, since the first look; nil also where none waits
	Arrived *Count
	Taken   *Count
	Done    *Count
	Words   []string // why something is not known
}

// A Count is how often something happened since the look before.
type Count struct {
	N       int64
	AtLeast bool // it may have been more
}

// plus is the sum of two counts; nil where one is not known.
func (c *Count) plus(d *Count) *Count {
	if c == nil || d == nil {
		return nil
	}
	return &Count{c.N + d.N, c.AtLeast || d.AtLeast}
}

// telling is a count that says something: none, at least, says nothing.
func telling(c *Count) *Count {
	if c != nil && c.N == 0 && c.AtLeast {
		return nil
	}
	return c
}

// grown is how much a counter has grown; nil: it is not there, or began anew.
func grown(before, now *int64) *Count {
	if before == nil || now == nil || *now < *before {
		return nil
	}
	return &Count{N: *now - *before}
}

// since is how much the field of a hash has grown since an earlier look; one that was not
// there then began at 0.
func since(before, now *int64, looked bool) *Count {
	if looked && before == nil {
		before = new(int64(0))
	}
	return grown(before, now)
}

// A sum is the queues of one class.
type sum struct {
	any                  bool
	err                  error
	depth                *int64
	waits, unknown       bool // some wait; of one that does the age is not known
	oldest               *time.Duration
	moved                bool
	arrived, taken, done *Count
	words                []string
}

// add takes in one queue, as it was and is. clock is the server's; nil: it is not known.
func (s *sum) add(l *Layout, before, now *stand, clock *time.Time) {
	flow := between(l, before, now)
	age, word := now.age(clock)
	first := !s.any
	s.any = true
	if now.err != nil && s.err == nil {
		s.err = now.err
	}
	for _, w := range []string{now.word, word} {
		if w != "" && len(s.words) == 0 { // the queues of a class are alike
			s.words = append(s.words, w)
		}
	}
	if first {
		s.depth, s.arrived, s.taken, s.done = now.depth, flow.arrived, flow.taken, flow.done
	} else {
		s.depth = plus(s.depth, now.depth)
		s.arrived, s.taken, s.done = s.arrived.plus(flow.arrived), s.taken.plus(flow.taken), s.done.plus(flow.done)
	}
	s.moved = s.moved || flow.moved
	if now.depth != nil && *now.depth > 0 {
		s.waits = true
		s.unknown = s.unknown || age == nil
		s.oldest = longer(s.oldest, age)
	}
}

func plus(a, b *int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	return new(*a + *b)
}

// longer is the longer of two times; nil is none.
func longer(a, b *time.Duration) *time.Duration {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

// seen is the class.
func (s *sum) seen() Seen {
	if s.err != nil {
		of, _ := outcomeOf(s.err)
		return Seen{Outcome: of, Err: s.err.Error()}
	}
	c := Seen{Outcome: outcome.OK, Depth: s.depth, Arrived: telling(s.arrived), Taken: telling(s.taken), Done: s.done, Words: s.words}
	if !s.unknown {
		c.Oldest = s.oldest
	}
	return c
}

// add is all classes as one. Where none can be seen the whole cannot be either.
func add(list []Seen) Seen {
	all := Seen{Outcome: outcome.OK}
	seen, unknown := 0, false
	for i, c := range list {
		if c.Outcome == outcome.OK {
			seen++
		}
		waits := c.Depth == nil || *c.Depth > 0
		unknown = unknown || waits && c.Oldest == nil
		all.Oldest, all.Starved = longer(all.Oldest, c.Oldest), longer(all.Starved, c.Starved)
		if i == 0 {
			all.Depth, all.Arrived, all.Taken, all.Done = c.Depth, c.Arrived, c.Taken, c.Done
			continue
		}
		all.Depth = plus(all.Depth, c.Depth)
		all.Arrived, all.Taken, all.Done = all.Arrived.plus(c.Arrived), all.Taken.plus(c.Taken), all.Done.plus(c.Done)
	}
	if unknown {
		all.Oldest = nil
	}
	if seen == 0 && len(list) > 0 {
		all.Outcome, all.Err = list[0].Outcome, list[0].Err
	}
	return all
}

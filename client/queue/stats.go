package queue

import (
	"sync"
	"time"
)

// Stats say how well the reader saw.
type Stats struct {
	Poll       time.Duration // between two looks, as asked for
	Resolution time.Duration // between the two looks that an instant falls between, on average: long gaps hold more of them
	Longest    time.Duration // between two looks, at most
	Looks      int64
	Broken     int64 // how often the connection of the looks broke
}

type looked struct {
	sync.Mutex
	Stats
	sum, squares float64 // of the gaps between looks, in seconds
}

// Stats are those so far.
func (q *Client) Stats() Stats {
	q.looked.Lock()
	defer q.looked.Unlock()
	s := q.looked.Stats
	s.Poll = q.config.Poll
	if q.looked.sum > 0 {
		s.Resolution = time.Duration(q.looked.squares / q.looked.sum * float64(time.Second))
	}
	return s
}

// A gap is the time in which something happened that a look shows and the one before did not:
// after that one began, and before this one was over.
type gap struct {
	from, to time.Duration
	usual    time.Duration // how long it is at most, unless nobody could look
}

// instant is when it happened, of what did not happen before some instant: in the middle of what
// remains of the gap. So it is off by half of that at most, and by nothing on average. Where
// nobody could look for a while it is the end: what customers waited then is not told to be less
// than it may have been.
func (g gap) instant(notBefore time.Duration) time.Duration {
	from := min(max(g.from, notBefore), g.to)
	if g.to-from > g.usual {
		return g.to
	}
	return from + (g.to-from)/2
}

// usualGap is how long the gap between two looks is at most: in polls.
const usualGap = 5

// note counts a look, from when it began until it was over, and returns the gap that it ends.
func (r *reader) note(began, over time.Duration) gap {
	g := gap{r.before, over, usualGap * r.config.Poll}
	r.before = began
	r.looked.Lock()
	defer r.looked.Unlock()
	if r.looked.Looks > 0 {
		length := g.to - g.from
		r.looked.sum += length.Seconds()
		r.looked.squares += length.Seconds() * length.Seconds()
		r.looked.Longest = max(r.looked.Longest, length)
	}
	r.looked.Looks++
	return g
}

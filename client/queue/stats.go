package queue

import (
	"sync"
	"time"
)

// Stats say how well the reader saw.
type Stats struct {
	Poll       time.Duration // between two looks, as asked for
	Resolution time.Duration // between the two looks that an instant falls between, on average: long gaps hold more of them
	Longest    time.Duration // between two looks, at most: instants within are that late
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

// note counts a look.
func (r *reader) note(at time.Duration) {
	r.looked.Lock()
	defer r.looked.Unlock()
	if r.looked.Looks > 0 {
		gap := at - r.before
		r.looked.sum += gap.Seconds()
		r.looked.squares += gap.Seconds() * gap.Seconds()
		r.looked.Longest = max(r.looked.Longest, gap)
	}
	r.looked.Looks++
	r.before = at
}

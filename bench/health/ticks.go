package health

import (
	"iter"
	"time"
)

const (
	// TickEvery is the time between two ticks of the read probe.
	TickEvery = 5 * time.Millisecond
	// sparsely is how many ticks are taken together where few are looked at. Tokens that
	// come every 10, 20, 25 or 50 ms do not keep step with it.
	sparsely = 11
	// longestLate is the longest lateness that is counted: no histogram holds more.
	longestLate = time.Hour
)

// Ticks are the instants TickEvery, 2·TickEvery, … of a clock that counts from 0.
// They are due whether anybody is there to take them or not: whoever comes late
// finds all that he missed, each as late as it is by then. A process that stood
// still for 400 ms is 400, 395, … 5 ms late, 80 times.
//
// Sparse ones are looked at once in a while only: those before count for as late as
// the one that was looked at. So percentiles mean the same, and a stop is seen in
// proportion, but for how it began: one of 400 ms is 400 to 350 ms late at first.
// sparse may change whenever ticks were taken.
type Ticks struct {
	sparse bool
	taken  int64 // so many lie behind
}

// together is how many ticks are due at once.
func (t *Ticks) together() int64 {
	if t.sparse {
		return sparsely
	}
	return 1
}

// Take takes the ticks that are due at now and were not taken before.
func (t *Ticks) Take(now time.Duration) Overdue {
	last := int64(max(now, 0) / TickEvery)
	last -= last % t.together()
	o := Overdue{first: t.taken + 1, last: last, now: now, together: t.together()}
	t.taken = max(t.taken, last)
	return o
}

// next is how long it is until ticks are due that were not taken yet.
func (t *Ticks) next(now time.Duration) time.Duration {
	return dueAt(t.taken+1, t.together()) - now
}

// dueAt is when a tick is due that is one of so many together.
func dueAt(tick, together int64) time.Duration {
	return time.Duration((tick+together-1)/together*together) * TickEvery
}

// absence is the ticks of a time of this length, which is over now and in which
// nobody was there.
func absence(length time.Duration) Overdue {
	return Overdue{first: 0, last: int64(length/TickEvery) - 1, now: length, together: 1}
}

// Overdue are successive ticks and the instant at which they were taken.
type Overdue struct {
	first, last int64 // none if first is larger
	now         time.Duration
	together    int64 // so many are due at once
}

// longest is how late the oldest is; 0 if there is none.
func (o Overdue) longest() time.Duration {
	if o.first > o.last {
		return 0
	}
	return o.now - dueAt(o.first, o.together)
}

// stood reports whether nobody may have been there for so long: as the oldest is late,
// and as long before as nobody looked.
func (o Overdue) stood(length time.Duration) bool {
	return o.longest() > 0 && o.longest()+time.Duration(o.together)*TickEvery >= length
}

// all is how late each is, the oldest first. Of an absence of days the last hour
// is enough.
func (o Overdue) all() iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for k := max(o.first, o.last-int64(longestLate/TickEvery)+1); k <= o.last; k++ {
			if !yield(min(o.now-dueAt(k, o.together), longestLate)) {
				return
			}
		}
	}
}

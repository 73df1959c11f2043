package bench

import (
	"iter"
	"time"
)

const (
	// tickEvery is the time between two ticks of the read probe.
	tickEvery = 5 * time.Millisecond
	// longestLate is the longest lateness that is counted: no histogram holds more.
	longestLate = time.Hour
)

// ticks are the instants tickEvery, 2·tickEvery, … of a clock that counts from 0.
// They are due whether anybody is there to take them or not: whoever comes late
// finds all that he missed, each as late as it is by then. A process that stood
// still for 400 ms is 400, 395, … 5 ms late, 80 times.
type ticks struct {
	taken int64 // so many lie behind
}

// take takes the ticks that are due at now and were not taken before.
func (t *ticks) take(now time.Duration) overdue {
	last := int64(max(now, 0) / tickEvery)
	o := overdue{first: t.taken + 1, last: last, now: now}
	t.taken = max(t.taken, last)
	return o
}

// absence is the ticks of a time of this length, which is over now and in which
// nobody was there.
func absence(length time.Duration) overdue { return new(ticks).take(length) }

// overdue are successive ticks and the instant at which they were taken.
type overdue struct {
	first, last int64 // none if first is larger
	now         time.Duration
}

// longest is how late the oldest is; 0 if there is none.
func (o overdue) longest() time.Duration {
	if o.first > o.last {
		return 0
	}
	return o.now - time.Duration(o.first)*tickEvery
}

// all is how late each is, the oldest first. Of an absence of days the last hour
// is enough.
func (o overdue) all() iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for k := max(o.first, o.last-int64(longestLate/tickEvery)+1); k <= o.last; k++ {
			if !yield(min(o.now-time.Duration(k)*tickEvery, longestLate)) {
				return
			}
		}
	}
}

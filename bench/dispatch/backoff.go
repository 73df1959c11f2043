package dispatch

import (
	priority "container/heap"
	"math/rand/v2"
	"time"
)

// How long a slot of a closed wave waits after its request failed. An endpoint that
// refuses at once, or a dead one, would otherwise get as many requests as this
// machine can make: no customer does that.
const (
	shortestBackoff = 10 * time.Millisecond
	longestBackoff  = time.Second
	// longestObeyed is the longest Retry-After that is waited for where the wave has no
	// end in time. Limits are per minute; a number of requests would never be reached
	// where each of them waited longer.
	longestObeyed = time.Minute
)

// backoffStream keeps the random numbers of waits apart from those of arrivals.
const backoffStream = 1 << 33

// backoff is how long a slot waits after so many failures in a row: between half of
// 20 ms · 2^(failures−1), at most of 2 s, and the whole of it: so 10 ms at least,
// and from the seventh on 500 ms to 1 s. What the failed request took itself has
// been waited already. Retry-After counts from the answer and is a lower bound,
// for one of 0 must not make a flood either.
func backoff(e Ending, failures int, random *rand.Rand) time.Duration {
	most := min(shortestBackoff<<min(failures, 10), longestBackoff)
	wait := most/2 + time.Duration(random.Int64N(int64(most/2)+1))
	return max(wait-max(e.Took, 0), e.RetryAfter, 0)
}

// A waitingSlot is a slot of a closed wave that waits after a failure. Its next
// request is scheduled when the wait is over and not before.
type waitingSlot struct {
	since, until time.Duration
	failures     int // in a row
}

// waitingSlots are a heap, the slot whose wait ends first on top.
type waitingSlots []waitingSlot

func (w waitingSlots) Len() int           { return len(w) }
func (w waitingSlots) Less(i, j int) bool { return w[i].until < w[j].until }
func (w waitingSlots) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *waitingSlots) Push(x any)        { *w = append(*w, x.(waitingSlot)) }

func (w *waitingSlots) Pop() any {
	last := len(*w) - 1
	s := (*w)[last]
	*w = (*w)[:last]
	return s
}

func (w *waitingSlots) add(s waitingSlot) { priority.Push(w, s) }

// next is when the first wait ends; far: nobody waits.
func (w waitingSlots) next() time.Duration {
	if len(w) == 0 {
		return far
	}
	return w[0].until
}

// first takes out the slot whose wait ends first.
func (w *waitingSlots) first() waitingSlot { return priority.Pop(w).(waitingSlot) }

// last takes out the slot whose wait ends last.
func (w *waitingSlots) last() waitingSlot {
	latest := 0
	for i := range *w {
		if (*w)[i].until > (*w)[latest].until {
			latest = i
		}
	}
	return priority.Remove(w, latest).(waitingSlot)
}

package tier

import (
	"math"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/client/queue"
)

// forever is an instant that never comes.
const forever = time.Duration(math.MaxInt64)

// A board passes on what a client says of its tasks to those who count them: each counts
// the tasks that were enqueued in its time, whenever something becomes of them.
type board struct {
	mu     sync.Mutex
	counts []count
}

// A count is a tally of the tasks that were enqueued from one instant up to another.
type count struct {
	*Tally
	from, to time.Duration
}

func (b *board) tell(of queue.Task, what func(*Tally)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.counts {
		if of.Enqueued >= c.from && of.Enqueued < c.to {
			what(c.Tally)
		}
	}
}

// Enqueued implements [queue.Watcher], as do those that follow.
func (b *board) Enqueued(of queue.Task) { b.tell(of, func(t *Tally) { t.Enqueued(of) }) }

func (b *board) Taken(of queue.Task, inverted bool) {
	b.tell(of, func(t *Tally) { t.Taken(of, inverted) })
}

func (b *board) Requeued(of queue.Task, at time.Duration) {
	b.tell(of, func(t *Tally) { t.Requeued(of, at) })
}

func (b *board) Ended(of queue.Task, fate queue.Fate) {
	b.tell(of, func(t *Tally) { t.Ended(of, fate) })
}

func (b *board) Duplicate(of queue.Task, at time.Duration) {
	b.tell(of, func(t *Tally) { t.Duplicate(of, at) })
}

// Depths are those of the queue as it is, and told to whoever counts to no end.
func (b *board) Depths(at time.Duration, all []int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.counts {
		if c.to == forever {
			c.Depths(at, all)
		}
	}
}

// Anew is the same queue for another run: it counts the tasks that are enqueued from now
// on, and nobody counts those before any more.
func (t *Tier) Anew() *Tier {
	now := time.Since(t.epoch)
	again := *t
	again.Tally = New(t.layout, t.classes)
	again.second, again.looks = now, t.looks
	again.hearAnew()
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	t.board.counts = []count{{again.Tally, now, forever}}
	return &again
}

// Due is a tally of the tasks that are enqueued between two instants since the first wave
// began. It must be asked for before the first of them; what it says of depths, and of
// starving, is of these tasks alone, and not of the queue.
func (t *Tier) Due(from, to time.Duration) *Tally {
	of := New(t.layout, t.classes)
	b := t.board
	b.mu.Lock()
	defer b.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	of.origin = t.origin
	b.counts = append(b.counts, count{of, t.origin + from, t.origin + to})
	return of
}

// Became is what became of the tasks of a tally by now.
func (t *Tier) Became(of *Tally) *result.Tasks { return of.UpTo(time.Since(t.epoch)) }

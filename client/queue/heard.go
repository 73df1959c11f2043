package queue

import (
	"strconv"
	"strings"
	"time"

	"flashwave/client"
)

// A Call is what somebody who stands between a worker and its endpoint heard of a call.
type Call struct {
	Task  string        // for which it was made
	Asked time.Duration // since the epoch
	New   bool          // nothing was heard of it before
	Over  bool          // it is over
	Usage client.Usage  // what it used, once it is over
}

// tapped is what was heard of a task's calls.
type tapped struct {
	calls, open int
	asked       time.Duration // the first
	spent       client.Usage  // of those that are over
	since       time.Duration // when its result was there; 0: it was not yet
}

// A mark is what is remembered of every task that was written: one that has ended is
// forgotten otherwise, and its calls may be heard of yet.
type mark struct {
	class uint16
	heard bool // of a call
}

// remember marks a task. The book is locked.
func (b *book) remember(t *task) {
	for uint64(len(b.marks)) <= t.number {
		b.marks = append(b.marks, mark{})
	}
	b.marks[t.number].class = uint16(t.Class) //nolint:gosec // there are few
}

// numberOf is the number of a task of ours.
func (q *Client) numberOf(id string) (uint64, bool) {
	text, ours := strings.CutPrefix(id, q.prefix)
	number, err := strconv.ParseUint(text, 10, 32)
	return number, ours && err == nil && number <= q.number.Load()
}

// Heard takes in what was heard of a call: of which class its task is, if that is ours, and
// whether it is the first that is heard of for that task. It sharpens instants, and is in
// the place of a usage that a result does not tell; what became of a task is seen in Redis
// alone. So it does not matter when it is heard, nor in which order.
func (q *Client) Heard(c Call) (class int, first, ours bool) {
	b := &q.book
	b.mu.Lock()
	defer b.mu.Unlock()
	number, ours := q.numberOf(c.Task)
	if !ours || number >= uint64(len(b.marks)) {
		return 0, false, false
	}
	m := &b.marks[number]
	if c.New {
		first, m.heard = !m.heard, true
	}
	if t := b.all[c.Task]; t != nil {
		t.heard.hear(c)
	}
	return int(m.class), first, true
}

// hear takes in what was heard of a call.
func (h *tapped) hear(c Call) {
	if c.New {
		if h.calls == 0 || c.Asked < h.asked {
			h.asked = c.Asked
		}
		h.calls++
		h.open++
	}
	if c.Over {
		h.open--
		h.spend(c.Usage)
	}
}

// spend adds what a call used.
func (h *tapped) spend(u client.Usage) {
	if u.From == client.FromNone {
		return
	}
	s := &h.spent
	s.Prompt, s.Cached, s.CacheWritten = s.Prompt+u.Prompt, s.Cached+u.Cached, s.CacheWritten+u.CacheWritten
	s.Output, s.Reasoning = s.Output+u.Output, s.Reasoning+u.Reasoning
	if s.From != client.FromEvents {
		s.From = u.From
	}
}

// takenAt is when a task was taken that a look showed to be gone: when a worker asked for it, if
// that was heard of by then. The book is locked.
func (b *book) takenAt(t *task, g gap) time.Duration {
	if t.heard.calls == 0 || t.heard.asked >= g.to {
		return g.instant(t.Enqueued)
	}
	b.sharper++
	return min(g.to, max(t.heard.asked, t.Enqueued))
}

// Sharper is how many tasks were heard to be taken before they were seen to be.
func (q *Client) Sharper() int64 {
	q.book.mu.Lock()
	defer q.book.mu.Unlock()
	return q.book.sharper
}

// hearing is how long a result waits that tells no usage, until it is heard what the call used
// that made it.
const hearing = 250 * time.Millisecond

// awaits reports whether the result of a task, which came at some instant, still waits for what
// its call used, and since when it has been there.
func (t *task) awaits(a Answer, came, now time.Duration) (since time.Duration, waits bool) {
	h := &t.heard
	if h.since == 0 {
		h.since = came
	}
	waits = a.Usage.From == client.FromNone && h.open > 0 && now-h.since < hearing
	if waits {
		t.polled = 0 // it is looked at in every look
	}
	return h.since, waits
}

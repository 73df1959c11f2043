package dispatch

import (
	priority "container/heap"
	"time"
)

// A turn is the next request of a session, which its own last answer has scheduled.
type turn struct {
	due     time.Duration // the end of the time to think
	session uint64
	number  uint32 // from 1: the first request of a session is not of the kind
}

// turns are those of a lane that have not been due yet: a heap, the first due on top.
type turns []turn

func (ts turns) Len() int           { return len(ts) }
func (ts turns) Less(i, j int) bool { return ts[i].due < ts[j].due }
func (ts turns) Swap(i, j int)      { ts[i], ts[j] = ts[j], ts[i] }
func (ts *turns) Push(x any)        { *ts = append(*ts, x.(turn)) }

func (ts *turns) Pop() any {
	last := len(*ts) - 1
	t := (*ts)[last]
	*ts = (*ts)[:last]
	return t
}

// next is when the first is due; far: there is none.
func (ts turns) next() time.Duration {
	if len(ts) == 0 {
		return far
	}
	return ts[0].due
}

// goOn schedules the next turn of a session whose last request has ended. l.mu is held.
func (l *lane) goOn(e Ending) {
	if !e.GoesOn {
		return
	}
	t := turn{due: e.At + max(e.Think, 0), session: e.Ticket.Session, number: e.Ticket.Turn + 1}
	priority.Push(&l.turns, t)
	l.dueAt(t.due)
}

// turn makes a request that of the turn that is due first, if one is by now. It says when
// that was. l.mu is held.
func (l *lane) turn(t *Ticket, now time.Duration) (due time.Duration, ok bool) {
	if l.turns.next() > now {
		return 0, false
	}
	next := priority.Pop(&l.turns).(turn)
	t.Session, t.Turn = next.session, next.number
	return max(next.due, l.resumed), true
}

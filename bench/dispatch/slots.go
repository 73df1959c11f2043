package dispatch

import (
	"iter"
	"sync"
	"time"
)

// slots are the rights to have a request open. A ticket that finds none waits in
// line, first come first served, across all lanes.
type slots struct {
	mu     sync.Mutex
	free   int
	line   line
	closed bool // nobody waits any more

	limit       int
	maxInFlight int
	live        []int  // by lane: the wave whose wall time it is; negative: none
	peaks       []peak // by wave
}

// MaxLine is how many may wait for a slot: 32 MB of them. An endpoint that is so
// far behind is past saying anything of those that come yet: they are dropped, and
// counted, as they are where nobody may wait.
const MaxLine = 1 << 20

// room is how many places in the line are free.
func (s *slots) room() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(MaxLine-s.line.len(), 0)
}

func newSlots(n int) *slots { return &slots{free: n, limit: n} }

// admission is what became of a ticket that asked for a slot.
type admission int

const (
	admitted admission = iota // it has a slot
	queued                    // it waits in line
	refused                   // there is none, and it may not wait
	shut                      // nobody waits any more: the run is over
)

// take asks for a slot. A ticket that may not wait is refused when none is free.
func (s *slots) take(t Ticket, mayWait bool) admission {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free > 0 && !s.closed {
		s.free--
		s.maxInFlight = max(s.maxInFlight, s.limit-s.free)
		s.grown(t.Enqueued)
		return admitted
	}
	if s.closed {
		return shut
	}
	if !mayWait || !t.Closed && s.line.len() >= MaxLine {
		return refused
	}
	s.line.push(t)
	s.grown(t.Enqueued)
	return queued
}

// release gives a slot back. If somebody waits, the slot is theirs: the caller
// runs that Ticket next.
func (s *slots) release(now time.Duration) (next Ticket, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.pop(now); ok {
		return t, true
	}
	s.free++
	return Ticket{}, false
}

// swap gives a slot to t, behind those who wait already: the answer is the
// ticket that the caller runs next.
func (s *slots) swap(t Ticket, now time.Duration) Ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, ok := s.pop(now)
	if !ok {
		return t
	}
	s.line.push(t)
	return first
}

func (s *slots) pop(now time.Duration) (Ticket, bool) {
	t, ok := s.line.pop()
	if ok {
		t.Queue = max(now-t.Enqueued, 0)
	}
	return t, ok
}

// clear takes everybody who waits out of the line, for good.
func (s *slots) clear() iter.Seq[Ticket] {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := s.line
	s.line, s.closed = line{}, true
	return gone.all()
}

// load says how many requests are in flight and how many wait.
func (s *slots) load() (inFlight, waiting, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit - s.free, s.line.len(), s.maxInFlight
}

// allWaiting is everybody who waits. The slots are held to copy a block of them at a time,
// and not while somebody looks at it: whoever leaves the line meanwhile may be missing.
func (s *slots) allWaiting() iter.Seq[Ticket] {
	return func(yield func(Ticket) bool) {
		buffer := make([]waiting, lineBlock)
		for n := uint64(0); ; {
			s.mu.Lock()
			list, kinds, then := s.line.next(n, buffer)
			s.mu.Unlock()
			if len(list) == 0 {
				return
			}
			n = then
			for _, w := range list {
				if !yield(w.ticket(kinds)) {
					return
				}
			}
		}
	}
}

package bench

import (
	"iter"
	"sync"
	"time"

	"flashwave/bench/ledger"
)

// A ticket is one scheduled request on its way to being sent.
type ticket struct {
	lane      *lane
	wave      int    // index of the wave that scheduled it; result.Warmup for warm-up load
	during    int    // whose wall time it was then
	index     uint64 // of the lane: picks the prompt
	closed    bool
	scheduled time.Duration
	enqueued  time.Duration // when it began to wait for a slot
	queue     time.Duration // how long it waited
	failures  int           // how often its slot of a closed wave failed in a row before it
}

// entry is the ticket as the ledger knows it.
func (t ticket) entry() ledger.Request {
	return ledger.Request{
		Lane: t.lane.index, Wave: t.wave, During: t.during, Index: t.index,
		Scheduled: t.scheduled, Enqueued: t.enqueued, Queue: t.queue,
	}
}

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

// maxLine is how many may wait for a slot: 32 MB of them. An endpoint that is so
// far behind is past saying anything of those that come yet: they are dropped, and
// counted, as they are where nobody may wait.
const maxLine = 1 << 20

// room is how many places in the line are free.
func (s *slots) room() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(maxLine-s.line.len(), 0)
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
func (s *slots) take(t ticket, mayWait bool) admission {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free > 0 && !s.closed {
		s.free--
		s.maxInFlight = max(s.maxInFlight, s.limit-s.free)
		s.grown(t.enqueued)
		return admitted
	}
	if s.closed {
		return shut
	}
	if !mayWait || !t.closed && s.line.len() >= maxLine {
		return refused
	}
	s.line.push(t)
	s.grown(t.enqueued)
	return queued
}

// release gives a slot back. If somebody waits, the slot is theirs: the caller
// runs that ticket next.
func (s *slots) release(now time.Duration) (next ticket, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.pop(now); ok {
		return t, true
	}
	s.free++
	return ticket{}, false
}

// swap gives a slot to t, behind those who wait already: the answer is the
// ticket that the caller runs next.
func (s *slots) swap(t ticket, now time.Duration) ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, ok := s.pop(now)
	if !ok {
		return t
	}
	s.line.push(t)
	return first
}

func (s *slots) pop(now time.Duration) (ticket, bool) {
	t, ok := s.line.pop()
	if ok {
		t.queue = max(now-t.enqueued, 0)
	}
	return t, ok
}

// clear sends home everybody who waits, for good.
func (s *slots) clear() iter.Seq[ticket] {
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

// eachWaiting calls see with everybody who waits. It must not ask the slots.
func (s *slots) eachWaiting(see func(ticket)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.line.all() {
		see(t)
	}
}

package dispatch

import (
	"iter"
	"time"
)

// A line is tickets that wait, in 32 bytes each, and in memory that the collector need
// not look into. The first that came is the first to go. The zero value is empty.
type line struct {
	blocks []*[lineBlock]waiting // what waits is from head in the first block to tail in the last
	head   int
	tail   int
	spare  *[lineBlock]waiting // one that was emptied
	kinds  []kind
	places map[kind]uint32 // where they stand among kinds
	talks  map[place]talk  // of those whose session is not their index
	gone   uint64          // how many have left it
}

// lineBlock is how many wait in a block: 32 KB.
const lineBlock = 1024

// waiting is a ticket in line.
type waiting struct {
	index               uint64
	scheduled, enqueued time.Duration
	kind                uint32
	more                uint32 // failures of a closed wave's slot; of an open wave, the row of its trace
}

// A place is that of a ticket in its lane.
type place struct {
	lane  int
	index uint64
}

// A talk is a session, and a turn of it.
type talk struct {
	session uint64
	turn    uint32
}

// A kind is what many tickets have in common.
type kind struct {
	lane, wave int
	during     int
	closed     bool
}

// len is how many wait.
func (l *line) len() int {
	if len(l.blocks) == 0 {
		return 0
	}
	return (len(l.blocks)-1)*lineBlock + l.tail - l.head
}

// push adds a ticket at the end.
func (l *line) push(t Ticket) {
	if len(l.blocks) == 0 || l.tail == lineBlock {
		l.grow()
	}
	w := waiting{
		index: t.Index, scheduled: t.Scheduled, enqueued: t.Enqueued,
		kind: l.kindOf(t), more: t.Row,
	}
	if t.Closed {
		w.more = uint32(t.failures)
	}
	l.blocks[len(l.blocks)-1][l.tail] = w
	if t.Session != t.Index {
		if l.talks == nil {
			l.talks = map[place]talk{}
		}
		l.talks[place{t.Lane, t.Index}] = talk{t.Session, t.Turn}
	}
	l.tail++
}

// grow adds a block.
func (l *line) grow() {
	b := l.spare
	if l.spare = nil; b == nil {
		b = new([lineBlock]waiting)
	}
	l.blocks, l.tail = append(l.blocks, b), 0
}

// kindOf is the place of a ticket's kind: the newest, as a rule.
func (l *line) kindOf(t Ticket) uint32 {
	k := kind{lane: t.Lane, wave: t.Wave, during: t.During, closed: t.Closed}
	if n := len(l.kinds); n > 0 && l.kinds[n-1] == k {
		return uint32(n - 1)
	}
	place, ok := l.places[k]
	if !ok {
		if l.places == nil {
			l.places = map[kind]uint32{}
		}
		place = uint32(len(l.kinds))
		l.places[k], l.kinds = place, append(l.kinds, k)
	}
	return place
}

// pop takes the first Ticket; false: nobody waits.
func (l *line) pop() (Ticket, bool) {
	if l.len() == 0 {
		return Ticket{}, false
	}
	t := l.ticket(l.blocks[0][l.head])
	delete(l.talks, place{t.Lane, t.Index})
	l.head++
	l.gone++
	switch {
	case l.len() == 0:
		l.head, l.tail = 0, 0
	case l.head == lineBlock:
		l.spare, l.blocks = l.blocks[0], l.blocks[1:]
		l.head = 0
	}
	return t, true
}

// all is everybody who waits, the first in front.
func (l *line) all() iter.Seq[Ticket] {
	return func(yield func(Ticket) bool) {
		for i := range l.len() {
			at := l.head + i
			if !yield(l.ticket(l.blocks[at/lineBlock][at%lineBlock])) {
				return
			}
		}
	}
}

// next copies those who wait, from the n-th on that ever came, into a buffer: as many as
// fit. They are of the kinds, which never change. The next to be asked for is the last
// answer; no answer: nobody is left.
func (l *line) next(n uint64, buffer []waiting) (list []waiting, kinds []kind, then uint64) {
	n = max(n, l.gone)
	at, end := l.head+int(n-l.gone), l.head+l.len()
	for at < end && len(list) < len(buffer) {
		place := at % lineBlock
		more := min(end-at, lineBlock-place, len(buffer)-len(list))
		list = append(buffer[:len(list)], l.blocks[at/lineBlock][place:place+more]...)
		at += more
	}
	return list, l.kinds, n + uint64(len(list))
}

// ticket is the one that waits.
func (l *line) ticket(w waiting) Ticket {
	t := w.ticket(l.kinds)
	if of, ok := l.talks[place{t.Lane, t.Index}]; ok {
		t.Session, t.Turn = of.session, of.turn
	}
	return t
}

// ticket is the one that waits, of one of the kinds, as if it were a session of its own.
func (w waiting) ticket(kinds []kind) Ticket {
	k := kinds[w.kind]
	t := Ticket{
		Lane: k.lane, Wave: k.wave, During: k.during, Closed: k.closed,
		Index: w.index, Session: w.index, Scheduled: w.scheduled, Enqueued: w.enqueued,
	}
	if k.closed {
		t.failures = int(w.more)
	} else {
		t.Row = w.more
	}
	return t
}

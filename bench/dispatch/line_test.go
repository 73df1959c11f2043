package dispatch

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"
)

// A line is a list from whose front is taken and to whose end is added, whatever waits
// in it.
func TestLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l line
		var want []Ticket
		n := uint64(0)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			many := rapid.IntRange(0, 3*lineBlock/2).Draw(t, "how many")
			if rapid.Bool().Draw(t, "comes") {
				for range many {
					n++
					next := Ticket{
						Lane: int(n % 7 / 6), Wave: int(n%5) - 2, Closed: n%3 == 0, During: int(n % 11 / 10),
						Index: n, Session: n, Scheduled: time.Duration(n), Enqueued: time.Duration(2 * n), Row: uint32(n % 6),
					}
					if next.Closed {
						next.failures, next.Row = int(n%4), 0
					}
					if n%9 == 0 {
						next.Session, next.Turn = n/2, uint32(n%5)
					}
					l.push(next)
					want = append(want, next)
				}
			} else {
				for range min(many, len(want)+1) {
					got, ok := l.pop()
					if ok != (len(want) > 0) || ok && got != want[0] {
						t.Fatalf("%t %+v", ok, got)
					}
					if ok {
						want = want[1:]
					}
				}
			}
			if l.len() != len(want) || !slices.Equal(slices.Collect(l.all()), want) {
				t.Fatalf("%d wait, want %d", l.len(), len(want))
			}
			if got := walked(&l, rapid.IntRange(1, lineBlock).Draw(t, "at a time")); !slices.Equal(got, alone(want)) {
				t.Fatalf("%d are walked past, want %d", len(got), len(want))
			}
		}
	})
}

// alone are tickets as if each were a session of its own: whoever looks at those who wait
// is told no more.
func alone(list []Ticket) (sessions []Ticket) {
	for _, t := range list {
		t.Session, t.Turn = t.Index, 0
		sessions = append(sessions, t)
	}
	return sessions
}

// walked are those who wait, copied a few at a time.
func walked(l *line, atATime int) (got []Ticket) {
	buffer := make([]waiting, atATime)
	for list, kinds, n := l.next(0, buffer); len(list) > 0; list, kinds, n = l.next(n, buffer) {
		for _, w := range list {
			got = append(got, w.ticket(kinds))
		}
	}
	return got
}

// Whoever looks at those who wait keeps nobody from coming and going: it takes far longer
// to look at them all than a request may be late.
func TestNobodyWaitsForWhoeverLooks(t *testing.T) {
	s := newSlots(1)
	for i := range 3*lineBlock + 1 {
		s.take(Ticket{Index: uint64(i)}, true)
	}
	seen, last := 0, uint64(0)
	for w := range s.allWaiting() {
		if w.Index <= last {
			t.Fatalf("%d comes after %d", w.Index, last)
		}
		seen, last = seen+1, w.Index
		s.load()
		if seen%3 == 0 {
			s.release(0)
		}
		s.take(Ticket{Index: uint64(4*lineBlock + seen)}, seen <= 10)
	}
	// Of each block that was copied a third was gone when the next one was.
	if want := 3*lineBlock + 10; seen != want {
		t.Errorf("%d seen, want %d", seen, want)
	}
}

// A million who wait take 32 bytes each, and those that are gone none.
func TestALineIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(waiting{}); size > 32 {
		t.Errorf("one who waits takes %d bytes", size)
	}
	var l line
	for range 2 * MaxLine / lineBlock {
		for range lineBlock {
			l.push(Ticket{})
		}
		for range lineBlock - 1 {
			l.pop()
		}
	}
	if most := l.len()/lineBlock + 2; len(l.blocks) > most || cap(l.blocks) > 4*most {
		t.Errorf("%d wait in %d blocks (room for %d)", l.len(), len(l.blocks), cap(l.blocks))
	}
}

// What it costs to wait: to come and to go.
func BenchmarkLine(b *testing.B) {
	var l line
	b.ReportAllocs()
	for b.Loop() {
		for range 100 {
			l.push(Ticket{})
		}
		for range 100 {
			l.pop()
		}
	}
}

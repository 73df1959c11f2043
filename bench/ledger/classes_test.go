package ledger

import (
	"sync"
	"testing"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/class"
	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// What is recorded of classes while seconds end is in their totals, once, and what is not
// accounted for when the last one ends was never sent.
func TestClassesLoseNothing(t *testing.T) {
	const workers, each, classes = 4, 5000, 3
	l := New(Config{
		Lanes: []scenario.Lane{{Waves: []scenario.Wave{{Name: "w"}}}}, Classes: classes,
		ClassesOf: func(t dispatch.Ticket) class.Indexes { return class.Indexes{int(t.Index % classes), -1} },
	})
	l.Begin(0, 0)
	l.Enter(0, 0, 0, false)
	var recording sync.WaitGroup
	for w := range uint64(workers) {
		recording.Go(func() {
			for i := range uint64(each) {
				t := dispatch.Ticket{Index: w*each + i}
				l.Scheduled(t)
				if i%5 == 0 {
					l.Dropped(t)
				}
			}
		})
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		recording.Wait()
	}()
	for second := time.Second; ; second += time.Second {
		select {
		case <-over:
			l.Settle()
			l.EndSecond(second, 0, 0)
			checkClasses(t, l, classes, workers*each)
			return
		default:
			l.EndSecond(second, 0, 0)
		}
	}
}

func checkClasses(t *testing.T, l *Ledger, classes, n int) {
	t.Helper()
	var sum result.Requests
	for c := range classes {
		r := l.Class(c).Requests
		sum.Scheduled += r.Scheduled
		sum.Dropped += r.Dropped
		sum.Unsent += r.Unsent
	}
	want := result.Requests{Scheduled: int64(n), Dropped: int64(n / 5), Unsent: int64(n - n/5)}
	if total := l.Total(0).Requests; sum != want || total != want {
		t.Errorf("the classes come to %+v, the wave to %+v, want %+v", sum, total, want)
	}
}

// Requests that are given up at once are of the classes of which each would have been by
// itself, whatever tells them apart.
func TestClassesOfWhatIsShed(t *testing.T) {
	const n, classes = 1000, 4
	for name, of := range map[string]func(dispatch.Ticket) uint64{
		"by request": func(t dispatch.Ticket) uint64 { return t.Index },
		"by session": func(t dispatch.Ticket) uint64 { return t.Session },
	} {
		count := func(record func(*Ledger, dispatch.Ticket)) (all [classes]result.Requests) {
			l := New(Config{
				Lanes: []scenario.Lane{{Waves: []scenario.Wave{{Name: "w"}}}}, Classes: classes,
				ClassesOf: func(t dispatch.Ticket) class.Indexes { return class.Indexes{int(of(t) % 7 % classes), -1} },
			})
			l.Begin(0, 0)
			l.Enter(0, 0, 0, false)
			record(l, dispatch.Ticket{Index: 12, Session: 5})
			l.EndSecond(time.Second, 0, 0)
			for c := range all {
				all[c] = l.Class(c).Requests
			}
			return all
		}
		got := count(func(l *Ledger, t dispatch.Ticket) { l.Shed(t, arrival.Shed{N: n}) })
		want := count(func(l *Ledger, t dispatch.Ticket) {
			for range n {
				l.Scheduled(t)
				l.Dropped(t)
				t.Index, t.Session = t.Index+1, t.Session+1
			}
		})
		if got != want {
			t.Errorf("%s: shed at once %+v, one by one %+v", name, got, want)
		}
	}
}

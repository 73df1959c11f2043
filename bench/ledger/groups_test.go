package ledger

import (
	"sync"
	"testing"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// What is recorded of groups while seconds end is in their totals, once, and what is not
// accounted for when the last one ends was never sent.
func TestGroupsLoseNothing(t *testing.T) {
	const workers, each, groups = 4, 5000, 3
	l := New(Config{
		Lanes: []scenario.Lane{{Waves: []scenario.Wave{{Name: "w"}}}}, Groups: groups,
		GroupsOf: func(t dispatch.Ticket) Groups { return Groups{int(t.Index % groups), -1} },
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
			checkGroups(t, l, groups, workers*each)
			return
		default:
			l.EndSecond(second, 0, 0)
		}
	}
}

func checkGroups(t *testing.T, l *Ledger, groups, n int) {
	t.Helper()
	var sum result.Requests
	for g := range groups {
		r := l.Group(g).Requests
		sum.Scheduled += r.Scheduled
		sum.Dropped += r.Dropped
		sum.Unsent += r.Unsent
	}
	want := result.Requests{Scheduled: int64(n), Dropped: int64(n / 5), Unsent: int64(n - n/5)}
	if total := l.Total(0).Requests; sum != want || total != want {
		t.Errorf("the groups come to %+v, the wave to %+v, want %+v", sum, total, want)
	}
}

// Requests that are given up at once are in the groups in which each would have been by
// itself, whatever tells them apart.
func TestGroupsOfWhatIsShed(t *testing.T) {
	const n, groups = 1000, 4
	for name, of := range map[string]func(dispatch.Ticket) uint64{
		"by request": func(t dispatch.Ticket) uint64 { return t.Index },
		"by session": func(t dispatch.Ticket) uint64 { return t.Session },
	} {
		count := func(record func(*Ledger, dispatch.Ticket)) (all [groups]result.Requests) {
			l := New(Config{
				Lanes: []scenario.Lane{{Waves: []scenario.Wave{{Name: "w"}}}}, Groups: groups,
				GroupsOf: func(t dispatch.Ticket) Groups { return Groups{int(of(t) % 7 % groups), -1} },
			})
			l.Begin(0, 0)
			l.Enter(0, 0, 0, false)
			record(l, dispatch.Ticket{Index: 12, Session: 5})
			l.EndSecond(time.Second, 0, 0)
			for g := range all {
				all[g] = l.Group(g).Requests
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

package ledger

import (
	"testing"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/outcome"
)

// crowded is a ledger with so many requests in flight, half of which have a token.
func crowded(t testing.TB, n int) (l *Ledger, flights []*Flight) {
	t.Helper()
	l = New(Config{Lanes: []scenario.Lane{{Waves: []scenario.Wave{{Name: "w"}}}}})
	l.Begin(0, 0)
	l.Enter(0, 0, 0, false)
	for i := range n {
		f, ok := l.Open(dispatch.Ticket{Index: uint64(i), Scheduled: time.Second}, 1, 0)
		if !ok {
			t.Fatal("nothing is sent any more")
		}
		f.Depart(time.Second)
		if i%2 == 0 {
			f.Token(2*time.Second, client.Content)
		}
		flights = append(flights, f)
	}
	return l, flights
}

// Whoever looks at ten thousand requests in flight keeps none of them waiting: it may
// open, answer, end and be counted in the midst of a look.
func TestNoRequestWaitsForWhoeverLooks(t *testing.T) {
	const crowd = 10_000
	l, flights := crowded(t, crowd)
	p, seen := result.NewPart(), 0
	l.AddOpen(p, 3*time.Second, func(dispatch.Ticket) bool {
		f, _ := l.Open(dispatch.Ticket{Index: uint64(crowd + seen)}, 1, 0)
		f.Depart(3 * time.Second)
		f.Token(3*time.Second, client.Content)
		f.Close()
		flights[seen].Close()
		f.Record(&client.Result{Outcome: outcome.OK, Sent: 3 * time.Second, Done: 3 * time.Second}, Value{})
		for range l.InFlight() {
		}
		l.OpenState(0, 0, 0)
		seen++
		return true
	})
	if seen == 0 || seen > crowd || p.Open[result.E2EResponse].Count() != int64(seen) {
		t.Errorf("%d of %d were looked at, %d have an age", seen, crowd, p.Open[result.E2EResponse].Count())
	}
	for wave, open := range l.InFlight() {
		if wave != 0 || open != int64(crowd-seen) {
			t.Errorf("%d of wave %d are open, %d were left", open, wave, crowd-seen)
		}
	}
}

// A look sees every request that is open all the while, once.
func TestALookMissesNobody(t *testing.T) {
	l, flights := crowded(t, 101)
	flights[7].Close()
	st := l.OpenState(4*time.Second, time.Second, 0)
	if want := (State{Awaiting: 49, Streaming: 51, Late: 49, Oldest: 3 * time.Second}); st != want {
		t.Errorf("%+v, want %+v", st, want)
	}
	left := l.StopOpening()
	if _, ok := l.Open(dispatch.Ticket{}, 1, 0); ok || len(left) != 100 {
		t.Errorf("%d are open, and another one is opened: %t", len(left), ok)
	}
}

// What it costs to open a request and to close it while somebody always looks.
func BenchmarkOpen(b *testing.B) {
	l, _ := crowded(b, 10_000)
	over, looks := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looks)
		for {
			select {
			case <-over:
				return
			default:
				l.OpenState(time.Minute, time.Second, time.Second)
			}
		}
	}()
	for i := 0; b.Loop(); i++ {
		f, _ := l.Open(dispatch.Ticket{Index: uint64(i)}, 1, 0)
		f.Close()
	}
	close(over)
	<-looks
}

// What it costs to take in a token.
func BenchmarkToken(b *testing.B) {
	_, flights := crowded(b, 100)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		flights[i%len(flights)].Token(time.Duration(i)*time.Microsecond+2*time.Second, client.Content)
	}
}

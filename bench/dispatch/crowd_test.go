package dispatch

import (
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/scenario"
)

// A counter counts what becomes of requests, and answers them when it is let go.
type counter struct {
	scheduled, dropped, unsent, sent atomic.Int64
	let                              chan struct{}
}

func (c *counter) Send(_ *Dispatcher, t Ticket) Ending {
	c.sent.Add(1)
	<-c.let
	return Ending{Ticket: t}
}

func (c *counter) Scheduled(Ticket) { c.scheduled.Add(1) }
func (c *counter) Dropped(Ticket)   { c.dropped.Add(1) }
func (c *counter) Unsent(Ticket)    { c.unsent.Add(1) }

func (c *counter) Shed(_ Ticket, of arrival.Shed) {
	c.scheduled.Add(of.N)
	c.dropped.Add(of.N)
}

func (c *counter) Waited(int, uint64, time.Duration)              {}
func (c *counter) Unheeded(int, uint64, time.Duration)            {}
func (c *counter) Planned(int, []arrival.Boundary, time.Duration) {}
func (c *counter) Entered(int, int, int, time.Duration)           {}
func (c *counter) Fill(int, time.Duration, int, int)              {}
func (c *counter) Completed(int, time.Duration)                   {}
func (c *counter) Steered(int, int, time.Duration, string)        {}
func (c *counter) Noted(string)                                   {}

// ahead lets a lane's load do what is due at an instant that it has not reached, as if
// the process had been stopped until then. It answers with how often it had to be asked,
// and the most that one answer took up.
func ahead(t *testing.T, d *Dispatcher, at time.Duration) (calls int, most int) {
	t.Helper()
	l := d.lanes[0]
	for {
		l.mu.Lock()
		before := l.open
		next, over := l.load.advance(at)
		most = max(most, l.open-before)
		l.mu.Unlock()
		if calls++; over || next > at {
			return calls, most
		}
		if calls > 100_000 {
			t.Fatal("there is no end to it")
		}
	}
}

// However much is due, after every chunk somebody can look at whether the run goes on:
// here of a process that was stopped for an hour.
func TestChunks(t *testing.T) {
	for _, tc := range []struct {
		name, wave, overflow string
		arrivals             string
		due                  float64
	}{
		{"ten million in line", "sale:2800/s:2h", "queue", "constant", 2800 * 3600},
		{"ten million without a line", "sale:2800/s:2h", "drop", "constant", 2800 * 3600},
		{"all that can be", "sale:1000000/s:2h", "queue", "constant", 1e6 * 3600},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := scenario.Default()
				sc.Target.Model = "m"
				lane, w, err := scenario.ParseWave(tc.wave)
				if err != nil {
					t.Fatal(err)
				}
				sc.AddWave(lane, w)
				sc.Overflow, sc.Arrivals, sc.MaxInFlight = tc.overflow, tc.arrivals, 100
				if err := sc.Resolve(scenario.Machine{}); err != nil {
					t.Fatal(err)
				}
				c, epoch := &counter{let: make(chan struct{})}, time.Now()
				d, err := New(Config{Scenario: sc, Sender: c, Observer: c, Now: func() time.Duration { return time.Since(epoch) }, Virtual: true})
				if err != nil {
					t.Fatal(err)
				}
				d.Begin(0)
				over := make(chan struct{})
				go func() {
					defer close(over)
					d.Drive(0)
				}()
				synctest.Wait()
				calls, most := ahead(t, d, time.Hour)
				if most > Chunk {
					t.Errorf("%d requests were dispatched without a look", most)
				}
				_, waiting, _ := d.Load()
				if waiting > MaxLine {
					t.Errorf("%d wait", waiting)
				}
				t.Logf("%d calls, %d wait", calls, waiting)
				d.Stop()
				<-over
				d.Abandon()
				close(c.let)
				d.Wait()
				d.Close()
				n := c.scheduled.Load()
				if math.Abs(float64(n)/tc.due-1) > 0.001 || c.dropped.Load()+c.unsent.Load()+c.sent.Load() != n {
					t.Errorf("%d scheduled, %.0f were due; %d dropped, %d unsent, %d sent", n, tc.due, c.dropped.Load(), c.unsent.Load(), c.sent.Load())
				}
			})
		})
	}
}

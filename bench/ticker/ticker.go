// Package ticker ends the seconds of a run: each becomes an interval, which is judged
// while the load goes on, and goes into the journal.
//
// A [Ticker] has one goroutine, which [Start] starts and [Ticker.Stop] ends and waits for.
// What it knows from second to second is its own, and so needs no lock: readers are shown
// a value a second, and get the rest when it has ended.
package ticker

import (
	"sync/atomic"
	"time"

	"flashwave/bench/account"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// Config is what a ticker needs.
type Config struct {
	Account *account.Account
	Sending func() bool                             // requests are scheduled yet
	Stop    func(why verdict.Ending, detail string) // stops the run
}

// A Ticker ends the seconds of a run. Its methods are safe for concurrent use.
type Ticker struct {
	shown    atomic.Pointer[Shown]
	stop     chan struct{}
	stopped  chan struct{}
	breached map[string]float64 // written before stopped is closed, and read after
}

// Shown is what the last second was like.
type Shown struct {
	Row      result.Row
	Overload *result.Overload // the worst; nil: the endpoint keeps up
}

// Start begins to tick.
func Start(c Config) *Ticker {
	t := &Ticker{stop: make(chan struct{}), stopped: make(chan struct{})}
	t.shown.Store(&Shown{})
	go t.run(newSeconds(c))
	return t
}

// run ends a second at every full second of the run, and the last one when it is stopped.
func (t *Ticker) run(s *seconds) {
	defer close(t.stopped)
	timer := time.NewTimer(s.untilNext())
	defer timer.Stop()
	for over := false; !over; {
		select {
		case <-timer.C:
		case <-t.stop:
			over = true
		}
		if shown, ok := s.end(); ok {
			t.shown.Store(&shown)
		}
		timer.Reset(s.untilNext())
	}
	t.breached = s.breached
}

// Stop ends the last second, and waits for that.
func (t *Ticker) Stop() {
	close(t.stop)
	<-t.stopped
}

// Shown is what the last second was like.
func (t *Ticker) Shown() Shown { return *t.shown.Load() }

// Breached are, once the ticker is stopped, the requests/s admitted when each SLO was
// first breached, of those that were.
func (t *Ticker) Breached() map[string]float64 {
	<-t.stopped
	return t.breached
}

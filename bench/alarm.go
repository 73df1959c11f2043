package bench

import "time"

// An alarm wakes one goroutine. It rings as punctually as the system can wake a reader
// of the network; the runtime's own timers wait in whole milliseconds.
type alarm interface {
	// wait blocks for so long, or until it is nudged; false: the alarm was stopped.
	wait(d time.Duration) bool
	// nudge ends the wait under way, or else the next. It is safe for concurrent use.
	nudge()
	// stop ends all waits. It is safe for concurrent use.
	stop()
}

// A timed alarm is made of the runtime's timers: where the system has nothing better,
// and in virtual time.
type timed struct {
	timer *time.Timer
	woken chan struct{}
	quit  chan struct{}
}

func newTimed() alarm {
	timer := time.NewTimer(0)
	timer.Stop()
	return &timed{timer: timer, woken: make(chan struct{}, 1), quit: make(chan struct{})}
}

func (a *timed) wait(d time.Duration) bool {
	a.timer.Reset(d)
	defer a.timer.Stop()
	select {
	case <-a.timer.C:
	case <-a.woken:
	case <-a.quit:
	}
	return !closed(a.quit) // of several that are ready one is chosen at random
}

func (a *timed) nudge() {
	select {
	case a.woken <- struct{}{}:
	default:
	}
}

func (a *timed) stop() { close(a.quit) }

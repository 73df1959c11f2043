// Package alarm wakes one goroutine when it is time, as punctually as the system can wake
// a reader of the network; the runtime's own timers wait in whole milliseconds.
package alarm

import "time"

// An Alarm wakes one goroutine.
type Alarm interface {
	// Wait blocks for so long, or until it is nudged; false: the alarm was stopped.
	Wait(d time.Duration) bool
	// Nudge ends the wait under way, or else the next. It is safe for concurrent use.
	Nudge()
	// Stop ends all waits. It is safe for concurrent use.
	Stop()
}

// A timed alarm is made of the runtime's timers: where the system has nothing better,
// and in virtual time.
type timed struct {
	timer *time.Timer
	woken chan struct{}
	quit  chan struct{}
}

// Timed is an alarm on the runtime's timers, which are virtual where time is.
func Timed() Alarm {
	timer := time.NewTimer(0)
	timer.Stop()
	return &timed{timer: timer, woken: make(chan struct{}, 1), quit: make(chan struct{})}
}

func (a *timed) Wait(d time.Duration) bool {
	a.timer.Reset(d)
	select {
	case <-a.timer.C:
	case <-a.woken:
	case <-a.quit:
		a.timer.Stop()
		return false
	}
	return true
}

func (a *timed) Nudge() {
	select {
	case a.woken <- struct{}{}:
	default:
	}
}

func (a *timed) Stop() { close(a.quit) }

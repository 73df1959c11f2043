package cmd

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// Whoever asks once for an end gets an orderly one, as long as it takes; whoever asks
// again gets it now. What happens until then is decided here, from before the first
// file is read to after the last report is written.

const (
	// notBegun is how long a command that was asked to end may take where there is
	// nothing to be reported yet.
	notBegun = 500 * time.Millisecond
	// lastRest is how long everything may take together once the user insists: the run
	// ends, and its reports are written. What could not be gets the rest of two seconds.
	lastRest = 1700 * time.Millisecond
	// screenRest is how much of that the screen gets to leave the terminal in order.
	screenRest = 700 * time.Millisecond
)

// stops are the requests to end that this program has got. It is safe for concurrent use.
type stops struct {
	ctx      context.Context // ends with the first
	insisted chan struct{}   // closed at the second
	tooLate  chan struct{}   // closed: whatever is not done now is left behind

	first   context.CancelFunc
	signals chan os.Signal
	over    chan struct{}

	mu       sync.Mutex
	n        int
	hungUp   bool                         // one of them was no interrupt: the terminal may be gone
	heed     func(again int, hungUp bool) // of what is under way; nil: nothing is
	begun    bool                         // something was under way
	deadline *time.Timer                  // nil: there is none yet
}

// listenForStops hears the signals from now on.
func listenForStops() *stops {
	s := &stops{
		insisted: make(chan struct{}), tooLate: make(chan struct{}),
		signals: make(chan os.Signal, 8), over: make(chan struct{}),
	}
	s.ctx, s.first = context.WithCancel(context.Background())
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		list = append(list, syscall.SIGHUP)
	}
	signal.Notify(s.signals, list...)
	go s.listen()
	return s
}

func (s *stops) listen() {
	for {
		select {
		case sig := <-s.signals:
			s.stop(sig != os.Interrupt)
		case <-s.over:
			return
		}
	}
}

// close hears no more.
func (s *stops) close() {
	signal.Stop(s.signals)
	close(s.over)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deadline != nil {
		s.deadline.Stop()
	}
	s.first()
}

// stop takes in a request to end.
func (s *stops) stop(hungUp bool) {
	s.mu.Lock()
	s.n++
	s.hungUp = s.hungUp || hungUp
	if s.n == 1 {
		s.first()
	}
	if s.n == 2 {
		close(s.insisted)
	}
	heed, n := s.heed, s.n
	switch {
	case heed != nil && n == 1: // it ends in its own time
	case s.begun:
		s.endIn(lastRest)
	default:
		s.endIn(notBegun)
	}
	s.mu.Unlock()
	if heed != nil {
		heed(n, hungUp)
	}
}

// endIn sets the time of the end, once. s.mu is held.
func (s *stops) endIn(d time.Duration) {
	if s.deadline == nil {
		s.deadline = time.AfterFunc(d, func() { close(s.tooLate) })
	}
}

// under has heed called with each request to end, those before it included, while
// something is under way that ends in its own time: n counts them. Call release when
// that is over.
func (s *stops) under(heed func(n int, hungUp bool)) (release func()) {
	s.mu.Lock()
	s.heed, s.begun = heed, true
	n, hungUp := s.n, s.hungUp
	if n == 1 && s.deadline != nil && s.deadline.Stop() {
		s.deadline = nil
	}
	s.mu.Unlock()
	for i := range n {
		heed(i+1, hungUp)
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.heed = nil
	}
}

// finished does something and waits until it is done; once the user insists only for a
// while, and until besides, if there is any, is closed. It reports whether it was done.
func (s *stops) finished(do func(), besides <-chan struct{}) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
		return true
	case <-s.insisted:
	}
	select {
	case <-done:
		return true
	case <-time.After(screenRest):
	}
	if besides == nil {
		return false
	}
	select {
	case <-done:
		return true
	case <-besides:
		return isClosed(done)
	}
}

// insist is a second request to end, however it was said.
func (s *stops) insist() {
	for s.count() < 2 {
		s.stop(false)
	}
}

func (s *stops) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// wasUnder reports whether anything was under way yet.
func (s *stops) wasUnder() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}

package tui

import (
	"context"
	"sync"

	"flashwave/bench/scenario"
)

// A started is a run or a search that the backend began.
type started struct {
	run    Session // nil: it is a search
	search Hunt
}

// The starts are the runs and searches that the backend was asked for and that no screen
// shows yet. Each belongs to somebody: to the screen that took it, or else to the
// starts, which end it. So nothing goes on sending that nobody can stop. It is safe for
// concurrent use.
type starts struct {
	backend Backend
	working sync.WaitGroup

	mu     sync.Mutex
	begun  map[int]started // and not taken, by task
	closed bool
}

func newStarts(backend Backend) *starts {
	return &starts{backend: backend, begun: map[int]started{}}
}

// enter reports whether there is still work to be done, which leave ends.
func (s *starts) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.working.Add(1)
	}
	return !s.closed
}

func (s *starts) leave() { s.working.Done() }

// start has the backend start a run, which waits to be taken. Once ctx is done there is
// none.
func (s *starts) start(ctx context.Context, id int, sc *scenario.Scenario) error {
	return s.begin(ctx, id, func() (one started, err error) {
		one.run, err = s.backend.Start(ctx, sc)
		return one, err
	})
}

// search has the backend start a search, likewise.
func (s *starts) search(ctx context.Context, id int, sc *scenario.Scenario) error {
	return s.begin(ctx, id, func() (one started, err error) {
		one.search, err = s.backend.Search(ctx, sc)
		return one, err
	})
}

func (s *starts) begin(ctx context.Context, id int, start func() (started, error)) error {
	if !s.enter() {
		return context.Canceled
	}
	defer s.leave()
	one, err := start()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		one.end()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun[id] = one
	return nil
}

// take hands over what was started; ok says whether there is something.
func (s *starts) take(id int) (one started, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok = s.begun[id]
	delete(s.begun, id)
	return one, ok
}

// drop ends what nobody took.
func (s *starts) drop(id int) {
	if !s.enter() {
		return // close ends it
	}
	defer s.leave()
	if one, ok := s.take(id); ok {
		one.end()
	}
}

// close waits for the backend, whose contexts are done, and ends what nobody took.
func (s *starts) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.working.Wait()
	for _, one := range s.begun {
		one.end()
	}
	clear(s.begun)
}

// end stops a run or a search at once, and waits until it is over.
func (s started) end() {
	if s.run == nil {
		s.search.Stop()
		s.search.Wait()
		return
	}
	s.run.Stop()
	s.run.Stop()
	s.run.Wait()
}

package tui

import (
	"context"
	"sync"

	"flashwave/bench/scenario"
)

// The starts are the runs that the backend was asked for and that no screen shows yet.
// Each belongs to somebody: to the screen that took it, or else to the starts,
// which end it. So nothing goes on sending that nobody can stop. It is safe for
// concurrent use.
type starts struct {
	backend Backend
	working sync.WaitGroup

	mu       sync.Mutex
	sessions map[int]Session // started and not taken, by task
	closed   bool
}

func newStarts(backend Backend) *starts {
	return &starts{backend: backend, sessions: map[int]Session{}}
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
	if !s.enter() {
		return context.Canceled
	}
	defer s.leave()
	session, err := s.backend.Start(ctx, sc)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		end(session)
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[id] = session
	return nil
}

// take hands a run over; nil: there is none.
func (s *starts) take(id int) Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	session := s.sessions[id]
	delete(s.sessions, id)
	return session
}

// drop ends a run that nobody took.
func (s *starts) drop(id int) {
	if !s.enter() {
		return // close ends it
	}
	defer s.leave()
	if session := s.take(id); session != nil {
		end(session)
	}
}

// close waits for the backend, whose contexts are done, and ends what nobody took.
func (s *starts) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.working.Wait()
	for _, session := range s.sessions {
		end(session)
	}
	clear(s.sessions)
}

// end stops a run at once, and waits until it is over.
func end(session Session) {
	session.Stop()
	session.Stop()
	session.Wait()
}

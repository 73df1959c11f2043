// Package servertest holds endpoints in memory whose capacity is known, for tests
// of what measures endpoints: queues of textbooks, quotas, limits of concurrency,
// and endpoints that change while they are measured.
//
// A [Server] is a client of the engine, so that no HTTP lies in between; it is made
// for virtual time (testing/synctest), in which minutes of load cost seconds.
// [Model.Capacity] is the truth, by formulae and by a simulation that shares no
// code with the engine, nor with the server but for the meter of a quota.
package servertest

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"flashwave/client"
	"flashwave/client/outcome"
)

// A Model is how an endpoint behaves. Its zero value answers everything at once.
type Model struct {
	Workers int                             // requests worked on at once; 0: any number
	Sharing bool                            // the workers are shared by all that are open; else first come, first served
	Service func(*rand.Rand) time.Duration  // work of one request on a worker of its own; nil: none
	Slower  func(age time.Duration) float64 // by how much all work is longer, so long after the first request; nil: 1
	Scaling *Scaling                        // workers are added under load; nil: never

	MaxOpen  int           // more open requests are refused with a 429; 0: no limit
	Patience time.Duration // a request that waited so long is refused with a 503; 0: it waits on
	Quota    *Quota        // nil: none

	Tokens int    // of each answer, evenly over its work; 0: two
	Seed   uint64 // of the work
}

// Scaling adds workers: they double so long after 80 % of them were busy for half a
// minute, up to Most.
type Scaling struct {
	Most  int
	After time.Duration
}

// A Quota is a limit of requests a minute, or of tokens: fixed windows of a minute, or a
// bucket that is refilled all the time.
type Quota struct {
	PerMinute int
	Tokens    bool // those of the prompt and of the answer are counted, and not requests
	Depth     int  // of the bucket, full at the start; 0: fixed windows
	Headers   bool // answers say what is left
	NoReset   bool // but not when all is back
}

// promptTokens are those of every prompt, as the answers say.
const promptTokens = 16

// A Server is a running Model. It is safe for concurrent use.
type Server struct {
	model Model
	epoch time.Time

	mu      sync.Mutex
	random  *rand.Rand
	first   time.Time // of the first request; zero: none came
	open    int
	workers int
	quota   meter
	refused int

	places  chan struct{} // one for each that is worked on, first come first served
	idle    int           // places that no worker stands behind yet
	sharing sharing
	scaler  scaler
}

// New starts a server; instants of its results count from epoch.
func New(m Model, epoch time.Time) *Server {
	m.Tokens = m.tokens()
	s := &Server{model: m, epoch: epoch, random: rand.New(rand.NewPCG(m.Seed, 1)), workers: m.Workers}
	if m.Quota != nil {
		s.quota = m.meter()
	}
	if m.Workers > 0 && !m.Sharing {
		most := m.Workers
		if m.Scaling != nil {
			most = max(most, m.Scaling.Most)
		}
		s.places = make(chan struct{}, most)
		for range most - m.Workers {
			s.places <- struct{}{}
		}
		s.idle = most - m.Workers
	}
	s.sharing.server = s
	return s
}

// Refused is how many requests were answered with a 429 or a 503 so far.
func (s *Server) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// Workers is how many workers there are now.
func (s *Server) Workers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.workers
}

// Do implements the engine's client.
func (s *Server) Do(ctx context.Context, _ *client.Request, sink client.Sink) client.Result {
	a := &answer{server: s, ctx: ctx, sink: sink}
	a.begin()
	work, limits, admitted := s.admit()
	a.result.Limits = limits
	switch {
	case ctx.Err() != nil:
		a.fail(outcome.Cancelled, 0)
	case !admitted:
		a.fail(outcome.RateLimited, 429)
	default:
		a.serve(work)
		s.leave()
	}
	return a.result
}

// admit lets a request in, with the work that it is, or refuses it.
func (s *Server) admit() (work time.Duration, limits client.Limits, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.first.IsZero() {
		s.first = now
	}
	if s.model.Scaling != nil {
		s.scaler.look(s, now)
	}
	limits = untold
	if s.model.Quota != nil {
		ok, limits = s.quota.take(now)
		if !ok {
			s.refused++
			return 0, limits, false
		}
	}
	if s.model.MaxOpen > 0 && s.open >= s.model.MaxOpen {
		s.refused++
		return 0, limits, false
	}
	s.open++
	if s.model.Service != nil {
		work = s.model.Service(s.random)
	}
	if s.model.Slower != nil {
		work = time.Duration(float64(work) * s.model.Slower(now.Sub(s.first)))
	}
	return work, limits, true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
}

// An answer is one request on its way.
type answer struct {
	server *Server
	ctx    context.Context
	sink   client.Sink
	result client.Result
}

func (a *answer) now() time.Duration { return time.Since(a.server.epoch) }

func (a *answer) begin() {
	a.result = client.Result{
		Outcome: outcome.OK, Status: 200, Sent: a.now(), FirstByte: client.Never, FirstToken: client.Never,
		FirstAnswer: client.Never, LastToken: client.Never, Phases: client.Phases{Reused: true}, Finish: "stop",
	}
	a.sink.Sent(a.result.Sent)
}

func (a *answer) fail(as outcome.Outcome, status int) {
	a.result.Outcome, a.result.Status, a.result.Err, a.result.Finish = as, status, string(as), ""
	a.result.Done = a.now()
	if status != 0 {
		a.result.FirstByte = a.result.Done
	}
}

// serve waits for a worker and does the work, token by token.
func (a *answer) serve(work time.Duration) {
	s := a.server
	if s.model.Sharing {
		a.tokens(work, func(part time.Duration) bool { return s.sharing.work(a.ctx, part) })
		return
	}
	if s.places != nil {
		var patience <-chan time.Time
		if s.model.Patience > 0 {
			timer := time.NewTimer(s.model.Patience)
			defer timer.Stop()
			patience = timer.C
		}
		select {
		case s.places <- struct{}{}:
			defer func() { <-s.places }()
		case <-patience:
			s.mu.Lock()
			s.refused++
			s.mu.Unlock()
			a.fail(outcome.Overloaded, 503)
			return
		case <-a.ctx.Done():
			a.fail(outcome.Cancelled, 0)
			return
		}
	}
	a.tokens(work, func(part time.Duration) bool { return sleep(a.ctx, part) })
}

// tokens streams the answer, its tokens evenly over the work.
func (a *answer) tokens(work time.Duration, do func(part time.Duration) bool) {
	n := a.server.model.Tokens
	for k := range n {
		part := work / time.Duration(n)
		if k == n-1 {
			part = work - part*time.Duration(n-1)
		}
		if !do(part) {
			a.fail(outcome.Cancelled, 0)
			return
		}
		at := a.now()
		if k == 0 {
			a.result.FirstByte, a.result.FirstToken, a.result.FirstAnswer = at, at, at
		} else {
			a.result.Stall = max(a.result.Stall, at-a.result.LastToken)
		}
		a.result.LastToken = at
		a.result.Events++
		a.sink.Token(at, client.Content)
	}
	a.result.Usage = client.Usage{Prompt: promptTokens, Output: n, From: client.FromUsage}
	a.result.Done = a.now()
}

// sleep waits; false: ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

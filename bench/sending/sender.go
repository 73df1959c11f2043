// Package sending sends the requests of a run: what a ticket asks becomes a request to
// the client, and what comes of it goes into the ledger, with what it cost and whether it
// was good.
//
// It starts no goroutine: the dispatcher's call it, one for each request in flight.
package sending

import (
	"context"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/ledger"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// Config is what a sender needs.
type Config struct {
	Scenario   *scenario.Scenario // resolved
	Client     Client
	Workload   Workload
	Price      *price.Price // nil: unknown
	Assertions *verdict.Assertions
	Waves      []verdict.WaveName
	Ledger     *ledger.Ledger
	Now        func() time.Duration // the clock of the run
	// Stop ends the sending. It must not call the sender.
	Stop func(why verdict.Ending, detail string)
}

// A Sender sends the requests of a run. It is safe for concurrent use.
type Sender struct {
	Config
	Budget   dispatch.Budget
	refusals *refusals
	talks    talks
	ctx      context.Context // of requests
	cancel   context.CancelFunc
}

// New is a sender to which nothing was given yet.
func New(c Config) *Sender {
	s := &Sender{Config: c, Budget: dispatch.Budget{Limit: c.Scenario.Budget}, refusals: newRefusals(c.Scenario)}
	if c.Price != nil {
		s.Budget.Price = *c.Price
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Send makes one request, records how it ended and says so. It implements
// [dispatch.Sender].
func (s *Sender) Send(d *dispatch.Dispatcher, t dispatch.Ticket) dispatch.Ending {
	began := s.Now()
	req, p := s.request(t)
	size := p.Size()
	f, ok := s.Ledger.Open(t, size, req.MaxTokens)
	if !ok {
		return dispatch.Ending{Ticket: t, At: began, Outcome: outcome.Cancelled}
	}
	worst := s.Budget.Worst(size, 1+len(p.Messages), req.MaxTokens, s.Scenario.Target.Retries)
	if !s.Budget.Reserve(worst) {
		f.Close()
		s.Stop(verdict.OutOfBudget, s.Budget.String())
		f.NeverLeft()
		return dispatch.Ending{Ticket: t, At: began, Outcome: outcome.Cancelled}
	}
	res := s.do(req, call{f, d})
	f.Close()
	if res.Sent == client.Never { // stopped before the transport had it: it has no age
		s.Budget.Settle(worst, 0)
		f.NeverLeft()
		return dispatch.Ending{Ticket: t, At: res.Done, Outcome: res.Outcome}
	}
	s.Workload.measured(t.Lane, p, res)
	s.Budget.Settle(worst, s.record(f, res))
	e := dispatch.Ending{Ticket: t, At: res.Done, Took: res.Done - began, Outcome: res.Outcome, RetryAfter: res.Limits.RetryAfter}
	if req.KeepText && s.talks.ended(t, p, res) {
		e.GoesOn, e.Think = true, think(s.asks(t), s.Scenario.Seed, t)
	}
	return e
}

// Dropped takes in that a request is never sent, for no slot was free and it may not wait.
func (s *Sender) Dropped(t dispatch.Ticket) { s.talks.dropped(t) }

// request is what a ticket asks of the endpoint. Answers that become part of the next
// request of a session are kept.
func (s *Sender) request(t dispatch.Ticket) (*client.Request, prompt.Prompt) {
	source, ok := s.Workload.Prompts[t.Lane].(*prompt.Sessions)
	if !ok {
		return s.Workload.Request(s.Scenario, t)
	}
	p := s.talks.prompt(source, t, s.Workload.FirstOf(t.Lane))
	req := asked(s.Scenario.Target.Model, s.asks(t), p)
	req.KeepText = true
	return req, p
}

// do is the client's. The result is no part of the stack that a request in flight has,
// so that those of thousands stay small.
//
//go:noinline
func (s *Sender) do(req *client.Request, c call) *client.Result {
	res := s.Client.Do(s.ctx, req, c)
	return &res
}

// record takes in a request that has ended, and says what it cost. One that was left
// behind was taken in then.
//
//go:noinline
func (s *Sender) record(f *ledger.Flight, res *client.Result) (spent float64) {
	v := s.value(f, res)
	if !f.Record(res, v) {
		return 0
	}
	if s.refusals.all(res) {
		s.Stop(verdict.Refused, res.Err)
	}
	return v.Cost.Total()
}

// A call is the client's sink for one request: what happens goes into the ledger, and
// that one of a closed wave was sent to the dispatcher besides.
type call struct {
	*ledger.Flight
	dispatch *dispatch.Dispatcher
}

// Sent implements [client.Sink].
func (c call) Sent(at time.Duration) {
	if c.Depart(at) && c.Closed {
		c.dispatch.Sent(c.Ticket, at)
	}
}

// value is what a request that has ended is worth.
func (s *Sender) value(f *ledger.Flight, res *client.Result) ledger.Value {
	v := ledger.Value{Good: s.goodness(f.Ticket, res)}
	if s.Price != nil {
		v.Cost, v.Estimated = ledger.Cost(*s.Price, f.PromptBytes(), f.MaxTokens(), res)
	}
	return v
}

// asks is what a request is asked with.
func (s *Sender) asks(t dispatch.Ticket) scenario.Workload {
	if share := s.Workload.Share(t); share >= 0 {
		return s.Scenario.Mix[share].Workload
	}
	return s.Scenario.WorkloadOf(s.Scenario.Lanes[t.Lane])
}

// Cancel gives up what is in flight.
func (s *Sender) Cancel() { s.cancel() }

// LeaveBehind records what is in flight as unfinished, for nobody waits for it any more,
// and says how many requests that were. What scheduled ones no one has in hand are unsent.
func (s *Sender) LeaveBehind() (n int) {
	now := s.Now()
	for _, f := range s.Ledger.StopOpening() {
		var v ledger.Value
		left := f.Leave(now, func(res *client.Result) ledger.Value {
			v = s.value(f, res)
			return v
		})
		if left {
			s.Budget.Settle(0, v.Cost.Total())
			n++
		}
	}
	s.Ledger.Settle()
	return n
}

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
	ask      func(context.Context, *client.Request, client.Sink) *client.Result
}

// New is a sender to which nothing was given yet.
func New(c Config) *Sender {
	s := &Sender{Config: c, Budget: dispatch.Budget{Limit: c.Scenario.Budget}, refusals: newRefusals(c.Scenario)}
	if c.Price != nil {
		s.Budget.Price = *c.Price
	}
	s.ask = asking(c.Client)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Send makes one request, records how it ended and says so. It implements
// [dispatch.Sender].
func (s *Sender) Send(d *dispatch.Dispatcher, t dispatch.Ticket) dispatch.Ending {
	began := s.Now()
	q := s.question(t)
	size := q.prompt.Size()
	f, ok := s.Ledger.Open(t, size, q.request.MaxTokens)
	if !ok {
		return dispatch.Ending{Ticket: t, At: began, Outcome: outcome.Cancelled}
	}
	worst := s.Budget.Worst(size, 1+len(q.prompt.Messages), q.request.MaxTokens, s.Scenario.Target.Retries)
	if !s.Budget.Reserve(worst) {
		f.Close()
		s.Stop(verdict.OutOfBudget, s.Budget.String())
		f.NeverLeft()
		return dispatch.Ending{Ticket: t, At: began, Outcome: outcome.Cancelled}
	}
	res := s.ask(s.ctx, q.request, call{f, d})
	f.Close()
	if res.Sent == client.Never { // stopped before the transport had it: it has no age
		s.Budget.Settle(worst, 0)
		f.NeverLeft()
		return dispatch.Ending{Ticket: t, At: res.Done, Outcome: res.Outcome}
	}
	s.Budget.Settle(worst, s.record(f, res))
	e := dispatch.Ending{Ticket: t, At: res.Done, Took: res.Done - began, Outcome: res.Outcome, RetryAfter: res.Limits.RetryAfter}
	e.GoesOn, e.Think = s.goesOn(t, q, res)
	return e
}

// Dropped takes in that a request is never sent, for no slot was free and it may not wait.
func (s *Sender) Dropped(t dispatch.Ticket) { s.talks.dropped(t) }

// What is called from here to there is kept out of Send, for its stack is that of a request
// in flight, of which there are thousands.

// A question is a request, and the prompt that it says it with.
type question struct {
	request *client.Request
	prompt  prompt.Prompt
}

// question is what a ticket asks of the endpoint. Answers that become part of the next
// request of a session are kept.
//
//go:noinline
func (s *Sender) question(t dispatch.Ticket) *question {
	q := new(question)
	converses := s.Workload.Converses(t)
	if converses {
		q.prompt = s.talks.prompt(s.Workload, t)
	} else {
		q.prompt = s.Workload.prompt(t)
	}
	q.request = asked(s.Scenario, t.Lane, &q.prompt)
	q.request.KeepText = converses
	return q
}

// goesOn takes in an answer, and says whether it is followed by another turn, and after how
// long.
//
//go:noinline
func (s *Sender) goesOn(t dispatch.Ticket, q *question, res *client.Result) (bool, time.Duration) {
	s.Workload.measured(t.Lane, q.prompt, res)
	if !q.request.KeepText {
		return false, 0
	}
	goesOn, recorded := s.talks.ended(t, q.prompt, res)
	if !goesOn {
		return false, 0
	}
	return true, recorded + think(s.asks(t), s.Scenario.Seed, t) // of which one is 0
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
	v := ledger.Value{Good: s.goodness(f, res)}
	if s.Price != nil {
		v.Cost, v.Estimated = ledger.Cost(*s.Price, f.PromptBytes(), f.MaxTokens(), res)
	}
	return v
}

// asks is what a request is asked with.
func (s *Sender) asks(t dispatch.Ticket) scenario.Workload {
	if share := s.Workload.share(t); share >= 0 {
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

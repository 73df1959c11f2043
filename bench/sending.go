package bench

import (
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/ledger"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A sender sends the requests of a run. It implements [dispatch.Sender].
type sender struct{ run *Run }

// Send makes one request, records how it ended and says so.
func (s sender) Send(t dispatch.Ticket) dispatch.Ending {
	r := s.run
	began := r.now()
	req, p := r.request(t)
	size := promptSize(p)
	f, ok := r.ledger.Open(t, size)
	if !ok {
		return dispatch.Ending{Ticket: t, At: began, Outcome: outcome.Cancelled}
	}
	worst := r.budget.Worst(size, 1+len(p.Messages), req.MaxTokens, r.scenario.Target.Retries)
	if !r.budget.Reserve(worst) {
		f.Close()
		r.stop(verdict.OutOfBudget, r.budget.String())
		f.NeverLeft()
		return dispatch.Ending{Ticket: t, At: began, Outcome: outcome.Cancelled}
	}
	res := r.options.Client.Do(r.ctx, req, call{f, r.dispatch})
	f.Close()
	if res.Sent == client.Never { // stopped before the transport had it: it has no age
		r.budget.Settle(worst, 0)
		f.NeverLeft()
		return dispatch.Ending{Ticket: t, At: res.Done, Outcome: res.Outcome}
	}
	v := r.value(f, res)
	spent := 0.0 // of one that was left behind, it was settled then
	if f.Record(res, v) {
		spent = v.Cost.Total()
		r.refusals.see(res)
	}
	r.budget.Settle(worst, spent)
	return dispatch.Ending{Ticket: t, At: res.Done, Took: res.Done - began, Outcome: res.Outcome, RetryAfter: res.Limits.RetryAfter}
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
func (r *Run) value(f *ledger.Flight, res client.Result) ledger.Value {
	v := ledger.Value{Good: r.goodness(f.Ticket, res)}
	if r.priced {
		v.Cost, v.Estimated = ledger.Cost(r.budget.Price, f.PromptBytes(), r.workloadOf(f.Lane).MaxTokens, res)
	}
	return v
}

// request is what the ticket asks of the endpoint.
func (r *Run) request(t dispatch.Ticket) (*client.Request, prompt.Prompt) {
	p := r.options.Prompts[t.Lane].At(uint64(t.Lane), r.firstPrompt(t.Lane)+t.Index)
	return asked(r.scenario.Target.Model, r.workloadOf(t.Lane), p), p
}

// firstPrompt is the index of the prompt that a lane begins with.
func (r *Run) firstPrompt(lane int) uint64 {
	if lane < len(r.options.FirstPrompts) {
		return r.options.FirstPrompts[lane]
	}
	return 0
}

// asked is a prompt of a workload as a request to a model.
func asked(model string, w scenario.Workload, p prompt.Prompt) *client.Request {
	req := &client.Request{
		Model:       model,
		MaxTokens:   w.MaxTokens,
		Temperature: w.Temperature,
		Stream:      w.Stream,
		Extra:       w.ExtraBody,
		Fields:      p.Fields,
	}
	if len(p.Messages) > 0 {
		req.Messages = make([]client.Message, len(p.Messages))
		for i, m := range p.Messages {
			req.Messages[i] = client.Message{Role: m.Role, Content: m.Content}
		}
		return req
	}
	if p.System != "" {
		req.Messages = append(req.Messages, client.Message{Role: "system", Content: p.System})
	}
	req.Messages = append(req.Messages, client.Message{Role: "user", Content: p.Text})
	return req
}

// promptSize is the bytes of everything the prompt says.
func promptSize(p prompt.Prompt) int {
	n := len(p.System) + len(p.Text)
	for _, m := range p.Messages {
		n += len(m.Content)
	}
	return n
}

// workloadOf is what a lane asks for.
func (a *account) workloadOf(lane int) scenario.Workload {
	return a.scenario.WorkloadOf(a.scenario.Lanes[lane])
}

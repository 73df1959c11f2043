package bench

import (
	"time"

	"flashwave/bench/ledger"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// Billed is [ledger.Billed].
func Billed(promptBytes, maxTokens int, res client.Result) (billed, vouched price.Usage) {
	return ledger.Billed(promptBytes, maxTokens, res)
}

// A RequestLine is one request in the log of requests.
type RequestLine = ledger.RequestLine

// work sends a ticket that has a slot, and then whatever ticket gets the slot
// next, until none does.
func (r *Run) work(t ticket) {
	for {
		if next, ok := t.lane.ended(r.send(t)); ok {
			t = r.slots.swap(next, r.now())
			continue
		}
		next, ok := r.slots.release(r.now())
		if !ok {
			return
		}
		t = next
	}
}

// send makes one request, records how it ended and says so.
func (r *Run) send(t ticket) ending {
	began := r.now()
	req, p := r.request(t)
	size := promptSize(p)
	f, ok := r.ledger.Open(t.entry(), size)
	if !ok {
		return ending{ticket: t, at: began, outcome: outcome.Cancelled}
	}
	worst := r.budget.worst(size, 1+len(p.Messages), req.MaxTokens, r.scenario.Target.Retries)
	if !r.budget.reserve(worst) {
		f.Close()
		r.stop(verdict.OutOfBudget, r.budget.String())
		f.NeverLeft()
		return ending{ticket: t, at: began, outcome: outcome.Cancelled}
	}
	res := r.client.Do(r.ctx, req, call{f, t})
	f.Close()
	if res.Sent == client.Never { // stopped before the transport had it: it has no age
		r.budget.settle(worst, 0)
		f.NeverLeft()
		return ending{ticket: t, at: res.Done, outcome: res.Outcome}
	}
	v := r.value(f, res)
	r.budget.settle(worst, v.Cost.Total())
	if f.Record(res, v) {
		r.refusals.see(res)
	}
	return ending{ticket: t, at: res.Done, took: res.Done - began, outcome: res.Outcome, retryAfter: res.Limits.RetryAfter}
}

// A call is the client's sink for one request: what happens goes into the ledger, and
// that it was sent to its lane besides.
type call struct {
	*ledger.Flight
	ticket ticket
}

// Sent implements [client.Sink].
func (c call) Sent(at time.Duration) {
	if c.Depart(at) && c.ticket.closed {
		c.ticket.lane.sent(c.ticket, at)
	}
}

// value is what a request that has ended is worth.
func (r *Run) value(f *ledger.Flight, res client.Result) ledger.Value {
	v := ledger.Value{Good: r.goodness(f.Request, res)}
	if r.priced {
		v.Cost, v.Estimated = ledger.Cost(r.budget.price, f.PromptBytes(), r.lanes[f.Lane].workload.MaxTokens, res)
	}
	return v
}

// request is what the ticket asks of the endpoint.
func (r *Run) request(t ticket) (*client.Request, prompt.Prompt) {
	p := t.lane.source.At(uint64(t.lane.index), t.lane.prompts.First+t.index)
	return asked(r.scenario.Target.Model, t.lane.workload, p), p
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

// workload is the lane's own, or else the scenario's.
func workload(sc *scenario.Scenario, l scenario.Lane) scenario.Workload {
	if l.Workload != nil {
		return *l.Workload
	}
	return sc.Workload
}

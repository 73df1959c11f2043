package bench

import (
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

// Billed is [ledger.Billed].
func Billed(promptBytes, maxTokens int, res client.Result) (billed, vouched price.Usage) {
	return ledger.Billed(promptBytes, maxTokens, res)
}

// A RequestLine is one request in the log of requests.
type RequestLine = ledger.RequestLine

// A sender sends the requests of a run. It implements [dispatch.Sender].
type sender struct{ run *Run }

// Send makes one request, records how it ended and says so.
func (s sender) Send(t dispatch.Ticket) dispatch.Ending {
	r := s.run
	began := r.now()
	req, p := r.request(t)
	size := p.Size()
	f, ok := r.ledger.Open(entry(t), size, req.MaxTokens)
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
	res := r.options.Client.Do(r.ctx, req, call{f, t, r.dispatch})
	f.Close()
	if res.Sent == client.Never { // stopped before the transport had it: it has no age
		r.budget.Settle(worst, 0)
		f.NeverLeft()
		return dispatch.Ending{Ticket: t, At: res.Done, Outcome: res.Outcome}
	}
	r.measured(t.Lane, p, res)
	v := r.value(f, res)
	spent := 0.0 // of one that was left behind, it was settled then
	if f.Record(res, v) {
		spent = v.Cost.Total()
		r.refusals.see(res)
	}
	r.budget.Settle(worst, spent)
	return dispatch.Ending{Ticket: t, At: res.Done, Took: res.Done - began, Outcome: res.Outcome, RetryAfter: res.Limits.RetryAfter}
}

// measured tells a source that wants to know how many tokens a prompt came to.
func (r *Run) measured(lane int, p prompt.Prompt, res client.Result) {
	source, ok := r.options.Prompts[lane].(interface {
		Counted(p prompt.Prompt, tokens int)
	})
	if ok && res.Usage.From == client.FromUsage {
		source.Counted(p, res.Usage.Prompt)
	}
}

// A call is the client's sink for one request: what happens goes into the ledger, and
// that one of a closed wave was sent to the dispatcher besides.
type call struct {
	*ledger.Flight
	ticket   dispatch.Ticket
	dispatch *dispatch.Dispatcher
}

// Sent implements [client.Sink].
func (c call) Sent(at time.Duration) {
	if c.Depart(at) && c.ticket.Closed {
		c.dispatch.Sent(c.ticket, at)
	}
}

// value is what a request that has ended is worth.
func (r *Run) value(f *ledger.Flight, res client.Result) ledger.Value {
	v := ledger.Value{Good: r.goodness(f.Request, res)}
	if r.priced {
		v.Cost, v.Estimated = ledger.Cost(r.budget.Price, f.PromptBytes(), f.MaxTokens(), res)
	}
	return v
}

// request is what the ticket asks of the endpoint.
func (r *Run) request(t dispatch.Ticket) (*client.Request, prompt.Prompt) {
	p := promptOf(r.options.Prompts[t.Lane], t, r.firstPrompt(t.Lane))
	return asked(r.scenario.Target.Model, r.workloadOf(t.Lane), p), p
}

// promptOf is the prompt of a ticket: that of the recorded request that it replays, or
// else the one that its place in the lane picks.
func promptOf(source prompt.Source, t dispatch.Ticket, first uint64) prompt.Prompt {
	if replay, ok := source.(*prompt.Replay); ok && t.Row > 0 {
		return replay.Row(t.Wave, uint64(t.Row-1), first)
	}
	return source.At(uint64(t.Lane), first+t.Index)
}

// firstPrompt is the index of the prompt that a lane begins with.
func (r *Run) firstPrompt(lane int) uint64 {
	if lane < len(r.options.FirstPrompts) {
		return r.options.FirstPrompts[lane]
	}
	return 0
}

// asked is a prompt of a workload as a request to a model: what the prompt says of its
// request comes before what the workload says.
func asked(model string, w scenario.Workload, p prompt.Prompt) *client.Request {
	req := &client.Request{
		Model:       model,
		Messages:    messages(p),
		MaxTokens:   p.Limit(w.MaxTokens),
		Temperature: w.Temperature,
		Stream:      w.Stream,
		Extra:       p.Body(w.ExtraBody),
		Fields:      p.Fields,
	}
	if p.Temperature != nil {
		req.Temperature = p.Temperature
	}
	return req
}

// messages are what a prompt says.
func messages(p prompt.Prompt) []client.Message {
	if len(p.Messages) > 0 {
		list := make([]client.Message, len(p.Messages))
		for i, m := range p.Messages {
			list[i] = client.Message{Role: m.Role, Content: m.Content}
		}
		return list
	}
	user := client.Message{Role: "user", Content: p.Text}
	if p.System != "" {
		return []client.Message{{Role: "system", Content: p.System}, user}
	}
	return []client.Message{user}
}

// workloadOf is what a lane asks for.
func (a *account) workloadOf(lane int) scenario.Workload {
	return workload(a.scenario, a.scenario.Lanes[lane])
}

// workload is the lane's own, or else the scenario's.
func workload(sc *scenario.Scenario, l scenario.Lane) scenario.Workload {
	if l.Workload != nil {
		return *l.Workload
	}
	return sc.Workload
}

package bench

import (
	"sync/atomic"
	"time"

	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A flight is one request while it is open. It is the client's sink: it records
// what happens as it happens.
type flight struct {
	run    *Run
	ticket ticket
	shard  *shard

	place int          // in the register of open requests
	size  atomic.Int64 // of its prompt, in bytes
	sent  atomic.Int64 // clock; 0: not yet; negative: it will never be
	first atomic.Int64 // first token; 0: none yet

	// Guarded by the shard's lock.
	counted  bool          // as sent
	over     bool          // its end was recorded: whatever comes now comes too late
	began    time.Duration // the first token
	last     time.Duration
	held     []time.Duration // the first gaps, until it is known that they are any
	events   int64
	answered time.Duration // the first token that is not reasoning; 0: none yet
}

// work sends a ticket that has a slot, and then whatever ticket gets the slot
// next, until none does.
func (r *Run) work(t ticket) {
	defer r.working.Done()
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
	f := &flight{run: r, ticket: t, shard: r.rec.shard(t.index)}
	if !r.open.add(f) {
		return ending{ticket: t, at: began, outcome: outcome.Cancelled}
	}
	req, p := r.request(t)
	f.size.Store(int64(promptSize(p)))
	worst := r.budget.worst(promptSize(p), 1+len(p.Messages), req.MaxTokens, r.scenario.Target.Retries)
	if !r.budget.reserve(worst) {
		r.open.remove(f)
		r.stop(verdict.OutOfBudget, r.budget.String())
		f.neverLeft()
		return ending{ticket: t, at: began, outcome: outcome.Cancelled}
	}
	res := r.client.Do(r.ctx, req, f)
	r.open.remove(f)
	if res.Sent == client.Never { // stopped before the transport had it: it has no age
		r.budget.settle(worst, 0)
		f.neverLeft()
		return ending{ticket: t, at: res.Done, outcome: res.Outcome}
	}
	cost, estimated := r.cost(promptSize(p), req.MaxTokens, res)
	r.budget.settle(worst, cost.Total())
	if f.record(res, cost, estimated) {
		r.refusals.see(res)
		r.logLine(t, res)
	}
	return ending{ticket: t, at: res.Done, took: res.Done - began, outcome: res.Outcome, retryAfter: res.Limits.RetryAfter}
}

// logLine adds a request to the log of requests.
func (r *Run) logLine(t ticket, res client.Result) {
	if r.requestLog != nil && t.wave != result.Warmup {
		r.requestLog.write(r.line(t, res))
	}
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

// Sent implements client.Sink.
func (f *flight) Sent(at time.Duration) {
	if !f.sent.CompareAndSwap(0, max(int64(at), 1)) {
		return
	}
	t := f.ticket
	f.run.pace.sent(at)
	if t.closed {
		t.lane.sent(t, at)
	}
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	f.departed(at)
}

// departed counts the request as sent, once. The shard is locked.
func (f *flight) departed(at time.Duration) {
	if f.counted || f.over {
		return
	}
	f.counted = true
	t := f.ticket
	f.here().Sent++
	if t.wave == result.Warmup {
		return
	}
	p := f.shard.part(t.wave)
	p.Requests.Sent++
	p.Record(result.Queue, t.queue)
	p.Record(result.Lag, at-t.scheduled-t.queue)
}

// here is what happens in the wall time of the lane's live wave, whichever wave
// scheduled it: a warm-up runs through into the first one, whose rates would lack
// at their start what they lose to the next at their end. The shard is locked.
func (f *flight) here() *result.Happened {
	return &f.shard.part(f.ticket.lane.here()).Here
}

// Token implements client.Sink.
func (f *flight) Token(at time.Duration, kind client.Kind) {
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	if f.over {
		return
	}
	gap, isGap := at-f.last, f.events > 0
	if !isGap {
		f.began = at
		f.first.Store(max(int64(at), 1))
	}
	f.last = at
	f.events++
	here := f.here()
	here.OutputTokens++
	here.TotalTokens++
	if f.ticket.wave == result.Warmup {
		here.WarmupTokens++
		return
	}
	if isGap {
		f.gap(gap, at)
	} else {
		f.latency(result.TTFTResponse, result.TTFTService, at)
	}
	if kind != client.Reasoning && f.answered == 0 {
		f.answered = max(at, 1)
		f.latency(result.TTFAResponse, result.TTFAService, at)
	}
}

// pieceTime is how long a stream that comes in one piece takes to be read, at most,
// be the machine ever so busy.
const pieceTime = 100 * time.Millisecond

// gap records the time between two token events, but not before it is known that
// the stream comes in more than one piece: at its end, or when it has lasted too
// long for one. The shard is locked.
func (f *flight) gap(gap, at time.Duration) {
	f.held = append(f.held, gap)
	if at-f.began >= pieceTime {
		f.release(f.shard.part(f.ticket.wave))
	}
}

// release records the gaps that were held back.
func (f *flight) release(p *result.Part) {
	for _, gap := range f.held {
		p.Record(result.ITL, gap)
	}
	f.held = f.held[:0]
}

// latency records an instant that has come, in response and in service time. The
// shard is locked.
func (f *flight) latency(response, service result.Metric, at time.Duration) {
	p := f.shard.part(f.ticket.wave)
	p.Record(response, at-f.ticket.scheduled)
	p.Record(service, at-time.Duration(f.sent.Load()))
}

// record adds the request, ended, to its wave; false: it was left behind before, and
// stands there already.
func (f *flight) record(res client.Result, cost price.Cost, estimated float64) bool {
	t := f.ticket
	f.run.pace.billed(res.Done, res.Usage)
	if res.Outcome == outcome.RateLimited && t.wave != result.Warmup {
		f.run.pace.limited(res.Done, t.wave)
	}
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	if f.over {
		return false
	}
	f.over = true
	p := f.shard.part(t.wave)
	p.Cost = p.Cost.Add(cost)
	p.Estimated += estimated
	good := f.run.goodness(t, res)
	f.happened(res, good)
	if t.wave == result.Warmup {
		return true
	}
	p.Outcomes[res.Outcome]++
	p.Requests.Retries += int64(res.Retries)
	p.StaleRetries += int64(res.StaleRetries)
	t.afterSurge.see(t.scheduled, good)
	switch res.Outcome {
	case outcome.OK:
		p.Requests.Succeeded++
		p.Finished(finish(res), 1)
		if res.Events > 1 {
			p.Streams++
		}
		if res.Bundled() {
			p.Bundled++
		}
		switch good {
		case verdict.Good:
			p.Good++
		case verdict.Unjudged:
			p.Unjudged++
		}
	case outcome.Cancelled:
		p.Requests.Unfinished++
	default:
		p.Requests.Failed++
	}
	if res.Outcome.Failed() {
		p.Errors.Add(res.Outcome, res.Err)
	}
	if res.Shortage != outcome.NoShortage {
		p.Shortages[res.Shortage]++
	}
	p.Limits.See(res.Limits.LimitRequests, res.Limits.RemainingRequests, res.Limits.LimitTokens, res.Limits.RemainingTokens, res.Limits.RetryAfter)
	recordTokens(p, res.Usage)
	if !res.Bundled() {
		f.release(p)
	}
	recordLatency(p, t.scheduled, res, f.run.options.Excerpt)
	return true
}

// neverLeft records a request that was not handed to the transport, and is not going
// to be.
func (f *flight) neverLeft() {
	f.shard.mu.Lock()
	was := f.over
	f.over = true
	if !was && f.ticket.wave != result.Warmup {
		f.shard.part(f.ticket.wave).Requests.Unsent++
	}
	f.shard.mu.Unlock()
	if !was {
		f.run.missed(f.ticket, unsent)
	}
}

// happened counts the end of the request where and when it took place. The events
// were counted as they came; what the usage says besides is added now.
func (f *flight) happened(res client.Result, good verdict.Goodness) {
	here := f.here()
	switch {
	case res.Outcome == outcome.OK:
		here.Completed++
		here.Succeeded++
	case res.Outcome.Failed():
		here.Completed++
		here.Failed++
	}
	if res.Outcome.Refused() {
		here.Refused++
	}
	if res.Outcome == outcome.OK {
		switch good {
		case verdict.Good:
			here.Good++
		case verdict.Unjudged:
			here.Unjudged++
		}
	}
	if u := res.Usage; u.From != client.FromNone {
		here.OutputTokens += int64(u.Output) - f.events
		if f.ticket.wave == result.Warmup {
			here.WarmupTokens += int64(u.Output) - f.events
		}
		here.TotalTokens += int64(u.Prompt) + int64(u.Output) - f.events
	}
}

func finish(res client.Result) string {
	if res.Finish == "" {
		return "none"
	}
	return res.Finish
}

// recordTokens adds the token counts.
func recordTokens(p *result.Part, u client.Usage) {
	switch u.From {
	case client.FromUsage:
		p.FromUsage++
	case client.FromEvents:
		p.FromEvents++
	default:
		return
	}
	p.Prompt += int64(u.Prompt)
	p.Cached += int64(u.Cached)
	p.Output += int64(u.Output)
	p.Reasoning += int64(u.Reasoning)
}

// recordLatency adds the latencies that are known at the end, and says of those that
// never came, or came in vain, what an SLO is to make of them. Time to first token was
// recorded as the token came.
func recordLatency(p *result.Part, scheduled time.Duration, res client.Result, excerpt bool) {
	cancelled := res.Outcome == outcome.Cancelled
	inVain := res.Outcome.Failed() || cancelled && !excerpt
	done := client.Never
	if res.Outcome == outcome.OK {
		done = res.Done
	}
	for _, m := range [...]struct {
		response, service result.Metric
		at                time.Duration
	}{
		{result.TTFTResponse, result.TTFTService, res.FirstToken},
		{result.TTFAResponse, result.TTFAService, res.FirstAnswer},
		{result.E2EResponse, result.E2EService, done},
	} {
		came := m.at != client.Never
		switch {
		case came && m.response == result.E2EResponse:
			p.Record(m.response, m.at-scheduled)
			p.Record(m.service, m.at-res.Sent)
		case res.Outcome == outcome.OK && !came:
			p.Tokenless[m.response]++
			p.Tokenless[m.service]++
		case inVain && came: // it failed, or never ended
			p.RecordFailed(m.response, m.at-scheduled)
			p.RecordFailed(m.service, m.at-res.Sent)
		}
		if cancelled && (inVain || !came) {
			p.RecordOpen(m.response, res.Done-scheduled)
			p.RecordOpen(m.service, res.Done-res.Sent)
		}
	}
	if tpot, ok := tpot(res); ok {
		p.Record(result.TPOT, tpot)
	}
	if stall, ok := stall(res); ok {
		p.Record(result.Stall, stall)
		if inVain {
			p.RecordFailed(result.Stall, stall)
		}
	}
	if ph := res.Phases; !ph.Reused && ph.Connect > 0 {
		p.Record(result.Connect, ph.DNS+ph.Connect+ph.TLS)
		if ph.DNS > 0 {
			p.Record(result.DNS, ph.DNS)
		}
		if ph.TLS > 0 {
			p.Record(result.TLS, ph.TLS)
		}
	}
}

// tpot is the time per output token after the first. Tokens that came in one piece
// have none.
func tpot(res client.Result) (time.Duration, bool) {
	n := res.Usage.Output
	if !res.Usage.StreamedReasoning {
		n -= res.Usage.Reasoning
	}
	if res.Outcome != outcome.OK || n < 2 || res.FirstToken == client.Never || res.Events < 2 || res.Bundled() {
		return 0, false
	}
	return (res.LastToken - res.FirstToken) / time.Duration(n-1), true
}

// stall is the longest gap of a stream that came in more than one piece; of one
// that timed out, the gap that ended it counts too.
func stall(res client.Result) (time.Duration, bool) {
	if res.Outcome == outcome.Timeout && res.Events > 0 {
		return max(res.Stall, res.Done-res.LastToken), true
	}
	return res.Stall, res.Events > 1 && !res.Bundled()
}

// drop records a scheduled request that found no slot and may not wait.
//
// One that comes here a second late would perhaps have found a slot when it was
// due: that is lateness of the generator, and not a full house alone.
func (r *Run) drop(t ticket) {
	if late := t.enqueued - t.scheduled; late > time.Second && t.wave != result.Warmup {
		s := r.rec.shard(t.index)
		s.mu.Lock()
		s.part(t.wave).Record(result.Lag, late)
		s.mu.Unlock()
	}
	r.never(t, dropped, func(q *result.Requests) { q.Dropped++ })
}

// giveUp records a scheduled request that was never sent.
func (r *Run) giveUp(t ticket) {
	r.never(t, unsent, func(q *result.Requests) { q.Unsent++ })
}

func (r *Run) never(t ticket, fate outcome.Outcome, count func(*result.Requests)) {
	if t.wave == result.Warmup {
		return
	}
	r.missed(t, fate)
	s := r.rec.shard(t.index)
	s.mu.Lock()
	defer s.mu.Unlock()
	count(&s.part(t.wave).Requests)
}

// missed tells of a request that was never sent.
func (r *Run) missed(t ticket, fate outcome.Outcome) {
	if t.wave == result.Warmup {
		return
	}
	if r.requestLog != nil {
		line := r.line(t, neverSent)
		line.Outcome = fate
		r.requestLog.write(line)
	}
	t.afterSurge.see(t.scheduled, verdict.Bad)
}

// workload is the lane's own, or else the scenario's.
func workload(sc *scenario.Scenario, l scenario.Lane) scenario.Workload {
	if l.Workload != nil {
		return *l.Workload
	}
	return sc.Workload
}

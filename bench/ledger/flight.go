package ledger

import (
	"sync/atomic"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/dispatch"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A Flight is one request while it is open. It is the client's sink: it records
// what happens as it happens.
type Flight struct {
	dispatch.Ticket
	size    int // of its prompt, in bytes
	limit   int // the most tokens of its answer; 0: none was set
	ledger  *Ledger
	shard   *shard
	classes class.Indexes

	place int          // in the register of open requests
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

// A Value is what a request that has ended is worth.
type Value struct {
	Cost      price.Cost
	Estimated float64 // of the cost, in USD: no usage vouches for it
	Good      verdict.Goodness
}

// Open enters a request whose prompt has so many bytes and whose answer may have so many
// tokens (0: any number); false: nothing is sent any more.
func (l *Ledger) Open(t dispatch.Ticket, promptBytes, maxTokens int) (*Flight, bool) {
	f := &Flight{Ticket: t, size: promptBytes, limit: maxTokens, ledger: l, shard: l.shard(t.Index), classes: l.ClassesOf(t)}
	return f, l.open.add(f)
}

// Close takes the request out of the register of open ones.
func (f *Flight) Close() { f.ledger.open.remove(f) }

// Classes are those that it is of.
func (f *Flight) Classes() class.Indexes { return f.classes }

// PromptBytes is the size of its prompt.
func (f *Flight) PromptBytes() int { return f.size }

// MaxTokens is the most tokens of its answer; 0: none was set.
func (f *Flight) MaxTokens() int { return f.limit }

// Sent implements [client.Sink].
func (f *Flight) Sent(at time.Duration) { f.Depart(at) }

// Depart records that the request was sent; false: that is known already.
func (f *Flight) Depart(at time.Duration) bool {
	if !f.sent.CompareAndSwap(0, max(int64(at), 1)) {
		return false
	}
	f.ledger.pace.sent(at)
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	f.departed(at)
	return true
}

// departed counts the request as sent, once. The shard is locked.
func (f *Flight) departed(at time.Duration) {
	if f.counted || f.over {
		return
	}
	f.counted = true
	f.live(func(h *result.Happened) { h.Sent++ })
	if f.Wave == result.Warmup {
		return
	}
	f.each(func(p *result.Part) {
		p.Requests.Sent++
		p.Record(result.Queue, f.Queue)
		p.Record(result.Lag, at-f.Scheduled-f.Queue)
	})
}

// each adds something to the request's wave and to its groups. The shard is locked.
func (f *Flight) each(add func(*result.Part)) {
	add(f.shard.part(f.Wave))
	f.shard.each(f.classes, add)
}

// live adds to what happens in the wall time of the lane's live wave, whichever wave
// scheduled it: a warm-up runs through into the first one, whose rates would lack
// at their start what they lose to the next at their end. To its classes it happens while
// load is offered. The shard is locked.
func (f *Flight) live(add func(*result.Happened)) {
	wave := f.ledger.LiveWave(f.Lane)
	add(&f.shard.part(wave).Here)
	if wave != result.Tail {
		f.shard.each(f.classes, func(p *result.Part) { add(&p.Here) })
	}
}

// Token implements [client.Sink].
func (f *Flight) Token(at time.Duration, kind client.Kind) {
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
	f.live(func(h *result.Happened) {
		h.OutputTokens++
		h.TotalTokens++
		if f.Wave == result.Warmup {
			h.WarmupTokens++
		}
	})
	if f.Wave == result.Warmup {
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
func (f *Flight) gap(gap, at time.Duration) {
	f.held = append(f.held, gap)
	if at-f.began >= pieceTime {
		f.release()
	}
}

// release records the gaps that were held back. The shard is locked.
func (f *Flight) release() {
	f.each(func(p *result.Part) {
		for _, gap := range f.held {
			p.Record(result.ITL, gap)
		}
	})
	f.held = f.held[:0]
}

// latency records an instant that has come, in response and in service time. The
// shard is locked.
func (f *Flight) latency(response, service result.Metric, at time.Duration) {
	f.each(func(p *result.Part) {
		p.Record(response, at-f.Scheduled)
		p.Record(service, at-time.Duration(f.sent.Load()))
	})
}

// Record adds the request, ended, to its wave, and to the log of requests; false: it was
// left behind before, and stands there already.
func (f *Flight) Record(res *client.Result, v Value) bool {
	if !f.record(res, v) {
		return false
	}
	f.ledger.logged(f.Ticket, res)
	return true
}

func (f *Flight) record(res *client.Result, v Value) bool {
	l := f.ledger
	l.pace.billed(res.Done, res.Usage)
	if res.Outcome == outcome.RateLimited && f.Wave != result.Warmup {
		l.pace.limited(res.Done, f.Wave)
	}
	f.shard.mu.Lock()
	defer f.shard.mu.Unlock()
	if f.over {
		return false
	}
	f.over = true
	f.each(func(p *result.Part) {
		p.Cost = p.Cost.Add(v.Cost)
		p.Estimated += v.Estimated
	})
	f.happened(res, v.Good)
	if f.Wave == result.Warmup {
		return true
	}
	l.surges.after(f.During).see(f.Scheduled, v.Good)
	if !res.Bundled() {
		f.release()
	}
	f.each(func(p *result.Part) { ended(p, f.Scheduled, res, v, f.ledger.config.Excerpt) })
	return true
}

// Single adds a request that is over to a part: all that a flight would have while it
// happened, and at its end. gaps are those between its token events.
func Single(p *result.Part, scheduled time.Duration, gaps []time.Duration, res *client.Result, v Value) {
	p.Requests.Scheduled++
	p.Requests.Sent++
	p.Cost = p.Cost.Add(v.Cost)
	p.Estimated += v.Estimated
	for _, m := range [...]struct {
		response, service result.Metric
		at                time.Duration
	}{{result.TTFTResponse, result.TTFTService, res.FirstToken}, {result.TTFAResponse, result.TTFAService, res.FirstAnswer}} {
		if m.at != client.Never {
			p.Record(m.response, m.at-scheduled)
			p.Record(m.service, m.at-res.Sent)
		}
	}
	if !res.Bundled() {
		for _, gap := range gaps {
			p.Record(result.ITL, gap)
		}
	}
	ended(p, scheduled, res, v, false)
}

// ended adds the request's end to its wave, or to a class.
func ended(p *result.Part, scheduled time.Duration, res *client.Result, v Value, excerpt bool) {
	p.Outcomes[res.Outcome]++
	p.Requests.Retries += int64(res.Retries)
	p.StaleRetries += int64(res.StaleRetries)
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
		if res.Empty {
			p.Empty++
		}
		switch v.Good {
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
	p.Items += int64(res.Items)
	recordLatency(p, scheduled, res, excerpt)
}

// NeverLeft records a request that was not handed to the transport, and is not going
// to be.
func (f *Flight) NeverLeft() {
	f.shard.mu.Lock()
	was := f.over
	f.over = true
	if !was && f.Wave != result.Warmup {
		f.each(func(p *result.Part) { p.Requests.Unsent++ })
	}
	f.shard.mu.Unlock()
	if !was {
		f.ledger.missed(f.Ticket, unsent)
	}
}

// Leave records the request as it stands, for nobody waits for it any more; false: it has
// ended meanwhile. value is asked for what it came to, if it was sent.
func (f *Flight) Leave(now time.Duration, value func(*client.Result) Value) bool {
	if f.sent.CompareAndSwap(0, -1) {
		f.NeverLeft()
		return true
	}
	f.shard.mu.Lock()
	f.departed(time.Duration(f.sent.Load()))
	res := f.unfinished(now)
	f.shard.mu.Unlock()
	return f.Record(res, value(res))
}

// unfinished is what the request came to so far. The shard is locked.
func (f *Flight) unfinished(now time.Duration) *client.Result {
	instant := func(at time.Duration) time.Duration {
		if at <= 0 {
			return client.Never
		}
		return at
	}
	res := NeverSent
	res.Outcome, res.Err = client.Cancelled, "left behind: it did not end when it was cancelled"
	res.Sent, res.Done = time.Duration(f.sent.Load()), now
	res.FirstToken, res.FirstAnswer = instant(time.Duration(f.first.Load())), instant(f.answered)
	res.FirstByte, res.LastToken = res.FirstToken, instant(f.last)
	res.Events = int(f.events)
	res.Phases.Reused = true
	res.Limits = client.Limits{LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1, RetryAfter: client.Never}
	if f.events > 0 {
		res.Usage = client.Usage{Output: res.Events, From: client.FromEvents}
	}
	return &res
}

// happened counts the end of the request where and when it took place. The events
// were counted as they came; what the usage says besides is added now.
func (f *Flight) happened(res *client.Result, good verdict.Goodness) {
	f.live(func(h *result.Happened) {
		switch {
		case res.Outcome == outcome.OK:
			h.Completed++
			h.Succeeded++
		case res.Outcome.Failed():
			h.Completed++
			h.Failed++
		}
		if res.Outcome.Refused() {
			h.Refused++
		}
		if res.Outcome == outcome.OK {
			switch good {
			case verdict.Good:
				h.Good++
			case verdict.Unjudged:
				h.Unjudged++
			}
		}
		h.Items += int64(res.Items)
		if u := res.Usage; u.From != client.FromNone {
			h.OutputTokens += int64(u.Output) - f.events
			if f.Wave == result.Warmup {
				h.WarmupTokens += int64(u.Output) - f.events
			}
			h.TotalTokens += int64(u.Prompt) + int64(u.Output) - f.events
		}
	})
}

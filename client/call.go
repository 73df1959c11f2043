package client

import (
	"context"
	"math/rand/v2"
	"net/url"
	"time"
)

// A call is one Do: its attempts and its record.
type call struct {
	client  *Client
	req     *Request
	streams bool // a stream is asked for
	sink    Sink
	watch   watch
	manner  manner
	body    *payload // of the next attempt, in that manner; nil: to be encoded
	last    attempt
	res     Result
}

// Do sends a request and reads its answer to the end. It returns when the call
// is over: ended, failed, out of time, or stopped by ctx (then the outcome is
// [Cancelled], and Result.Sent is [Never] if nothing was sent at all). The sink
// may be nil. Do is safe for concurrent use.
func (c *Client) Do(ctx context.Context, req *Request, sink Sink) Result {
	return *c.Ask(ctx, req, sink)
}

// Ask is Do with the result in the heap: it takes no room on the stack of whoever waits
// for it, of whom there may be thousands.
func (c *Client) Ask(ctx context.Context, req *Request, sink Sink) *Result {
	x := newCall(c, req, sink)
	f := x.run(ctx)
	if f == nil || f.outcome != Cancelled {
		x.sent(x.client.now()) // unless it was: it may have failed before
	}
	x.over(f)
	return &x.res
}

func newCall(c *Client, req *Request, sink Sink) *call {
	return &call{client: c, req: req, streams: req.Stream && c.cfg.API.Streams(), sink: sink, res: blank}
}

// encode makes the body of the next attempt.
func (x *call) encode() (*payload, error) {
	x.manner = x.client.manner(x.req)
	return x.client.encode(x.req, x.manner)
}

// target is where the request goes.
func (x *call) target() *url.URL {
	if x.manner.talk {
		return x.client.talk
	}
	return x.client.post
}

// run sends the request as often as need be and says why it failed in the end.
func (x *call) run(ctx context.Context) *failure {
	if ctx.Err() != nil {
		return ended(context.Cause(ctx))
	}
	var err error
	if x.body, err = x.encode(); err != nil {
		x.sent(x.client.now())
		return failed(BadRequest, "request body: %v", err)
	}
	x.watch.start(ctx, x.client, x.streams)
	defer x.watch.stop()
	for {
		f := x.attempt()
		if x.adapts(f) {
			retries := x.res.Retries
			x.again()
			x.res.Retries = retries // it was asked for something that it does not know
			continue
		}
		wait, again := x.retryIn(f)
		if !again || !x.sleep(wait) {
			return f
		}
		x.again()
	}
}

// blank is a record of nothing.
var blank = Result{
	Sent: Never, FirstByte: Never, FirstToken: Never, FirstAnswer: Never, LastToken: Never, Done: Never,
	Limits: noLimits,
}

// sent notes the instant of handing the request to the kernel, of the first attempt.
func (x *call) sent(at time.Duration) {
	if x.res.Sent != Never {
		return
	}
	x.res.Sent = at
	if x.sink != nil {
		x.sink.Sent(at)
	}
}

// over completes the record.
func (x *call) over(f *failure) {
	r := &x.res
	r.Outcome = OK
	if f != nil {
		r.Outcome, r.Err = f.outcome, x.client.clean(f.text, x.req)
		if r.Err == "" { // nor anything of it that can be shown
			r.Err = "the answer is an error without a message"
		}
	}
	x.client.arrived(r)
	if r.Done == Never {
		r.Done = x.client.now()
	}
	if r.Usage.From == FromNone && r.Events > 0 {
		r.Usage.Output, r.Usage.From = r.Events, FromEvents
	}
}

// attempt sends the request once (twice if it met a stale connection) and reads
// the answer. A nil failure is success.
func (x *call) attempt() *failure {
	x.watch.attempt.Store(int64(x.client.now()))
	a := &x.last
	err := x.send(false)
	if err != nil && a.status == 0 && x.watch.cause() == nil && a.stale(err, x.client.now()) {
		x.res.StaleRetries++
		err = x.send(true)
	}
	x.res.Phases, x.res.FirstByte = a.phases, a.firstByte
	if a.status != 0 {
		return a.conclude(err)
	}
	x.res.Done = x.client.now()
	cause := x.watch.cause()
	switch {
	case cause != nil:
		return ended(cause)
	case !a.connected:
		f := x.client.dialFailure(err)
		if f.outcome == Connect {
			x.res.Shortage = shortageOf(err)
		}
		return f
	default:
		return x.client.unestablished(exchangeFailure(err))
	}
}

// send hands the request to the transport, as the last attempt.
func (x *call) send(fresh bool) error {
	x.last = attempt{call: x, firstByte: Never, wrote: Never}
	body := x.body
	if x.body = nil; body == nil {
		var err error
		if body, err = x.encode(); err != nil {
			return err
		}
	}
	x.watch.enter(connecting, x.client.now())
	return x.client.transport.exchange(&x.last, body, fresh)
}

// retryIn says whether a failed attempt is to be repeated, and after how long.
func (x *call) retryIn(f *failure) (time.Duration, bool) {
	const base, longest = 500 * time.Millisecond, 8 * time.Second
	if f == nil || x.res.Retries >= x.client.cfg.Retries || !x.repeatable(f) {
		return 0, false
	}
	wait := x.res.Limits.RetryAfter
	if wait == Never {
		ceiling := min(longest, base<<min(x.res.Retries, 10))
		wait = rand.N(ceiling)
	}
	if total := x.client.cfg.Timeout; total > 0 && x.client.now()+wait >= x.watch.started+total {
		return 0, false // it could not be answered in time
	}
	return wait, true
}

// repeatable reports whether an attempt failed in a way that may pass, before
// it brought a token.
func (x *call) repeatable(f *failure) bool {
	if x.watch.cause() != nil || x.res.Events > 0 {
		return false
	}
	switch f.outcome {
	case RateLimited, Overloaded, Connect, Reset:
		return true
	}
	return false
}

// sleep waits before a retry and reports whether there is still time.
func (x *call) sleep(d time.Duration) bool {
	x.watch.enter(quiet, x.client.now())
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.watch.context().Done():
		return false
	}
}

// again clears what the last attempt left in the record.
func (x *call) again() {
	r := &x.res
	sent, retries, stale := r.Sent, r.Retries, r.StaleRetries
	*r = blank
	r.Sent, r.Retries, r.StaleRetries = sent, retries+1, stale
}

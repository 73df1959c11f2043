package client

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

// A call is one Do: its attempts and its record.
type call struct {
	client *Client
	req    *Request
	sink   Sink
	ctx    context.Context
	watch  watch
	body   *payload // of the next attempt; nil: to be encoded
	res    Result
}

// Do sends a request and reads its answer to the end. It returns when the call
// is over: ended, failed, out of time, or stopped by ctx (then the outcome is
// [Cancelled], and Result.Sent is [Never] if nothing was sent at all). The sink
// may be nil. Do is safe for concurrent use.
func (c *Client) Do(ctx context.Context, req *Request, sink Sink) Result {
	x := &call{client: c, req: req, sink: sink, res: blank}
	x.over(x.run(ctx))
	return x.res
}

// run sends the request as often as need be and says why it failed in the end.
func (x *call) run(ctx context.Context) *failure {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	var err error
	if x.body, err = x.client.encode(x.req); err != nil {
		x.sent()
		return failed(BadRequest, "request body: %v", err)
	}
	var cancel context.CancelCauseFunc
	x.ctx, cancel = context.WithCancelCause(ctx)
	defer cancel(nil)
	x.watch.start(x.client, x.req.Stream, cancel)
	defer x.watch.stop()
	defer context.AfterFunc(x.ctx, x.watch.cancelled)()
	x.sent()
	for {
		f := x.attempt()
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

// sent notes the instant of handing the request to the transport.
func (x *call) sent() {
	x.res.Sent = x.client.now()
	if x.sink != nil {
		x.sink.Sent(x.res.Sent)
	}
}

// over completes the record.
func (x *call) over(f *failure) {
	r := &x.res
	r.Outcome = OK
	if f != nil {
		r.Outcome, r.Err = f.outcome, x.client.clean(f.text, x.req)
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
	a, resp, err := x.send(x.client.pooled)
	if err != nil && x.ctx.Err() == nil && a.stale(err, x.client.now()) {
		x.res.StaleRetries++
		a, resp, err = x.send(x.client.fresh)
	}
	x.res.Phases = a.phases()
	x.res.FirstByte = time.Duration(a.firstByte.Load())
	if err == nil {
		return x.receive(a, resp)
	}
	x.res.Done = x.client.now()
	switch {
	case x.ctx.Err() != nil:
		return ended(x.ctx)
	case !a.connected:
		f := x.client.dialFailure(err)
		if f.outcome == Connect {
			x.res.Shortage = shortageOf(err)
		}
		return f
	case a.ended():
		return exchangeFailure(io.ErrUnexpectedEOF) // what was malformed was only cut
	default:
		return exchangeFailure(err)
	}
}

// send hands the request to a transport.
func (x *call) send(transport *http.Transport) (*attempt, *http.Response, error) {
	a := newAttempt(x.client, &x.watch)
	body := x.body
	if x.body = nil; body == nil {
		var err error
		if body, err = x.client.encode(x.req); err != nil {
			return a, nil, err
		}
	}
	header := x.client.plain
	if x.req.Stream {
		header = x.client.stream
	}
	// There is no GetBody, so that net/http cannot send the body again.
	request := &http.Request{
		Method: http.MethodPost, URL: x.client.post, Host: x.client.host, Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: body, ContentLength: int64(len(*body.buf)),
	}
	x.watch.enter(connecting, x.client.now())
	resp, err := transport.RoundTrip(request.WithContext(a.traced(x.ctx)))
	return a, resp, err
}

// receive reads a response.
func (x *call) receive(a *attempt, resp *http.Response) *failure {
	defer func() { _ = resp.Body.Close() }() // what it could say was said by reading
	x.res.Status = resp.StatusCode
	x.res.Limits = limitsOf(resp.Header, time.Now())
	x.res.RequestID = requestID(resp.Header)

	if resp.StatusCode < 200 {
		return a.handedOver(resp)
	}
	ok := 200 <= resp.StatusCode && resp.StatusCode < 300
	switch {
	case !ok:
		x.watch.refuse()
	case !x.req.Stream:
		x.watch.enter(streaming, x.client.now())
	}
	ans := newAnswer(x, ok)
	defer ans.release()
	r := newBodyReader(x.client, a, resp, ans.buf[:])
	if !ok {
		x.readRest(r, ans)
		return &failure{statusOutcome(resp.StatusCode), statusText(resp, ans.doc)}
	}
	if coding := contentCoding(resp.Header); coding != "" {
		x.res.Done = x.client.now()
		return failed(Malformed, "the answer comes in %s coding, which was not asked for: turn compression off", coding)
	}
	return x.readAnswer(r, ans)
}

// readAnswer reads the body of a success.
func (x *call) readAnswer(r *bodyReader, ans *answer) *failure {
	for {
		at, err := r.next(ans.take)
		x.watch.since.Store(int64(at))
		switch {
		case ans.stopped():
			x.res.Done = ans.at
			if err == nil && ans.drainable() {
				x.drain(r)
			}
			return ans.verdict()
		case err == io.EOF:
			x.res.Done = at
			return ans.end()
		case err != nil:
			x.res.Done = x.client.now()
			if x.ctx.Err() != nil {
				return ended(x.ctx)
			}
			return exchangeFailure(err)
		}
	}
}

// readRest reads what fits of the body of a failure. Whatever happens to it, the
// status was the answer.
func (x *call) readRest(r *bodyReader, ans *answer) {
	for !ans.stopped() {
		at, err := r.next(ans.take)
		x.watch.since.Store(int64(at))
		x.res.Done = at
		if err != nil {
			return
		}
	}
}

const (
	restTime   = 10 * time.Second       // for the body of an error
	lastResort = 500 * time.Millisecond // for the end of a call that was cancelled
	drainTime  = 100 * time.Millisecond
	drainBytes = 64 << 10
)

// drain reads the little that follows the last event, so that the connection can
// be used again.
func (x *call) drain(r *bodyReader) {
	x.watch.drain()
	for left := drainBytes; left > 0; {
		_, err := r.next(func(p []byte, _ stamp) { left -= len(p) })
		if err != nil {
			return
		}
	}
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
	if x.ctx.Err() != nil || x.res.Events > 0 {
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
	case <-x.ctx.Done():
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

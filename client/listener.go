package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"flashwave/client/api"
)

// A Listener makes the record of a call that others make, and that a proxy carries: it is
// told of the response as the proxy reads it, and understands it as [Client.Do] would.
// Its methods are called one after the other.
type Listener struct {
	call    call
	attempt attempt
	mute    bool  // what the answer says is not understood: its status alone counts
	last    stamp // of the last read
	more    bool  // that filled its buffer
}

// Listen begins to listen to a call under a path, which tells the dialect: a path that none
// is called under makes a record of the status alone. The body is that of the request, or
// the beginning of it, and is not kept. Instants count from the epoch.
func Listen(path string, body []byte, epoch time.Time) *Listener {
	of, _, _ := api.Called(path)
	c := &Client{cfg: Config{API: of, MaxEvent: eventLimit, Epoch: epoch}, endpoints: nowhere}
	l := &Listener{last: stamp{Read: Never, Came: Never}}
	var err error
	if c.dialect, err = dialectOf(c.cfg); err != nil {
		c.dialect, l.mute = chat{}, true
	}
	l.call = call{client: c, req: &Request{}, res: blank, streams: asksStream(of, body)}
	l.call.watch.client, l.call.watch.caller, l.call.watch.over = c, context.Background(), true // nothing is limited here
	l.attempt = attempt{call: &l.call, connected: true, firstByte: Never, wrote: Never}
	return l
}

// nowhere is where calls go that others make.
var nowhere = endpoints{&url.URL{Path: "/"}, &url.URL{Path: "/"}, &url.URL{Path: "/"}}

// Head tells of the status and the fields of the response, which came at an instant. Coded
// says that the answer is compressed, so that it cannot be understood.
func (l *Listener) Head(status int, h http.Header, at time.Duration) (coded bool) {
	l.call.res.FirstByte = at
	l.call.streams = l.call.streams || isStreamed(h.Get("Content-Type"))
	l.attempt.head(status, h)
	coded = l.attempt.ok() && l.attempt.coding != ""
	l.mute = l.mute || coded
	return coded
}

// asksStream reports whether a request asks for a stream. Where it does not say, Ollama
// streams.
func asksStream(of API, body []byte) bool {
	said := keyPath{"stream"}.in(body)
	return string(said) == "true" || said == nil && of == Generate
}

// isStreamed reports whether a content type is one of events, or of lines of JSON.
func isStreamed(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/event-stream") || isLines(contentType)
}

// Body tells of what one read brought at an instant; full: it filled its buffer, so that
// more may have come with it. The bytes are not kept. Over says that the answer is whole,
// whatever comes yet.
func (l *Listener) Body(p []byte, full bool, at time.Duration) (over bool) {
	a := &l.attempt
	if len(p) == 0 || l.mute || a.ans == nil || a.ans.stopped() {
		return false
	}
	l.last, l.more = l.last.Next(at, l.more), full
	a.ans.feed(p, l.last)
	a.end = at
	return a.ok() && a.ans.stopped()
}

// End ends the record at an instant. The error says why there is no complete response; nil:
// there is one. The caller's going away is [Cancelled]. The result holds neither an error
// text, which may tell the keys and prompts of others, nor any other text of the endpoint.
func (l *Listener) End(err error, at time.Duration) Result {
	a, r := &l.attempt, &l.call.res
	a.end = at
	f := l.failure(err)
	l.call.over(f)
	r.Err, r.Finish, r.RequestID = "", "", ""
	return *r
}

// failure says how the call ended; nil is well.
func (l *Listener) failure(err error) *failure {
	a := &l.attempt
	gone := err != nil && errors.Is(err, context.Canceled)
	switch r := &l.call.res; {
	case a.status == 0 && gone:
		r.Done = a.end
		return ended(err)
	case a.status == 0:
		r.Done = a.end
		if isDial(err) {
			return l.call.client.dialFailure(err)
		}
		return exchangeFailure(err)
	case l.mute && !a.ok() || a.ans == nil && !a.ok():
		r.Done = a.end
		return &failure{outcome: statusOutcome(a.status)}
	case l.mute || a.ans == nil:
		r.Done = a.end
		if gone {
			return ended(err)
		} else if err != nil {
			return exchangeFailure(err)
		}
		return nil
	case gone && a.ok() && !a.ans.stopped():
		a.ans.release()
		r.Done = a.end
		return ended(err)
	}
	return a.conclude(err)
}

// isDial reports whether a request got no connection.
func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

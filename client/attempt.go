package client

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// A transport carries the request of an attempt to the endpoint and tells the
// attempt of what comes back: in order of time, and never two things at once.
type transport interface {
	// exchange carries one attempt; fresh asks for a connection that has not been
	// used before. The error says why there is no complete response; it is
	// [http1.ErrUnwanted] where the attempt wanted no more. The transport closes the
	// body.
	exchange(a *attempt, body *payload, fresh bool) error
	// disconnect closes idle connections.
	disconnect()
	// close does that too, and ends dialling.
	close()
}

// A header is what the fields of a response say.
type header interface {
	Get(name string) string
	Values(name string) []string
}

// An attempt is one request on one connection, and what is made of the response.
type attempt struct {
	call *call

	connected bool          // it got a connection
	phases    Phases        // of connecting
	dialled   time.Duration // how long its connection took to be dialled
	firstByte time.Duration // of the response
	wrote     time.Duration // when the request was written; [Never]: it is not known to be
	unwritten bool          // nothing of it was

	status   int // of the response; 0: there is none
	coding   string
	location string // where a redirect points to
	ans      *answer
	draining bool
	left     int           // bytes that are still read of the rest
	end      time.Duration // the last read, or the end of the body
}

// gotConnection begins the wait for the response.
func (a *attempt) gotConnection() {
	a.connected = true
	w := &a.call.watch
	next := awaiting
	if !w.streams {
		next = quiet
	}
	w.enter(next, a.call.client.now())
}

// head takes the status and the fields of the response. More says whether the body
// is wanted.
func (a *attempt) head(status int, h header) (more bool) {
	x := a.call
	a.status = status
	x.res.Status = status
	x.res.Limits = limitsOf(h, time.Now())
	x.res.RequestID = requestID(h)
	if status < 200 {
		return false
	}
	a.coding = contentCoding(h)
	now := x.client.now()
	switch {
	case !a.ok():
		a.location = h.Get("Location")
		x.watch.refuse()
	case a.coding != "":
		x.res.Done = now
		return false
	case !x.streams:
		x.watch.enter(streaming, now)
	}
	a.ans = newAnswer(x, a.ok(), x.streams && isLines(h.Get("Content-Type")))
	return true
}

// isLines reports whether a content type is one of lines of JSON.
func isLines(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonl", "application/jsonlines",
		"application/x-jsonlines", "application/json-lines", "application/stream+json", "application/x-json-stream", "text/x-ndjson":
		return true
	}
	return false
}

// ok reports whether the response is a success.
func (a *attempt) ok() bool { return 200 <= a.status && a.status < 300 }

const (
	restTime   = 10 * time.Second       // for the body of an error
	lastResort = 500 * time.Millisecond // for the end of a call that was cancelled
	drainTime  = 100 * time.Millisecond
	drainBytes = 64 << 10
)

// body takes bytes of the body. Of what follows the last event a little is read, so
// that the connection can be used again.
func (a *attempt) body(p []byte, at stamp) (more bool) {
	if a.draining {
		a.left -= len(p)
		return a.left > 0
	}
	a.ans.feed(p, at)
	return !a.ans.stopped() || a.ans.drainable()
}

// read takes note that all that a read brought was told; over says that the
// response is complete.
func (a *attempt) read(at time.Duration, over bool) {
	a.end = at
	a.call.watch.since.Store(int64(at))
	if !over && !a.draining && a.ans != nil && a.ans.stopped() && a.ans.drainable() {
		a.draining, a.left = true, drainBytes
		a.call.watch.drain()
	}
}

// conclude says what the response means, which ended with err (nil: it is
// complete). A nil failure is success.
func (a *attempt) conclude(err error) *failure {
	x := a.call
	if a.ans != nil {
		defer a.ans.release()
	}
	switch {
	case a.status < 200:
		return failed(Malformed, "HTTP %d: the server wants to speak another protocol", a.status)
	case !a.ok():
		x.res.Done = a.end // whatever happened to the body, the status was the answer
		text := statusText(a.status, a.location, a.coding, a.ans.doc)
		if a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed {
			text += " (" + x.client.notFound(x.target()) + ")"
		}
		return &failure{statusOutcome(a.status), text}
	case a.coding != "":
		return failed(Malformed, "the answer comes in %s coding, which was not asked for: turn compression off", a.coding)
	case a.ans.stopped():
		x.res.Done = a.ans.at
		return a.ans.verdict()
	case err == nil:
		x.res.Done = a.end
		return a.ans.end()
	}
	x.res.Done = x.client.now()
	if cause := x.watch.cause(); cause != nil {
		return ended(cause)
	}
	return exchangeFailure(err)
}

// staleWindow is how soon after the request a stale connection shows, beside the
// time the network needs.
const staleWindow = 20 * time.Millisecond

// closedIdle is the text of net/http's own error, which it does not export.
const closedIdle = "server closed idle connection"

// stale reports whether the request met a connection that the server had closed
// before: it was used before, no byte of a response came, and the news came
// about as fast as the network can bring it (or nothing was written at all).
// Later it is the endpoint that died over the request, and asking again would
// hide that and double its load.
func (a *attempt) stale(err error, now time.Duration) bool {
	switch {
	case !a.phases.Reused || a.firstByte != Never:
		return false
	case a.unwritten:
		return closedError(err)
	}
	return a.wrote != Never && Stale(err, now-a.wrote, a.dialled)
}

// Stale reports whether the error of a request that was written on a used connection so long
// before, and to which no byte of a response came, means that the connection had been closed
// by then. It took so long to be dialled.
func Stale(err error, written, dialled time.Duration) bool {
	return closedError(err) && written <= staleWindow+dialled
}

// closedError reports whether an error means that the other side had closed.
// HTTP/2 servers say so: the requests after the last one they name were not
// begun.
func closedError(err error) bool {
	for _, target := range []error{
		io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE,
		net.ErrClosed, io.ErrClosedPipe, // our own side, after it saw the end
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	text := err.Error()
	return strings.Contains(text, closedIdle) || strings.Contains(text, "graceful shutdown GOAWAY")
}

// isHeader is a check that net/http's fields are read as ours are.
var _ header = http.Header(nil)

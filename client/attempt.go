package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// An attempt is one request on one connection. Its instants are atomic because
// net/http calls from several goroutines, and for a dial that lost the race
// against an idle connection even after the request is over.
type attempt struct {
	client *Client
	watch  *watch

	connected bool  // it got a connection
	conn      *conn // nil if that does not stamp
	reused    bool
	http2     bool
	before    int64 // bytes written on the connection before this attempt

	tlsBegan, tlsDone, wrote, firstByte atomic.Int64
}

func newAttempt(c *Client, w *watch) *attempt {
	a := &attempt{client: c, watch: w}
	for _, instant := range []*atomic.Int64{&a.tlsBegan, &a.tlsDone, &a.wrote, &a.firstByte} {
		instant.Store(int64(Never))
	}
	return a
}

// traced makes a context that tells the attempt what happens to its request.
func (a *attempt) traced(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              a.gotConn,
		TLSHandshakeStart:    func() { a.tlsBegan.Store(int64(a.client.now())) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { a.tlsDone.Store(int64(a.client.now())) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { a.wrote.Store(int64(a.client.now())) },
		GotFirstResponseByte: a.gotFirstByte,
	})
}

func (a *attempt) gotConn(info httptrace.GotConnInfo) {
	a.connected, a.reused = true, info.Reused
	a.conn = connOf(info.Conn)
	a.http2 = a.client.cfg.HTTP2 && a.client.base.Scheme == "http"
	if secure, ok := info.Conn.(*tls.Conn); ok {
		a.http2 = secure.ConnectionState().NegotiatedProtocol == "h2"
	}
	if a.conn != nil {
		a.before = a.conn.written.Load()
		a.watch.open.Store(a.conn)
		if !a.http2 {
			a.watch.conn.Store(a.conn)
		}
	}
	next := awaiting
	if !a.watch.streams {
		next = quiet
	}
	a.watch.enter(next, a.client.now())
}

// gotFirstByte stamps the first byte of the response: when the connection read
// it, if the connection is ours alone.
func (a *attempt) gotFirstByte() {
	at := a.client.now()
	if a.conn != nil && !a.http2 {
		at = a.conn.lastRead()
	}
	a.firstByte.Store(int64(at))
}

// phases are the parts of connecting. A connection that is new was dialled for
// this very request: net/http hands a dial that came too late to the pool, and
// what comes from there counts as reused.
func (a *attempt) phases() Phases {
	p := Phases{Reused: a.reused}
	if a.reused || a.conn == nil {
		return p
	}
	p.DNS, p.Connect = a.conn.dns, a.conn.connect
	if done := a.tlsDone.Load(); done != int64(Never) {
		p.TLS = time.Duration(done - a.tlsBegan.Load())
	}
	return p
}

// handedOver ends an attempt whose response, a 1xx that is not informational
// (101), hands the bare connection over: net/http has let go of it, and neither
// a context nor a limit of time would end a read.
func (a *attempt) handedOver(resp *http.Response) *failure {
	if a.conn != nil {
		_ = a.conn.Close() // beneath TLS, which would first say goodbye
	}
	return failed(Malformed, "HTTP %d: the server wants to speak another protocol", resp.StatusCode)
}

// ended reports whether the connection ended while a response was awaited.
// net/http reads that far only when it needs more.
func (a *attempt) ended() bool {
	return a.conn != nil && !a.http2 && a.conn.lastEnd() != Never
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
	if !a.reused || a.firstByte.Load() != int64(Never) || !closedError(err) {
		return false
	}
	window := staleWindow
	if a.conn != nil {
		window += a.conn.connect
		if !a.http2 && a.conn.written.Load() == a.before {
			return true
		}
	}
	wrote := time.Duration(a.wrote.Load())
	return wrote != Never && now-wrote <= window
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

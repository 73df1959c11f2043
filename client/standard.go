package client

import (
	"context"
	"crypto/tls"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/client/http1"
)

// connectionBuffer is small because there are two for every open stream, and an
// event is a few hundred bytes.
const connectionBuffer = 4 << 10

// stuckWrite breaks an HTTP/2 connection whose server reads no more: whatever
// writes to it waits for whoever began to.
const stuckWrite = 30 * time.Second

// standard carries exchanges by net/http: HTTP/2, proxies, and whatever is asked to
// go that way.
type standard struct {
	client *Client
	pooled *http.Transport // keeps connections
	fresh  *http.Transport // a new connection for every request
}

func newStandard(c *Client, config *tls.Config, proxy *url.URL) *standard {
	s := &standard{c, c.netHTTP(config, proxy), c.netHTTP(config, proxy)}
	s.fresh.DisableKeepAlives = true
	return s
}

// netHTTP makes one of the two transports. It has no limit of connections:
// waiting for one would be service time that is really queueing.
func (c *Client) netHTTP(config *tls.Config, proxy *url.URL) *http.Transport {
	pool := c.mostIdle()
	t := &http.Transport{
		DialContext:            c.dial,
		TLSClientConfig:        config.Clone(),
		TLSHandshakeTimeout:    c.cfg.ConnectTimeout,
		DisableCompression:     true,
		MaxIdleConns:           pool,
		MaxIdleConnsPerHost:    pool,
		IdleConnTimeout:        idleConnection,
		MaxResponseHeaderBytes: headerLimit,
		ReadBufferSize:         connectionBuffer,
		WriteBufferSize:        connectionBuffer,
		Protocols:              c.protocols(),
		HTTP2:                  &http.HTTP2Config{WriteByteTimeout: stuckWrite},
	}
	if proxy != nil {
		t.Proxy = http.ProxyURL(proxy)
	}
	return t
}

// mostIdle is how many idle connections are kept.
func (c *Client) mostIdle() int {
	if c.cfg.Connections > 0 {
		return c.cfg.Connections
	}
	return math.MaxInt32
}

// protocols says what is spoken. Without TLS there is nothing to negotiate
// with, so that HTTP/2 is spoken at once.
func (c *Client) protocols() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(!c.cfg.HTTP2 || c.base.Scheme == "https")
	p.SetHTTP2(c.cfg.HTTP2)
	p.SetUnencryptedHTTP2(c.cfg.HTTP2 && c.base.Scheme == "http")
	return p
}

// dial opens a connection that stamps its reads.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	raw, dns, connect, err := c.open(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return newConn(raw, c.cfg.Epoch, dns, connect), nil
}

func (s *standard) disconnect() {
	s.pooled.CloseIdleConnections()
	s.fresh.CloseIdleConnections()
}

func (s *standard) close() { s.disconnect() }

func (s *standard) exchange(a *attempt, body *payload, fresh bool) error {
	x := a.call
	transport := s.pooled
	if fresh {
		transport = s.fresh
	}
	fields := s.client.plain
	if x.streams {
		fields = s.client.stream
	}
	if id := x.req.taskID(); id != "" {
		fields = fields.Clone() // it is that of all requests
		fields.Set(TaskHeader, id)
	}
	// There is no GetBody, so that net/http cannot send the body again.
	request := &http.Request{
		Method: http.MethodPost, URL: x.target(), Host: s.client.host, Header: fields,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: body, ContentLength: int64(len(*body.buf)),
	}
	tr := newTrace(a)
	x.sent(s.client.now())
	resp, err := transport.RoundTrip(request.WithContext(tr.traced(x.watch.context())))
	tr.tell(a)
	if err != nil {
		if x.watch.cause() == nil && a.connected && tr.ended() && !a.stale(err, s.client.now()) {
			return io.ErrUnexpectedEOF // what was malformed was only cut
		}
		return err
	}
	return s.receive(a, tr, resp)
}

// zeros are the buffers that bodies are read into.
var zeros = sync.Pool{New: func() any { return new([readBuffer]byte) }}

// receive reads a response.
func (s *standard) receive(a *attempt, tr *trace, resp *http.Response) error {
	defer func() { _ = resp.Body.Close() }() // what it could say was said by reading
	if !a.head(resp.StatusCode, resp.Header) {
		if resp.StatusCode < 200 {
			tr.handedOver()
		}
		return http1.ErrUnwanted
	}
	buf := zeros.Get().(*[readBuffer]byte)
	defer func() {
		clear(buf[:]) // a read that failed may have left something
		zeros.Put(buf)
	}()
	r := newBodyReader(s.client, tr, resp, buf[:])
	more := true
	take := func(p []byte, at stamp) { more = more && a.body(p, at) }
	for {
		at, err := r.next(take)
		a.read(at, err == io.EOF)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !more:
			return http1.ErrUnwanted
		}
	}
}

// A trace is what net/http says of an attempt. Its instants are atomic because
// net/http calls from several goroutines, and for a dial that lost the race
// against an idle connection even after the request is over.
type trace struct {
	client  *Client
	attempt *attempt
	conn    *conn // nil if that does not stamp
	reused  bool
	http2   bool
	before  int64 // bytes written on the connection before this attempt

	tlsBegan, tlsDone, wrote, firstByte atomic.Int64
}

func newTrace(a *attempt) *trace {
	t := &trace{client: a.call.client, attempt: a}
	for _, instant := range []*atomic.Int64{&t.tlsBegan, &t.tlsDone, &t.wrote, &t.firstByte} {
		instant.Store(int64(Never))
	}
	return t
}

// traced makes a context that tells the trace what happens to its request.
func (t *trace) traced(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              t.gotConn,
		TLSHandshakeStart:    func() { t.tlsBegan.Store(int64(t.client.now())) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { t.tlsDone.Store(int64(t.client.now())) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { t.wrote.Store(int64(t.client.now())) },
		GotFirstResponseByte: t.gotFirstByte,
	})
}

func (t *trace) gotConn(info httptrace.GotConnInfo) {
	t.reused = info.Reused
	t.conn = connOf(info.Conn)
	t.http2 = t.client.cfg.HTTP2 && t.client.base.Scheme == "http"
	if secure, ok := info.Conn.(*tls.Conn); ok {
		t.http2 = secure.ConnectionState().NegotiatedProtocol == "h2"
	}
	if t.client.cfg.HTTP2 && !t.http2 {
		t.client.declined.http2.Store(true)
	}
	if t.conn != nil {
		t.before = t.conn.written.Load()
		w := &t.attempt.call.watch
		w.open.Store(t.conn)
		if !t.http2 {
			w.conn.Store(t.conn)
		}
	}
	t.attempt.gotConnection()
}

// gotFirstByte stamps the first byte of the response: when the connection read
// it, if the connection is ours alone.
func (t *trace) gotFirstByte() {
	at := t.client.now()
	if t.conn != nil && !t.http2 {
		at = t.conn.lastRead()
	}
	t.firstByte.Store(int64(at))
}

// tell gives what is known when a response has begun, or has not come. A connection
// that is new was dialled for this very request: net/http hands a dial that came too
// late to the pool, and what comes from there counts as reused.
func (t *trace) tell(a *attempt) {
	a.firstByte = time.Duration(t.firstByte.Load())
	a.wrote = time.Duration(t.wrote.Load())
	a.phases = Phases{Reused: t.reused}
	if t.conn == nil {
		return
	}
	a.dialled = t.conn.connect
	a.unwritten = !t.http2 && t.conn.written.Load() == t.before
	if t.reused {
		return
	}
	a.phases.DNS, a.phases.Connect = t.conn.dns, t.conn.connect
	if done := t.tlsDone.Load(); done != int64(Never) {
		a.phases.TLS = time.Duration(done - t.tlsBegan.Load())
	}
}

// handedOver ends a connection that a response, a 1xx that is not informational
// (101), hands over bare: net/http has let go of it, and neither a context nor a
// limit of time would end a read.
func (t *trace) handedOver() {
	if t.conn != nil {
		_ = t.conn.Close() // beneath TLS, which would first say goodbye
	}
}

// ended reports whether the connection ended while a response was awaited.
// net/http reads that far only when it needs more.
func (t *trace) ended() bool {
	return t.conn != nil && !t.http2 && t.conn.lastEnd() != Never
}

package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Transport carries exchanges to one server. Its exported fields must not change
// once it is used. It is safe for concurrent use.
type Transport struct {
	// Dial opens a connection and says how long the name and the connecting took.
	Dial func(ctx context.Context) (c net.Conn, dns, connect time.Duration, err error)
	// TLS is how it is secured; nil: not at all. ServerName must be set, or anything
	// be accepted.
	TLS *tls.Config
	// Handshake limits shaking hands; 0: no limit.
	Handshake time.Duration
	Epoch     time.Time     // what instants count from
	MostIdle  int           // connections kept for reuse
	IdleFor   time.Duration // how long
	Headers   int           // limit of bytes in the heads and trailers of one response
	// Pollers read plain connections of the system, dealt to them in turn. Others, or
	// all where there are none, are read by the goroutines of Do.
	Pollers []*Poller

	mu     sync.Mutex
	idle   []*Conn // the one used last is last
	expiry *time.Timer
	closed bool
	dealt  atomic.Uint64
}

// A DialError is why there is no connection.
type DialError struct{ Err error }

func (e *DialError) Error() string { return e.Err.Error() }

// Unwrap is the error of connecting.
func (e *DialError) Unwrap() error { return e.Err }

// ErrUnwanted is the error of an exchange that was not wanted any more when it got
// its connection, or that wanted no more of its response.
var ErrUnwanted = errors.New("not wanted")

// Do sends a request, head and body, and tells x of its response. Fresh asks for a
// connection that has not been used before. Until x holds a connection, the context
// ends the exchange, and from then on [Conn.Break] does.
//
// The error is a [*DialError] where there was no connection, a [*ProtocolError]
// where the response is not HTTP, [io.EOF] where there is none, [io.ErrUnexpectedEOF]
// where it was cut, or that of reading or writing; nil says that the response
// is complete.
func (t *Transport) Do(ctx context.Context, request []byte, x Exchange, fresh bool) error {
	c, err := t.connection(ctx, x, fresh)
	if err != nil {
		return &DialError{err}
	}
	if !x.Connected(c) {
		c.Break()
		return ErrUnwanted
	}
	keep, err := c.link.exchange(request, x)
	if x.Release() && keep {
		t.put(c)
	}
	return err
}

// connection takes an idle connection, or dials.
func (t *Transport) connection(ctx context.Context, x Exchange, fresh bool) (*Conn, error) {
	for !fresh {
		c := t.take()
		if c == nil {
			break
		}
		if c.fit() {
			c.Reused = true
			return c, nil
		}
	}
	x.Sending(time.Since(t.Epoch))
	// On a goroutine of its own, for opening one takes a large stack. That of whoever waits
	// for the answer would keep it.
	var c *Conn
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err = t.dial(ctx)
	}()
	<-done
	return c, err
}

// dial opens a connection.
func (t *Transport) dial(ctx context.Context) (*Conn, error) {
	raw, dns, connect, err := t.Dial(ctx)
	if err != nil {
		return nil, err
	}
	c := &Conn{DNS: dns, Connect: connect}
	if c.link, err = t.polledLink(raw); err != nil || c.link != nil {
		return c, err
	}
	w := newWire(raw, t.Epoch)
	d := &direct{wire: w, rw: w, parser: parser{limit: t.Headers}}
	c.link = d
	if t.TLS == nil {
		return c, nil
	}
	if t.Handshake > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, t.Handshake)
		defer stop()
	}
	began := time.Since(t.Epoch)
	secure := tls.Client(w, t.TLS)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = w.Close()
		var record tls.RecordHeaderError
		if errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/" {
			err = errors.New("the server speaks HTTP without TLS")
		}
		return nil, err
	}
	d.rw, c.TLS = secure, time.Since(t.Epoch)-began
	return c, nil
}

// take takes the connection that was used last, nil if there is none.
func (t *Transport) take() *Conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.idle) == 0 {
		return nil
	}
	last := len(t.idle) - 1
	c := t.idle[last]
	t.idle[last] = nil
	t.idle = t.idle[:last]
	return c
}

// fit reports whether an idle connection can be used again, and closes it if not.
func (c *Conn) fit() bool {
	if c.link.alive() {
		return true
	}
	c.Break()
	return false
}

// put keeps a connection for another exchange.
func (t *Transport) put(c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.idle) >= t.MostIdle {
		t.idle = slices.DeleteFunc(t.idle, func(c *Conn) bool { return !c.fit() })
	}
	if t.closed || len(t.idle) >= t.MostIdle {
		c.Break()
		return
	}
	c.idle = time.Now()
	t.idle = append(t.idle, c)
	if t.expiry == nil {
		t.expiry = time.AfterFunc(t.IdleFor, t.expire)
	}
}

// expire closes the connections that were idle for too long. Those are the first.
func (t *Transport) expire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.expiry == nil {
		return // it was too late to be stopped
	}
	n := 0
	for n < len(t.idle) && time.Since(t.idle[n].idle) >= t.IdleFor {
		t.idle[n].Break()
		n++
	}
	t.idle = append(t.idle[:0], t.idle[n:]...)
	t.expiry = nil
	if len(t.idle) > 0 {
		t.expiry = time.AfterFunc(t.IdleFor-time.Since(t.idle[0].idle), t.expire)
	}
}

// Disconnect closes the idle connections.
func (t *Transport) Disconnect() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.idle {
		c.Break()
	}
	t.idle = nil
	if t.expiry != nil {
		t.expiry.Stop()
		t.expiry = nil
	}
}

// Close closes the idle connections, and keeps none from now on.
func (t *Transport) Close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.Disconnect()
}

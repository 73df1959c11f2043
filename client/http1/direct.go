package http1

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// direct is a connection that is read by the goroutine that waits for it.
type direct struct {
	wire   *wire
	rw     net.Conn // the wire, or TLS over it
	parser parser
	sent   writing
	one    [1]byte
}

// close implements link.
func (c *direct) close() { _ = c.wire.Close() } // beneath TLS, which would first say goodbye

// alive implements link.
func (c *direct) alive() bool {
	if c.wire.sys != nil {
		c.wire.tries = true
		defer func() { c.wire.tries = false }()
	} else {
		_ = c.wire.SetReadDeadline(time.Unix(1, 0))
		defer func() { _ = c.wire.SetReadDeadline(time.Time{}) }()
	}
	n, err := c.rw.Read(c.one[:])
	return n == 0 && isTimeout(err)
}

// isTimeout reports whether an error means that a read did not wait any longer.
func isTimeout(err error) bool {
	var late net.Error
	return err != nil && errors.As(err, &late) && late.Timeout()
}

// readSize is how much is read at a time.
const readSize = 4 << 10

var buffers = sync.Pool{New: func() any { return new([readSize]byte) }}

// exchange implements link.
func (c *direct) exchange(request []byte, x Exchange) (keep bool, err error) {
	c.parser.await(x)
	c.wire.more = false // what comes now is another delivery
	x.Sending(time.Since(c.wire.epoch))
	w := c.send(request)
	err = c.receive()
	keep = err == nil && c.parser.keep && c.parser.state == complete && w.soon()
	if !keep {
		c.close()
		w.wait()
		if w.err != nil && isTimeout(err) {
			err = w.err
		}
		if err != nil {
			x.Wrote(w.n, w.at)
		}
	}
	return keep, err
}

// receive reads until the exchange is over.
func (c *direct) receive() error {
	buf := buffers.Get().(*[readSize]byte)
	defer buffers.Put(buf)
	for {
		n, err := c.rw.Read(buf[:])
		if n > 0 {
			if over, err := c.parser.read(buf[:n], c.wire.last); over {
				return err
			}
		}
		if err == io.EOF {
			return c.parser.ended(c.wire.ended)
		}
		if err != nil {
			return err
		}
	}
}

// A writing is the sending of one request.
type writing struct {
	n    int
	err  error
	at   time.Duration // when bytes were last written
	done chan struct{} // closed when it is over; nil: it was over at once
}

// straight is how much is written over TLS without looking whether an answer comes
// meanwhile: an idle connection takes that much.
const straight = 8 << 10

// send writes a request. What the kernel does not take at once is written while the
// response is read: a server may refuse a request before it has read it.
func (c *direct) send(request []byte) *writing {
	w := &c.sent
	*w = writing{at: Never}
	switch {
	case c.rw != net.Conn(c.wire): // TLS
		if len(request) <= straight {
			w.write(c, request)
			return w
		}
	case c.wire.sys != nil:
		n, err := c.wire.attempt(c.wire.sys.Write, c.wire.try.write, request)
		if w.wrote(c, n, err); n == len(request) || err != nil {
			return w
		}
	}
	w.done = make(chan struct{})
	go func() {
		defer close(w.done)
		w.write(c, request[w.n:])
	}()
	return w
}

// write writes and waits for it.
func (w *writing) write(c *direct, p []byte) {
	n, err := c.rw.Write(p)
	w.wrote(c, n, err)
}

// wrote notes what was written. Where writing failed the answer may be there
// already, but is not waited for.
func (w *writing) wrote(c *direct, n int, err error) {
	w.n, w.err = w.n+n, err
	if n > 0 {
		w.at = time.Since(c.wire.epoch)
	}
	if err != nil {
		_ = c.wire.SetReadDeadline(time.Now().Add(lateWrite))
	}
}

// lateWrite is how long a request may take to be written after its response came,
// if its connection is to be used again.
const lateWrite = 50 * time.Millisecond

// soon reports whether the request is written, or is shortly.
func (w *writing) soon() bool {
	if w.done != nil {
		select {
		case <-w.done:
		case <-time.After(lateWrite):
			return false
		}
	}
	return w.err == nil
}

// wait waits for the end of the writing, on a connection that was broken.
func (w *writing) wait() {
	if w.done != nil {
		<-w.done
	}
}

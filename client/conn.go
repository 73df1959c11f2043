package client

import (
	"bytes"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/client/http1"
)

// conn is a connection that stamps what it reads, where it reads it.
//
// net/http may read the connection several times within one read of a response
// body (a chunk that comes in pieces is handed over whole). So that early bytes
// keep their early stamp, conn watches the buffer being filled: each time it is
// about to read on, it marks how far the buffer had come. HTTP/2 shares
// connections between streams and uses none of that.
type conn struct {
	net.Conn
	epoch        time.Time
	dns, connect time.Duration // how long they took
	written      atomic.Int64  // bytes

	mu    sync.Mutex
	read  stamp         // the last read that brought bytes
	more  bool          // it filled its buffer: more had come
	ended time.Duration // the last read that failed
	body  []byte        // the zeroed buffer of a body read under way, else nil
	marks []mark
}

// A stamp is when bytes were read, and when their delivery came.
type stamp = http1.Stamp

// A mark says that the bytes before n had come at an instant.
type mark struct {
	n  int
	at stamp
}

func newConn(raw net.Conn, epoch time.Time, dns, connect time.Duration) *conn {
	return &conn{Conn: raw, epoch: epoch, dns: dns, connect: connect, read: stamp{Read: Never, Came: Never}, ended: Never}
}

// connOf finds the stamping connection beneath TLS, nil if there is none.
func connOf(c net.Conn) *conn {
	for {
		switch under := c.(type) {
		case *conn:
			return under
		case *tls.Conn:
			c = under.NetConn()
		default:
			return nil
		}
	}
}

// Read reads and stamps.
func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	c.mark()
	c.mu.Unlock()

	n, err := c.Conn.Read(p)
	at := time.Since(c.epoch)

	c.mu.Lock()
	if n > 0 {
		c.read, c.more = c.read.Next(at, c.more), n == len(p)
	}
	if err != nil {
		c.ended = at
	}
	c.mu.Unlock()
	return n, err
}

// mark notes how much of the body's buffer is filled. The buffer began as
// zeros, which an event stream does not hold.
func (c *conn) mark() {
	marked := 0
	if len(c.marks) > 0 {
		marked = c.marks[len(c.marks)-1].n
	}
	if marked >= len(c.body) || c.body[marked] == 0 {
		return
	}
	filled := len(bytes.TrimRight(c.body, "\x00"))
	c.marks = append(c.marks, mark{filled, c.read})
}

// Write writes and counts. What is read after it is another delivery.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.more = false
	c.mu.Unlock()
	n, err := c.Conn.Write(p)
	c.written.Add(int64(n))
	return n, err
}

// watch begins a read of the body into a buffer of zeros.
func (c *conn) watch(buf []byte) {
	c.mu.Lock()
	c.body, c.marks = buf, nil
	c.mu.Unlock()
}

// unwatch ends it: marks for the first bytes, the stamp of the rest, and when
// the connection ended, if it did. The marks are the caller's: at the end of a
// body the connection is back in the pool, and its next reader makes its own.
func (c *conn) unwatch() (marks []mark, rest stamp, ended time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.body = nil
	marks, c.marks = c.marks, nil
	return marks, c.read, c.ended
}

// lastRead is when bytes last came.
func (c *conn) lastRead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read.Read
}

// lastEnd is when a read last failed.
func (c *conn) lastEnd() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

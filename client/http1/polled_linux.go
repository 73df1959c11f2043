package http1

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// polled is a plain connection that a [Poller] reads.
type polled struct {
	epoch  time.Time
	poller *Poller
	fd     int
	slot   int32
	done   chan struct{} // told when the exchange is over

	mu     sync.Mutex
	parser parser
	last   Stamp
	more   bool // the last read filled its buffer
	busy   bool // an exchange is under way
	dead   bool // the file is closed
	rest   []byte
	sent   writing
	keep   bool
	err    error
}

// adopt takes a connection away from Go's own poller. It is closed if that fails.
func (p *Poller) adopt(tcp *net.TCPConn, epoch time.Time, headers int) (*polled, error) {
	defer func() { _ = tcp.Close() }() // we have a copy
	fd, err := duplicate(tcp)
	if err != nil {
		return nil, err
	}
	c := &polled{
		epoch: epoch, poller: p, fd: fd, done: make(chan struct{}, 1),
		parser: parser{limit: headers}, last: Stamp{Never, Never},
	}
	c.mu.Lock() // an event may come before the slot is known
	defer c.mu.Unlock()
	if c.slot, err = p.add(c, fd, wanted); err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return c, nil
}

// duplicate is another file of the same connection.
func duplicate(tcp *net.TCPConn) (fd int, err error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, err
	}
	var errno syscall.Errno
	err = raw.Control(func(file uintptr) {
		var n uintptr
		n, _, errno = syscall.Syscall(syscall.SYS_FCNTL, file, syscall.F_DUPFD_CLOEXEC, 0)
		fd = int(n) //nolint:gosec // a file
	})
	if err == nil && errno != 0 {
		err = os.NewSyscallError("fcntl", errno)
	}
	return fd, err
}

// exchange implements link. Its goroutine sleeps from the writing of the request to
// the end of the response.
func (c *polled) exchange(request []byte, x Exchange) (keep bool, err error) {
	c.begin(request, x)
	<-c.done
	if c.err != nil {
		x.Wrote(c.sent.n, c.sent.at)
	}
	return c.keep, c.err
}

// begin begins an exchange.
func (c *polled) begin(request []byte, x Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy, c.sent, c.rest = true, writing{at: Never}, request
	c.parser.await(x)
	c.more = false // what comes now is another delivery
	at := time.Since(c.epoch)
	if !c.dead {
		c.flush()
	}
	x.Sending(at) // what it takes to hear it is no time of the server's
	switch {
	case c.dead:
		c.finish(io.EOF) // just now
	case c.sent.err != nil:
		c.take(make([]byte, readSize), gone)
	}
}

// alive implements link. The poller may not have come to see what there is.
func (c *polled) alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.dead && isSilent(c.fd)
}

// isSilent reports whether a connection is open and has nothing to be read.
func isSilent(fd int) bool {
	var b [1]byte
	_, err := sysPeek(fd, b[:])
	return err == syscall.EAGAIN
}

// close implements link.
func (c *polled) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(net.ErrClosed)
	c.shut()
}

// shut closes the file. c.mu is held, or else somebody might use its number.
func (c *polled) shut() {
	if !c.dead {
		c.dead = true
		c.poller.remove(c.slot, c.fd)
		_ = syscall.Close(c.fd)
	}
}

// finish ends the exchange that is under way. c.mu is held.
func (c *polled) finish(err error) {
	if !c.busy {
		return
	}
	c.keep = err == nil && c.parser.keep && c.parser.state == complete && c.sent.err == nil && len(c.rest) == 0
	c.busy, c.err, c.rest = false, err, nil
	if !c.keep {
		c.shut()
	}
	c.done <- struct{}{}
}

// flush writes of the request what the kernel takes. c.mu is held.
func (c *polled) flush() {
	n, err := tryWrite(uintptr(c.fd), c.rest)
	c.rest = c.rest[n:]
	c.sent.n, c.sent.err = c.sent.n+n, err
	if n > 0 {
		c.sent.at = time.Since(c.epoch)
	}
}

// turn implements source.
func (c *polled) turn(p *Poller, events uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	readable := events&(syscall.EPOLLIN|gone) != 0
	switch {
	case !c.busy:
		if readable {
			c.shut() // the server has closed it, or says what nobody asked
		}
		return
	case events&syscall.EPOLLOUT != 0 && len(c.rest) > 0:
		c.flush()
	}
	if (readable || c.sent.err != nil) && c.take(p.buf[:], events) {
		p.late = append(p.late, c)
	}
}

// take reads what has come, and tells the exchange. More says that there is more
// than is fair. A read that does not fill its buffer has read all, but where the
// other side is gone: there the end is still to be read. Where writing failed,
// nothing is awaited that is not there. c.mu is held.
func (c *polled) take(buf []byte, events uint32) (more bool) {
	for sum := 0; c.busy; {
		n, err := tryRead(uintptr(c.fd), buf)
		at := time.Since(c.epoch)
		switch {
		case err == error(errAgain{}):
			if c.sent.err != nil {
				c.finish(c.sent.err)
			}
			return false
		case err == io.EOF:
			c.finish(c.parser.ended(at))
			return false
		case err != nil:
			c.finish(os.NewSyscallError("read", err))
			return false
		}
		c.last, c.more = c.last.Next(at, c.more), n == len(buf)
		if over, err := c.parser.read(buf[:n], c.last); over {
			c.finish(err)
			return false
		}
		if n < len(buf) && events&gone == 0 && c.sent.err == nil {
			return false
		}
		if sum += n; sum >= fair {
			return true
		}
	}
	return false
}

// polledLink makes a connection one that a poller reads, if there are any.
func (t *Transport) polledLink(raw net.Conn) (link, error) {
	tcp, ok := raw.(*net.TCPConn)
	if !ok || len(t.Pollers) == 0 || t.TLS != nil {
		return nil, nil
	}
	next := t.dealt.Add(1)
	c, err := t.Pollers[next%uint64(len(t.Pollers))].adopt(tcp, t.Epoch, t.Headers)
	if err != nil {
		return nil, err
	}
	return c, nil
}

package http1

import (
	"net"
	"syscall"
	"time"
)

// A wire is a connection that stamps what it reads, beneath TLS. At most one
// goroutine reads it at a time.
type wire struct {
	net.Conn
	epoch time.Time
	last  Stamp         // of the last read that brought bytes
	more  bool          // that read filled its buffer
	ended time.Duration // when a read last failed

	sys   syscall.RawConn // nil: it is not the system's
	tries bool            // reads return at once
	try   attempt
}

// An attempt is a read or a write that does not wait. Its functions are made once,
// so that it costs no memory.
type attempt struct {
	p           []byte
	n           int
	err         error
	read, write func(fd uintptr) bool
}

func newWire(c net.Conn, epoch time.Time) *wire {
	w := &wire{Conn: c, epoch: epoch, last: Stamp{Never, Never}, ended: Never}
	if s, ok := c.(syscall.Conn); ok && canTry {
		if raw, err := s.SyscallConn(); err == nil {
			w.sys = raw
			w.try.read = func(fd uintptr) bool { w.try.n, w.try.err = tryRead(fd, w.try.p); return true }
			w.try.write = func(fd uintptr) bool { w.try.n, w.try.err = tryWrite(fd, w.try.p); return true }
		}
	}
	return w
}

// Read reads and stamps.
func (w *wire) Read(p []byte) (n int, err error) {
	if w.tries {
		n, err = w.attempt(w.sys.Read, w.try.read, p)
	} else {
		n, err = w.Conn.Read(p)
	}
	at := time.Since(w.epoch)
	if n > 0 {
		w.last, w.more = w.last.Next(at, w.more), n == len(p)
	}
	if err != nil {
		w.ended = at
	}
	return n, err
}

// attempt reads or writes what can be at once.
func (w *wire) attempt(with func(func(uintptr) bool) error, f func(uintptr) bool, p []byte) (int, error) {
	w.try.p = p
	err := with(f)
	w.try.p = nil
	if err == nil {
		err = w.try.err
	}
	return w.try.n, err
}

// errAgain is the error of a read that would have to wait. For crypto/tls it is a
// timeout, after which one may go on.
type errAgain struct{}

func (errAgain) Error() string   { return "nothing to read yet" }
func (errAgain) Timeout() bool   { return true }
func (errAgain) Temporary() bool { return true }

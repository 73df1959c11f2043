package http1

import "time"

// A Conn is a connection to the server.
type Conn struct {
	DNS, Connect, TLS time.Duration // how long the parts of connecting took
	Reused            bool          // it has carried an exchange before

	link link
	idle time.Time // since when
}

// A link is what carries the exchanges of a connection, one after the other.
type link interface {
	// exchange sends a request and reads the response to its end. It reports whether
	// the connection may be used again; if not, it is closed.
	exchange(request []byte, x Exchange) (keep bool, err error)
	// alive reports whether an idle connection is fit for another exchange: the server
	// has neither closed it nor said anything. It does not wait.
	alive() bool
	// close ends the connection: whatever reads or writes it hears of it at once.
	close()
}

// Break ends the connection: whatever reads or writes it hears of it at once. It may
// wait for an [Exchange] to take in what it is being told.
func (c *Conn) Break() { c.link.close() }

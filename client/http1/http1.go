// Package http1 carries requests to one server over HTTP/1.1 (RFC 9112), plain or
// over TLS, and tells of the responses while they come, with the instant of the
// read that brought each byte.
//
// It exists because a load generator pays for every token: here a response is read
// where it is waited for, parsed where it was read, and nothing of it is kept. What
// it costs is the read itself.
//
// # What is refused
//
// A response is taken by the letter of RFC 9112 (§ are its paragraphs):
//
//   - lines of a head may end with a bare LF (§2.2), those of the chunked coding not
//     (§7.1); a CR anywhere else is refused (§2.2), and so is any other control
//     character (RFC 9110 §5.5);
//   - a status line names HTTP/1.0 or 1.1, or a later 1.x, and three digits, with
//     one space between them (§4);
//   - names of fields are tokens, with no white space before the colon (§5.1) or
//     before the first field (§2.2); a folded line is unfolded (§5.2);
//   - the only transfer coding is chunked, named once, and never beside a
//     Content-Length (§6.3, §11.2); a Content-Length is digits, and where it is said
//     more than once it says the same (§6.3);
//   - responses of status 1xx go before the one that counts (RFC 9110 §15.2), but
//     101, which ends the talk in HTTP; heads and trailers together have one limit;
//   - what follows a response unasked ends its connection (§9.2 asks for order).
//
// The body of an HTTP/1.0 response in chunks is read as such, and its connection is
// not used again (§6.1).
package http1

import (
	"fmt"
	"time"
)

// Never is the instant of something that did not happen.
const Never time.Duration = -1

// A Stamp is when bytes were read, and when the read was that began to take in
// the delivery they came with: a read that fills its buffer leaves the rest of it
// to the next one.
type Stamp struct{ Read, Came time.Duration }

// Next is the stamp of the following read; more says that the last one was full.
func (s Stamp) Next(at time.Duration, more bool) Stamp {
	if more {
		return Stamp{Read: at, Came: s.Came}
	}
	return Stamp{Read: at, Came: at}
}

// An Exchange is one request and its response. It is told what happens in order of
// time, and never two things at once, but on whatever goroutine it happens; it must
// not block. Instants count from [Transport].Epoch.
type Exchange interface {
	// Sending: the request is about to be handed to the kernel. Where a connection
	// is dialled for it, this is said of the dialling first, and then once more.
	Sending(at time.Duration)
	// Connected: the exchange holds a connection, which [Conn.Break] ends. False
	// means that it is not wanted any more.
	Connected(c *Conn) (wanted bool)
	// Wrote: so many bytes were written, at last at that instant ([Never]: none
	// were). It is told where an exchange fails before a response.
	Wrote(n int, at time.Duration)
	// Began: the first byte of a response came, be it of status 1xx.
	Began(at time.Duration)
	// Head: the head of the response has come. It is gone when this returns. False
	// means that nothing more is wanted.
	Head(h *Head) (more bool)
	// Body: these bytes of the body came.
	Body(p []byte, at Stamp) (more bool)
	// Read: all that a read brought was told. Over means that the response is
	// complete.
	Read(at time.Duration, over bool)
	// Release: the exchange holds its connection no more. False means that it has
	// broken it.
	Release() (whole bool)
}

// A ProtocolError says what of a response is not HTTP/1.1.
type ProtocolError struct{ text string }

func (e *ProtocolError) Error() string { return e.text }

func malformed(format string, args ...any) *ProtocolError {
	return &ProtocolError{"malformed HTTP response: " + fmt.Sprintf(format, args...)}
}

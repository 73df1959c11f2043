package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// A failure is how and why a call did not end well.
type failure struct {
	outcome Outcome
	text    string
}

func failed(o Outcome, format string, args ...any) *failure {
	return &failure{o, fmt.Sprintf(format, args...)}
}

// ended is the failure of a call that was ended: by a limit of time, or because
// somebody stopped it.
func ended(cause error) *failure {
	var limit *timeoutError
	if errors.As(cause, &limit) {
		return &failure{Timeout, limit.Error()}
	}
	return &failure{Cancelled, cause.Error()}
}

// dialFailure is the failure of a request that got no connection.
func (c *Client) dialFailure(err error) *failure {
	var net net.Error
	if errors.As(err, &net) && net.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		limit := timeoutError{connecting, c.cfg.ConnectTimeout}
		if limit.limit > 0 {
			return &failure{Timeout, limit.Error()}
		}
		return failed(Timeout, "connect timeout: %v", err)
	}
	return &failure{Connect, err.Error()}
}

// What net/http says where a server does not speak HTTP/2: the first where it read an
// answer in HTTP/1.1, the second where a request came just after that.
const (
	notHTTP2       = "looked like an HTTP/1.1 header"
	notEstablished = "client conn could not be established"
)

// noHTTP2 is what that means.
const noHTTP2 = "the server does not speak HTTP/2"

// plainError says plainly what such an error means.
func plainError(err error) error {
	switch text := err.Error(); {
	case strings.Contains(text, notHTTP2):
		return errors.New(noHTTP2 + ", but HTTP/1.1: leave http2 out")
	case strings.Contains(text, notEstablished):
		return errors.New(noHTTP2 + ", or broke the connection: is it better to leave http2 out?")
	}
	return err
}

// unestablished says of a connection that broke before there was an answer what that may
// mean where HTTP/2 is asked for: a server that does not speak it closes at once, and
// whether its words or the end of the connection are seen first is chance.
func (c *Client) unestablished(f *failure) *failure {
	if c.cfg.HTTP2 && f.outcome == Reset && !strings.Contains(f.text, noHTTP2) {
		f.text = noHTTP2 + ", or broke the connection: " + f.text
	}
	return f
}

// exchangeFailure is the failure of a request or a response on a connection
// that stood.
func exchangeFailure(err error) *failure {
	switch text := err.Error(); {
	case strings.Contains(text, notHTTP2):
		return &failure{Malformed, plainError(err).Error()}
	case strings.Contains(text, notEstablished):
		return &failure{Reset, plainError(err).Error()}
	}
	if broken(err) {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return failed(Reset, "the server closed the connection before the end of the response")
		}
		return &failure{Reset, err.Error()}
	}
	return &failure{Malformed, err.Error()}
}

// broken reports whether an error means that a connection broke, rather than
// that nonsense came over it. HTTP/2's errors have no exported types.
func broken(err error) bool {
	for _, target := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, io.ErrClosedPipe,
		syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return true
	}
	text := err.Error()
	for _, word := range []string{closedIdle, "http2:", "stream error:", "connection error:"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// statusOutcome is the outcome of an HTTP status that is not 2xx.
func statusOutcome(status int) Outcome {
	switch {
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status == http.StatusServiceUnavailable || status == 529: // 529: "site is overloaded"
		return Overloaded
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Auth
	case 400 <= status && status < 500:
		return BadRequest
	case 500 <= status && status < 600:
		return ServerError
	}
	return Malformed
}

// statusText says what a response that is not 2xx means.
func statusText(status int, location, coding string, body []byte) string {
	text := fmt.Sprintf("HTTP %d", status)
	if 300 <= status && status < 400 {
		return fmt.Sprintf("%s: redirects are not followed, give the endpoint's own URL (it points to %q)", text, location)
	}
	message := serverMessage(body)
	if coding != "" {
		message = "(a body in " + coding + " coding)"
	}
	if message == "" {
		message = http.StatusText(status)
	}
	if message == "" {
		return text
	}
	return text + ": " + message
}

// serverMessage is what a server's error body says: the message of an error
// object of any dialect, the title of a page, else the text itself.
func serverMessage(body []byte) string {
	c := chunk{of: chat{}} // errors are read alike in all dialects
	if c.read(body, false) && c.isObject {
		if m := c.errorMessage(); m != "" {
			return m
		}
	}
	if _, rest, ok := bytes.Cut(body, []byte("<title>")); ok {
		title, _, _ := bytes.Cut(rest, []byte("</title>"))
		return string(title)
	}
	return string(body)
}

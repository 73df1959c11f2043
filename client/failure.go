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
	"unicode"
	"unicode/utf8"
)

// A failure is how and why a call did not end well.
type failure struct {
	outcome Outcome
	text    string
}

func failed(o Outcome, format string, args ...any) *failure {
	return &failure{o, fmt.Sprintf(format, args...)}
}

// ended is the failure of a context that is done: a limit of time, or somebody
// stopped the call.
func ended(ctx context.Context) *failure {
	cause := context.Cause(ctx)
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

// exchangeFailure is the failure of a request or a response on a connection
// that stood.
func exchangeFailure(err error) *failure {
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
func statusText(resp *http.Response, body []byte) string {
	text := fmt.Sprintf("HTTP %d", resp.StatusCode)
	if 300 <= resp.StatusCode && resp.StatusCode < 400 {
		return fmt.Sprintf("%s: redirects are not followed, give the endpoint's own URL (it points to %q)",
			text, resp.Header.Get("Location"))
	}
	message := serverMessage(body)
	if coding := contentCoding(resp.Header); coding != "" {
		message = "(a body in " + coding + " coding)"
	}
	if message == "" {
		message = http.StatusText(resp.StatusCode)
	}
	if message == "" {
		return text
	}
	return text + ": " + message
}

// serverMessage is what a server's error body says: the message of an error
// object of any dialect, the title of a page, else the text itself.
func serverMessage(body []byte) string {
	var c chunk
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

const (
	textLimit = 300     // bytes of Result.Err
	rawLimit  = 8 << 10 // bytes of a text that are looked at
)

// clean makes a text fit to be shown and stored: one line of printable
// characters, without keys and without what the request asked, not long.
func (c *Client) clean(text string, req *Request) string {
	if len(text) > rawLimit {
		text = text[:rawLimit]
	}
	for _, secret := range c.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	if req != nil {
		for _, m := range req.Messages {
			text = withoutEcho(text, m.Content)
		}
		for _, field := range req.Fields {
			text = withoutField(text, field)
		}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	return shortened(strings.Join(strings.Fields(text), " "))
}

// shortened cuts a text between characters.
func shortened(text string) string {
	const more = "…"
	if len(text) <= textLimit {
		return text
	}
	end := textLimit - len(more)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + more
}

// withoutField takes the texts of a field of a body template out of a text.
func withoutField(text string, field any) string {
	switch value := field.(type) {
	case string:
		return withoutEcho(text, value)
	case []string:
		for _, v := range value {
			text = withoutEcho(text, v)
		}
	case []any:
		for _, v := range value {
			text = withoutField(text, v)
		}
	case map[string]any:
		for _, v := range value {
			text = withoutField(text, v)
		}
	}
	return text
}

const (
	shortestEcho = 8  // shorter prompts are common words
	echoWindow   = 16 // bytes compared at a time; runs of 1½ windows are always found
)

// withoutEcho takes a prompt out of a text, and long parts of it too: servers
// quote what they did not like.
func withoutEcho(text, prompt string) string {
	if len(prompt) < shortestEcho {
		return text
	}
	text = strings.ReplaceAll(text, prompt, "…")
	for i := 0; i+echoWindow <= len(text); i += echoWindow / 2 {
		at := strings.Index(prompt, text[i:i+echoWindow])
		if at < 0 {
			continue
		}
		from, to := i, i+echoWindow
		for before := at - 1; from > 0 && before >= 0 && text[from-1] == prompt[before]; before-- {
			from--
		}
		for after := at + echoWindow; to < len(text) && after < len(prompt) && text[to] == prompt[after]; after++ {
			to++
		}
		text = text[:from] + "…" + text[to:]
		i = from
	}
	return text
}

package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pathOf is where a dialect is called.
var pathOf = map[API]string{
	"": "/v1/chat/completions", Chat: "/v1/chat/completions", Completions: "/v1/completions", Responses: "/v1/responses",
	Messages: "/v1/messages", Generate: "/api/generate", Embeddings: "/v1/embeddings",
}

// A listener makes the same of every answer as a client to whom it is given, to the instant,
// and keeps no word of it.
func TestListenerHearsWhatAClientDoes(t *testing.T) {
	heard := 0
	for _, c := range wireCases(t) {
		if c.API == HTTP || c.Want.keys != nil && !c.Want.checks("outcome") {
			continue
		}
		heard++
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				epoch := time.Now()
				asked := `{"messages": [], "stream": true}`
				if c.Unary {
					asked = `{"messages": [], "stream": false}`
				}
				l := Listen(pathOf[c.API], []byte(asked), epoch)
				h := http.Header{}
				for k, v := range c.Headers {
					h.Set(k, v)
				}
				l.Head(c.Status, h, time.Since(epoch))
				var wrote []time.Duration
				for _, part := range c.Parts {
					time.Sleep(time.Millisecond)
					wrote = append(wrote, time.Since(epoch))
					l.Body([]byte(part.Text), false, time.Since(epoch))
				}
				var err error
				if c.Close == "reset" {
					err = io.ErrUnexpectedEOF
				}
				got := l.End(err, time.Since(epoch))
				if l.mute { // what is compressed is passed on, and not understood
					c.Want = wireWant{Outcome: OK, keys: map[string]json.RawMessage{}}
				}
				if got.Outcome != c.Want.Outcome {
					t.Fatalf("outcome %q, want %q", got.Outcome, c.Want.Outcome)
				}
				checkTokens(t, &c.Want, got.Usage)
				if part := c.Want.FirstTokenPart; part != nil && got.FirstToken != wrote[*part] {
					t.Errorf("first token at %v, want that of part %d, %v", got.FirstToken, *part, wrote[*part])
				}
				if got.Err+got.Text+got.Reasoning+got.Finish+got.RequestID != "" {
					t.Errorf("texts are kept: %+v", got)
				}
			})
		})
	}
	if heard < 100 {
		t.Errorf("%d cases were heard", heard)
	}
}

// How a call ends of which no whole answer came: the path, the status and the error say it.
func TestListenerEnds(t *testing.T) {
	token := `data: {"choices":[{"index":0,"delta":{"content":"a"}}]}` + "\n\n"
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, c := range []struct {
		name, path string
		status     int
		header     http.Header
		body       string
		err        error
		want       Outcome
	}{
		{"refused", "/v1/chat/completions", 0, nil, "", refused, Connect},
		{"broken before the head", "/v1/chat/completions", 0, nil, "", io.EOF, Reset},
		{"the caller went before the head", "/v1/chat/completions", 0, nil, "", context.Canceled, Cancelled},
		{"broken in the middle", "/v1/chat/completions", 200, nil, token, io.ErrUnexpectedEOF, Reset},
		{"the caller went in the middle", "/v1/chat/completions", 200, nil, token, context.Canceled, Cancelled},
		{"the caller went after the end", "/v1/chat/completions", 200, nil, token + "data: [DONE]\n\n", context.Canceled, OK},
		{"cut", "/v1/chat/completions", 200, nil, token, nil, Truncated},
		{"an error whose body broke", "/v1/chat/completions", 429, nil, "{", io.ErrUnexpectedEOF, RateLimited},
		{"an error that the caller did not wait for", "/v1/chat/completions", 503, nil, "", context.Canceled, Overloaded},
		{"no dialect", "/v1/copy", 200, nil, "whatever", nil, OK},
		{"no dialect, refused", "/v1/copy", 401, nil, "no", nil, Auth},
		{"no dialect, broken", "/v1/copy", 200, nil, "what", io.ErrUnexpectedEOF, Reset},
		{"no dialect, the caller went", "/v1/copy", 200, nil, "what", context.Canceled, Cancelled},
		{"compressed", "/v1/chat/completions", 200, http.Header{"Content-Encoding": {"gzip"}}, "\x1f\x8b", nil, OK},
		{"compressed and refused", "/v1/chat/completions", 400, http.Header{"Content-Encoding": {"gzip"}}, "\x1f\x8b", nil, BadRequest},
		{"nothing", "/v1/chat/completions", 200, nil, "", nil, Truncated},
	} {
		l := Listen(c.path, nil, time.Now())
		if c.status > 0 {
			h := http.Header{"Content-Type": {"text/event-stream"}}
			for k, v := range c.header {
				h[k] = v
			}
			l.Head(c.status, h, time.Second)
			l.Body([]byte(c.body), false, 2*time.Second)
		}
		got := l.End(c.err, 3*time.Second)
		if got.Outcome != c.want || got.Status != c.status {
			t.Errorf("%s: %s after %d, want %s", c.name, got.Outcome, got.Status, c.want)
		}
		if heard := strings.Contains(c.body, "delta"); (got.FirstToken == 2*time.Second) != heard {
			t.Errorf("%s: the first token came at %v", c.name, got.FirstToken)
		}
	}
}

// The task of a request is told in a header, over each transport, and only an id that a
// header can hold.
func TestTaskIsTold(t *testing.T) {
	var got string
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		got = strings.Join(r.Header.Values(TaskHeader), "|")
		send(w, tokenEvent("a"), stopEvent, doneEvent)
	}, nil, func(t *testing.T, c *Client) {
		for id, want := range map[string]string{"t-1": "t-1", "": "", "a\r\nX: y": "", "é": "", strings.Repeat("x", 500): ""} {
			req := question()
			req.TaskID = id
			wantOutcome(t, c.Do(t.Context(), req, nil), OK)
			if got != want {
				t.Errorf("task %q is told as %q, want %q", id, got, want)
			}
		}
	})
}

package client

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// A server of known timing: every instant of the record is exact.
func TestInstantsAreExact(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(50 * ms)
		send(w, roleEvent)
		time.Sleep(100 * ms)
		send(w, `data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}`+"\n\n")
		time.Sleep(30 * ms)
		send(w, tokenEvent("a")+tokenEvent("b"))
		time.Sleep(70 * ms)
		send(w, tokenEvent("c"))
		time.Sleep(20 * ms)
		send(w, stopEvent)
		time.Sleep(5 * ms)
		send(w, doneEvent)
		time.Sleep(10 * ms)
	}
	inBubble(t, handler, nil, func(t *testing.T, c *Client) {
		time.Sleep(time.Second) // instants count from the epoch, not from the request
		var sink recorder
		got := c.Do(t.Context(), question(), &sink)
		wantOutcome(t, got, OK)
		const start = time.Second
		wantInstant(t, "sent", got.Sent, start)
		wantInstant(t, "first byte", got.FirstByte, start+50*ms)
		wantInstant(t, "first token", got.FirstToken, start+150*ms)
		wantInstant(t, "first answer", got.FirstAnswer, start+180*ms)
		wantInstant(t, "last token", got.LastToken, start+250*ms)
		wantInstant(t, "done", got.Done, start+275*ms)
		wantInstant(t, "stall", got.Stall, 70*ms)
		want := []time.Duration{start + 150*ms, start + 180*ms, start + 180*ms, start + 250*ms}
		for i, at := range sink.tokens {
			wantInstant(t, "token", at, want[i])
		}
		if got.Events != 4 || len(sink.tokens) != 4 {
			t.Errorf("%d events, the sink saw %d, want 4", got.Events, len(sink.tokens))
		}
		if !got.Usage.StreamedReasoning {
			t.Error("reasoning was streamed, the usage does not say so")
		}
	})
}

// One HTTP chunk that comes in pieces is handed over whole by net/http. Its
// events keep the instants of the pieces that completed them all the same.
func TestEventsOfOneChunkKeepTheirInstants(t *testing.T) {
	t.Parallel()
	serve := func(_ int, c net.Conn, r *bufio.Reader) {
		for readRequest(r) {
			events := tokenEvent("a") + tokenEvent("b") + tokenEvent("c") + stopEvent + doneEvent
			body := chunked(events)
			send(c, streamHead)
			for body != "" {
				piece := min(40, len(body))
				time.Sleep(10 * ms)
				send(c, body[:piece])
				body = body[piece:]
			}
			time.Sleep(time.Second)
			send(c, lastChunk)
		}
	}
	onConns(t, serve, nil, func(t *testing.T, c *Client) {
		var sink recorder
		got := c.Do(t.Context(), question(), &sink)
		wantOutcome(t, got, OK)
		framing := strings.Index(chunked(strings.Repeat(" ", len(tokenEvent("a"))*3+len(stopEvent)+len(doneEvent))), "\n") + 1
		for i, at := range sink.tokens {
			end := framing + (i+1)*len(tokenEvent("a"))
			wantInstant(t, "token", at, time.Duration((end+39)/40)*10*ms)
		}
		end := framing + 3*len(tokenEvent("a")) + len(stopEvent) + len(doneEvent)
		wantInstant(t, "done", got.Done, time.Duration((end+39)/40)*10*ms)
	})
}

// The end of a body that ends with its connection is when that ended.
func TestDoneOfACloseDelimitedBody(t *testing.T) {
	t.Parallel()
	serve := func(_ int, c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"+tokenEvent("a")+stopEvent)
		time.Sleep(40 * ms)
	}
	onConns(t, serve, nil, func(t *testing.T, c *Client) {
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, OK)
		wantInstant(t, "first token", got.FirstToken, 0)
		wantInstant(t, "done", got.Done, 40*ms)
	})
}

// A request for a document has no token instants.
func TestUnary(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(90 * ms)
		w.Header().Set("X-Request-Id", "req-7")
		send(w, `{"choices":[{"message":{"content":"abc"},"finish_reason":"length"}],`)
		time.Sleep(10 * ms)
		send(w, `"usage":{"prompt_tokens":9,"completion_tokens":3}}`)
	}
	inBubble(t, handler, func(cfg *Config) { cfg.IdleTimeout = 50 * ms }, func(t *testing.T, c *Client) {
		req := question()
		req.Stream = false
		var sink recorder
		got := c.Do(t.Context(), req, &sink)
		wantOutcome(t, got, OK)
		wantInstant(t, "first byte", got.FirstByte, 90*ms)
		wantInstant(t, "first token", got.FirstToken, Never)
		wantInstant(t, "done", got.Done, 100*ms)
		if got.Events != 0 || len(sink.tokens) != 0 || got.Text != "abc" || got.Finish != "length" || got.RequestID != "req-7" {
			t.Errorf("got %+v", got)
		}
		if want := (Usage{Prompt: 9, Output: 3, From: FromUsage}); got.Usage != want {
			t.Errorf("usage %+v, want %+v", got.Usage, want)
		}
	})
}

// Dialling is inside service time and stands beside it; the second request
// finds the connection.
func TestPhasesAndReuse(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) { send(w, tokenEvent("a"), stopEvent, doneEvent) }
	inBubble(t, handler, nil, func(t *testing.T, c *Client) {
		slow := c.cfg.DialContext
		c.cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			time.Sleep(25 * ms)
			return slow(ctx, network, addr)
		}
		first := c.Do(t.Context(), question(), nil)
		wantOutcome(t, first, OK)
		if first.Phases != (Phases{Connect: 25 * ms}) {
			t.Errorf("phases of the first request: %+v", first.Phases)
		}
		wantInstant(t, "first token", first.FirstToken, 25*ms)
		second := c.Do(t.Context(), question(), nil)
		wantOutcome(t, second, OK)
		if second.Phases != (Phases{Reused: true}) {
			t.Errorf("phases of the second request: %+v", second.Phases)
		}
	})
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	never := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	dribble := func(w http.ResponseWriter, r *http.Request) {
		send(w, roleEvent)
		for r.Context().Err() == nil {
			time.Sleep(time.Second)
			send(w, ": ping\n\n")
		}
	}
	slow := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			time.Sleep(time.Second)
			send(w, tokenEvent("a"))
		}
	}
	stall := func(w http.ResponseWriter, r *http.Request) {
		send(w, tokenEvent("a"))
		time.Sleep(1500 * ms)
		send(w, tokenEvent("b"))
		<-r.Context().Done()
	}
	unary := func(req *Request) { req.Stream = false }
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		cfg     Config
		change  func(*Request)
		want    time.Duration
		text    string
	}{
		{"nothing ever comes, total", never, Config{Timeout: 3 * time.Second}, nil, 3 * time.Second, "total timeout"},
		{"nothing ever comes, first token", never, Config{Timeout: 9 * time.Second, IdleTimeout: 2 * time.Second}, nil, 2 * time.Second, "first token timeout"},
		{"a document may take its time", never, Config{Timeout: 9 * time.Second, IdleTimeout: 2 * time.Second}, unary, 9 * time.Second, "total timeout"},
		{"comments are no tokens", dribble, Config{Timeout: time.Minute, IdleTimeout: 7500 * ms}, nil, 7500 * ms, "first token timeout"},
		{"a slow stream is not idle", slow, Config{Timeout: 10500 * ms, IdleTimeout: 1500 * ms}, nil, 10500 * ms, "total timeout"},
		{"an idle stream", stall, Config{Timeout: time.Minute, IdleTimeout: 2 * time.Second}, nil, 3500 * ms, "idle timeout"},
		{"an idle stream, other limits short", stall, Config{Timeout: time.Minute, IdleTimeout: 2 * time.Second, ConnectTimeout: ms}, nil, 3500 * ms, "idle timeout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			configure := func(cfg *Config) {
				cfg.Timeout, cfg.IdleTimeout, cfg.ConnectTimeout = test.cfg.Timeout, test.cfg.IdleTimeout, test.cfg.ConnectTimeout
			}
			inBubble(t, test.handler, configure, func(t *testing.T, c *Client) {
				req := question()
				if test.change != nil {
					test.change(req)
				}
				got := c.Do(t.Context(), req, nil)
				wantOutcome(t, got, Timeout)
				wantInstant(t, "done", got.Done, test.want)
				if !strings.HasPrefix(got.Err, test.text) {
					t.Errorf("text %q, want %q", got.Err, test.text)
				}
			})
		})
	}
}

func TestConnectTimeout(t *testing.T) {
	t.Parallel()
	configure := func(cfg *Config) {
		cfg.Timeout, cfg.IdleTimeout, cfg.ConnectTimeout = time.Minute, time.Minute, 3*time.Second
	}
	inBubble(t, nil, configure, func(t *testing.T, c *Client) {
		c.cfg.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, Timeout)
		wantInstant(t, "done", got.Done, 3*time.Second)
		if !strings.HasPrefix(got.Err, "connect timeout") || got.FirstByte != Never || got.Status != 0 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		send(w, tokenEvent("a"))
		<-r.Context().Done()
	}
	inBubble(t, handler, nil, func(t *testing.T, c *Client) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(70*ms, func() { cancel(errors.New("the run is over")) })
		got := c.Do(ctx, question(), nil)
		wantOutcome(t, got, Cancelled)
		wantInstant(t, "done", got.Done, 70*ms)
		if got.Events != 1 || got.Usage.Output != 1 || got.Err != "the run is over" {
			t.Errorf("got %+v", got)
		}
		var sink recorder
		got = c.Do(ctx, question(), &sink)
		wantOutcome(t, got, Cancelled)
		if got.Sent != Never || sink.sent != 0 {
			t.Errorf("a call stopped before it began was sent at %v", got.Sent)
		}
	})
}

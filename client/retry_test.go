package client

import (
	"bufio"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// failingTwice answers 429, then 503, then well.
func failingTwice(retryAfter string) http.HandlerFunc {
	var n atomic.Int32
	return func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		switch n.Add(1) {
		case 1:
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			send(w, tokenEvent("a"), stopEvent, doneEvent)
		}
	}
}

func TestRetryAfterIsKeptToTheInstant(t *testing.T) {
	t.Parallel()
	configure := func(cfg *Config) { cfg.Retries, cfg.Timeout, cfg.IdleTimeout = 3, time.Minute, time.Second }
	inBubble(t, failingTwice("2"), configure, func(t *testing.T, c *Client) {
		var sink recorder
		got := c.Do(t.Context(), question(), &sink)
		wantOutcome(t, got, OK)
		wantInstant(t, "sent", got.Sent, 0)
		wantInstant(t, "first token", got.FirstToken, 4*time.Second)
		if got.Retries != 2 || got.StaleRetries != 0 || got.Status != 200 || sink.sent != 1 {
			t.Errorf("%d retries, %d stale, status %d, sent %d times", got.Retries, got.StaleRetries, got.Status, sink.sent)
		}
	})
}

func TestBackoffStaysBelowItsCeiling(t *testing.T) {
	t.Parallel()
	inBubble(t, failingTwice(""), func(cfg *Config) { cfg.Retries = 3 }, func(t *testing.T, c *Client) {
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, OK)
		if got.FirstToken <= 0 || got.FirstToken > 1500*ms {
			t.Errorf("first token at %v, want it within 0.5 s + 1 s", got.FirstToken)
		}
	})
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	limited := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	for _, test := range []struct {
		name    string
		cfg     Config
		retries int
		done    time.Duration
	}{
		{"none by default", Config{}, 0, 0},
		{"when they are used up", Config{Retries: 2}, 2, 4 * time.Second},
		{"when the wait would pass the total limit", Config{Retries: 9, Timeout: 5 * time.Second}, 2, 4 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			configure := func(cfg *Config) { cfg.Retries, cfg.Timeout = test.cfg.Retries, test.cfg.Timeout }
			inBubble(t, limited, configure, func(t *testing.T, c *Client) {
				got := c.Do(t.Context(), question(), nil)
				wantOutcome(t, got, RateLimited)
				wantInstant(t, "done", got.Done, test.done)
				if got.Retries != test.retries || got.Limits.RetryAfter != 2*time.Second {
					t.Errorf("%d retries, retry after %v", got.Retries, got.Limits.RetryAfter)
				}
			})
		})
	}
}

// A stream that broke after a token is never asked for again: its tokens were
// told and billed.
func TestNoRetryAfterAToken(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	serve := func(_ int, c net.Conn, r *bufio.Reader) {
		if readRequest(r) {
			requests.Add(1)
			send(c, streamHead+chunked(tokenEvent("a")))
		}
	}
	onConns(t, serve, func(cfg *Config) { cfg.Retries = 5 }, func(t *testing.T, c *Client) {
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, Reset)
		if got.Retries != 0 || requests.Load() != 1 || got.Events != 1 {
			t.Errorf("%d retries, %d requests, %d events", got.Retries, requests.Load(), got.Events)
		}
	})
}

// llama.cpp's server closes after every streamed response without saying so.
func TestStaleConnectionIsReplayedOnce(t *testing.T) {
	t.Parallel()
	for _, delay := range []time.Duration{0, 19 * ms} {
		var requests atomic.Int32
		serve := func(_ int, c net.Conn, r *bufio.Reader) {
			for n := 0; readRequest(r); n++ {
				if n == 1 {
					time.Sleep(delay) // the news of the close travels
					return
				}
				requests.Add(1)
				send(c, wholeAnswer())
			}
		}
		onConns(t, serve, nil, func(t *testing.T, c *Client) {
			wantOutcome(t, c.Do(t.Context(), question(), nil), OK)
			time.Sleep(time.Second)
			var sink recorder
			got := c.Do(t.Context(), question(), &sink)
			wantOutcome(t, got, OK)
			wantInstant(t, "sent", got.Sent, time.Second)
			wantInstant(t, "first token", got.FirstToken, time.Second+delay)
			if got.StaleRetries != 1 || got.Retries != 0 || sink.sent != 1 || requests.Load() != 2 {
				t.Errorf("%d stale retries, %d retries, %d requests", got.StaleRetries, got.Retries, requests.Load())
			}
			if got.Phases.Reused {
				t.Error("the replay went over a used connection")
			}
		})
	}
}

// A connection that is known to be closed is not used in the first place, and
// nothing is lost over it.
func TestClosedIdleConnectionIsNoFailure(t *testing.T) {
	t.Parallel()
	serve := func(_ int, c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, wholeAnswer())
	}
	onConns(t, serve, nil, func(t *testing.T, c *Client) {
		for range 20 {
			wantOutcome(t, c.Do(t.Context(), question(), nil), OK)
		}
	})
}

// What is not stale is the endpoint's failure, and is seen once.
func TestNotStale(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		second func(c net.Conn) // what the server does with the second request
	}{
		{"it worked 1.5 s and died", func(net.Conn) { time.Sleep(1500 * ms) }},
		{"it died after the window", func(net.Conn) { time.Sleep(21 * ms) }},
		{"it had begun to answer", func(c net.Conn) { send(c, "HTTP/1.1 2") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			serve := func(_ int, c net.Conn, r *bufio.Reader) {
				for n := 0; readRequest(r); n++ {
					requests.Add(1)
					if n == 1 {
						test.second(c)
						return
					}
					send(c, wholeAnswer())
				}
			}
			onConns(t, serve, nil, func(t *testing.T, c *Client) {
				wantOutcome(t, c.Do(t.Context(), question(), nil), OK)
				got := c.Do(t.Context(), question(), nil)
				wantOutcome(t, got, Reset)
				if got.StaleRetries != 0 || requests.Load() != 2 {
					t.Errorf("%d stale retries, %d requests, want 0 and 2", got.StaleRetries, requests.Load())
				}
			})
		})
	}
}

// A first request on a new connection cannot be stale.
func TestNewConnectionIsNeverStale(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	serve := func(_ int, _ net.Conn, r *bufio.Reader) {
		readRequest(r)
		requests.Add(1)
	}
	onConns(t, serve, nil, func(t *testing.T, c *Client) {
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, Reset)
		if got.StaleRetries != 0 || requests.Load() != 1 {
			t.Errorf("%d stale retries, %d requests", got.StaleRetries, requests.Load())
		}
	})
}

// The idempotency header some servers want must not wake net/http's own replay.
func TestIdempotencyKeyIsNotReplayed(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	serve := func(_ int, c net.Conn, r *bufio.Reader) {
		for n := 0; readRequest(r); n++ {
			requests.Add(1)
			if n == 1 {
				time.Sleep(1500 * ms)
				return
			}
			send(c, wholeAnswer())
		}
	}
	configure := func(cfg *Config) { cfg.Header = http.Header{"Idempotency-Key": {"k"}} }
	onConns(t, serve, configure, func(t *testing.T, c *Client) {
		wantOutcome(t, c.Do(t.Context(), question(), nil), OK)
		wantOutcome(t, c.Do(t.Context(), question(), nil), Reset)
		if n := requests.Load(); n != 2 {
			t.Errorf("the server saw %d requests, want 2", n)
		}
	})
}

// A wait that nobody means holds no request: not until its timeout, and without
// one for ten minutes at most.
func TestRetryAfterIsBounded(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"a date":                {"Retry-After": {"Fri, 31 Dec 9999 23:59:59 GMT"}},
		"a date of RFC 3339":    {"Retry-After": {"9999-12-31T23:59:59Z"}},
		"the largest duration":  {"Retry-After": {"9223372036"}},
		"more than a duration":  {"Retry-After": {"9999999999999999999999"}},
		"a duration":            {"Retry-After": {"2540400h"}},
		"milliseconds":          {"Retry-After-Ms": {"9223372036854"}},
		"too many milliseconds": {"Retry-After-Ms": {"9999999999999999999999"}},
		"nonsense, then a date": {"Retry-After-Ms": {"soon"}, "Retry-After": {"Fri, 31 Dec 9999 23:59:59 GMT"}},
		"less than nothing":     {"Retry-After-Ms": {"-1"}, "Retry-After": {"999999999"}},
	} {
		limited := func(w http.ResponseWriter, _ *http.Request) {
			for k, v := range header {
				w.Header()[k] = v
			}
			w.WriteHeader(http.StatusTooManyRequests)
		}
		for _, test := range []struct {
			timeout, done time.Duration
			retries       int
		}{{20 * time.Second, 0, 0}, {0, 20 * time.Minute, 2}, {15 * time.Minute, 10 * time.Minute, 1}} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				inBubble(t, limited, func(cfg *Config) { cfg.Retries, cfg.Timeout = 2, test.timeout }, func(t *testing.T, c *Client) {
					got := c.Do(t.Context(), question(), nil)
					wantOutcome(t, got, RateLimited)
					wantInstant(t, "done", got.Done, test.done)
					if got.Retries != test.retries || got.Limits.RetryAfter != LongestWait {
						t.Errorf("%d retries, retry after %v", got.Retries, got.Limits.RetryAfter)
					}
				})
			})
		}
	}
}

package client

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What a server may do to one request, byte for byte, and what it is called.
func TestChaosOnTheWire(t *testing.T) {
	t.Parallel()
	sse := "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	json := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for _, test := range []struct {
		name   string
		answer string // then the connection is closed
		want   Outcome
		events int
		text   string
	}{
		{"closes at once", "", Reset, 0, "closed the connection"},
		{"closes within the status line", "HTTP/1.1 20", Reset, 0, "closed the connection"},
		{"closes within the headers", "HTTP/1.1 200 OK\r\nContent-Ty", Reset, 0, "closed the connection"},
		{"does not speak HTTP", "SSH-2.0-OpenSSH_9.9\r\n\r\n", Malformed, 0, "malformed HTTP"},
		{"closes within a chunk", streamHead + "ff\r\n" + tokenEvent("a") + "data: ", Reset, 1, ""},
		{"closes between chunks", streamHead + chunked(tokenEvent("a")), Reset, 1, ""},
		{"closes after [DONE], inside the framing", streamHead + chunked(tokenEvent("a")+doneEvent), OK, 1, ""},
		{"closes within the chunk of [DONE]", streamHead + "fff\r\n" + tokenEvent("a") + doneEvent, OK, 1, ""},
		{"sends a bad chunk", streamHead + chunked(tokenEvent("a")) + "zz\r\n", Malformed, 1, "chunk"},
		{"promises more than it sends", sse + "Content-Length: 9999\r\n\r\n" + tokenEvent("a") + stopEvent, Reset, 1, ""},
		{"sends more than it promised", json + "Content-Length: 4\r\n\r\n{\"choices\":[]}", Malformed, 0, "not JSON"},
		{"ends with the connection", sse + "\r\n" + tokenEvent("a") + stopEvent + doneEvent, OK, 1, ""},
		{"ends before the end", sse + "\r\n" + tokenEvent("a"), Truncated, 1, "neither [DONE]"},
		{"cuts the last event", sse + "\r\n" + tokenEvent("a") + `data: {"choices":[{"del`, Truncated, 1, ""},
		{"leaves out the last blank line", sse + "\r\n" + tokenEvent("a") + `data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}`, OK, 2, ""},
		{"hints before it answers", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + wholeAnswer(), OK, 1, ""},
		{"hints and dies", "HTTP/1.1 103 Early Hints\r\n\r\n", Reset, 0, ""},
		{"switches protocols", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", Malformed, 0, "HTTP 101"},
		{"redirects", "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://elsewhere.test/v1\r\nContent-Length: 0\r\n\r\n", Malformed, 0, "redirects are not followed"},
		{"answers with nothing", sse + "Content-Length: 0\r\n\r\n", Truncated, 0, "empty"},
		{"answers with a page", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Welcome</title></html>", Malformed, 0, "Welcome"},
		{"answers with other JSON", json + "\r\n{\"hello\":1}", Malformed, 0, "without choices"},
		{"answers with JSON lines", json + "\r\n{\"choices\":[]}\n{\"choices\":[]}", Truncated, 0, ""},
		{"answers with an error document", json + "\r\n{\"error\":{\"message\":\"no such thing\"}}", StreamError, 0, "no such thing"},
		{"answers with vLLM's error document", json + "\r\n{\"object\":\"error\",\"message\":\"too long\",\"code\":400}", StreamError, 0, "too long"},
		{"sends an error in a field of its own", sse + "\r\n" + tokenEvent("a") + "error: {\"code\":500,\"message\":\"slot died\"}\n\n", StreamError, 1, "slot died"},
		{"sends an error in plain words", sse + "\r\nevent: error\ndata: out of memory\n\n", StreamError, 0, "out of memory"},
		{"says [DONE] and nothing else", sse + "\r\n" + roleEvent + doneEvent, Malformed, 0, "neither a token"},
		{"finishes without a token", sse + "\r\n" + roleEvent + stopEvent + doneEvent, OK, 0, ""},
		{"sends numbers for chunks", sse + "\r\ndata: 7\n\n" + doneEvent, Malformed, 0, "neither a token"},
		{"calls a stream JSON", json + "\r\n" + tokenEvent("a") + doneEvent, OK, 1, ""},
		{"sends a header without end", sse + strings.Repeat("X-Pad: "+strings.Repeat("x", 990)+"\r\n", 300), Malformed, 0, "exceeded"},
		{"sends a stream without end of line", sse + "\r\n" + strings.Repeat("x", 5<<20), Malformed, 0, ""},
		{"sends an event without end", sse + "\r\ndata: " + strings.Repeat("x", 5<<20), Malformed, 0, "4 MiB"},
		{"sends a document without end", json + "\r\n{\"a\":\"" + strings.Repeat("x", 5<<20), Malformed, 0, "4 MiB"},
		{"refuses with a page", "HTTP/1.1 502 Bad Gateway\r\n\r\n<html><title>502 Bad Gateway</title>", ServerError, 0, "HTTP 502: 502 Bad Gateway"},
		{"refuses without a word", "HTTP/1.1 529 \r\nContent-Length: 0\r\n\r\n", Overloaded, 0, "HTTP 529"},
		{"refuses and breaks", "HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\nnot for y", Auth, 0, "not for y"},
		{"refuses in FastAPI's words", "HTTP/1.1 422 X\r\n\r\n{\"detail\":\"max_tokens\"}", BadRequest, 0, "HTTP 422: max_tokens"},
		{"invents a status", "HTTP/1.1 999 X\r\n\r\n", Malformed, 0, "HTTP 999"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			serve := func(_ int, c net.Conn, r *bufio.Reader) {
				readRequest(r)
				send(c, test.answer)
			}
			onConns(t, serve, nil, func(t *testing.T, c *Client) {
				got := c.Do(t.Context(), question(), nil)
				wantOutcome(t, got, test.want)
				if got.Events != test.events || !strings.Contains(got.Err, test.text) || len(got.Err) > textLimit {
					t.Errorf("%d events, text %q; want %d and %q", got.Events, got.Err, test.events, test.text)
				}
			})
		})
	}
}

// One byte a second is slow, but it is an answer.
func TestOneByteASecond(t *testing.T) {
	t.Parallel()
	serve := func(_ int, c net.Conn, r *bufio.Reader) {
		readRequest(r)
		for _, b := range []byte(wholeAnswer()) {
			time.Sleep(time.Second)
			if _, err := c.Write([]byte{b}); err != nil {
				return
			}
		}
	}
	onConns(t, serve, func(cfg *Config) { cfg.IdleTimeout = 10 * time.Minute }, func(t *testing.T, c *Client) {
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, OK)
		token := len(streamHead) + strings.Index(chunked(tokenEvent("a")), "\n\n") + 2
		wantInstant(t, "first byte", got.FirstByte, time.Second)
		wantInstant(t, "first token", got.FirstToken, time.Duration(token)*time.Second)
	})
}

// After [DONE] the little that is left is read, so that the connection is kept;
// much, or nothing for long, is not waited for.
func TestDrain(t *testing.T) {
	t.Parallel()
	late := func(after time.Duration, rest string) func(int, net.Conn, *bufio.Reader) {
		return func(_ int, c net.Conn, r *bufio.Reader) {
			for readRequest(r) {
				send(c, streamHead, chunked(tokenEvent("a")+doneEvent))
				time.Sleep(after)
				send(c, rest)
			}
		}
	}
	for _, test := range []struct {
		name   string
		serve  func(int, net.Conn, *bufio.Reader)
		reused bool
		took   time.Duration
	}{
		{"the end comes", late(0, lastChunk), true, 0},
		{"the end comes soon", late(60*ms, chunked(tokenEvent("zzz"))+lastChunk), true, 60 * ms},
		{"the end comes late", late(5*time.Second, lastChunk), false, drainTime},
		{"much follows", late(0, strings.Repeat(chunked(tokenEvent("zzz")), 2000)+lastChunk), false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			configure := func(cfg *Config) { cfg.Timeout = time.Minute }
			onConns(t, test.serve, configure, func(t *testing.T, c *Client) {
				began := c.now()
				first := c.Do(t.Context(), question(), nil)
				wantOutcome(t, first, OK)
				wantInstant(t, "done", first.Done, 0)
				wantInstant(t, "return", c.now()-began, test.took)
				second := c.Do(t.Context(), question(), nil)
				wantOutcome(t, second, OK)
				if second.Phases.Reused != test.reused || second.Events != 1 {
					t.Errorf("reused %v, %d events; want %v and 1", second.Phases.Reused, second.Events, test.reused)
				}
			})
		})
	}
}

func TestCompressedAnswer(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]Outcome{http.StatusOK: Malformed, http.StatusTooManyRequests: RateLimited} {
		handler := func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept-Encoding"); got != "identity" {
				t.Errorf("asked for the coding %q", got)
			}
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(status)
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, doneEvent)
			_ = z.Close()
		}
		inBubble(t, handler, nil, func(t *testing.T, c *Client) {
			got := c.Do(t.Context(), question(), nil)
			wantOutcome(t, got, want)
			if !strings.Contains(got.Err, "gzip") {
				t.Errorf("text %q", got.Err)
			}
		})
	}
}

// An error body of 100 MB is not read: its status was the answer.
func TestEndlessErrorBody(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		junk := bytes.Repeat([]byte("broken "), 1<<14)
		for written.Load() < 100<<20 {
			n, err := w.Write(junk)
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	}
	inBubble(t, handler, nil, func(t *testing.T, c *Client) {
		written.Store(0)
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, ServerError)
		if !strings.HasPrefix(got.Err, "HTTP 500: broken broken") || len(got.Err) > textLimit {
			t.Errorf("text %q", got.Err)
		}
	})
	if n := written.Load(); n > 2<<20 {
		t.Errorf("the server could write %d bytes", n)
	}
}

// An error body that never ends keeps its own outcome.
func TestStuckErrorBody(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		send(w, "who are you")
		<-r.Context().Done()
	}
	inBubble(t, handler, func(cfg *Config) { cfg.IdleTimeout = 3 * time.Second }, func(t *testing.T, c *Client) {
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, Auth)
		if got.Err != "HTTP 401: who are you" {
			t.Errorf("text %q", got.Err)
		}
	})
}

func TestRefusedAndUnknownHost(t *testing.T) {
	t.Parallel()
	const nobody = "127.0.0.1:1" // no system gives that port to whoever asks for any
	overEach(t, func(t *testing.T, transport Transport) {
		for _, url := range []string{"http://" + nobody + "/v1", "http://no-such-host.invalid/v1"} {
			c, err := New(Config{URL: url, Transport: transport, Timeout: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			got := c.Do(t.Context(), question(), nil)
			wantOutcome(t, got, Connect)
			if got.FirstByte != Never || got.Sent == Never || got.Err == "" {
				t.Errorf("got %+v", got)
			}
			c.Close()
		}
	})
}

// tlsServer streams one answer over TLS.
func tlsServer(t *testing.T, http2 bool) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		send(w, tokenEvent("a"), stopEvent, doneEvent)
	}))
	server.Config.ErrorLog = quietLog()
	server.EnableHTTP2 = http2
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, false)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		cfg  Config
		want Outcome
	}{
		{"an unknown authority", Config{URL: server.URL}, Connect},
		{"a known one", Config{URL: server.URL, CA: ca}, OK},
		{"anything goes", Config{URL: server.URL, Insecure: true}, OK},
		{"another name", Config{URL: "https://other.test/v1", ConnectTo: server.Listener.Addr().String(), CA: ca}, Connect},
		{"its name, another address", Config{URL: "https://example.com/v1", ConnectTo: server.Listener.Addr().String(), CA: ca}, OK},
		{"plain text to a TLS port", Config{URL: "http://" + server.Listener.Addr().String()}, BadRequest},
	} {
		overEach(t, func(t *testing.T, transport Transport) {
			test.cfg.Transport = transport
			c, err := New(test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for i := range 2 {
				got := c.Do(t.Context(), question(), nil)
				if got.Outcome != test.want {
					t.Errorf("%s: %s (%s), want %s", test.name, got.Outcome, got.Err, test.want)
				}
				if got.Outcome == OK && ((got.Phases.TLS > 0) == got.Phases.Reused || got.Phases.Reused != (i > 0) || got.FirstToken < got.FirstByte) {
					t.Errorf("%s: %+v", test.name, got)
				}
			}
		})
	}
}

func TestHTTP2(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, true)
	c, err := New(Config{URL: server.URL, Insecure: true, HTTP2: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range 3 {
		var sink recorder
		got := c.Do(t.Context(), question(), &sink)
		wantOutcome(t, got, OK)
		if got.Phases.Reused != (i > 0) || got.Events != 1 || len(sink.tokens) != 1 ||
			got.FirstByte < got.Sent || got.FirstToken < got.FirstByte || got.Done < got.LastToken {
			t.Errorf("request %d: %+v", i, got)
		}
	}
}

// HTTP/2 servers break single streams, or name the last stream they will serve
// before they close.
func TestHTTP2Failures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		second  func(w io.Writer, stream uint32) // instead of the second answer
		want    Outcome
		replays int
	}{
		{"RST_STREAM", func(w io.Writer, stream uint32) { _, _ = w.Write(frame(3, 0, stream, []byte{0, 0, 0, 2})) }, Reset, 0},
		{"GOAWAY before the request", func(w io.Writer, stream uint32) {
			_, _ = w.Write(frame(7, 0, 0, binary.BigEndian.AppendUint64(nil, uint64(stream-2)<<32)))
		}, OK, 1},
		{"GOAWAY with an error", func(w io.Writer, stream uint32) {
			_, _ = w.Write(frame(7, 0, 0, binary.BigEndian.AppendUint64(nil, uint64(stream)<<32|2)))
			_ = w.(io.Closer).Close()
		}, Reset, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			serve := func(n int, c net.Conn, r *bufio.Reader) {
				answers, w := 0, newQueue(c)
				serveHTTP2(w, r, func(stream uint32) {
					if answers++; n == 0 && answers == 2 {
						test.second(w, stream)
						return
					}
					_, _ = w.Write(http2Answer(stream))
				})
				_ = w.Close()
			}
			onConns(t, serve, func(cfg *Config) { cfg.HTTP2 = true }, func(t *testing.T, c *Client) {
				wantOutcome(t, c.Do(t.Context(), question(), nil), OK)
				time.Sleep(time.Second)
				got := c.Do(t.Context(), question(), nil)
				wantOutcome(t, got, test.want)
				if got.StaleRetries != test.replays {
					t.Errorf("%d stale retries, want %d", got.StaleRetries, test.replays)
				}
			})
		})
	}
}

// serveHTTP2 speaks as much of HTTP/2 (RFC 9113) as a client needs to send
// requests, and calls answer when one is complete.
func serveHTTP2(w io.Writer, r io.Reader, answer func(stream uint32)) {
	if _, err := io.CopyN(io.Discard, r, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
		return
	}
	_, _ = w.Write(frame(4, 0, 0, nil)) // SETTINGS
	for {
		var head [9]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		if _, err := io.ReadFull(r, payload); err != nil {
			return
		}
		kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		switch {
		case kind == 4 && flags&1 == 0:
			_, _ = w.Write(frame(4, 1, 0, nil))
		case kind == 6 && flags&1 == 0:
			_, _ = w.Write(frame(6, 1, 0, payload))
		case kind <= 1 && flags&1 != 0: // DATA or HEADERS that ends the stream
			answer(stream)
		}
	}
}

// queue writes without making its caller wait: a pipe has no buffer, and an
// HTTP/2 client does not read while it writes.
type queue struct {
	mu     sync.Mutex
	closed bool
	texts  chan []byte
}

func newQueue(c io.WriteCloser) *queue {
	q := &queue{texts: make(chan []byte, 100)}
	go func() {
		for text := range q.texts {
			_, _ = c.Write(text)
		}
		_ = c.Close()
	}()
	return q
}

func (q *queue) Write(b []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return 0, net.ErrClosed
	}
	q.texts <- b
	return len(b), nil
}

func (q *queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.texts)
	}
	return nil
}

func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	n := len(payload)
	b := []byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// http2Answer is a response with one token. 0x88 is HPACK for ":status: 200".
func http2Answer(stream uint32) []byte {
	return append(frame(1, 4, stream, []byte{0x88}), frame(0, 1, stream, []byte(tokenEvent("a")+stopEvent+doneEvent))...)
}

// A proxy is used where one is named, and only then.
func TestProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	var seen atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.URL.String() + " " + r.Header.Get("Proxy-Authorization"))
		w.WriteHeader(http.StatusTeapot)
		send(w, "password hunter2secret")
	}))
	defer proxy.Close()
	c, err := New(Config{URL: "http://endpoint.invalid/v1", Proxy: strings.Replace(proxy.URL, "//", "//u:hunter2secret@", 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got := c.Do(t.Context(), question(), nil)
	wantOutcome(t, got, BadRequest)
	if got.Err != "HTTP 418: password ***" {
		t.Errorf("text %q", got.Err)
	}
	if want := "http://endpoint.invalid/v1/chat/completions Basic dTpodW50ZXIyc2VjcmV0"; seen.Load() != want {
		t.Errorf("the proxy saw %q, want %q", seen.Load(), want)
	}
}

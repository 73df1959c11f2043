package client

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"flashwave/client/pipetest"
)

// A stuck server does something for ever after it has read a request.
type stuck struct {
	name  string
	serve func(c net.Conn, r *bufio.Reader)
	// configure is what the client needs to get there; nil: nothing.
	configure func(*Config)
	known     Outcome // what the call is called, however it was ended; "": as it was ended
	idle      bool    // IdleTimeout alone ends a stream
	connect   bool    // ConnectTimeout alone ends it
}

// trickle repeats a text once a second until the connection breaks.
func trickle(c io.Writer, text string) {
	for {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// flood repeats a text as fast as it is read.
func flood(c io.Writer, text string) {
	for {
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
	}
}

// began reads the first byte of a request, and no more.
func began(c io.Reader) { _, _ = io.ReadFull(c, make([]byte, 1)) }

// hang waits until the connection breaks.
func hang(c io.Reader) { _, _ = io.Copy(io.Discard, c) }

var stuckServers = []stuck{
	{name: "says nothing", idle: true, serve: func(_ net.Conn, r *bufio.Reader) {
		hang(r)
	}},
	{name: "switches protocols and says nothing", known: Malformed, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		hang(r)
	}},
	{name: "switches protocols and talks", known: Malformed, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		flood(c, tokenEvent("a"))
	}},
	{name: "switches to websockets", known: Malformed, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\n")
		trickle(c, "\x81\x01a")
	}},
	{name: "hints for ever", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		trickle(c, "HTTP/1.1 102 Processing\r\n\r\n")
	}},
	{name: "asks to go on for ever", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		trickle(c, "HTTP/1.1 100 Continue\r\n\r\n")
	}},
	{name: "hints and says nothing", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 103 Early Hints\r\n\r\n")
		hang(r)
	}},
	{name: "sends headers for ever", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 200 OK\r\n")
		trickle(c, "X-A: b\r\n")
	}},
	{name: "sends a status line byte by byte", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 200 ")
		trickle(c, "O")
	}},
	{name: "sends a head alone", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n")
		hang(r)
	}},
	{name: "sends a head alone, without length", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, streamHead)
		hang(r)
	}},
	{name: "does not end an error", known: ServerError, idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 500 X\r\n\r\nbroken")
		hang(r)
	}},
	{name: "sends an error byte by byte", known: RateLimited, idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 429 X\r\nTransfer-Encoding: chunked\r\n\r\n")
		trickle(c, chunked("x"))
	}},
	{name: "sends an error without end", known: ServerError, idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 500 X\r\n\r\n")
		flood(c, strings.Repeat("x", 1000))
	}},
	{name: "redirects and does not end", known: Malformed, idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")
		hang(r)
	}},
	{name: "refuses before it has read", known: BadRequest, idle: true, serve: func(c net.Conn, _ *bufio.Reader) {
		began(c)
		send(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
		trickle(c, "") // and never reads
	}},
	{name: "accepts and never reads", idle: true, serve: func(_ net.Conn, _ *bufio.Reader) {
		time.Sleep(time.Hour)
	}},
	{name: "streams before it has read", serve: func(c net.Conn, _ *bufio.Reader) {
		began(c)
		send(c, streamHead, chunked(tokenEvent("a")))
		trickle(c, chunked(": on\n\n"))
	}},
	{name: "sends white space for a document", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
		trickle(c, "\n")
	}},
	{name: "keeps a stream alive without a token", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, streamHead)
		trickle(c, chunked(": keep-alive\n\n"))
	}},
	{name: "sends a stream byte by byte", serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, streamHead, chunked(tokenEvent("a")), "ffff\r\n")
		trickle(c, "x")
	}},
	{name: "sends a chunk's length byte by byte", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, streamHead, "5;")
		trickle(c, "x")
	}},
	{name: "stops within a stream", idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, streamHead, chunked(tokenEvent("a")))
		hang(r)
	}},
	{name: "does not end after the last event", known: OK, idle: true, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, streamHead, chunked(tokenEvent("a")+stopEvent+doneEvent))
		trickle(c, chunked(":\n\n"))
	}},
	{name: "sends trailers for ever", idle: true, known: OK, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, streamHead, chunked(tokenEvent("a")+stopEvent+doneEvent), "0\r\n")
		trickle(c, "X-A: b\r\n")
	}},
	{name: "is a proxy that does not connect", idle: false, connect: true, configure: func(cfg *Config) {
		cfg.URL, cfg.Proxy = "https://endpoint.test/v1", "http://proxy.test:3128"
	}, serve: func(_ net.Conn, r *bufio.Reader) {
		hang(r)
	}},
	{name: "is a proxy that answers byte by byte", connect: true, configure: func(cfg *Config) {
		cfg.URL, cfg.Proxy = "https://endpoint.test/v1", "http://proxy.test:3128"
	}, serve: func(c net.Conn, r *bufio.Reader) {
		readRequest(r)
		send(c, "HTTP/1.1 200 ")
		trickle(c, "O")
	}},
	{name: "is a SOCKS proxy that does not greet", connect: true, configure: func(cfg *Config) {
		cfg.URL, cfg.Proxy = "https://endpoint.test/v1", "socks5://proxy.test:1080"
	}, serve: func(_ net.Conn, r *bufio.Reader) {
		hang(r)
	}},
	{name: "does not shake hands", connect: true, configure: func(cfg *Config) {
		cfg.URL = "https://endpoint.test/v1"
	}, serve: func(_ net.Conn, r *bufio.Reader) {
		hang(r)
	}},
	{name: "shakes hands byte by byte", connect: true, configure: func(cfg *Config) {
		cfg.URL = "https://endpoint.test/v1"
	}, serve: func(c net.Conn, r *bufio.Reader) {
		go hang(r)
		send(c, "\x16\x03\x03\x40\x00")
		trickle(c, "\x00")
	}},
	{name: "speaks HTTP/2 and says nothing", idle: true, configure: http2Only, serve: func(_ net.Conn, r *bufio.Reader) {
		hang(r)
	}},
	{name: "settles HTTP/2 and says nothing", idle: true, configure: http2Only, serve: func(c net.Conn, r *bufio.Reader) {
		w := newQueue(c)
		defer func() { _ = w.Close() }()
		serveHTTP2(w, r, func(uint32) {})
	}},
	{name: "stops within an HTTP/2 stream", idle: true, configure: http2Only, serve: func(c net.Conn, r *bufio.Reader) {
		w := newQueue(c)
		defer func() { _ = w.Close() }()
		serveHTTP2(w, r, func(stream uint32) {
			_, _ = w.Write(append(frame(1, 4, stream, []byte{0x88}), frame(0, 0, stream, []byte(tokenEvent("a")))...))
		})
	}},
	{name: "answers HTTP/2 with an error without end", known: ServerError, idle: true, configure: http2Only, serve: func(c net.Conn, r *bufio.Reader) {
		w := newQueue(c)
		defer func() { _ = w.Close() }()
		serveHTTP2(w, r, func(stream uint32) {
			_, _ = w.Write(append(frame(1, 4, stream, []byte{0x8e}), frame(0, 0, stream, []byte("broken"))...)) // 0x8e: 500
		})
	}},
}

func http2Only(cfg *Config) { cfg.HTTP2 = true }

// Whatever a server does, cancelling a call or a limit of time ends it, and its
// connection with it.
func TestStuckServers(t *testing.T) {
	t.Parallel()
	const limit = 20 * time.Second
	for _, server := range stuckServers {
		for _, stream := range []bool{true, false} {
			for _, end := range []struct {
				name      string
				applies   bool
				configure func(*Config)
				cancel    time.Duration
				want      Outcome
			}{
				{"cancelled", true, func(*Config) {}, limit, Cancelled},
				{"cancelled beside limits", true, func(cfg *Config) { cfg.Timeout, cfg.IdleTimeout = time.Hour, time.Hour }, limit, Cancelled},
				{"timeout", true, func(cfg *Config) { cfg.Timeout = limit }, 0, Timeout},
				{"idle timeout", server.idle && stream, func(cfg *Config) { cfg.IdleTimeout = limit }, 0, Timeout},
				{"connect timeout", server.connect, func(cfg *Config) { cfg.ConnectTimeout = limit }, 0, Timeout},
			} {
				if !end.applies {
					continue
				}
				name := server.name + "/" + map[bool]string{true: "stream", false: "document"}[stream] + "/" + end.name
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					var open atomic.Int32
					serve := func(_ int, c net.Conn, r *bufio.Reader) {
						open.Add(1)
						defer open.Add(-1)
						server.serve(c, r)
					}
					configure := func(cfg *Config) {
						if server.configure != nil {
							server.configure(cfg)
						}
						end.configure(cfg)
					}
					onConns(t, serve, configure, func(t *testing.T, c *Client) {
						ctx, cancel := context.WithCancel(t.Context())
						defer cancel()
						if end.cancel > 0 {
							time.AfterFunc(end.cancel, cancel)
						}
						req := question()
						req.Stream = stream
						began := c.now()
						got := c.Do(ctx, req, nil)
						want := end.want
						if server.known != "" {
							want = server.known
						}
						if !stream && want == OK {
							want = got.Outcome // a stream for a document is read as it comes
						}
						wantOutcome(t, got, want)
						longest := limit + lastResort
						if strings.HasPrefix(server.name, "switches") {
							longest = 0 // nothing that follows is an answer
						}
						if took := c.now() - began; took > longest {
							t.Errorf("it took %v", took)
						}
						cancel()
						time.Sleep(time.Second) // HTTP/2 ends a stream behind the back of who left it
						c.Disconnect()
						time.Sleep(2 * time.Second) // for who writes once a second
						if n := open.Load(); n > 0 && server.name != "accepts and never reads" && !strings.Contains(server.name, "before it has read") {
							t.Errorf("%d connections are still open", n)
						}
					})
				})
			}
		}
	}
}

// Who hands a TLS connection over, and then neither reads nor writes, is left
// without a goodbye; a list of models is no other case.
func TestSwitchingProtocolsOverTLS(t *testing.T) {
	t.Parallel()
	left := make(chan struct{}, 2)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = c.Close() }()
		send(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tls\r\n\r\n")
		hang(c)
		left <- struct{}{}
	}))
	server.StartTLS()
	defer server.Close()
	overEach(t, func(t *testing.T, transport Transport) {
		c, err := New(Config{URL: server.URL + "/v1", Transport: transport, Insecure: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		got := c.Do(t.Context(), question(), nil)
		wantOutcome(t, got, Malformed)
		wantText(t, got, "HTTP 101")
		if ids, err := c.Models(t.Context()); err == nil || !strings.Contains(err.Error(), "HTTP 101") {
			t.Errorf("models %q, %v", ids, err)
		}
		<-left
		<-left
	})
}

// A list of models is bounded as a call is.
func TestStuckModels(t *testing.T) {
	t.Parallel()
	for _, server := range stuckServers {
		if server.known == OK { // that of a stream
			continue
		}
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			const limit = 20 * time.Second
			configure := func(cfg *Config) {
				if server.configure != nil {
					server.configure(cfg)
				}
				cfg.Timeout = limit
			}
			serve := func(_ int, c net.Conn, r *bufio.Reader) { server.serve(c, r) }
			onConns(t, serve, configure, func(t *testing.T, c *Client) {
				began := c.now()
				if ids, err := c.Models(t.Context()); err == nil {
					t.Errorf("models %q", ids)
				}
				if took := c.now() - began; took > limit {
					t.Errorf("it took %v", took)
				}
				time.Sleep(time.Second)
				c.Disconnect()
				time.Sleep(time.Second)
			})
		})
	}
}

// A timer that fires while its call ends does not start again: without a total
// limit it would do so for ever.
func TestTimerRestsAfterTheCall(t *testing.T) {
	t.Parallel()
	for _, limits := range []Config{{IdleTimeout: time.Hour}, {ConnectTimeout: time.Hour}, {Timeout: time.Hour}, {}} {
		var w watch
		w.start(t.Context(), &Client{cfg: limits}, true)
		w.stop()
		w.fire() // it was about to
		w.drain()
		w.refuse()
		w.context()
		w.end(errors.New("cancelled"))
		for _, timer := range []*time.Timer{w.timer, w.last} {
			if timer != nil && timer.Stop() {
				t.Errorf("with %+v a timer still runs", limits)
			}
		}
	}
}

// A limit may be met before the call has noted its timer.
func TestShortestLimit(t *testing.T) {
	t.Parallel()
	network := pipetest.New()
	defer func() { _ = network.Close() }()
	for _, limits := range []Config{
		{Timeout: 1},
		{IdleTimeout: 1},
		{ConnectTimeout: 1},
		{Timeout: 1, Transport: Standard},
		{IdleTimeout: 1, Transport: Standard},
		{ConnectTimeout: 1, Transport: Standard},
	} {
		limits.URL, limits.DialContext = "http://endpoint.test/v1", network.DialContext
		c, err := New(limits)
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if limits.IdleTimeout == 0 {
				wantOutcome(t, c.Do(t.Context(), question(), nil), Timeout)
				continue
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond) // nobody listens: it does not become idle
			c.Do(ctx, question(), nil)
			cancel()
		}
		c.Close()
	}
}

// An HTTP/2 client that reads says so to the server, and waits for ever for one
// that reads no more: no context ends that write. (Not in a bubble: what waits
// for a lock of net/http stops virtual time.)
func TestHTTP2ServerReadsNoMore(t *testing.T) {
	t.Parallel()
	network := pipetest.New()
	defer func() { _ = network.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sink := &cancelling{cancel: cancel, began: make(chan struct{})}
	go func() {
		c, err := network.Accept()
		if err != nil {
			return
		}
		w := newQueue(c)
		serveHTTP2(w, until{c, sink.began, t.Context()}, func(stream uint32) {
			_, _ = w.Write(frame(1, 4, stream, []byte{0x88}))
			go func() {
				for range 500 { // more than the window that a client gives without a word
					_, _ = w.Write(frame(0, 0, stream, []byte(tokenEvent("a"))))
				}
			}()
		})
	}()
	c, err := New(Config{URL: "http://endpoint.test/v1", HTTP2: true, DialContext: network.DialContext})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	wantOutcome(t, c.Do(ctx, question(), sink), Cancelled)
}

// until reads until something began, and then no more.
type until struct {
	io.Reader
	began chan struct{}
	ctx   context.Context
}

func (u until) Read(p []byte) (int, error) {
	select {
	case <-u.began:
		<-u.ctx.Done()
		return 0, io.EOF
	default:
		return u.Reader.Read(p)
	}
}

// cancelling is a sink that cancels a while after the first token.
type cancelling struct {
	cancel func()
	began  chan struct{}
	once   sync.Once
}

func (c *cancelling) Sent(time.Duration) {}

func (c *cancelling) Token(time.Duration, Kind) {
	c.once.Do(func() {
		close(c.began)
		time.AfterFunc(100*time.Millisecond, c.cancel)
	})
}

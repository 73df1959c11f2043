package http1

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/client/pipetest"
)

const (
	request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
	answer  = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
)

// talk is an exchange that keeps its connection.
type talk struct {
	record
	mu      sync.Mutex
	conn    *Conn
	reused  bool
	sent    int
	wrote   int
	written time.Duration
	got     chan *Conn // where not nil: told of the connection
}

func (k *talk) Sending(time.Duration) { k.sent++ }

func (k *talk) Connected(c *Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.conn, k.reused = c, c.Reused
	if k.got != nil {
		k.got <- c
	}
	return true
}

func (k *talk) Wrote(n int, at time.Duration) { k.wrote, k.written = n, at }

func (k *talk) Release() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	whole := k.conn != nil
	k.conn = nil
	return whole
}

// heard is an exchange that tells when the head of its response has come.
type heard struct {
	talk
	head chan struct{}
}

func (x *heard) Head(h *Head) bool {
	close(x.head)
	return x.talk.Head(h)
}

// byBoth runs a test with pollers, where there are any, and without.
func byBoth(t *testing.T, test func(t *testing.T, dialling func(t *testing.T, addr string) *Transport)) {
	t.Helper()
	t.Run("direct", func(t *testing.T) { t.Parallel(); test(t, dialling) })
	t.Run("polled", func(t *testing.T) {
		t.Parallel()
		test(t, func(t *testing.T, addr string) *Transport {
			tr := dialling(t, addr)
			tr.Pollers = NewPollers()
			t.Cleanup(func() {
				tr.Close()
				for _, p := range tr.Pollers {
					p.Close()
				}
				wantResting(t, tr.Pollers)
			})
			return tr
		})
	})
}

// dialling is a transport to an address.
func dialling(t *testing.T, addr string) *Transport {
	t.Helper()
	tr := &Transport{
		Dial: func(ctx context.Context) (net.Conn, time.Duration, time.Duration, error) {
			c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
			return c, 0, 0, err
		},
		Epoch: time.Now(), MostIdle: 100, IdleFor: time.Minute, Headers: 64 << 10,
	}
	t.Cleanup(tr.Close)
	return tr
}

// listening serves each connection by a function of its number.
func listening(t *testing.T, serve func(n int, c net.Conn, r *bufio.Reader)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	serving.Go(func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer func() { _ = c.Close() }()
				serve(n, c, bufio.NewReader(c))
			})
		}
	})
	return l.Addr().String()
}

// asked reads a request; false at the end of the connection.
func asked(r *bufio.Reader) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err == nil
}

func say(c io.Writer, text string) { _, _ = io.WriteString(c, text) }

// do makes an exchange and checks that it went well.
func do(t *testing.T, tr *Transport, x *talk, text string) {
	t.Helper()
	if err := tr.Do(t.Context(), []byte(text), x, false); err != nil || x.status != 200 || string(x.body) != "ok" || !x.over {
		t.Fatalf("%v, status %d, body %q", err, x.status, x.body)
	}
}

// A connection is used again, the last one first.
func TestReuse(t *testing.T) {
	t.Parallel()
	byBoth(t, reuse)
}

func reuse(t *testing.T, dialling func(*testing.T, string) *Transport) {
	addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
		for asked(r) {
			say(c, answer)
		}
	})
	tr := dialling(t, addr)
	for i := range 5 {
		x := new(talk)
		if do(t, tr, x, request); x.reused != (i > 0) {
			t.Errorf("exchange %d: reused %v", i, x.reused)
		}
	}
	x := new(talk)
	if err := tr.Do(t.Context(), []byte(request), x, true); err != nil || x.reused {
		t.Errorf("%v, a fresh connection: reused %v", err, x.reused)
	}
}

// An idle connection that the server has closed, or on which it said something
// unasked, is not used.
func TestIdleConnectionsAreLookedAt(t *testing.T) {
	t.Parallel()
	byBoth(t, idleConnectionsAreLookedAt)
}

func idleConnectionsAreLookedAt(t *testing.T, dialling func(*testing.T, string) *Transport) {
	for name, then := range map[string]func(c net.Conn){
		"closed":      func(c net.Conn) { _ = c.Close() },
		"half closed": func(c net.Conn) { _ = c.(*net.TCPConn).CloseWrite() },
		"reset":       func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() },
		"talking":     func(c net.Conn) { say(c, "HTTP/1.1 408 Request Timeout\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answered, done := make(chan struct{}), make(chan struct{})
			addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
				asked(r)
				say(c, answer)
				<-answered
				then(c)
				done <- struct{}{}
				_, _ = io.Copy(io.Discard, c)
			})
			tr := dialling(t, addr)
			for range 3 {
				x := new(talk)
				if do(t, tr, x, request); x.reused {
					t.Error("the connection was used again")
				}
				answered <- struct{}{}
				<-done
			}
		})
	}
}

// Servers refuse what is too large before they have read it.
func TestEarlyRefusal(t *testing.T) {
	t.Parallel()
	byBoth(t, earlyRefusal)
}

func earlyRefusal(t *testing.T, dialling func(*testing.T, string) *Transport) {
	large := strings.Replace(request, "2\r\n\r\n{}", "16777216\r\n\r\n", 1) + strings.Repeat("x", 16<<20)
	for name, then := range map[string]func(c net.Conn, r *bufio.Reader){
		"and closes":          func(net.Conn, *bufio.Reader) {},
		"and reads no more":   nil,
		"and reads the rest":  func(_ net.Conn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) },
		"and closes half way": func(c net.Conn, r *bufio.Reader) { _ = c.(*net.TCPConn).CloseWrite(); _, _ = io.Copy(io.Discard, r) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, refused := &heard{head: make(chan struct{})}, make(chan struct{})
			addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
				_, _ = r.ReadByte()
				say(c, strings.Replace(answer, "200 OK", "413 Large", 1))
				if then == nil {
					<-refused
					return
				}
				<-x.head // or what is not read breaks the connection first
				then(c, r)
			})
			tr := dialling(t, addr)
			if err := tr.Do(t.Context(), []byte(large), x, false); err != nil || x.status != 413 || string(x.body) != "ok" {
				t.Errorf("%v, status %d, body %q", err, x.status, x.body)
			}
			close(refused)
		})
	}
}

// A large request is written as far as the server reads it.
func TestLargeRequest(t *testing.T) {
	t.Parallel()
	byBoth(t, largeRequest)
}

func largeRequest(t *testing.T, dialling func(*testing.T, string) *Transport) {
	large := strings.Replace(request, "2\r\n\r\n{}", "16777216\r\n\r\n", 1) + strings.Repeat("x", 16<<20)
	addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
		for asked(r) {
			say(c, answer)
		}
	})
	tr := dialling(t, addr)
	for range 3 {
		do(t, tr, new(talk), large)
	}
}

// Breaking a connection ends at once whatever waits for it.
func TestBreak(t *testing.T) {
	t.Parallel()
	byBoth(t, breaking)
}

func breaking(t *testing.T, dialling func(*testing.T, string) *Transport) {
	large := request + strings.Repeat("x", 64<<20)
	for name, test := range map[string]struct {
		text  string
		serve func(c net.Conn, r *bufio.Reader, head <-chan struct{}) // returns when it is awaited
	}{
		"while a head is awaited": {request, func(_ net.Conn, r *bufio.Reader, _ <-chan struct{}) { asked(r) }},
		"while a body is awaited": {request, func(c net.Conn, _ *bufio.Reader, head <-chan struct{}) {
			say(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na")
			<-head
		}},
		"while a request is taken": {large, func(_ net.Conn, r *bufio.Reader, _ <-chan struct{}) { _, _ = r.ReadByte() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			awaited, quit := make(chan struct{}), make(chan struct{})
			x := &heard{talk: talk{got: make(chan *Conn, 1)}, head: make(chan struct{})}
			addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
				test.serve(c, r, x.head)
				close(awaited)
				<-quit
			})
			tr := dialling(t, addr)
			ended := make(chan error)
			go func() { ended <- tr.Do(context.Background(), []byte(test.text), x, false) }()
			c := <-x.got
			<-awaited
			x.Release()
			c.Break()
			if err := <-ended; err == nil {
				t.Error("the exchange went well")
			}
			close(quit)
		})
	}
}

// A context ends dialling, and shaking hands.
func TestDialling(t *testing.T) {
	t.Parallel()
	addr := listening(t, func(_ int, c net.Conn, _ *bufio.Reader) { _, _ = io.Copy(io.Discard, c) })
	tr := dialling(t, addr)
	tr.TLS = &tls.Config{ServerName: "x"}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var dial *DialError
	if err := tr.Do(ctx, nil, new(talk), false); !errors.As(err, &dial) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	plain := listening(t, func(_ int, c net.Conn, _ *bufio.Reader) { say(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	tr = dialling(t, plain)
	tr.TLS = &tls.Config{ServerName: "x"}
	if err := tr.Do(t.Context(), nil, new(talk), false); !errors.As(err, &dial) || !strings.Contains(err.Error(), "without TLS") {
		t.Errorf("%v", err)
	}
}

// Over TLS it is the same, and a connection that was closed with a goodbye is not
// used again.
func TestOverTLS(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var served atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n, _ := io.Copy(io.Discard, r.Body)
				if n > 2 {
					_, _ = io.WriteString(w, strings.Repeat("x", int(n)))
					return
				}
				served.Add(1)
				_, _ = io.WriteString(w, "ok")
			}))
			server.TLS = &tls.Config{MaxVersion: version} //nolint:gosec // a test of both
			server.StartTLS()
			defer server.Close()
			tr := dialling(t, server.Listener.Addr().String())
			tr.TLS = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			tr.TLS.ServerName = "example.com"
			for i := range 4 {
				x := new(talk)
				if do(t, tr, x, request); x.reused != (i > 0) {
					t.Errorf("exchange %d: reused %v", i, x.reused)
				}
			}
			x := new(talk)
			large := strings.Replace(request, "2\r\n\r\n{}", "1000000\r\n\r\n", 1) + strings.Repeat("x", 1e6)
			if err := tr.Do(t.Context(), []byte(large), x, false); err != nil || !x.reused || !bytes.Equal(x.body, bytes.Repeat([]byte("x"), 1e6)) {
				t.Errorf("%v, %d bytes", err, len(x.body))
			}
			server.CloseClientConnections()
			for tr.idle[0].link.alive() { // until the news has come
				time.Sleep(time.Millisecond)
			}
			x = new(talk)
			if do(t, tr, x, request); x.reused || served.Load() != 5 {
				t.Errorf("reused %v, %d served", x.reused, served.Load())
			}
		})
	}
}

// The pool holds so many for so long.
func TestPool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := pipetest.New()
		var open atomic.Int32
		go func() {
			for {
				c, err := network.Accept()
				if err != nil {
					return
				}
				open.Add(1)
				go func() {
					defer open.Add(-1)
					defer func() { _ = c.Close() }()
					for r := bufio.NewReader(c); asked(r); {
						time.Sleep(time.Second)
						say(c, answer)
					}
				}()
			}
		}()
		tr := &Transport{
			Dial: func(ctx context.Context) (net.Conn, time.Duration, time.Duration, error) {
				c, err := network.DialContext(ctx, "", "")
				return c, 0, 0, err
			},
			Epoch: time.Now(), MostIdle: 3, IdleFor: 10 * time.Second, Headers: 64 << 10,
		}
		many := func(n int) {
			var calls sync.WaitGroup
			for range n {
				calls.Go(func() { do(t, tr, new(talk), request) })
			}
			calls.Wait()
			synctest.Wait()
		}
		want := func(n int32, when string) {
			t.Helper()
			if got := open.Load(); got != n {
				t.Errorf("%s: %d connections, want %d", when, got, n)
			}
		}
		many(5)
		want(3, "after five at once")
		time.Sleep(8 * time.Second)
		many(1)
		want(3, "after one more")
		time.Sleep(2 * time.Second)
		want(1, "when two were idle for too long")
		time.Sleep(8 * time.Second)
		synctest.Wait()
		want(0, "when all were")
		many(2)
		want(2, "after two")
		tr.Disconnect()
		synctest.Wait()
		want(0, "after disconnecting")
		many(2)
		tr.Close()
		synctest.Wait()
		want(0, "after closing")
		many(1)
		want(0, "after closing, and one more")
		_ = network.Close()
	})
}

// closing tells that it was closed.
type closing struct {
	*net.TCPConn
	closed *atomic.Int32
}

func (c closing) Close() error {
	c.closed.Add(1)
	return c.TCPConn.Close()
}

// A connection that ended while it was idle is closed by us, too, where it makes room for
// another.
func TestADeadConnectionIsClosed(t *testing.T) {
	t.Parallel()
	addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
		if asked(r) {
			say(c, answer)
		}
	})
	tr := dialling(t, addr)
	tr.MostIdle = 1
	var closed atomic.Int32
	dial := tr.Dial
	tr.Dial = func(ctx context.Context) (net.Conn, time.Duration, time.Duration, error) {
		c, dns, connect, err := dial(ctx)
		if err != nil {
			return nil, 0, 0, err
		}
		return closing{c.(*net.TCPConn), &closed}, dns, connect, nil
	}
	do(t, tr, new(talk), request)
	for tr.idle[0].link.alive() { // until the server's end has come
		time.Sleep(time.Millisecond)
	}
	if err := tr.Do(t.Context(), []byte(request), new(talk), true); err != nil || closed.Load() != 1 {
		t.Errorf("%v, %d connections were closed", err, closed.Load())
	}
}

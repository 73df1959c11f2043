package client

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func init() { log.SetOutput(io.Discard) } // net/http complains of what servers say unasked

// A hostile answer is what a server may write, byte for byte.
type hostile struct {
	name, text string
	differs    string // why the transports need not agree on it: see package http1
	follows    bool   // more comes than the response, of which an idle connection in memory tells nothing
}

// hostileAnswers are heads, framings and bodies of all kinds, in all combinations.
func hostileAnswers() (all []hostile) {
	event, end := tokenEvent("a"), stopEvent+doneEvent
	one := event + end
	starts := []hostile{
		{"", "HTTP/1.1 200 OK\r\n", "", false},
		{"hints first", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n", "", false},
		{"goes on twice", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", "", false},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\n", "", false},
		{"bare LF", "HTTP/1.1 200 OK\n", "", false},
		{"no reason", "HTTP/1.1 200\r\n", "", false},
		{"refused", "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\n", "", false},
		{"failed", "HTTP/1.1 500 Oh\r\nX-Request-Id: r-1\r\n", "", false},
		{"no content", "HTTP/1.1 204 No\r\n", "", true},
		{"not HTTP", "ICY 200 OK\r\n", "", false},
		{"a bad version", "HTTP/1.x 200 OK\r\n", "", false},
		{"a bad status", "HTTP/1.1 2OO OK\r\n", "", false},
		{"a folded field", "HTTP/1.1 200 OK\r\nX-Request-Id: a\r\n b\r\n", "", false},
		{"white space first", "HTTP/1.1 200 OK\r\n X: a\r\n", "", false},
		{"a field without colon", "HTTP/1.1 200 OK\r\nX\r\n", "", false},
		{"a name that is none", "HTTP/1.1 200 OK\r\nX(): a\r\n", "", false},
		{"NUL in a value", "HTTP/1.1 200 OK\r\nX: a\x00\r\n", "", false},
		{"a bare CR in a value", "HTTP/1.1 200 OK\r\nX: a\rb\r\n", "", false},
		{"white space before a colon", "HTTP/1.1 200 OK\r\nX : a\r\n", "§5.1", false},
	}
	framings := []hostile{
		{"to the end", "\r\n" + one, "", false},
		{"of a length", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(one), one), "", false},
		{"shorter than its length", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(event)+9, event), "", false},
		{"longer than its length", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(one), one+"HTTP/1.1 200 OK\r\n\r\n"), "", true},
		{"of two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + one, "", false},
		{"of one length twice", strings.Repeat(fmt.Sprintf("Content-Length: %d\r\n", len(one)), 2) + "\r\n" + one, "", false},
		{"of a bad length", "Content-Length: -5\r\n\r\n" + one, "", false},
		{"of a list of lengths", fmt.Sprintf("Content-Length: %d, %d\r\n\r\n%s", len(one), len(one), one), "§6.3", false},
		{"in chunks", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + chunked(end) + lastChunk, "", false},
		{"in chunks, closed", "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(event) + chunked(end) + lastChunk, "", false},
		{"in chunks with extensions", fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x;a=\"b\"\r\n%s\r\n%s0;c\r\n\r\n", len(event), event, chunked(end)), "", false},
		{"in chunks with trailers", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + chunked(end) + "0\r\nX-A: b\r\nContent-Length: 9\r\n\r\n", "", false},
		{"in chunks, then more", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + chunked(end) + lastChunk + "HTTP/1.1 200 OK\r\n\r\n", "", true},
		{"in chunks, cut within", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + "ff\r\ndata: ", "", false},
		{"in chunks, cut between", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event), "", false},
		{"in chunks, cut at the last", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + chunked(stopEvent) + "0\r\n", "net/http calls a cut trailer malformed", false},
		{"in chunks with bare LF", fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%s%x\n%s\n0\n\n", chunked(event), len(end), end), "", false},
		{"in chunks that go on", fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r##%s", len(event), event, lastChunk), "", false},
		{"in chunks of a bad size", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + "-1\r\n", "", false},
		{"in chunks of a huge size", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + "fffffffffffffffff\r\n", "", false},
		{"in chunks of a long line", "Transfer-Encoding: chunked\r\n\r\n" + chunked(event) + "1;" + strings.Repeat("x", 9000) + "\r\n", "", false},
		{"in another coding", "Transfer-Encoding: gzip\r\n\r\n" + one, "", false},
		{"in two codings", "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked(one) + lastChunk, "", false},
		{"in chunks, said twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(one) + lastChunk, "", false},
		{"in chunks and of a length", fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%s", len(one), chunked(one)+lastChunk), "§6.3", false},
		{"compressed", "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "", false},
		{"without anything", "Content-Length: 0\r\n\r\n", "", false},
		{"head without end", strings.Repeat("X: "+strings.Repeat("x", 4000)+"\r\n", 80), "", false},
		{"head alone", "", "", false},
	}
	for _, s := range starts {
		for _, f := range framings {
			h := hostile{strings.TrimPrefix(s.name+", ", ", ") + f.name, s.text + f.text, s.differs + f.differs, s.follows || f.follows}
			coded := strings.Contains(f.text, "Transfer-Encoding")
			switch {
			case s.name == "HTTP/1.0" && coded:
				h.differs = "§6.1"
			case f.name == "head alone" && strings.ContainsAny(s.text, "\x00(b"):
				h.differs = "of two faults one is met first"
			}
			all = append(all, h)
		}
	}
	return all
}

// agreed is what the transports agree on. Of what is not HTTP that is less: one may
// see it before the other, and words it differently.
func agreed(r Result) Result {
	if r.Outcome == Malformed && (r.Status == 0 || strings.Contains(r.Err, "chunk") || strings.Contains(r.Err, "line too long")) {
		return Result{Outcome: r.Outcome, Status: r.Status, FirstByte: r.FirstByte, FirstToken: r.FirstToken, Events: r.Events, Usage: r.Usage}
	}
	return r
}

// The transports make the same of every answer, to the instant, in whatever pieces
// it comes; and the call after it goes the same way.
func TestTransportsAgree(t *testing.T) {
	t.Parallel()
	for _, h := range hostileAnswers() {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			for name, size := range map[string]int{"whole": len(h.text), "in pieces": 37, "byte by byte": 1} {
				if size == 1 && len(h.text) > 600 {
					continue
				}
				results := map[Transport][]Result{}
				overEach(t, func(t *testing.T, transport Transport) {
					serve := func(_ int, c net.Conn, r *bufio.Reader) {
						for readRequest(r) {
							time.Sleep(20 * ms)
							for from := 0; from < len(h.text); from += size {
								send(c, h.text[from:min(from+size, len(h.text))])
								time.Sleep(ms)
							}
							if !strings.Contains(h.text, lastChunk) && !strings.Contains(h.text, "Content-Length") {
								return
							}
						}
					}
					served(t, transport, serve, func(cfg *Config) { cfg.Timeout = 20 * time.Second }, func(t *testing.T, c *Client) {
						for i := range 2 {
							if i > 0 && h.follows && size < len(h.text) {
								break
							}
							time.Sleep(time.Minute - c.now()%time.Minute)
							results[transport] = append(results[transport], agreed(c.Do(t.Context(), question(), nil)))
						}
					})
				})
				if h.differs != "" {
					continue
				}
				if diff := cmp.Diff(results[Standard], results[Own]); diff != "" {
					t.Errorf("%s: %q\n- net/http, + ours\n%s", name, h.text[:min(len(h.text), 200)], diff)
				}
			}
		})
	}
}

// The transports ask for the same, in the same words.
func TestTransportsAskTheSame(t *testing.T) {
	t.Parallel()
	for _, cfg := range []Config{
		{},
		{URL: "http://endpoint.test:8080/a%20b/v1?x=1", Key: testKey},
		{URL: "http://[::1]:80/v1", API: Completions},
		{Header: http.Header{"Host": {"front.test"}, "User-Agent": {"me"}, "Accept": {"text/plain"}, "x-two": {" a ", "b"}}},
		{Header: http.Header{"User-Agent": {""}, "Content-Length": {"7"}, "Transfer-Encoding": {"gzip"}, "Trailer": {"X"}, "Idempotency-Key": {"k"}}},
	} {
		var asked [2]string
		for i, transport := range []Transport{Own, Standard} {
			seen := make(chan string, 1)
			serve := func(_ int, c net.Conn, r *bufio.Reader) {
				req, err := http.ReadRequest(r)
				if err != nil {
					return
				}
				body, _ := io.ReadAll(req.Body)
				seen <- fmt.Sprint(req.Method, req.Proto, req.Host, req.RequestURI, req.Header, req.ContentLength, req.TransferEncoding, string(body))
				send(c, wholeAnswer())
			}
			served(t, transport, serve, func(to *Config) {
				to.Key, to.Header, to.API = cfg.Key, cfg.Header, cfg.API
				if cfg.URL != "" {
					to.URL = cfg.URL
				}
			}, func(t *testing.T, c *Client) {
				wantOutcome(t, c.Do(t.Context(), question(), nil), OK)
				asked[i] = <-seen
			})
		}
		if asked[0] != asked[1] {
			t.Errorf("ours: %s\nnet/http: %s", asked[0], asked[1])
		}
	}
}

// Over sockets, where a poller reads if the system has one, the same is made of
// every answer, but for the instants.
func TestSocketsAgree(t *testing.T) {
	t.Parallel()
	timeless := func(r Result) Result {
		r = agreed(r)
		for _, instant := range []*time.Duration{&r.Sent, &r.FirstByte, &r.FirstToken, &r.FirstAnswer, &r.LastToken, &r.Done} {
			if *instant != Never {
				*instant = 0
			}
		}
		r.Phases, r.Stall, r.OnePiece = Phases{Reused: r.Phases.Reused}, 0, false
		return r
	}
	dial := new(net.Dialer).DialContext
	for _, h := range hostileAnswers() {
		if h.differs != "" {
			continue
		}
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{len(h.text), 37} {
				if len(h.text)/size > 100 {
					continue
				}
				l := listenRaw(t, func(c net.Conn) {
					readRequest(bufio.NewReader(c))
					for from := 0; from < len(h.text); from += size {
						send(c, h.text[from:min(from+size, len(h.text))])
					}
				})
				results := map[string]Result{}
				for name, cfg := range map[string]Config{"polled": {}, "direct": {DialContext: dial}, "net/http": {Transport: Standard}} {
					cfg.URL, cfg.Timeout = "http://"+l.Addr().String()+"/v1", 20*time.Second
					c, err := New(cfg)
					if err != nil {
						t.Fatal(err)
					}
					results[name] = timeless(c.Do(t.Context(), question(), nil))
					c.Close()
				}
				for _, name := range []string{"polled", "direct"} {
					if diff := cmp.Diff(results["net/http"], results[name]); diff != "" {
						t.Errorf("%q\n- net/http, + %s\n%s", h.text[:min(len(h.text), 200)], name, diff)
					}
				}
			}
		})
	}
}

// listenRaw serves each connection by a function.
func listenRaw(t testing.TB, serve func(net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				serve(c)
				_ = c.Close()
			}()
		}
	}()
	return l
}

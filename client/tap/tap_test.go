package tap_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/pipetest"
	"flashwave/client/tap"
)

// A shop is a tap between workers and an endpoint, in memory.
type shop struct {
	tap      *tap.Tap
	network  *pipetest.Network // of the tap
	upstream *pipetest.Network
	worker   *http.Client
	epoch    time.Time
	served   sync.WaitGroup
	servers  []func()
}

// open opens a shop whose endpoint is a handler; nil: there is none.
func open(t *testing.T, handler http.HandlerFunc, sources string) *shop {
	t.Helper()
	s := &shop{network: pipetest.New(), upstream: pipetest.New(), epoch: time.Now()}
	if handler == nil {
		_ = s.upstream.Close()
	} else {
		s.serve(handler)
	}
	s.start(t, sources)
	return s
}

// serve serves the endpoint.
func (s *shop) serve(handler http.Handler) {
	server := &http.Server{Handler: handler}
	s.served.Go(func() { _ = server.Serve(s.upstream) })
	s.servers = append(s.servers, func() { _ = server.Close() })
}

// start starts a tap.
func (s *shop) start(t *testing.T, sources string) {
	t.Helper()
	c := tap.Config{Upstream: "http://endpoint.test/v1", DialContext: s.upstream.DialContext}
	if sources != "" {
		var err error
		if c.Sources, err = tap.ParseSources(sources); err != nil {
			t.Fatal(err)
		}
	}
	of, err := tap.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.tap = of
	network := s.network
	s.served.Go(func() { _ = of.Serve(network) })
	s.worker = &http.Client{Transport: &http.Transport{DialContext: network.DialContext, DisableCompression: true}}
}

func (s *shop) close() {
	s.worker.CloseIdleConnections()
	s.tap.Close(0)
	for _, end := range s.servers {
		end()
	}
	s.served.Wait()
	synctest.Wait()
}

// records are all that the tap tells.
func (s *shop) records(t *testing.T) (list []tap.Record) {
	t.Helper()
	resp, err := s.worker.Get("http://tap.test/_flashwave/tap/calls")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it is read
	in := json.NewDecoder(resp.Body)
	for {
		var line tap.Line
		if err := in.Decode(&line); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		if line.Call != nil {
			list = append(list, *line.Call)
		}
	}
}

// endings are the last records of all calls.
func (s *shop) endings(t *testing.T) (list []tap.Record) {
	t.Helper()
	for _, r := range s.records(t) {
		if r.Ended != nil {
			list = append(list, r)
		}
	}
	return list
}

// ask posts a question, as a worker that asks for a stream.
func (s *shop) ask(t *testing.T, task string) *http.Response {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://tap.test/v1/chat/completions", strings.NewReader(`{"stream": true, "messages": []}`))
	if err != nil {
		t.Fatal(err)
	}
	if task != "" {
		r.Header.Set("X-Task-ID", task)
	}
	resp, err := s.worker.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func tokenEvent(text string) string {
	return fmt.Sprintf(`data: {"choices":[{"index":0,"delta":{"content":%q}}]}`+"\n\n", text)
}

const endEvents = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}` + "\n\ndata: [DONE]\n\n"

// say writes parts of a stream, each after a pause.
func say(w http.ResponseWriter, pause time.Duration, parts ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, part := range parts {
		time.Sleep(pause)
		_, _ = io.WriteString(w, part)
		_ = http.NewResponseController(w).Flush()
	}
}

// The instants of a call are those at which its bytes came, and the worker has them then.
func TestInstants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, func(w http.ResponseWriter, _ *http.Request) {
			say(w, 100*time.Millisecond, tokenEvent("a"), tokenEvent("b"), endEvents)
		}, "")
		time.Sleep(time.Second)
		resp := s.ask(t, "t-1")
		var came []time.Duration
		for in := bufio.NewScanner(resp.Body); in.Scan(); {
			if strings.HasPrefix(in.Text(), "data: {") {
				came = append(came, time.Since(s.epoch))
			}
		}
		at := func(ms int) time.Duration { return time.Second + time.Duration(ms)*time.Millisecond }
		if want := []time.Duration{at(100), at(200), at(300)}; !cmp.Equal(came, want) {
			t.Errorf("the worker has events at %v, want %v", came, want)
		}
		ns := func(ms int) *int64 { return new(int64(at(ms))) }
		want := []tap.Record{
			{N: 1, Call: 1, Task: "t-1", Asked: int64(time.Second)},
			{N: 2, Call: 1, Task: "t-1", Asked: int64(time.Second), Ended: &tap.Ending{
				Outcome: outcome.OK, Status: 200, FirstByte: ns(100), FirstToken: ns(100), LastToken: ns(200), Done: int64(at(300)),
				Tokens: &tap.Tokens{Prompt: 9, Output: 2, From: client.FromUsage},
			}},
		}
		if diff := cmp.Diff(want, s.records(t)); diff != "" {
			t.Error(diff)
		}
		s.close()
	})
}

// A call is on record from when it was asked, and its end when it ends: however it does.
func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		status  int
		want    outcome.Outcome
	}{
		{"well", func(w http.ResponseWriter, _ *http.Request) { say(w, 1, tokenEvent("a"), endEvents) }, 200, outcome.OK},
		{"limited", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow", http.StatusTooManyRequests) }, 429, outcome.RateLimited},
		{"overloaded", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "full", http.StatusServiceUnavailable) }, 503, outcome.Overloaded},
		{"an error within", func(w http.ResponseWriter, _ *http.Request) {
			say(w, 1, tokenEvent("a"), `data: {"error":{"message":"out of memory"}}`+"\n\n")
		}, 200, outcome.StreamError},
		{"cut", func(w http.ResponseWriter, _ *http.Request) { say(w, 1, tokenEvent("a")) }, 200, outcome.Truncated},
		{"broken", func(w http.ResponseWriter, _ *http.Request) { say(w, 1, tokenEvent("a")); panic(http.ErrAbortHandler) }, 200, outcome.Reset},
		{"closed at once", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 502, outcome.Reset},
		{"nobody there", nil, 502, outcome.Connect},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, c.handler, "")
				resp := s.ask(t, "t-1")
				_, err := io.Copy(io.Discard, resp.Body)
				if broken := c.want == outcome.Reset && c.status == 200; (err != nil) != broken {
					t.Errorf("the worker reads to the end: %v", err)
				}
				synctest.Wait()
				list := s.endings(t)
				if resp.StatusCode != c.status || len(list) != 1 || list[0].Ended.Outcome != c.want {
					t.Errorf("status %d and %+v, want %s", resp.StatusCode, list, c.want)
				}
				if got := s.tap.Stats(); got != (tap.Stats{Calls: 1}) {
					t.Errorf("%+v", got)
				}
				s.close()
			})
		})
	}
}

// A worker that goes away ends its call, at the endpoint too.
func TestWorkerGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan time.Duration, 1)
		began := time.Now()
		s := open(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			say(w, 1, tokenEvent("a"))
			<-r.Context().Done()
			ended <- time.Since(began)
		}, "")
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://tap.test/v1/chat/completions", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.worker.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		if at := <-ended; at != 3*time.Second {
			t.Errorf("the endpoint heard of it at %v", at)
		}
		synctest.Wait()
		if list := s.endings(t); len(list) != 1 || list[0].Ended.Outcome != outcome.Cancelled || list[0].Task != "" {
			t.Errorf("%+v", list)
		}
		s.close()
	})
}

// A request that breaks before it has come is the worker's doing.
func TestRequestBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }, "")
		c, err := s.network.DialContext(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Task-ID: t-1\r\nContent-Length: 100\r\n\r\n{")
		time.Sleep(time.Second)
		_ = c.Close()
		synctest.Wait()
		if list := s.endings(t); len(list) != 1 || list[0].Ended.Outcome != outcome.Cancelled || list[0].Task != "t-1" {
			t.Errorf("%+v", list)
		}
		s.close()
	})
}

// What an endpoint compresses is passed on and not read, unless it is asked for something else.
func TestCompressed(t *testing.T) {
	for _, plain := range []bool{false, true} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = io.WriteString(w, "\x1f\x8bwhatever")
				return
			}
			say(w, 0, tokenEvent("a"), endEvents)
		}))
		tp, err := tap.New(tap.Config{Upstream: server.URL, Plain: plain})
		if err != nil {
			t.Fatal(err)
		}
		through := httptest.NewServer(tp)
		r, err := http.NewRequest(http.MethodPost, through.URL+"/v1/chat/completions", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip, br")
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if coded := bytes.Contains(b, []byte("whatever")); err != nil || coded == plain || tp.Stats().Coded == 1 == plain {
			t.Errorf("plain %v: %q, %+v, %v", plain, b, tp.Stats(), err)
		}
		through.Close()
		tp.Close(0)
		server.Close()
	}
}

// What passes through a tap arrives as if there were none, either way: the endpoint and the
// worker see the same bytes, but for the host.
func TestPassesOn(t *testing.T) {
	dump := func(w http.ResponseWriter, r *http.Request) {
		b, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		w.Header()["X-Odd"] = []string{"a", "b"}
		w.Header().Set("X-Request-Id", "r-1")
		w.Header().Set("Set-Cookie", "a=b")
		w.Header()["Date"] = nil
		w.Header()["Content-Type"] = nil
		if status := r.Header.Get("X-Want"); status != "" {
			code := 0
			_, _ = fmt.Sscan(status, &code)
			w.WriteHeader(code)
		}
		_, _ = w.Write(bytes.ReplaceAll(b, []byte(r.Host), []byte("HOST")))
	}
	direct := httptest.NewServer(http.HandlerFunc(dump))
	defer direct.Close()
	tp, err := tap.New(tap.Config{Upstream: direct.URL})
	if err != nil {
		t.Fatal(err)
	}
	through := httptest.NewServer(tp)
	defer through.Close()
	defer tp.Close(0)
	long := strings.Repeat("x", 3<<20)
	for _, text := range []string{
		"GET /v1/models HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"GET /v1/models?a=%zz;b&c=1;2 HTTP/1.1\r\nHost: HOST\r\nUser-Agent: shop/1\r\n\r\n",
		"HEAD /v1/models HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"DELETE /v1/files/a%2Fb/../c HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"OPTIONS /v1 HTTP/1.1\r\nHost: HOST\r\nOrigin: http://a\r\n\r\n",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\nAuthorization: Bearer k\r\nX-Forwarded-For: 10.0.0.1\r\nForwarded: for=a\r\n\r\n{}",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: HOST\r\nX-Want: 429\r\nAccept-Encoding: gzip, br\r\nContent-Length: 2\r\n\r\n{}",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: HOST\r\nX-Want: 500\r\nCookie: a=b\r\nContent-Length: 2\r\n\r\n{}",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: HOST\r\nX-Want: 204\r\nContent-Length: 2\r\n\r\n{}",
		"POST /v1/chat/completions HTTP/1.1\r\nHost: HOST\r\nX-Want: 302\r\nTe: trailers\r\nContent-Length: 2\r\n\r\n{}",
		fmt.Sprintf("POST /api/generate HTTP/1.1\r\nHost: HOST\r\nContent-Length: %d\r\n\r\n%s", len(long), long),
		fmt.Sprintf("PUT /whatever HTTP/1.1\r\nHost: HOST\r\nContent-Length: %d\r\n\r\n%s", len(long), long),
	} {
		method, _, _ := strings.Cut(text, " ")
		of := func(url string) string {
			host := strings.TrimPrefix(url, "http://")
			c, err := net.Dial("tcp", host)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close() //nolint:errcheck // it was read
			go func() { _, _ = io.WriteString(c, strings.Replace(text, "HOST", host, 1)) }()
			resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
			if err != nil {
				t.Fatal(err)
			}
			b, err := httputil.DumpResponse(resp, true)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		if diff := cmp.Diff(of(direct.URL), of(through.URL)); diff != "" {
			t.Errorf("%.80s: without a tap, and through one:\n%s", text, diff)
		}
	}
}

// A call that meets a connection which the endpoint had closed is no failure of the endpoint,
// nor of the worker: without a tap there would have been none.
func TestStaleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, nil, "")
		s.upstream = pipetest.New()
		s.served.Go(func() { // an endpoint that closes after each answer, and does not say so
			for {
				c, err := s.upstream.Accept()
				if err != nil {
					return
				}
				s.served.Go(func() {
					defer c.Close() //nolint:errcheck // it is what happens
					r, err := http.ReadRequest(bufio.NewReader(c))
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					body := tokenEvent("a") + endEvents
					_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
				})
			}
		})
		s.tap.Close(0)
		s.network = pipetest.New()
		s.start(t, "")
		for range 20 {
			resp := s.ask(t, "t-1")
			_, _ = io.Copy(io.Discard, resp.Body)
		}
		for _, r := range s.endings(t) {
			if r.Ended.Outcome != outcome.OK {
				t.Errorf("%+v", r.Ended)
			}
		}
		_ = s.upstream.Close()
		s.close()
	})
}

// A call that an endpoint broke when it had begun to answer is not sent once more.
func TestBegunAnswersAreNotStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, nil, "")
		s.upstream = pipetest.New()
		var asked atomic.Int64
		s.served.Go(func() { // an endpoint that answers once, and the second time by half a head
			for {
				c, err := s.upstream.Accept()
				if err != nil {
					return
				}
				s.served.Go(func() {
					defer c.Close() //nolint:errcheck // it is what happens
					in := bufio.NewReader(c)
					for _, answer := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"} {
						r, err := http.ReadRequest(in)
						if err != nil {
							return
						}
						_, _ = io.Copy(io.Discard, r.Body)
						asked.Add(1)
						_, _ = io.WriteString(c, answer)
					}
				})
			}
		})
		s.tap.Close(0)
		s.network = pipetest.New()
		s.start(t, "")
		for range 2 {
			_, _ = io.Copy(io.Discard, s.ask(t, "t-1").Body)
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("the endpoint was asked %d times for two calls", n)
		}
		_ = s.upstream.Close()
		s.close()
	})
}

// Keys, prompts and answers are in nothing that a tap tells, whatever an endpoint says of them.
func TestKeepsNoSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const secret = "sk-hush-4711"
		s := open(t, func(w http.ResponseWriter, r *http.Request) {
			for name, values := range r.Header {
				w.Header()["X-Echo-"+name] = values
			}
			w.Header().Set("X-Request-Id", secret)
			switch r.URL.Query().Get("how") {
			case "refused":
				http.Error(w, `{"error":{"message":"Incorrect API key provided: `+secret+`"}}`, http.StatusUnauthorized)
			case "within":
				say(w, 1, tokenEvent(secret), `data: {"error":{"message":"`+secret+`"}}`+"\n\n")
			case "finish":
				say(w, 1, tokenEvent(secret), `data: {"choices":[{"delta":{},"finish_reason":"`+secret+`"}]}`+"\n\ndata: [DONE]\n\n")
			default:
				say(w, 1, tokenEvent(secret), endEvents)
			}
		}, "")
		for _, how := range []string{"", "refused", "within", "finish"} {
			for _, header := range []string{"Authorization", "X-Api-Key", "Api-Key", "Cookie", "Proxy-Authorization", "X-Shop"} {
				r, err := http.NewRequest(http.MethodPost, "http://tap.test/v1/chat/completions?how="+how+"&key="+secret, strings.NewReader(`{"stream": true, "messages": [{"content": "`+secret+`"}]}`))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set(header, "Bearer "+secret)
				r.Header.Set("X-Task-ID", "t-1")
				resp, err := s.worker.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
			}
		}
		synctest.Wait()
		list := s.records(t)
		b, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 48 || bytes.Contains(b, []byte("hush")) {
			t.Errorf("%d records: %s", len(list), b)
		}
		s.close()
	})
	for _, of := range []string{"header:Authorization", "header:x-api-key", "header:API-Key", "header:cookie"} {
		if _, err := tap.ParseSources(of); err == nil {
			t.Errorf("%s is looked into for tasks", of)
		}
	}
	if _, err := tap.New(tap.Config{Upstream: "http://user:hush@a/v1"}); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a password in the URL: %v", err)
	}
}

// What a tap answers itself is not passed on, and says what is wrong.
func TestTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was passed on", r.URL) }, "")
		for _, c := range []struct {
			method, path string
			want         int
		}{
			{"GET", "/_flashwave/tap", 200},
			{"GET", "/_flashwave/tap/calls", 200},
			{"GET", "/_flashwave/tap/calls?after=12", 200},
			{"GET", "/_flashwave/tap/calls?after=x", 400},
			{"GET", "/_flashwave/tap/nothing", 404},
			{"POST", "/_flashwave/tap", 405},
			{"DELETE", "/_flashwave/tap/calls", 405},
		} {
			r, err := http.NewRequest(c.method, "http://tap.test"+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := s.worker.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("%s %s: %d, want %d", c.method, c.path, resp.StatusCode, c.want)
			}
		}
		s.close()
	})
}

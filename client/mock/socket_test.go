package mock_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"flashwave/client/mock"
)

// onLoopback serves cfg on a real socket until the test ends.
func onLoopback(tb testing.TB, cfg mock.Config) (s *mock.Server, addr string) {
	tb.Helper()
	s, err := mock.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
		if err := <-served; err != nil {
			tb.Errorf("Serve: %v", err)
		}
	})
	return s, l.Addr().String()
}

// rawStream asks for a stream over a bare connection, so that the client costs
// little, and counts the tokens that come before [DONE].
func rawStream(conn net.Conn, tokens int) (int, error) {
	body := fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"hi"}],"stream":true,"max_tokens":%d,"ignore_eos":true}`,
		mock.DefaultModel, tokens)
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: mock\r\nContent-Length: %d\r\n\r\n%s", chatPath, len(body), body); err != nil {
		return 0, err
	}
	var got []byte
	buf := make([]byte, 4096)
	for !bytes.HasSuffix(got, []byte("0\r\n\r\n")) {
		n, err := conn.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			return 0, err
		}
	}
	if !bytes.Contains(got, []byte("data: [DONE]\n\n")) {
		return 0, fmt.Errorf("no [DONE] in %q", got)
	}
	return bytes.Count(got, []byte(`"delta":{"content":`)), nil
}

func TestTwoThousandStreamsAtOnce(t *testing.T) {
	const streams, tokens = 2000, 10
	cfg := config(func(c *mock.Config) { c.Batch, c.Step, c.PrefillTPS = streams, time.Millisecond, 1e7 })
	s, addr := onLoopback(t, cfg)
	var all sync.WaitGroup
	var got atomic.Int64
	dialing := make(chan struct{}, 100) // a backlog may be short
	for range streams {
		all.Go(func() {
			dialing <- struct{}{}
			conn, err := net.Dial("tcp", addr)
			<-dialing
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			n, err := rawStream(conn, tokens)
			if err != nil {
				t.Error(err)
			}
			got.Add(int64(n))
		})
	}
	all.Wait()
	if st := s.Stats(); got.Load() != streams*tokens || st.Served != streams || st.Tokens != streams*tokens {
		t.Errorf("%d tokens read, %+v; want %d", got.Load(), st, streams*tokens)
	}
}

func TestHTTP2WithoutTLS(t *testing.T) {
	_, addr := onLoopback(t, mock.Default())
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	defer transport.CloseIdleConnections()
	e := &endpoint{t: t, client: &http.Client{Transport: transport}}
	req := e.request(t.Context(), chatPath, chatBody(1, 5))
	req.URL.Host = addr
	res, err := e.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.ProtoMajor != 2 || !strings.HasSuffix(string(raw), "data: [DONE]\n\n") {
		t.Errorf("%s: %q (%v)", res.Proto, raw, err)
	}
}

// BenchmarkStreams measures what a token costs the endpoint and a plain reader
// together where the engine is no limit. Its steps of a microsecond outrun the
// writers, which put several tokens into a write: at a usual step, a write for
// each token costs more.
func BenchmarkStreams(b *testing.B) {
	for _, streams := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(streams), func(b *testing.B) {
			const tokens = 100
			cfg := config(func(c *mock.Config) { c.Batch, c.Step, c.PrefillTPS = streams, time.Microsecond, 1e9 })
			s, addr := onLoopback(b, cfg)
			conns := make([]net.Conn, streams)
			for i := range conns {
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					b.Fatal(err)
				}
				defer conn.Close()
				conns[i] = conn
			}
			for b.Loop() {
				var all sync.WaitGroup
				for _, conn := range conns {
					all.Go(func() {
						if _, err := rawStream(conn, tokens); err != nil {
							b.Error(err)
						}
					})
				}
				all.Wait()
			}
			b.ReportMetric(float64(s.Stats().Tokens)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

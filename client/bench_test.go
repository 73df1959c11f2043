//go:build unix

package client

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// benchEvent is an event as endpoints send it, 230 bytes long.
const benchEvent = `data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"content":" hello"},"logprobs":null,"finish_reason":null}]}` + "\n\n"

// BenchmarkParse is the cost of one token from its bytes to the record.
func BenchmarkParse(b *testing.B) {
	c, err := New(Config{URL: "http://127.0.0.1/v1"})
	if err != nil {
		b.Fatal(err)
	}
	x := &call{client: c, req: &Request{Stream: true}, res: blank}
	a := newAnswer(x, true)
	event := []byte(benchEvent)
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		a.feed(event, stamp{Read: 1, Came: 1})
	}
	if a.failure != nil || x.res.Events < b.N {
		b.Fatalf("%d events of %d, %v", x.res.Events, b.N, a.failure)
	}
}

// BenchmarkBody is the cost of making a body of 100 KB, and of a usual one.
func BenchmarkBody(b *testing.B) {
	for name, text := range map[string]string{
		"100 KB of English":    strings.Repeat("Write a \"short\" text for a shop.\n", 3000),
		"100 KB of Vietnamese": strings.Repeat("Viết mô tả cho sản phẩm sau.\n", 2700),
		"600 bytes":            strings.Repeat("Write a \"short\" text for a shop.\n", 18),
	} {
		b.Run(name, func(b *testing.B) {
			c, err := New(Config{URL: "http://127.0.0.1/v1"})
			if err != nil {
				b.Fatal(err)
			}
			req := &Request{Model: "m", Messages: []Message{{Role: "user", Content: text}}, Stream: true}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				p, err := c.encode(req)
				if err != nil || p.Close() != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDo is the cost of streams of 100 tokens over loopback, each token in
// a chunk and a write of its own. CPU includes the server's, which writes bytes
// that it made before.
func BenchmarkDo(b *testing.B) {
	const tokens = 100
	l := listenStreams(b, tokens)
	for _, transport := range []Transport{Own, Standard} {
		b.Run(string(transport), func(b *testing.B) {
			c, err := New(Config{URL: "http://" + l.Addr().String() + "/v1", Transport: transport})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			req := &Request{Model: "m", Messages: []Message{{Role: "user", Content: strings.Repeat("a phone ", 20)}}, Stream: true}
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				if r := c.Do(b.Context(), req, nil); r.Outcome != OK || r.Events != tokens {
					b.Fatalf("%s, %d events: %s", r.Outcome, r.Events, r.Err)
				}
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N*tokens), "cpu-ns/token")
		})
	}
}

// BenchmarkUnary is the cost of a document over loopback, the server's included, over
// each transport.
func BenchmarkUnary(b *testing.B) {
	const document = `{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"hello world"},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19}}`
	l := listenAnswers(b, func(c net.Conn) {
		_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(document), document)
	})
	for _, transport := range []Transport{Own, Standard} {
		b.Run(string(transport), func(b *testing.B) {
			c, err := New(Config{URL: "http://" + l.Addr().String() + "/v1", Transport: transport, Timeout: time.Minute, IdleTimeout: time.Minute})
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			req := &Request{Model: "m", Messages: []Message{{Role: "user", Content: "a phone"}}}
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				if r := c.Do(b.Context(), req, nil); r.Outcome != OK {
					b.Fatalf("%s: %s", r.Outcome, r.Err)
				}
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/req")
		})
	}
}

func listenStreams(b *testing.B, tokens int) net.Listener {
	b.Helper()
	head, event, end := []byte(streamHead), []byte(chunked(benchEvent)), []byte(chunked(stopEvent+doneEvent)+lastChunk)
	return listenAnswers(b, func(c net.Conn) {
		_, _ = c.Write(head)
		for range tokens {
			_, _ = c.Write(event)
		}
		_, _ = c.Write(end)
	})
}

// listenAnswers answers every request by a function.
func listenAnswers(b *testing.B, answer func(net.Conn)) net.Listener {
	b.Helper()
	return listenRaw(b, func(c net.Conn) {
		for r := bufio.NewReader(c); readRequest(r); {
			answer(c)
		}
	})
}

// cpuTime is the CPU time of the process, in nanoseconds.
func cpuTime(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

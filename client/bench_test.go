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

// benchEvents are events of other dialects, as their vendors send them, with what differs
// from one to the next.
var benchEvents = []struct {
	api   API
	token []string
	end   []string
	text  string
}{
	{Chat, nil, nil, benchEvent},
	{Responses, nil, nil, "event: response.output_text.delta\n" + `data: {"type":"response.output_text.delta","sequence_number":%d,"item_id":"msg_6867f1cae59481a0a6d8b23d1b93e4aa02dfa4dca8f6376f","output_index":0,"content_index":0,"delta":" hello","logprobs":[],"obfuscation":"Xy1Zq"}` + "\n\n"},
	{Messages, nil, nil, "event: content_block_delta\n" + `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" hello"}}` + "\n\n"},
	{Generate, nil, nil, `{"model":"gemma3","created_at":"2025-10-17T23:14:07.%09dZ","response":" hello","done":false}` + "\n"},
	{Generate, nil, nil, `{"model":"gemma3","created_at":"2025-10-17T23:14:07.%09dZ","message":{"role":"assistant","content":" hello"},"done":false}` + "\n"},
	{HTTP, []string{"delta.text"}, []string{"stop", "done"}, `data: {"kind":"piece","delta":{"text":" hello"},"done":false}` + "\n\n"},
}

// BenchmarkParse is the cost of one token from its bytes to the record.
func BenchmarkParse(b *testing.B) {
	for _, e := range benchEvents {
		b.Run(string(e.api), func(b *testing.B) {
			cfg := Config{URL: "http://127.0.0.1/v1", API: e.api, Token: e.token, End: e.end}
			if e.api == HTTP {
				cfg.Body = "{}"
			}
			c, err := New(cfg)
			if err != nil {
				b.Fatal(err)
			}
			x := newCall(c, &Request{Stream: true}, nil)
			a := newAnswer(x, true, e.api == Generate)
			var events [2][]byte
			for i := range events {
				text := e.text
				if strings.Contains(text, "%") {
					text = fmt.Sprintf(text, 7+i)
				}
				events[i] = []byte(text)
			}
			b.SetBytes(int64(len(events[0])))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				a.feed(events[i&1], stamp{Read: 1, Came: 1})
			}
			if a.failure != nil || x.res.Events < b.N {
				b.Fatalf("%d events of %d, %v", x.res.Events, b.N, a.failure)
			}
		})
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
				p, err := c.encode(req, c.manner(req))
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

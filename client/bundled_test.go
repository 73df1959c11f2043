package client

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// A stream is bundled where all of its tokens came with one delivery, however
// they are framed and however many reads it takes, and only there.
func TestBundled(t *testing.T) {
	t.Parallel()
	abc := tokenEvent("a") + tokenEvent("b") + tokenEvent("c")
	end := chunked(stopEvent+doneEvent) + lastChunk
	for _, test := range []struct {
		name   string
		pieces []string // 10 ms apart
		events int
		want   bool
	}{
		{"in one chunk", []string{streamHead + chunked(abc) + end}, 3, true},
		{"in chunks of their own", []string{streamHead + chunked(tokenEvent("a")) + chunked(tokenEvent("b")) + end}, 2, true},
		{"in many reads", []string{streamHead + chunked(strings.Repeat(abc, 300)) + end}, 900, true},
		{"after the headers and the role", []string{streamHead, chunked(roleEvent), chunked(abc), end}, 3, true},
		{"after a keep-alive", []string{streamHead, chunked(": hi\n\n"), chunked(abc) + end}, 3, true},
		{"one by one", []string{streamHead, chunked(tokenEvent("a")), chunked(tokenEvent("b")), end}, 2, false},
		{"the first one alone", []string{streamHead + chunked(tokenEvent("a")), chunked(strings.Repeat(abc, 9)) + end}, 28, false},
		{"the last one alone", []string{streamHead + chunked(abc), chunked(tokenEvent("d")) + end}, 4, false},
		{"an event cut in two", []string{streamHead + "f00\r\n" + tokenEvent("a"), tokenEvent("b")}, 2, false},
		{"a single one", []string{streamHead + chunked(tokenEvent("a")) + end}, 1, false},
		{"none", []string{streamHead + end}, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			serve := func(_ int, c net.Conn, r *bufio.Reader) {
				readRequest(r)
				for _, piece := range test.pieces {
					send(c, piece)
					time.Sleep(10 * ms)
				}
			}
			onConns(t, serve, nil, func(t *testing.T, c *Client) {
				got := c.Do(t.Context(), question(), nil)
				if got.Events != test.events || got.Bundled() != test.want {
					t.Errorf("%d events, bundled %v; want %d, %v", got.Events, got.Bundled(), test.events, test.want)
				}
			})
		})
	}
}

// The reads of one delivery lie a little apart.
func TestInOnePiece(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		apart time.Duration
		want  bool
	}{{0, true}, {300 * time.Microsecond, true}, {time.Millisecond, false}, {time.Second, false}} {
		r := Result{Events: 2, FirstToken: time.Second, LastToken: time.Second + test.apart}
		if InOnePiece(r.FirstToken, r.LastToken) != test.want || r.Bundled() != test.want {
			t.Errorf("%v apart: want %v", test.apart, test.want)
		}
	}
	if (Result{Events: 1, FirstToken: time.Second, LastToken: time.Second}).Bundled() {
		t.Error("a single event is bundled with nothing")
	}
}

package client

import (
	"bufio"
	"context"
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

// The deliveries of one piece lie a little apart; its reads may lie far apart.
func TestBundledByInstants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		events   int
		apart    time.Duration
		onePiece bool
		want     bool
	}{
		{2, 0, false, true},
		{2, 300 * time.Microsecond, false, true},
		{2, time.Millisecond, false, false},
		{2, time.Second, false, false},
		{2, time.Second, true, true},
		{1, 0, true, false},
		{0, 0, false, false},
	} {
		r := Result{Events: test.events, FirstToken: time.Second, LastToken: time.Second + test.apart, OnePiece: test.onePiece}
		if r.Bundled() != test.want {
			t.Errorf("%+v: want %v", test, test.want)
		}
	}
}

// A machine that is slow to read what has come does not make a stream of it.
func TestBundledIsSlowlyRead(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(tokenEvent("a"), 200)
	serve := func(_ int, c net.Conn, r *bufio.Reader) {
		for n := 0; readRequest(r); n++ {
			if n%2 == 0 {
				send(c, streamHead+chunked(body+stopEvent+doneEvent)+lastChunk)
				continue
			}
			send(c, streamHead+chunked(tokenEvent("a")))
			time.Sleep(20 * ms)
			send(c, chunked(body+stopEvent+doneEvent)+lastChunk)
		}
	}
	slow := func(cfg *Config) {
		dial := cfg.DialContext
		cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dial(ctx, network, addr)
			return sluggish{c}, err
		}
	}
	onConns(t, serve, slow, func(t *testing.T, c *Client) {
		for i := range 4 {
			got := c.Do(t.Context(), question(), nil)
			wantOutcome(t, got, OK)
			if got.LastToken-got.FirstToken < 10*ms || got.Bundled() != (i%2 == 0) {
				t.Errorf("request %d: %v from first to last token, bundled %v", i, got.LastToken-got.FirstToken, got.Bundled())
			}
		}
	})
}

// sluggish takes its time for each read.
type sluggish struct{ net.Conn }

func (c sluggish) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil {
		time.Sleep(5 * ms)
	}
	return n, err
}

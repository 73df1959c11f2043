package client

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/client/pipetest"
)

// overEach runs a test over each transport.
func overEach(t *testing.T, test func(*testing.T, Transport)) {
	t.Helper()
	for _, transport := range []Transport{Own, Standard} {
		t.Run(string(transport), func(t *testing.T) { test(t, transport) })
	}
}

// inBubble runs a test in virtual time against a handler, over each transport.
// configure may be nil.
func inBubble(t *testing.T, handler http.HandlerFunc, configure func(*Config), test func(*testing.T, *Client)) {
	t.Helper()
	overEach(t, func(t *testing.T, transport Transport) { handled(t, transport, handler, configure, test) })
}

func handled(t *testing.T, transport Transport, handler http.HandlerFunc, configure func(*Config), test func(*testing.T, *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := pipetest.New()
		var handling sync.WaitGroup
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handling.Add(1)
			defer handling.Done()
			_, _ = io.Copy(io.Discard, r.Body) // the server sees the client leave only after that
			handler(w, r)
		})}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = server.Serve(network)
		}()
		withClient(t, transport, network, configure, test)
		_ = server.Close()
		<-done
		handling.Wait()
		synctest.Wait() // for the server's own goroutines
	})
}

// onConns runs a test in virtual time against a server that is a function of a
// bare connection and its number, over each transport.
func onConns(t *testing.T, serve func(n int, c net.Conn, r *bufio.Reader), configure func(*Config), test func(*testing.T, *Client)) {
	t.Helper()
	overEach(t, func(t *testing.T, transport Transport) { served(t, transport, serve, configure, test) })
}

func served(t *testing.T, transport Transport, serve func(n int, c net.Conn, r *bufio.Reader), configure func(*Config), test func(*testing.T, *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := pipetest.New()
		var handlers sync.WaitGroup
		handlers.Go(func() {
			for n := 0; ; n++ {
				c, err := network.Accept()
				if err != nil {
					return
				}
				handlers.Go(func() {
					defer func() { _ = c.Close() }()
					serve(n, c, bufio.NewReader(c))
				})
			}
		})
		withClient(t, transport, network, configure, test)
		_ = network.Close()
		handlers.Wait()
	})
}

func withClient(t *testing.T, transport Transport, network *pipetest.Network, configure func(*Config), test func(*testing.T, *Client)) {
	t.Helper()
	cfg := Config{URL: "http://endpoint.test/v1", Transport: transport, DialContext: network.DialContext}
	if configure != nil {
		configure(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	test(t, c)
	c.Close()
	synctest.Wait()
}

// readRequest reads a request with its body; false at the end of the
// connection.
func readRequest(r *bufio.Reader) bool {
	req, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err == nil
}

// Parts of answers, as they go over the wire.
const (
	streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
	roleEvent  = `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}` + "\n\n"
	stopEvent  = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	doneEvent  = "data: [DONE]\n\n"
	lastChunk  = "0\r\n\r\n"
)

func tokenEvent(text string) string {
	return fmt.Sprintf(`data: {"choices":[{"index":0,"delta":{"content":%q},"finish_reason":null}]}`+"\n\n", text)
}

// chunked is a text in HTTP/1.1 chunked coding.
func chunked(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }

// wholeAnswer is a complete streamed response with one token.
func wholeAnswer() string {
	return streamHead + chunked(tokenEvent("a")) + chunked(stopEvent+doneEvent) + lastChunk
}

// send writes texts to a connection or a response, each by itself.
func send(w io.Writer, texts ...string) {
	for _, text := range texts {
		if _, err := io.WriteString(w, text); err != nil {
			return
		}
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
}

func wantOutcome(t *testing.T, got Result, want Outcome) {
	t.Helper()
	if got.Outcome != want {
		t.Fatalf("outcome %q (%s), want %q", got.Outcome, got.Err, want)
	}
}

func wantInstant(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got != want {
		t.Errorf("%s at %v, want %v", what, got, want)
	}
}

// quietLog swallows what servers say of broken clients.
func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }

func wantText(t *testing.T, got Result, part string) {
	t.Helper()
	if !strings.Contains(got.Err, part) {
		t.Errorf("text %q, want %q in it", got.Err, part)
	}
}

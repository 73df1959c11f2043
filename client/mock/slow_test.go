package mock_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/client/mock"
	"flashwave/client/pipetest"
)

// A client that sends its header or its body drop by drop, or half of it, does not hold
// a connection for ever; the answer to one that sent all of it may last longer than that.
func TestSlowClients(t *testing.T) {
	body := fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"hi"}],"stream":true,"max_tokens":40,"ignore_eos":true}`, mock.DefaultModel)
	head := func(path string, more ...string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: mock\r\n%s\r\n", path, strings.Join(more, ""))
	}
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	const limit = 31 * time.Second
	for _, c := range []struct {
		name   string
		sends  string
		drips  string // afterwards, one byte a second, again and again
		within time.Duration
		whole  bool // the answer comes, to its end
		deaf   bool // nobody reads it
	}{
		{"says nothing", "", "", limit, false, false},
		{"half a header", "POST /v1/chat/comp", "", limit, false, false},
		{"a header in drops", "POST /v1/chat/completions HTTP/1.1\r\n", "X", limit, false, false},
		{"no body", head(chatPath, length), "", limit, false, false},
		{"half a body", head(chatPath, length) + body[:20], "", limit, false, false},
		{"a body in drops", head(chatPath, "Content-Length: 100000\r\n") + `{"model":"`, "x", limit, false, false},
		{"a chunked body in drops", head(chatPath, "Transfer-Encoding: chunked\r\n") + "ffff\r\n{", "x", limit, false, false},
		{"a body that nobody asked for", head("/nowhere", "Content-Length: 200000\r\n"), "x", limit, false, false},
		{"all of it", head(chatPath, length) + body, "", 10 * time.Minute, true, false},
		{"all of it in chunks", head(chatPath, "Transfer-Encoding: chunked\r\n") + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body), "", 10 * time.Minute, true, false},
		{"all of it, but reads no answer", head(chatPath, length) + body, "", 2 * time.Minute, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := mock.Default()
				cfg.Step = 2 * time.Second // the answer takes 80 s and more
				s, err := mock.New(cfg)
				if err != nil {
					t.Fatal(err)
				}
				l := pipetest.New()
				served := make(chan error, 1)
				go func() { served <- s.Serve(l) }()
				here, err := l.DialContext(t.Context(), "", "")
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				wrote := make(chan struct{})
				go func() {
					defer close(wrote)
					_, err := io.WriteString(here, c.sends)
					for err == nil && c.drips != "" {
						time.Sleep(time.Second)
						_, err = io.WriteString(here, c.drips)
					}
				}()
				switch {
				case c.deaf:
					for err := error(nil); !errors.Is(err, io.ErrClosedPipe) && time.Since(began) < time.Hour; {
						time.Sleep(time.Second)
						_ = here.SetWriteDeadline(time.Now().Add(time.Millisecond))
						_, err = here.Write([]byte("x"))
					}
				case c.whole:
					resp, err := http.ReadResponse(bufio.NewReader(here), nil)
					if err != nil {
						t.Fatal(err)
					}
					text, err := io.ReadAll(resp.Body)
					if err != nil || !strings.Contains(string(text), "[DONE]") || time.Since(began) < time.Minute {
						t.Errorf("after %v: %v, %s", time.Since(began), err, text)
					}
				default:
					_, _ = io.Copy(io.Discard, here) // ends with the connection
				}
				if took := time.Since(began); took > c.within {
					t.Errorf("it was held for %v", took)
				}
				_ = here.Close()
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if err := <-served; err != nil && !errors.Is(err, http.ErrServerClosed) {
					t.Error(err)
				}
				<-wrote
			})
		})
	}
}

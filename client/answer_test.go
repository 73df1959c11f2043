package client

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"flashwave/client/api"
)

// answered is what a client makes of a body that comes in the given pieces.
func answered(c *Client, req *Request, pieces ...[]byte) Result {
	x := newCall(c, req, nil)
	a := newAnswer(x, true, false)
	defer a.release()
	for _, piece := range pieces {
		piece = bytes.Clone(piece)
		a.feed(piece, stamp{Read: 1, Came: 1})
		clear(piece) // as the reader does with its buffer
	}
	if a.stopped() {
		x.over(a.verdict())
	} else {
		x.over(a.end())
	}
	x.res.Done = 0
	return x.res
}

func anyClient(tb testing.TB, api API) *Client {
	tb.Helper()
	c, err := New(Config{URL: "http://127.0.0.1/v1", API: api, Body: map[API]string{HTTP: "{}"}[api]})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

// FuzzAnswer cuts any body at every byte: what is made of it stays the same, and
// is never more than the bytes can hold.
func FuzzAnswer(f *testing.F) {
	for _, c := range wireCases(f) {
		var body strings.Builder
		for _, part := range c.Parts {
			body.WriteString(part.Text)
		}
		f.Add([]byte(body.String()))
	}
	for _, text := range jsonSeeds {
		f.Add([]byte("data: " + text + "\n\n"))
		f.Add([]byte(text + "\n\ndata: [DONE]"))
	}
	f.Add([]byte("\ufeff\ufeff \ufeff{"))
	f.Add([]byte("event: error\ndata: \x02\x00\n\n")) // nothing that can be shown
	f.Add([]byte("data: {\"error\": {\"message\": \"\\u0002\\u200b\"}}\n\n"))
	var clients []*Client
	for _, api := range api.All() {
		clients = append(clients, anyClient(f, api))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 4<<10 {
			return
		}
		for _, c := range clients {
			req := question()
			want := answered(c, req, body)
			if want.Events > len(body) || want.Usage.Output < 0 || want.Usage.Reasoning > want.Usage.Output || want.Usage.Cached > want.Usage.Prompt {
				t.Fatalf("of %q: %+v", body, want)
			}
			if want.Events > 0 && want.Usage.Output == 0 {
				t.Fatalf("%d events and no output of %q", want.Events, body)
			}
			if (want.Err == "") != (want.Outcome == OK) {
				t.Fatalf("outcome %s with the text %q of %q", want.Outcome, want.Err, body)
			}
			for i := 0; i < len(body); i += 1 + len(body)/16 {
				if got := answered(c, req, body[:i], body[i:]); got != want {
					t.Fatalf("%q\ncut at %d: %+v\nas a whole: %+v", body, i, got, want)
				}
			}
			if got := answered(c, req, slices.Collect(slices.Chunk(body, 1))...); got != want {
				t.Fatalf("%q\nbyte by byte: %+v\nas a whole:   %+v", body, got, want)
			}
		}
	})
}

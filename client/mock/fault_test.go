package mock_test

import (
	"encoding/json"
	"io"
	"testing"
	"time"

	"flashwave/client/mock"
)

func TestEveryThirdErrorComesWithinTheStream(t *testing.T) {
	inBubble(t, config(func(c *mock.Config) { c.ErrorRate = 1 }), func(t *testing.T, e *endpoint) {
		for i := 1; i <= 6; i++ {
			s := e.ask(t.Context(), chatPath, chatBody(1, 20))
			within := i%3 == 0
			switch {
			case !within && s.status != 500:
				t.Errorf("request %d: HTTP %d, want 500", i, s.status)
			case within && (s.status != 200 || !s.failed || len(s.tokens) == 0 || s.finish != "" || s.done || s.err != nil):
				t.Errorf("request %d: %+v, want tokens and then an error object", i, s)
			}
		}
		if res := e.post(t.Context(), chatPath, unaryBody(1, 20)); res.StatusCode != 500 || decode(t, res)["error"] == nil {
			t.Errorf("unary: HTTP %d, want 500", res.StatusCode)
		}
		if n := e.Stats().Faults; n != 7 {
			t.Errorf("%d faults counted, want 7", n)
		}
	})
}

func TestAStalledStreamStopsMidwayAndGoesOn(t *testing.T) {
	inBubble(t, config(func(c *mock.Config) { c.StallRate = 1 }), func(t *testing.T, e *endpoint) {
		s := e.ask(t.Context(), chatPath, chatBody(1, 20))
		long := 0
		for _, gap := range s.gaps() {
			if gap >= 10*time.Second {
				long++
			}
		}
		if len(s.tokens) != 20 || long != 1 || !s.done {
			t.Errorf("%d tokens, %d gaps of 10 s, done: %v", len(s.tokens), long, s.done)
		}
		start := time.Now()
		decode(t, e.post(t.Context(), chatPath, unaryBody(1, 20)))
		if took := time.Since(start); took < 10*time.Second {
			t.Errorf("unary took %v, want more than 10 s", took)
		}
	})
}

func TestATruncatedAnswerLooksLikeNoEnd(t *testing.T) {
	inBubble(t, config(func(c *mock.Config) { c.TruncateRate = 1 }), func(t *testing.T, e *endpoint) {
		s := e.ask(t.Context(), chatPath, chatBody(1, 20))
		if n := len(s.tokens); n < 1 || n >= 20 || s.finish != "" || s.done || s.err != nil || s.output != 0 {
			t.Errorf("%+v: want some tokens and a clean end of the body", s)
		}
		got := decode(t, e.post(t.Context(), chatPath, unaryBody(1, 20)))
		if choice := got["choices"].([]any)[0].(map[string]any); choice["finish_reason"] != nil {
			t.Errorf("unary: %v, want no finish reason", choice)
		}
		res := e.post(t.Context(), "/api/v1/copy/generate", `{"product_name":"a","category":"b","features":[]}`)
		raw, err := io.ReadAll(res.Body)
		if res.StatusCode != 200 || err != nil || len(raw) == 0 || json.Valid(raw) {
			t.Errorf("the shop's: HTTP %d %q (%v), want half a body", res.StatusCode, raw, err)
		}
	})
}

func TestAReaderThatStopsHoldsUpNobody(t *testing.T) {
	inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
		slow := e.post(t.Context(), chatPath, chatBody(1, 500)) // its pipe holds no byte
		s := e.ask(t.Context(), chatPath, chatBody(1, 500))
		for _, gap := range s.gaps()[:400] {
			if gap != step(2) {
				t.Fatalf("a gap of %v beside a client that does not read, want %v", gap, step(2))
			}
		}
		evs, err := events(slow, time.Now())
		if err != nil || len(evs) != 500+4 { // role, finish, usage, [DONE]
			t.Errorf("the slow reader got %d events (%v), want 504", len(evs), err)
		}
	})
}

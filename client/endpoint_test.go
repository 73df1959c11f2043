package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A call that is not found says which URL was called, and which one would be usual.
func TestNotFound(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, test := range []struct {
		api            API
		url            string
		called, usual  string
		models, better string // the list of models that is asked, and the base that Usual knows
	}{
		{Chat, "", "/chat/completions", "/v1/chat/completions", "/models", "/v1"},
		{Chat, "/v1?api-version=1", "/v1/chat/completions", "", "/v1/models", ""},
		{Chat, "/gateway", "/gateway/chat/completions", "/gateway/v1/chat/completions", "/gateway/models", "/gateway/v1"},
		{Chat, "/v1beta/openai", "/v1beta/openai/chat/completions", "/v1beta/openai/v1/chat/completions", "/v1beta/openai/models", "/v1beta/openai/v1"},
		{Chat, "/chat/completions", "/chat/completions", "/v1/chat/completions", "/models", ""},
		{Completions, "/v2", "/v2/completions", "/v1/completions", "/v2/models", ""},
		{Responses, "/v1/", "/v1/responses", "", "/v1/models", ""},
		{Messages, "", "/v1/messages", "", "/v1/models", ""},
		{Generate, "/v1", "/v1/generate", "/api/generate", "/v1/tags", ""},
		{Generate, "/api/generate", "/api/generate", "", "/api/tags", ""},
		{Embeddings, "", "/embeddings", "/v1/embeddings", "/models", "/v1"},
		{HTTP, "/any", "/any", "", "", ""},
	} {
		cfg := Config{URL: server.URL + test.url, API: test.api}
		if test.api == HTTP {
			cfg.Body = "{}"
		}
		c, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		want := "(" + server.URL + test.called + " was called"
		if test.usual != "" {
			want += ", " + server.URL + test.usual + " is usual"
		}
		got := c.Do(t.Context(), question(), nil)
		if got.Outcome != BadRequest || !strings.HasSuffix(got.Err, want+")") {
			t.Errorf("%s %s: %s, want %s", test.api, test.url, got.Err, want)
		}
		if _, err := c.Models(t.Context()); err == nil || test.models != "" && !strings.Contains(err.Error(), "("+server.URL+test.models+" was called") {
			t.Errorf("%s %s: models: %v", test.api, test.url, err)
		}
		better := ""
		if usual := c.Usual(); usual != nil {
			better = strings.TrimSuffix(usual.cfg.URL, "?api-version=1")
			if len(usual.Adapted()) != 1 {
				t.Errorf("%s %s: %q", test.api, test.url, usual.Adapted())
			}
			usual.Close()
		}
		if better != test.better && better != server.URL+test.better {
			t.Errorf("%s %s: usual base %q, want %q", test.api, test.url, better, test.better)
		}
		c.Close()
	}
}

// Where HTTP/2 is asked of a server that does not speak it, it is said plainly: over TLS
// requests go by what it speaks, without they cannot.
func TestHTTP2OfAServerWithout(t *testing.T) {
	t.Parallel()
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}`)
	})
	plain := httptest.NewServer(answer)
	defer plain.Close()
	c, err := New(Config{URL: plain.URL + "/v1", HTTP2: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const want = "the server does not speak HTTP/2"
	if got := c.Do(t.Context(), question(), nil); got.Outcome != Malformed && got.Outcome != Reset || !strings.Contains(got.Err, want) {
		t.Errorf("%s: %s", got.Outcome, got.Err)
	}
	if _, err := c.Models(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("models: %v", err)
	}

	secure := httptest.NewTLSServer(answer)
	defer secure.Close()
	s, err := New(Config{URL: secure.URL + "/v1", HTTP2: true, Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantOutcome(t, s.Do(t.Context(), question(), nil), OK)
	if told := s.Adapted(); len(told) != 1 || !strings.Contains(told[0], want) {
		t.Errorf("told %q", told)
	}
}

// Events and documents may be as long as the limit says, and not longer.
func TestLimitOfEvents(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5<<20)
	for _, test := range []struct{ name, body string }{
		{"an event", tokenEvent(long) + stopEvent + doneEvent},
		{"a line", `{"choices":[{"delta":{"content":"a"}}]}` + "\n" + `{"choices":[{"delta":{"content":"` + long + `"},"finish_reason":"stop"}]}` + "\n"},
		{"a document", `{"choices":[{"message":{"content":"` + long + `"},"finish_reason":"stop"}]}`},
	} {
		for limit, want := range map[int]Outcome{0: Malformed, 4 << 20: Malformed, 64 << 20: OK} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.body) }))
			c, err := New(Config{URL: server.URL + "/v1", MaxEvent: limit})
			if err != nil {
				t.Fatal(err)
			}
			req := question()
			req.KeepText = false
			got := c.Do(t.Context(), req, nil)
			if got.Outcome != want || want == Malformed && (!strings.Contains(got.Err, "4 MiB") || !strings.Contains(got.Err, "max-event")) {
				t.Errorf("%s, limit %d: %s %s", test.name, limit, got.Outcome, got.Err)
			}
			c.Close()
			server.Close()
		}
	}
}

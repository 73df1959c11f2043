package client

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A question to Ollama goes to one call and a conversation to another, wherever the URL
// points; under that of conversations all does. Both transports do it.
func TestConversationsOfOllama(t *testing.T) {
	t.Parallel()
	overEach(t, testConversationsOfOllama)
}

func testConversationsOfOllama(t *testing.T, transport Transport) {
	user := Message{Role: "user", Content: "hi"}
	rules := Message{Role: "system", Content: "be brief"}
	asked := map[string]Request{
		"a question":      {Messages: []Message{rules, user}},
		"a conversation":  {Messages: []Message{user, {Role: "assistant", Content: "hi"}, user}},
		"a picture":       {Messages: []Message{{Role: "user", Wire: json.RawMessage(`{"role":"user","content":"","images":["AA=="]}`)}}},
		"a tool":          {Messages: []Message{user}, Tools: json.RawMessage(`[{}]`)},
		"nothing":         {},
		"rules and rules": {Messages: []Message{rules, {Role: "developer", Content: "x"}, user}},
	}
	var called string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		called = r.URL.RequestURI()
		if strings.Contains(string(body), `"messages":`) != strings.HasPrefix(r.URL.Path, "/api/chat") && !strings.HasPrefix(r.URL.Path, "/x") {
			t.Errorf("%s of %s", body, called)
		}
		_, _ = io.WriteString(w, `{"model":"m","message":{"role":"assistant","content":"a"},"done":true,"done_reason":"stop"}`+"\n")
	}))
	defer server.Close()
	for url, want := range map[string][2]string{
		"":                  {"/api/generate", "/api/chat"},
		"/":                 {"/api/generate", "/api/chat"},
		"/api":              {"/api/generate", "/api/chat"},
		"/x/api/":           {"/x/api/generate", "/x/api/chat"},
		"/api/generate?a=1": {"/api/generate?a=1", "/api/chat?a=1"},
		"/api/chat?a=1":     {"/api/chat?a=1", "/api/chat?a=1"},
		"/api/chat/":        {"/api/chat/", "/api/chat/"},
	} {
		c, err := New(Config{URL: server.URL + url, API: Generate, Transport: transport})
		if err != nil {
			t.Fatal(err)
		}
		for name, req := range asked {
			converses := 1
			if name == "a question" || name == "nothing" || name == "rules and rules" {
				converses = 0
			}
			req.Model, req.Stream = "m", true
			got := c.Do(t.Context(), &req, nil)
			if got.Outcome != OK || got.Events != 1 || called != want[converses] {
				t.Errorf("%s, %s: %s %s; %s was called, want %s", url, name, got.Outcome, got.Err, called, want[converses])
			}
		}
		c.Close()
	}
}

// What is not found is said of the call that was made, and the usual one is known.
func TestConversationNotFound(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for url, want := range map[string]string{
		"":          "/api/chat was called)",
		"/v1":       "/v1/chat was called, " + server.URL + "/api/generate is usual)",
		"/api":      "/api/chat was called)",
		"/api/chat": "/api/chat was called)",
	} {
		c, err := New(Config{URL: server.URL + url, API: Generate})
		if err != nil {
			t.Fatal(err)
		}
		req := question()
		req.Messages = append(req.Messages, Message{Role: "assistant", Content: "a"}, Message{Role: "user", Content: "b"})
		if got := c.Do(t.Context(), req, nil); got.Outcome != BadRequest || !strings.HasSuffix(got.Err, server.URL+want) {
			t.Errorf("%s: %s, want …%s", url, got.Err, want)
		}
		c.Close()
	}
}

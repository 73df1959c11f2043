package mock_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"flashwave/client"
	"flashwave/client/api"
	"flashwave/client/mock"
)

// served is a client of a fast endpoint.
func served(t *testing.T, cfg mock.Config, api client.API, key string) *client.Client {
	t.Helper()
	cfg.Step, cfg.Tokens = 100*time.Microsecond, 16
	s, err := mock.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.Close()
		_ = s.Close()
	})
	base := server.URL + "/v1"
	if api == client.Generate {
		base = server.URL
	}
	c, err := client.New(client.Config{URL: base, API: api, Key: key, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// speaking are the dialects of the built-in endpoint, and how each asks for reasoning.
var speaking = map[client.API]string{
	client.Chat:        `{"reasoning_effort":"low"}`,
	client.Completions: "",
	client.Responses:   `{"reasoning":{"effort":"low"}}`,
	client.Messages:    `{"thinking":{"type":"enabled","budget_tokens":1024}}`,
	client.Generate:    `{"think":true}`,
	client.Embeddings:  "",
}

func asking() *client.Request {
	return &client.Request{
		Model: mock.DefaultModel, MaxTokens: 12, Stream: true, KeepText: true,
		Messages: []client.Message{{Role: "system", Content: strings.Repeat("s", 20)}, {Role: "user", Content: strings.Repeat("u", 60)}},
	}
}

// promptOf is how many prompt tokens the endpoint counts of that in a dialect.
func promptOf(api client.API) int {
	switch api {
	case client.Completions:
		return 21 // a blank line stands between
	case client.Embeddings:
		return 15 // the system has no say
	}
	return 20
}

// What a client counts in any dialect is what the endpoint did: as a stream, as a
// document, and with reasoning.
func TestDialectsAgree(t *testing.T) {
	t.Parallel()
	for api, think := range speaking {
		for _, way := range []string{"stream", "document", "thinking"} {
			t.Run(string(api)+" "+way, func(t *testing.T) {
				t.Parallel()
				if way == "thinking" && think == "" {
					t.Skip("it has none")
				}
				c := served(t, mock.Default(), api, "")
				for range 3 {
					req := asking()
					req.Stream = way != "document"
					if way == "thinking" {
						req.Extra = json.RawMessage(think)
					}
					agrees(t, api, req, c.Do(t.Context(), req, nil))
				}
				if ids, err := c.Models(t.Context()); err != nil || len(ids) != 1 || ids[0] != mock.DefaultModel {
					t.Errorf("models %q, %v", ids, err)
				}
			})
		}
	}
}

func agrees(t *testing.T, api client.API, req *client.Request, got client.Result) {
	t.Helper()
	u := got.Usage
	if got.Outcome != client.OK || u.From != client.FromUsage || u.Prompt != promptOf(api) {
		t.Fatalf("%s: %s; %+v", got.Outcome, got.Err, u)
	}
	if api == client.Embeddings {
		if got.Items != 1 || u.Output != 0 || got.FirstToken != client.Never {
			t.Errorf("%+v", got)
		}
		return
	}
	if u.Output < 8 || u.Output > 12 || got.Text == "" || got.Finish != "stop" && got.Finish != "length" || (got.Finish == "length") != (u.Output == 12) {
		t.Errorf("%d tokens, finish %q, text %q", u.Output, got.Finish, got.Text)
	}
	if req.Stream && got.Events != u.Output || !req.Stream && got.Events != 0 {
		t.Errorf("%d events of %d tokens", got.Events, u.Output)
	}
	thinks := req.Extra != nil
	if thinks != (u.Reasoning > 0) && api != client.Generate || thinks != (got.Reasoning != "") {
		t.Errorf("thinks: %t; %+v", thinks, got)
	}
}

// A conversation about tools and pictures is read in every dialect that has words for it,
// and Ollama's, which has a call of its own, is answered as any other.
func TestConversationsAboutTools(t *testing.T) {
	t.Parallel()
	tools := json.RawMessage(`[{"type":"function","function":{"name":"look","description":"Looks at what is there","parameters":{"type":"object"}}}]`)
	talk := []api.Message{
		{Role: "system", Content: "be brief"},
		{Role: "user", Content: "what is it?", Parts: json.RawMessage(`[{"type":"text","text":"what is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]`)},
		{Role: "assistant", ToolCalls: json.RawMessage(`[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\":\"it\"}"}}]`)},
		{Role: "tool", ToolCallID: "c1", Content: strings.Repeat("a cat ", 20)},
		{Role: "user", Content: "sure?"},
	}
	for _, a := range []client.API{client.Chat, client.Responses, client.Messages, client.Generate} {
		for _, way := range []string{"stream", "document", "thinking"} {
			t.Run(string(a)+" "+way, func(t *testing.T) {
				t.Parallel()
				wire, err := a.Wire(talk)
				if err != nil {
					t.Fatal(err)
				}
				req := asking()
				if req.Tools, err = a.Tools(tools); err != nil {
					t.Fatal(err)
				}
				req.Messages = nil
				for i, m := range talk {
					req.Messages = append(req.Messages, client.Message{Role: m.Role, Content: m.Content, Wire: wire[i]})
				}
				req.Stream = way != "document"
				if way == "thinking" {
					req.Extra = json.RawMessage(speaking[a])
				}
				got := served(t, mock.Default(), a, "").Do(t.Context(), req, nil)
				if u := got.Usage; got.Outcome != client.OK || u.Prompt < 60 || u.Prompt > 110 || u.Output < 8 || got.Text == "" || (got.Reasoning != "") != (way == "thinking") {
					t.Errorf("%s %s; %+v", got.Outcome, got.Err, got)
				}
				if req.Stream && got.Events != got.Usage.Output {
					t.Errorf("%d events of %d tokens", got.Events, got.Usage.Output)
				}
			})
		}
	}
}

// What breaks in a chat of Ollama's is told in its words.
func TestChatsOfOllamaFail(t *testing.T) {
	t.Parallel()
	cfg := mock.Default()
	cfg.ErrorRate, cfg.TruncateRate = 0.5, 0.5
	c := served(t, cfg, client.Generate, "")
	req := asking()
	req.Messages = append(req.Messages, client.Message{Role: "assistant", Content: "a"}, client.Message{Role: "user", Content: "b"})
	seen := map[client.Outcome]int{}
	for range 40 {
		seen[c.Do(t.Context(), req, nil).Outcome]++
	}
	if len(seen) != 3 || seen[client.StreamError] == 0 || seen[client.Truncated] == 0 || seen[client.ServerError] == 0 {
		t.Errorf("outcomes %v", seen)
	}
	req.Model = "x"
	if got := c.Do(t.Context(), req, nil); got.Outcome != client.BadRequest || !strings.Contains(got.Err, "model 'x' not found") {
		t.Errorf("%s", got.Err)
	}
}

// Faults and refusals are told in the words of each dialect, and understood.
func TestDialectsFail(t *testing.T) {
	t.Parallel()
	for api := range speaking {
		for _, test := range []struct {
			name   string
			config func(*mock.Config)
			ask    func(*client.Request)
			want   client.Outcome
			err    string
		}{
			{"no such model", nil, func(r *client.Request) { r.Model = "x" }, client.BadRequest, "x"},
			{"wrong key", func(c *mock.Config) { c.Key = "right" }, nil, client.Auth, ""},
			{"refused", func(c *mock.Config) { c.ErrorRate = 1 }, nil, client.ServerError, "while processing"},
			{"rate limited", func(c *mock.Config) { c.RPM, c.Burst = 0.001, 1 }, nil, client.RateLimited, "try again"},
			{"overloaded", func(c *mock.Config) { c.Batch, c.Queue = 1, 0 }, nil, client.Overloaded, "queue is full"},
		} {
			t.Run(string(api)+" "+test.name, func(t *testing.T) {
				t.Parallel()
				cfg := mock.Default()
				if test.config != nil {
					test.config(&cfg)
				}
				key := ""
				if cfg.Key != "" {
					key = "wrong"
				}
				c := served(t, cfg, api, key)
				req := asking()
				if test.ask != nil {
					test.ask(req)
				}
				got := c.Do(t.Context(), req, nil)
				for tries := 0; tries < 50 && got.Outcome == client.OK; tries++ { // the first of a burst passes
					results := make(chan client.Result, 20)
					for range cap(results) {
						go func() { results <- c.Do(t.Context(), req, nil) }()
					}
					for range cap(results) {
						if r := <-results; r.Outcome != client.OK {
							got = r
						}
					}
				}
				if got.Outcome != test.want || !strings.Contains(got.Err, test.err) || strings.Contains(got.Err, "{") {
					t.Errorf("%s (%d): %s", got.Outcome, got.Status, got.Err)
				}
			})
		}
	}
}

// A fault in the midst of an answer is one in every dialect: an error, or a cut.
func TestDialectsBreakMidway(t *testing.T) {
	t.Parallel()
	for api := range speaking {
		if api == client.Embeddings {
			continue
		}
		t.Run(string(api), func(t *testing.T) {
			t.Parallel()
			cfg := mock.Default()
			cfg.ErrorRate, cfg.TruncateRate = 0.5, 0.5
			c := served(t, cfg, api, "")
			seen := map[client.Outcome]int{}
			for range 40 {
				got := c.Do(t.Context(), asking(), nil)
				seen[got.Outcome]++
				if got.Outcome == client.StreamError && (got.Events == 0 || !strings.Contains(got.Err, "while processing")) {
					t.Errorf("%d events, then %q", got.Events, got.Err)
				}
			}
			if len(seen) != 3 || seen[client.StreamError] == 0 || seen[client.Truncated] == 0 || seen[client.ServerError] == 0 {
				t.Errorf("outcomes %v", seen)
			}
		})
	}
}

// A key is accepted however it is sent.
func TestKeysOfDialects(t *testing.T) {
	t.Parallel()
	for _, auth := range append(client.Schemes(), "") {
		for _, api := range []client.API{client.Chat, client.Messages} {
			cfg := mock.Default()
			cfg.Key = "user:secret-word"
			s, err := mock.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(s)
			c, err := client.New(client.Config{URL: server.URL + "/v1", API: api, Key: cfg.Key, Auth: auth})
			if err != nil {
				t.Fatal(err)
			}
			req := asking()
			req.MaxTokens = 1
			want := client.OK
			if auth == client.NoAuth {
				want = client.Auth
			}
			if got := c.Do(t.Context(), req, nil); got.Outcome != want {
				t.Errorf("%s %q: %s", api, auth, got.Err)
			}
			c.Close()
			server.Close()
			_ = s.Close()
		}
	}
}

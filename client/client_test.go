package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConfigsThatCannotBe(t *testing.T) {
	t.Parallel()
	const url = "http://127.0.0.1:8000/v1"
	for _, test := range []struct {
		cfg  Config
		want string
	}{
		{Config{}, "no url"},
		{Config{URL: "127.0.0.1:8000/v1"}, "bad url"},
		{Config{URL: "localhost:8000"}, "http:// or https://"},
		{Config{URL: "ftp://host/v1"}, "http:// or https://"},
		{Config{URL: "http:///v1"}, "names no host"},
		{Config{URL: "http://u:hunter2@host/v1"}, "user name or a password"},
		{Config{URL: "http://h:x/hunter2"}, "bad url"},
		{Config{URL: url + "#a"}, "what follows # is never sent"},
		{Config{URL: url + "/chat/completions", API: Completions}, `of api chat: name that api, or give the base URL, ending at "/v1"`},
		{Config{URL: url + "/completions/"}, `of api completions: name that api, or give the base URL, ending at "/v1"`},
		{Config{URL: url + "/messages", API: Responses}, "of api messages"},
		{Config{URL: url, Token: []string{"a"}}, "needs api http"},
		{Config{URL: url, Usage: "a"}, "needs api http"},
		{Config{URL: url, FailIf: []string{"a"}}, "needs api http"},
		{Config{URL: url, API: HTTP, Body: "{}", Token: []string{"a b"}}, "no path"},
		{Config{URL: url, API: HTTP, Body: "{}", Usage: "."}, "no path"},
		{Config{URL: url, API: HTTP, Body: "{}", FailIf: []string{"code >= many"}}, "compares with a number"},
		{Config{URL: url, API: HTTP, Body: "{}", FailIf: []string{"a = b"}}, "PATH OP VALUE"},
		{Config{URL: url, MaxEvent: -1}, "limit of an event"},
		{Config{URL: url, Auth: "digest"}, "unknown auth"},
		{Config{URL: url, Auth: Basic, Key: "hunter2"}, "not USER:PASSWORD"},
		{Config{URL: url, API: "soap"}, "unknown api"},
		{Config{URL: url, API: HTTP}, "needs a body template"},
		{Config{URL: url, API: HTTP, Body: "{{.x"}, "bad body template"},
		{Config{URL: url, Body: "{}"}, "needs api http"},
		{Config{URL: url, Key: "hunter2\n"}, "line end"},
		{Config{URL: url, Header: http.Header{"X A": {"1"}}}, "bad header name"},
		{Config{URL: url, Header: http.Header{"X-A": {"hunter2\r\nX: 1"}}}, "X-A holds a line end"},
		{Config{URL: url, Header: http.Header{"X@A": {"1"}}}, "bad header name"},
		{Config{URL: url, Header: http.Header{"X-A": {"hunter2\x01"}}}, "X-A holds a control character"},
		{Config{URL: url, CA: "testdata/none.pem"}, "none.pem"},
		{Config{URL: url, CA: "testdata/cases.jsonl"}, "no PEM certificate"},
		{Config{URL: url, ClientCert: "a.pem"}, "go together"},
		{Config{URL: url, ClientCert: "testdata/none.pem", ClientKey: "b.pem"}, "client certificate"},
		{Config{URL: url, Proxy: "127.0.0.1:1"}, "bad proxy"},
		{Config{URL: url, Proxy: "ftp://u:hunter2@host"}, "bad proxy"},
		{Config{URL: url, ConnectTo: "host"}, "not host:port"},
		{Config{URL: url, ConnectTo: "host:1", Proxy: "http://host:2"}, "exclude each other"},
	} {
		_, err := New(test.cfg)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v, want %q", test.cfg, err, test.want)
		}
	}
}

func TestWhereRequestsGo(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	answers := map[string]string{
		"completions": `{"choices":[{"message":{"content":"a"}}]}`, "generate": `{"response":"a","done":true}`, "/": `{"a":1}`,
		"responses": `{"output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}],"status":"completed"}`,
		"messages":  `{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}`, "embeddings": `{"data":[{"embedding":[1]}]}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		seen = append(seen, r.Method+" "+r.Host+" "+r.RequestURI+" "+r.Header.Get("User-Agent"))
		mu.Unlock()
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"data":[{"id":"one"},{"id":"two"}]}`)
			return
		}
		_, _ = io.WriteString(w, answers[path.Base(r.URL.Path)])
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, test := range []struct {
		cfg  Config
		path string
	}{
		{Config{}, "/chat/completions"},
		{Config{URL: "/v1"}, "/v1/chat/completions"},
		{Config{URL: "/v1/"}, "/v1/chat/completions"},
		{Config{URL: "/a%20b/v1?api-version=2"}, "/a%20b/v1/chat/completions?api-version=2"},
		{Config{URL: "/v1", API: Completions}, "/v1/completions"},
		{Config{URL: "/v1/chat/completions"}, "/v1/chat/completions"},
		{Config{URL: "/openai/deployments/d/chat/completions?api-version=2"}, "/openai/deployments/d/chat/completions?api-version=2"},
		{Config{URL: "/v1/completions/", API: Completions}, "/v1/completions/"},
		{Config{URL: "/v1", API: Responses}, "/v1/responses"},
		{Config{API: Messages}, "/v1/messages"},
		{Config{URL: "/gateway/", API: Messages}, "/gateway/v1/messages"},
		{Config{URL: "/v1/", API: Messages}, "/v1/messages"},
		{Config{URL: "/v1/messages", API: Messages}, "/v1/messages"},
		{Config{API: Generate}, "/api/generate"},
		{Config{URL: "/api", API: Generate}, "/api/generate"},
		{Config{URL: "/api/generate", API: Generate}, "/api/generate"},
		{Config{URL: "/v1", API: Embeddings}, "/v1/embeddings"},
		{Config{URL: "/api/generate", API: HTTP, Body: "{}"}, "/api/generate"},
		{Config{API: HTTP, Body: "{}"}, "/"},
	} {
		for _, transport := range []Transport{Own, Standard} {
			seen = nil
			test.cfg.Transport = transport
			test.cfg.URL = server.URL + strings.TrimPrefix(test.cfg.URL, server.URL)
			test.cfg.Header = http.Header{"Host": {"front.test"}, "User-Agent": {"me"}}
			c, err := New(test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			wantOutcome(t, c.Do(t.Context(), question(), nil), OK)
			if want := []string{"POST front.test " + test.path + " me"}; !slices.Equal(seen, want) {
				t.Errorf("%+v: %q, want %q", test.cfg, seen, want)
			}
			if c.Address() != host {
				t.Errorf("address %q, want %q", c.Address(), host)
			}
			ids, err := c.Models(t.Context())
			if test.cfg.API == HTTP {
				if err == nil {
					t.Error("an endpoint of one's own has no models")
				}
			} else if err != nil || !slices.Equal(ids, []string{"one", "two"}) {
				t.Errorf("models %q, %v", ids, err)
			}
			c.Close()
		}
	}
}

func TestAddressOfADefaultPort(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{"http://a.test/v1": "a.test:80", "https://a.test/v1": "a.test:443", "http://[::1]:7": "[::1]:7"} {
		c, err := New(Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		if c.Address() != want {
			t.Errorf("%s: %s, want %s", url, c.Address(), want)
		}
	}
}

// An endpoint of one's own promises JSON or a stream, and nothing about what is
// in them.
func TestOwnEndpoint(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		stream     bool
		want       Outcome
		events     int
		usage      Usage
	}{
		{"a document", `{"success":true,"content":"x","usage":{"prompt_tokens":3,"completion_tokens":2}}`, false, OK, 0, Usage{Prompt: 3, Output: 2, From: FromUsage}},
		{"a document instead of a stream", `{"success":true}`, true, OK, 0, Usage{}},
		{"a list", `[1,2]`, false, OK, 0, Usage{}},
		{"no error", `{"error":null}`, false, OK, 0, Usage{}},
		{"an error", `{"error":{"message":"out of stock"}}`, false, StreamError, 0, Usage{}},
		{"not JSON", `fine`, false, Malformed, 0, Usage{}},
		{"nothing", ``, false, Malformed, 0, Usage{}},
		{"a stream of words", "data: Hello\n\ndata: world\n\ndata: [DONE]\n\n", true, OK, 2, Usage{Output: 2, From: FromEvents}},
		{"a stream of objects", "data: {\"t\":\"Hello\"}\n\ndata: {\"t\":\"world\"}\n\ndata: {\"usage\":{\"output_tokens\":9}}\n\n", true, OK, 2, Usage{Output: 9, From: FromUsage}},
		{"a stream of chunks", roleEvent + tokenEvent("a") + stopEvent, true, OK, 1, Usage{Output: 1, From: FromEvents}},
		{"a stream with an error", "data: {\"t\":\"Hello\"}\n\ndata: {\"error\":\"sold out\"}\n\n", true, StreamError, 1, Usage{Output: 1, From: FromEvents}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			handler := func(w http.ResponseWriter, _ *http.Request) { send(w, test.body) }
			configure := func(cfg *Config) { cfg.API, cfg.Body = HTTP, "{}" }
			inBubble(t, handler, configure, func(t *testing.T, c *Client) {
				req := question()
				req.Stream = test.stream
				got := c.Do(t.Context(), req, nil)
				wantOutcome(t, got, test.want)
				if got.Events != test.events || got.Usage != test.usage {
					t.Errorf("%d events, usage %+v; want %d, %+v", got.Events, got.Usage, test.events, test.usage)
				}
			})
		})
	}
}

// More shapes of chunk than the cases hold.
func TestChunkShapes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, delta     string
		kinds           []Kind
		text, reasoning string
	}{
		{"refusal", `"delta":{"refusal":"no"}`, []Kind{Content}, "no", ""},
		{"role and null", `"delta":{"role":"assistant","content":null}`, nil, "", ""},
		{"both at once", `"delta":{"reasoning":"r","content":"c"}`, []Kind{Content}, "c", "r"},
		{"reasoning under both names", `"delta":{"reasoning":"r","reasoning_content":"r"}`, []Kind{Reasoning}, "", "r"},
		{"no tool calls", `"delta":{"tool_calls":[]}`, nil, "", ""},
		{"a function call", `"delta":{"function_call":{"arguments":""}}`, []Kind{ToolCall}, "", ""},
		{"typed parts", `"delta":{"content":[{"type":"text","text":"x"}]}`, []Kind{Content}, "x", ""},
		{"thinking parts", `"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"y"}]}]}`, []Kind{Reasoning}, "", "y"},
		{"completions", `"text":"x"`, []Kind{Content}, "x", ""},
		{"two choices", `"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}`, []Kind{Content, Content}, "ab", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			handler := func(w http.ResponseWriter, _ *http.Request) {
				send(w, `data: {"id":"cmpl-9","choices":[{`+test.delta+`}]}`+"\n\n"+stopEvent+doneEvent)
			}
			inBubble(t, handler, nil, func(t *testing.T, c *Client) {
				var sink recorder
				got := c.Do(t.Context(), question(), &sink)
				wantOutcome(t, got, OK)
				if !slices.Equal(sink.kinds, test.kinds) || got.Text != test.text || got.Reasoning != test.reasoning || got.RequestID != "cmpl-9" {
					t.Errorf("kinds %v, text %q, reasoning %q, id %q", sink.kinds, got.Text, got.Reasoning, got.RequestID)
				}
			})
		})
	}
}

// Many calls at once share a client.
func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, _ *http.Request) {
		for range 5 {
			send(w, tokenEvent("a"))
			time.Sleep(10 * ms)
		}
		send(w, stopEvent, doneEvent)
	}
	inBubble(t, handler, func(cfg *Config) { cfg.Timeout, cfg.IdleTimeout = time.Minute, time.Second }, func(t *testing.T, c *Client) {
		var calls sync.WaitGroup
		for range 100 {
			calls.Go(func() {
				got := c.Do(t.Context(), question(), nil)
				if got.Outcome != OK || got.Text != "aaaaa" || got.Stall != 10*ms {
					t.Errorf("got %+v", got)
				}
			})
		}
		calls.Wait()
	})
}

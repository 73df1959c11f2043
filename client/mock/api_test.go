package mock_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flashwave/client/mock"
)

// The bubble's clock begins at midnight on 1 January 2000.
const midnight = 946684800

const wantChatStream = `data: {"id":"ID","object":"chat.completion.chunk","created":946684800,"model":"deepseek-v3.2","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"ID","object":"chat.completion.chunk","created":946684800,"model":"deepseek-v3.2","choices":[{"index":0,"delta":{"content":"ONE"},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"ID","object":"chat.completion.chunk","created":946684800,"model":"deepseek-v3.2","choices":[{"index":0,"delta":{"content":"TWO"},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"ID","object":"chat.completion.chunk","created":946684800,"model":"deepseek-v3.2","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],"usage":null}

data: {"id":"ID","object":"chat.completion.chunk","created":946684800,"model":"deepseek-v3.2","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":0}}}

data: [DONE]

`

const wantLegacyStream = `data: {"id":"ID","object":"text_completion","created":946684800,"model":"deepseek-v3.2","choices":[{"index":0,"text":"ONE","logprobs":null,"finish_reason":null}]}

data: {"id":"ID","object":"text_completion","created":946684800,"model":"deepseek-v3.2","choices":[{"index":0,"text":"TWO","logprobs":null,"finish_reason":null}]}

data: {"id":"ID","object":"text_completion","created":946684800,"model":"deepseek-v3.2","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"length"}]}

data: [DONE]

`

func TestStreamsOnTheWire(t *testing.T) {
	for _, tc := range []struct {
		name, path, want string
		body             map[string]any
	}{
		{"chat with usage", chatPath, wantChatStream, chatBody(7, 2)},
		{
			"chat without usage", chatPath,
			strings.ReplaceAll(strings.Join(deleteAt(strings.SplitAfter(wantChatStream, "\n\n"), 4), ""), `,"usage":null`, ""),
			without(chatBody(7, 2), "stream_options"),
		},
		{"legacy", "/v1/completions", wantLegacyStream, with(without(chatBody(7, 2), "messages", "stream_options"), "prompt", prompt(7))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
				res := e.post(t.Context(), tc.path, tc.body)
				raw, err := io.ReadAll(res.Body)
				if err != nil {
					t.Fatal(err)
				}
				if got := res.Header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
					t.Errorf("content type %q", got)
				}
				if diff := cmp.Diff(tc.want, anonymous(t, string(raw))); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func deleteAt(s []string, i int) []string { return append(append([]string{}, s[:i]...), s[i+1:]...) }

// anonymous puts placeholders for the id and for the two tokens of a stream.
func anonymous(t *testing.T, raw string) string {
	t.Helper()
	var id string
	var pieces []string
	for line := range strings.Lines(raw) {
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var c chunk
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			t.Fatal(err)
		}
		id = c.ID
		for _, ch := range c.Choices {
			if ch.Delta.Content != nil && *ch.Delta.Content != "" {
				pieces = append(pieces, *ch.Delta.Content)
			}
			if ch.Text != "" {
				pieces = append(pieces, ch.Text)
			}
		}
	}
	if len(pieces) != 2 {
		t.Fatalf("%d tokens in %q, want 2", len(pieces), raw)
	}
	return strings.NewReplacer(id, "ID", `"`+pieces[0]+`"`, `"ONE"`, `"`+pieces[1]+`"`, `"TWO"`).Replace(raw)
}

func TestWholeAnswers(t *testing.T) {
	usage := map[string]any{
		"prompt_tokens": 7.0, "completion_tokens": 5.0, "total_tokens": 12.0,
		"prompt_tokens_details": map[string]any{"cached_tokens": 0.0},
	}
	legacyBody := with(without(unaryBody(7, 5), "messages"), "prompt", prompt(7))
	for _, tc := range []struct {
		name, path string
		body, want map[string]any
	}{
		{"chat", chatPath, unaryBody(7, 5), map[string]any{
			"id": "ID", "object": "chat.completion", "created": float64(midnight), "model": mock.DefaultModel, "usage": usage,
			"choices": []any{map[string]any{
				"index": 0.0, "logprobs": nil, "finish_reason": "length",
				"message": map[string]any{"role": "assistant", "content": "TEXT", "refusal": nil},
			}},
		}},
		{"legacy", "/v1/completions", legacyBody, map[string]any{
			"id": "ID", "object": "text_completion", "created": float64(midnight), "model": mock.DefaultModel, "usage": usage,
			"choices": []any{map[string]any{"index": 0.0, "logprobs": nil, "finish_reason": "length", "text": "TEXT"}},
		}},
		{"the shop's", "/api/v1/copy/generate", map[string]any{
			"product_name": "Trà sen", "category": "Đồ uống", "features": []string{"thơm"}, "tone": "vui",
		}, map[string]any{"success": true, "content": "TEXT", "model": mock.DefaultModel, "usage": nil, "latency_ms": 0.0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
				start := time.Now()
				res := e.post(t.Context(), tc.path, tc.body)
				got, took := decode(t, res), time.Since(start)
				if got["id"] != nil {
					got["id"] = "ID"
				}
				if c, ok := got["choices"].([]any); ok {
					choice := c[0].(map[string]any)
					if m, ok := choice["message"].(map[string]any); ok {
						m["content"] = words(t, m["content"], 5)
					} else {
						choice["text"] = words(t, choice["text"], 5)
					}
				} else {
					out := got["usage"].(map[string]any)["completion_tokens"].(float64)
					got["content"], got["usage"] = words(t, got["content"], int(out)), nil
					if latency := time.Duration(got["latency_ms"].(float64) * float64(ms)); (latency - took).Abs() > time.Microsecond {
						t.Errorf("latency_ms says %v, want %v", latency, took)
					}
					got["latency_ms"] = 0.0
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Error(diff)
				}
				if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("X-Request-Id"), "req_") {
					t.Errorf("HTTP %d, x-request-id %q", res.StatusCode, res.Header.Get("X-Request-Id"))
				}
			})
		})
	}
}

// words checks that text has n of them and stands for it.
func words(t *testing.T, text any, n int) string {
	t.Helper()
	if got := len(strings.Fields(text.(string))); got != n {
		t.Errorf("%d words in %q, want %d", got, text, n)
	}
	return "TEXT"
}

func TestLengthsKeepToTheLimitAndSayWhy(t *testing.T) {
	inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
		finish := map[string]int{}
		for range 40 {
			s := e.ask(t.Context(), chatPath, without(chatBody(1, 50), "ignore_eos"))
			finish[s.finish]++
			if n := len(s.tokens); n != s.output || s.finish == "length" && n != 50 || s.finish == "stop" && (n < 32 || n >= 50) {
				t.Errorf("%d tokens, usage says %d, finish %q", n, s.output, s.finish)
			}
		}
		if finish["stop"] == 0 || finish["length"] == 0 || finish["stop"]+finish["length"] != 40 {
			t.Errorf("finish reasons %v: want some of both and nothing else", finish)
		}
	})
}

func TestPromptsOfEveryShape(t *testing.T) {
	message := func(content any) map[string]any {
		return with(unaryBody(1, 1), "messages", []any{map[string]any{"role": "user", "content": content}})
	}
	legacy := func(prompt any) map[string]any {
		return with(without(unaryBody(1, 1), "messages"), "prompt", prompt)
	}
	for _, tc := range []struct {
		name, path string
		body       map[string]any
		tokens     float64
	}{
		{"a quarter of the bytes, rounded up", chatPath, message("abcde"), 2},
		{"bytes, not letters", chatPath, message("ệệ"), 2},
		{"nothing is one token", chatPath, message(""), 1},
		{"null, beside a tool call", chatPath, message(nil), 1},
		{"parts", chatPath, message([]any{map[string]any{"type": "text", "text": "abcd"}, map[string]any{"type": "text", "text": "ef"}}), 2},
		{"two messages", chatPath, with(unaryBody(1, 1), "messages", []any{
			map[string]any{"role": "system", "content": "abcd"}, map[string]any{"role": "user", "content": "abcdefgh"},
		}), 3},
		{"a text", "/v1/completions", legacy("abcde"), 2},
		{"one text in an array", "/v1/completions", legacy([]string{"abcde"}), 2},
		{"token ids", "/v1/completions", legacy([]int{5, 6, 7}), 3},
		{"the newer limit", chatPath, with(message("a"), "max_completion_tokens", 1), 1},
	} {
		inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
			res := e.post(t.Context(), tc.path, tc.body)
			got := decode(t, res)
			if res.StatusCode != 200 {
				t.Fatalf("%s: HTTP %d: %v", tc.name, res.StatusCode, got)
			}
			if n := got["usage"].(map[string]any)["prompt_tokens"]; n != tc.tokens {
				t.Errorf("%s: %v prompt tokens, want %v", tc.name, n, tc.tokens)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	type body = map[string]any
	for _, tc := range []struct {
		name, method, path string
		body               any
		status             int
		kind, param, code  string
	}{
		{"no JSON", "POST", chatPath, "{", 400, "invalid_request_error", "", ""},
		{"a wrong type", "POST", chatPath, `{"model": 5}`, 400, "invalid_request_error", "", ""},
		{"no model", "POST", chatPath, without(chatBody(1, 1), "model"), 400, "invalid_request_error", "model", ""},
		{"an unknown model", "POST", chatPath, with(chatBody(1, 1), "model", "x"), 404, "invalid_request_error", "model", "model_not_found"},
		{"no message", "POST", chatPath, without(chatBody(1, 1), "messages"), 400, "invalid_request_error", "messages", ""},
		{"a message without a role", "POST", chatPath, with(chatBody(1, 1), "messages", []any{body{"content": "a"}}), 400, "invalid_request_error", "messages[0].role", ""},
		{"content that is no text", "POST", chatPath, with(chatBody(1, 1), "messages", []any{body{"role": "user", "content": 5}}), 400, "invalid_request_error", "", ""},
		{"no prompt", "POST", "/v1/completions", chatBody(1, 1), 400, "invalid_request_error", "prompt", ""},
		{"two prompts", "POST", "/v1/completions", with(chatBody(1, 1), "prompt", []string{"a", "b"}), 400, "invalid_request_error", "prompt", ""},
		{"no room for an answer", "POST", chatPath, chatBody(1, 0), 400, "invalid_request_error", "max_tokens", ""},
		{"two choices", "POST", chatPath, with(chatBody(1, 1), "n", 2), 400, "invalid_request_error", "n", ""},
		{"usage of a stream that is none", "POST", chatPath, with(chatBody(1, 1), "stream", false), 400, "invalid_request_error", "stream_options", ""},
		{"more than the context", "POST", chatPath, chatBody(131_000, 73), 400, "invalid_request_error", "messages", "context_length_exceeded"},
		{"a body without end", "POST", chatPath, `{"model": "` + strings.Repeat("x", 5<<20), 413, "invalid_request_error", "", ""},
		{"another path", "POST", "/v2/chat", "", 404, "invalid_request_error", "", "unknown_url"},
		{"another method", "GET", chatPath, "", 405, "invalid_request_error", "", "method_not_supported"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
				req := e.request(t.Context(), tc.path, tc.body)
				req.Method = tc.method
				res, err := e.client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				got := decode(t, res)
				object, _ := got["error"].(map[string]any)
				null := func(s string) any {
					if s == "" {
						return nil
					}
					return s
				}
				want := map[string]any{"type": tc.kind, "param": null(tc.param), "code": null(tc.code), "message": object["message"]}
				if diff := cmp.Diff(want, object); diff != "" || res.StatusCode != tc.status || object["message"] == "" {
					t.Errorf("HTTP %d, want %d: %s", res.StatusCode, tc.status, diff)
				}
				if res.Header.Get("X-Request-Id") == "" {
					t.Error("no x-request-id")
				}
			})
		})
	}
}

func TestTheShopChecksItsInput(t *testing.T) {
	good := func() map[string]any {
		return map[string]any{"product_name": "Trà", "category": "Đồ uống", "features": []string{"thơm"}, "tone": "vui"}
	}
	for _, tc := range []struct {
		name   string
		body   any
		status int
		fields []string
	}{
		{"all there", good(), 200, nil},
		{"without a tone", without(good(), "tone"), 200, nil},
		{"no JSON", "nonsense", 422, []string{"body"}},
		{"nothing given", map[string]any{}, 422, []string{"body.product_name", "body.category", "body.features"}},
		{"a nameless product", with(good(), "product_name", " "), 422, []string{"body.product_name"}},
		{"features that are no list", with(good(), "features", "thơm"), 422, []string{"body.features"}},
		{"a category that is null", with(good(), "category", nil), 422, []string{"body.category"}},
		{"a tone that is a number", with(good(), "tone", 5), 422, []string{"body.tone"}},
	} {
		inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
			res := e.post(t.Context(), "/api/v1/copy/generate", tc.body)
			got := decode(t, res)
			var fields []string
			details, _ := got["detail"].([]any)
			for _, d := range details {
				var loc []string
				for _, part := range d.(map[string]any)["loc"].([]any) {
					loc = append(loc, part.(string))
				}
				fields = append(fields, strings.Join(loc, "."))
			}
			if diff := cmp.Diff(tc.fields, fields); diff != "" || res.StatusCode != tc.status {
				t.Errorf("%s: HTTP %d, want %d: %s", tc.name, res.StatusCode, tc.status, diff)
			}
		})
	}
}

func TestModelsHealthAndTheKey(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.Key = "secret"; c.Models = []string{"a", "b"} })
	inBubble(t, cfg, func(t *testing.T, e *endpoint) {
		get := func(path, authorization string) (int, map[string]any) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://mock"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", authorization)
			res, err := e.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, decode(t, res)
		}
		if status, got := get("/healthz", ""); status != 200 || got["status"] != "ok" {
			t.Errorf("health without a key: HTTP %d %v", status, got)
		}
		for _, wrong := range []string{"", "secret", "Basic secret", "Bearer secre", "Bearer secrets"} {
			if status, got := get("/v1/models", wrong); status != 401 || got["error"].(map[string]any)["code"] != "invalid_api_key" {
				t.Errorf("models with %q: HTTP %d %v", wrong, status, got)
			}
		}
		_, got := get("/v1/models", "bearer secret")
		model := func(id string) any {
			return map[string]any{"id": id, "object": "model", "created": float64(midnight), "owned_by": "flashwave"}
		}
		if diff := cmp.Diff(map[string]any{"object": "list", "data": []any{model("a"), model("b")}}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestARefusalByTheRateLimit(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.RPM, c.TPM = 30, 1e6 })
	inBubble(t, cfg, func(t *testing.T, e *endpoint) {
		var last stream
		for range 3 {
			last = e.ask(t.Context(), chatPath, chatBody(10, 1))
			if last.header.Get("X-Ratelimit-Limit-Requests") != "30" || last.header.Get("X-Ratelimit-Remaining-Tokens") == "" {
				t.Errorf("HTTP %d without the limits' headers", last.status)
			}
		}
		if after := last.header.Get("Retry-After"); last.status != 429 || after != "2" || e.Stats().RateLimited != 1 {
			t.Errorf("HTTP %d, retry after %q, %+v; want 429 and 2", last.status, after, e.Stats())
		}
		time.Sleep(2 * time.Second)
		if s := e.ask(t.Context(), chatPath, chatBody(10, 1)); s.status != 200 {
			t.Errorf("HTTP %d after Retry-After", s.status)
		}
	})
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	for _, tc := range []struct {
		word string // of the error
		edit func(*mock.Config)
	}{
		{"batch", func(c *mock.Config) { c.Batch = 0 }},
		{"step", func(c *mock.Config) { c.Step = 0 }},
		{"prefill-tps", func(c *mock.Config) { c.PrefillTPS = 0 }},
		{"queue", func(c *mock.Config) { c.Queue = -1 }},
		{"tokens", func(c *mock.Config) { c.Tokens = 0 }},
		{"rpm", func(c *mock.Config) { c.RPM = -1 }},
		{"tpm", func(c *mock.Config) { c.TPM = -1 }},
		{"burst", func(c *mock.Config) { c.Burst = -1 }},
		{"rate-window", func(c *mock.Config) { c.RateWindow = -1 }},
		{"exclude", func(c *mock.Config) { c.Burst, c.RateWindow = 1, time.Minute }},
		{"error-rate", func(c *mock.Config) { c.ErrorRate = 1.1 }},
		{"stall-rate", func(c *mock.Config) { c.StallRate = -0.1 }},
		{"truncate-rate", func(c *mock.Config) { c.TruncateRate = 2 }},
		{"together", func(c *mock.Config) { c.ErrorRate, c.StallRate = 0.6, 0.6 }},
		{"models", func(c *mock.Config) { c.Models = []string{""} }},
	} {
		cfg := config(tc.edit)
		if _, err := mock.New(cfg); err == nil || !strings.Contains(err.Error(), tc.word) {
			t.Errorf("%+v: error %v, want one about %s", cfg, err, tc.word)
		}
	}
	if err := config(func(c *mock.Config) { c.ErrorRate, c.StallRate, c.TruncateRate = 0.7, 0.2, 0.1 }).Validate(); err != nil {
		t.Errorf("shares that add up to 1: %v", err)
	}
}

func TestCloseCutsWhatIsOpen(t *testing.T) {
	inBubble(t, config(func(c *mock.Config) { c.Batch = 1 }), func(t *testing.T, e *endpoint) {
		ended := make(chan error, 2)
		for range 2 { // one streams, one waits
			go func() {
				res, err := e.client.Do(e.request(context.Background(), chatPath, chatBody(1, 1000)))
				if err == nil {
					_, err = events(res, time.Now())
				}
				ended <- err
			}()
			time.Sleep(50 * ms)
		}
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		for range 2 {
			if err := <-ended; err == nil {
				t.Error("a stream that Close cut looks whole")
			}
		}
	})
}

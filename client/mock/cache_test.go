package mock_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"flashwave/client"
	"flashwave/client/mock"
)

// What a prompt begins with and the endpoint knows is not prefilled: its first token comes
// earlier by just that.
func TestWhatIsKnownIsNotPrefilled(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.PrefixCache = 100_000 })
	prompt := func(n int, end string) any { // of n tokens and an end
		return chatBodyOf(strings.Repeat("abcd", n)+end, 2)
	}
	inBubble(t, cfg, func(t *testing.T, e *endpoint) {
		for _, c := range []struct {
			why    string
			body   any
			tokens int // in the prompt
			known  int
		}{
			{"nothing is known", prompt(1600, ""), 1600, 0},
			{"all of it is, but for the last block: a token at least is read", prompt(1600, ""), 1600, 1584},
			{"what follows is not", prompt(1600, strings.Repeat("x", 400)), 1700, 1600},
			{"a block counts as a whole", prompt(1607, strings.Repeat("y", 400)), 1707, 1600},
			{"another beginning", chatBodyOf("x"+strings.Repeat("abcd", 1600), 2), 1601, 0},
		} {
			s := e.ask(t.Context(), chatPath, c.body)
			want := time.Duration(c.tokens-c.known)*10*time.Microsecond + step(1)
			if len(s.tokens) == 0 || s.tokens[0] != want {
				t.Errorf("%s: the first token after %v, want %v", c.why, s.tokens, want)
			}
		}
	})
}

// chatBodyOf asks for so many tokens about a text.
func chatBodyOf(text string, outputTokens int) map[string]any {
	body := chatBody(1, outputTokens)
	body["messages"] = []any{map[string]any{"role": "user", "content": text}}
	return body
}

// Without a cache, the same prompt takes the same time again.
func TestNoCacheKnowsNothing(t *testing.T) {
	inBubble(t, mock.Default(), func(t *testing.T, e *endpoint) {
		for range 2 {
			s := e.ask(t.Context(), chatPath, chatBody(1000, 1))
			if want := 10*ms + step(1); s.tokens[0] != want {
				t.Errorf("after %v, want %v", s.tokens[0], want)
			}
		}
	})
}

// What was of no use for longest is forgotten first, the ends of prompts before their
// beginnings.
func TestTheCacheForgets(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.PrefixCache = 320 }) // 20 blocks
	c := served(t, cfg, client.Chat, "")
	cached := func(text string) int {
		req := asking()
		req.Messages, req.MaxTokens = []client.Message{{Role: "user", Content: text}}, 1
		got := c.Do(t.Context(), req, nil)
		if got.Outcome != client.OK {
			t.Fatal(got.Err)
		}
		return got.Usage.Cached
	}
	a, b := strings.Repeat("a", 64*10+1), strings.Repeat("b", 64*10+1)
	for i, step := range []struct {
		text string
		want int
	}{{a, 0}, {b, 0}, {a, 160}, {b, 160}, {strings.Repeat("c", 64*5), 0}, {b, 160}, {a, 80}, {strings.Repeat("d", 64*100), 0}, {a, 0}} {
		if got := cached(step.text); got != step.want {
			t.Errorf("%d: %d tokens were known, want %d", i, got, step.want)
		}
	}
}

// In a conversation each turn finds all that was said before it, answers among it, whatever
// the dialect, as a stream and as a document.
func TestConversationsAreKnown(t *testing.T) {
	t.Parallel()
	for api := range speaking {
		if api == client.Embeddings || api == client.Generate { // has no word for it, see below
			continue
		}
		for _, stream := range []bool{true, false} {
			cfg := mock.Default()
			cfg.PrefixCache = mock.UsualCache
			c := served(t, cfg, api, "")
			req := asking()
			req.Stream = stream
			before := 0
			for turn := range 4 {
				got := c.Do(t.Context(), req, nil)
				u := got.Usage
				if got.Outcome != client.OK || u.Cached > u.Prompt-1 || u.Cached%16 != 0 || turn > 0 && u.Cached < before-15 || turn == 0 && u.Cached != 0 {
					t.Errorf("%s, turn %d, stream %t: %s %s; %+v after %d tokens", api, turn, stream, got.Outcome, got.Err, u, before)
				}
				if written := u.CacheWritten; (written > 0) != (api == client.Messages) || u.Cached+written >= u.Prompt {
					t.Errorf("%s: %+v", api, u)
				}
				said := 0
				req.Messages = append(req.Messages, client.Message{Role: "assistant", Content: got.Text}, client.Message{Role: "user", Content: strings.Repeat("more ", 20)})
				for _, m := range req.Messages[:len(req.Messages)-1] {
					said += len(m.Content)
				}
				if before = said / 4; api == client.Completions { // a blank line stands before the answer
					before = u.Prompt
				}
			}
		}
	}
}

// With Ollama it is seen in the time alone.
func TestChatsOfOllamaAreKnown(t *testing.T) {
	cfg := config(func(c *mock.Config) { c.PrefixCache = 100_000 })
	inBubble(t, cfg, func(t *testing.T, e *endpoint) {
		body := map[string]any{"model": mock.DefaultModel, "messages": []map[string]string{{"role": "user", "content": strings.Repeat("a", 64*100)}}, "options": map[string]int{"num_predict": 1}, "stream": false}
		began := time.Now()
		for i, want := range []time.Duration{16*ms + step(1), 160*time.Microsecond + step(1)} {
			var line struct {
				Message struct{ Content string }
				Done    bool
				Count   int `json:"prompt_eval_count"`
			}
			res := e.post(t.Context(), "/api/chat", body)
			if err := json.NewDecoder(res.Body).Decode(&line); err != nil || !line.Done || line.Message.Content == "" || line.Count != 1600 {
				t.Fatalf("%v, %+v", err, line)
			}
			_ = res.Body.Close()
			if took := time.Since(began); took != want {
				t.Errorf("%d: %v, want %v", i, took, want)
			}
			began = time.Now()
		}
	})
}

// What was thought is not sent again, so that of such an answer nothing is known.
func TestThoughtsAreNotKnown(t *testing.T) {
	t.Parallel()
	cfg := mock.Default()
	cfg.PrefixCache = mock.UsualCache
	c := served(t, cfg, client.Chat, "")
	req := asking()
	req.MaxTokens, req.Extra = 0, json.RawMessage(`{"reasoning_effort":"low","max_tokens":400,"ignore_eos":true}`)
	first := c.Do(t.Context(), req, nil)
	req.Messages = append(req.Messages, client.Message{Role: "assistant", Content: first.Text}, client.Message{Role: "user", Content: "x"})
	second := c.Do(t.Context(), req, nil)
	if want := first.Usage.Prompt / 16 * 16; second.Outcome != client.OK || second.Usage.Cached != want {
		t.Errorf("%d were known, want %d of a prompt of %d", second.Usage.Cached, want, first.Usage.Prompt)
	}
}

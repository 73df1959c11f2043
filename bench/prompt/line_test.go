package prompt

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"flashwave/bench/items"
	"flashwave/client/api"
)

// What the kinds of lines come to, whichever file they stand in.
func TestLines(t *testing.T) {
	half := 0.5
	user := func(text string) Message { return say("user", text) }
	of := func(m api.Message) Message { return Message{Message: m} }
	for _, c := range []struct {
		name, line string
		want       Prompt
	}{
		{"a prompt", `{"id": "a", "prompt": "Hi\u00e9"}`, Prompt{System: "sys", Text: "Hié"}},
		{"its own system prompt", `{"prompt": "Hi", "system": "own"}`, Prompt{System: "own", Text: "Hi"}},
		{
			"its own request", `{"prompt": "Hi", "max_tokens": 7, "output_tokens": 5, "temperature": 0.5, "tools": [{"type": "function"}], "extra": {"top_p": 0.9, "a\"b": [1]}}`,
			Prompt{
				System: "sys", Text: "Hi", MaxTokens: 7, OutputTokens: 5, Temperature: &half,
				Tools: json.RawMessage(`[{"type": "function"}]`), Extra: json.RawMessage(`{"top_p":0.9,"a\"b":[1]}`),
			},
		},
		{"messages", `{"messages": [{"role": "user", "content": "Hi"}]}`, Prompt{Messages: []Message{say("system", "sys"), user("Hi")}}},
		{
			"parts", `{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:x"}}, {"type": "text", "text": "b"}, {"type": "input_audio", "input_audio": {}}]}]}`,
			Prompt{Messages: []Message{say("system", "s"), of(api.Message{
				Role: "user", Content: "ab",
				Parts: json.RawMessage(`[{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:x"}}, {"type": "text", "text": "b"}, {"type": "input_audio", "input_audio": {}}]`),
			})}},
		},
		{
			"a tool's results", `{"messages": [{"role": "developer", "content": "s"}, {"role": "user", "name": "bo", "content": "a"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "1"}]}, {"role": "tool", "tool_call_id": "1", "content": "42"}]}`,
			Prompt{Messages: []Message{
				say("developer", "s"),
				of(api.Message{Role: "user", Name: "bo", Content: "a"}),
				of(api.Message{Role: "assistant", ToolCalls: json.RawMessage(`[{"id": "1"}]`)}),
				of(api.Message{Role: "tool", ToolCallID: "1", Content: "42"}),
			}},
		},
		{
			"ShareGPT", `{"id": "x", "lang": "en", "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "123456789"}, {"from": "human", "value": "r"}, {"from": "gpt", "value": "b"}]}`,
			Prompt{Messages: []Message{say("system", "sys"), user("q")}, OutputTokens: 3},
		},
		{
			"ShareGPT that begins with an answer", `{"conversations": [{"from": "system", "value": "own"}, {"from": "gpt", "value": "hello"}, {"from": "human", "value": "q"}]}`,
			Prompt{Messages: []Message{say("system", "own"), user("q")}},
		},
		{
			"a batch of chats", `{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt", "stream": true, "messages": [{"role": "user", "content": "q"}], "max_completion_tokens": 9, "temperature": 0.5, "seed": 4, "n": 1}}`,
			Prompt{Messages: []Message{say("system", "sys"), user("q")}, MaxTokens: 9, Temperature: &half, Extra: json.RawMessage(`{"seed":4,"n":1}`)},
		},
		{"a batch of completions", `{"custom_id": "1", "url": "/v1/completions", "body": {"prompt": "q", "max_tokens": 9}}`, Prompt{System: "sys", Text: "q", MaxTokens: 9}},
	} {
		for _, file := range []string{c.line, "\ufeff" + c.line + "\r\n\n", "[" + c.line + "]", "[\n  " + strings.ReplaceAll(c.line, ", ", ",\n\t") + "\n]\n"} {
			got, err := ReadJSONL(strings.NewReader(file), "f", "sys")
			if err != nil || len(got) != 1 {
				t.Errorf("%s: %v\n%s", c.name, err, file)
				continue
			}
			compact := cmp.Transformer("compact", func(m json.RawMessage) string {
				return strings.NewReplacer("\n", "", "\t", "", " ", "").Replace(string(m))
			})
			if diff := cmp.Diff(c.want, got[0], compact, cmpopts.IgnoreUnexported(Prompt{}, Message{}), cmpopts.IgnoreFields(Message{}, "Wire")); diff != "" {
				t.Errorf("%s: %s\n%s", c.name, diff, file)
			}
		}
	}
}

// Where a template is filled in, what it may want to send is in the fields.
func TestFieldsOfATemplate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	line := `{"prompt": "a", "tone": "dry", "n": 12345678901234567890, "temperature": 0.5, "output_tokens": 4, "tools": [{}], "extra": {"x": 1}}`
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	half := 0.5
	want := map[string]any{
		"prompt": "a", "tone": "dry", "n": json.Number("12345678901234567890"), "temperature": half, "output_tokens": 4,
		"tools": json.RawMessage(`[{}]`), "extra": json.RawMessage(`{"x":1}`),
	}
	if diff := cmp.Diff(want, fields(t, path, "", 1).At(0, 0).Fields); diff != "" {
		t.Error(diff)
	}
}

// Lines that cannot be used are left out where that is wanted, and counted.
func TestSkipBadLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	text := "{\"prompt\": \"a\"}\nrubbish\n{\"prompt\": \"b\"}\n\n{\"prompt\": \"c\", \"tone\": 1}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := Workload{Prompts: path, Turns: 1}
	_, err := w.Open()
	var bad *items.BadLines
	if !errors.As(err, &bad) || bad.N != 2 || bad.Hint() == "" {
		t.Fatalf("%v", err)
	}
	w.SkipBad = true
	s, err := w.Open()
	if err != nil || s.Len() != 2 {
		t.Fatalf("%v", err)
	}
	left := s.(interface{ Skipped() *items.BadLines }).Skipped()
	if want := path + ":2: not JSON: invalid character 'r' looking for beginning of value; nor can line 5 be used"; left.N != 2 || left.Error() != want {
		t.Errorf("%v, want %s", left, want)
	}
	if err := os.WriteFile(path, []byte("rubbish\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open(); !errors.As(err, &bad) {
		t.Errorf("a file of nothing else: %v", err)
	}
}

// A picture counts as what its tokens would be, wherever its bytes are.
func TestSizeOfPictures(t *testing.T) {
	size := func(url string) int {
		p, err := parser{}.parse([]byte(`{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "` + url + `"}}]}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return p.Tokens()
	}
	if far, near := size("http://a/b.png"), size("data:"+strings.Repeat("x", 1<<20)); far < 1000 || near < 1<<18 {
		t.Errorf("%d and %d tokens", far, near)
	}
}

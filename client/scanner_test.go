package client

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
)

// jsonSeeds are texts on both sides of the border of JSON.
var jsonSeeds = []string{
	``, ` `, `{}`, `[]`, `null`, `nul`, `nulll`, `true`, `-`, `-0`, `01`, `1.`, `.5`, `1e`, `1e+`, `1E-7`, `0x1`, `"`, `"a`, `"\`, `"\u00`,
	`"\u00e9\ud83d\ude00"`, `"\x"`, "\"\x01\"", "\"\xff\"", "\x00", "{}\x00", `{"a":1,}`, `{"a"}`, `{a:1}`, `{"a":1 "b":2}`, `[1,]`, `[1 2]`, `{} {}`, "\ufeff{}",
	`{"choices":[{"delta":{"content":"a"}}]}`,
	`{"choices":[{"delta":{"content":null,"reasoning":"r"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1e2,"completion_tokens":3.0}}`,
	`{"\u0063hoices":[{"delta":{"content":"\u0061\n"}}]}`, `{"choices":{"delta":1},"usage":[],"error":{"message":7}}`,
	`{"choices":[{"message":{"content":[{"type":"text","text":"x"},{"thinking":[]}],"tool_calls":[{}]}}]}`, `{"error":"no"}`, `{"choices":[[[]]]}`,
	"{\"choices\":[{\"finish_reason\":\"\x85\"}]}",
}

// FuzzScanner holds the scanner against encoding/json: the same texts are JSON,
// and chunks say the same.
func FuzzScanner(f *testing.F) {
	for _, seed := range jsonSeeds {
		f.Add([]byte(seed))
	}
	for _, c := range wireCases(f) {
		for _, part := range c.Parts {
			f.Add(bytes.TrimSpace(bytes.TrimPrefix([]byte(part.Text), []byte("data: "))))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		valid := json.Valid(text)
		if validJSON(text) != valid {
			t.Fatalf("scanner says %v of %q, encoding/json %v", !valid, text, valid)
		}
		var c chunk
		if c.read(text, true) != valid {
			t.Fatalf("chunk says %v of %q, encoding/json %v", !valid, text, valid)
		}
		if !valid || repeatsKey(text) {
			return // where keys come twice the two may differ
		}
		var doc any
		if err := json.Unmarshal(text, &doc); err != nil {
			return // such as numbers out of range
		}
		if got, want := summaryOf(&c), summaryByReflection(doc); !reflect.DeepEqual(got, want) {
			t.Fatalf("of %q\nscanner: %+v\n   json: %+v", text, got, want)
		}
	})
}

// summary is the part of a chunk that both ways of reading tell.
type summary struct {
	Choices bool
	Tokens  int
	Kinds   []Kind
	Text    string
	Finish  string
	Failed  bool
	Failure string
}

func summaryOf(c *chunk) summary {
	s := summary{Choices: c.choices, Tokens: len(c.tokens), Finish: string(plain(c.finish)), Failed: c.failed}
	s.Kinds = append(s.Kinds, c.tokens...)
	for _, text := range c.texts {
		s.Text += asJSON(text)
	}
	if c.failed {
		s.Failure = asJSON(c.failure)
	}
	return s
}

// asJSON reads what stood between quotes as encoding/json does, which replaces
// bytes that are not UTF-8.
func asJSON(raw []byte) string {
	var s string
	if err := json.Unmarshal([]byte(`"`+string(raw)+`"`), &s); err != nil {
		return err.Error()
	}
	return s
}

// summaryByReflection reads a decoded document the slow way.
func summaryByReflection(doc any) summary {
	var s summary
	root, _ := doc.(map[string]any)
	choices, isList := root["choices"].([]any)
	s.Choices = isList
	for _, c := range choices {
		choice, _ := c.(map[string]any)
		var text string
		var tool, reasoning bool
		// In this order texts join only if a choice holds one of them; the fuzzer
		// compares the joined text, so choices with several are left alone.
		for _, name := range []string{"delta", "message"} {
			d, _ := choice[name].(map[string]any)
			text += deltaText(d)
			reasoning = reasoning || asText(d["reasoning"])+asText(d["reasoning_content"]) != "" || thinks(d["content"])
			calls, _ := d["tool_calls"].([]any)
			_, call := d["function_call"].(map[string]any)
			tool = tool || len(calls) > 0 || call
		}
		text += asText(choice["text"])
		switch {
		case text != "":
			s.Kinds = append(s.Kinds, Content)
		case tool:
			s.Kinds = append(s.Kinds, ToolCall)
		case reasoning:
			s.Kinds = append(s.Kinds, Reasoning)
		}
		s.Text += text
		if reason := asText(choice["finish_reason"]); reason != "" {
			s.Finish = reason
		}
	}
	s.Tokens = len(s.Kinds)
	s.Failed, s.Failure = failureByReflection(root["error"])
	return s
}

func deltaText(d map[string]any) string {
	text := asText(d["content"])
	parts, _ := d["content"].([]any)
	for _, p := range parts {
		part, _ := p.(map[string]any)
		text += asText(part["text"])
	}
	return text + asText(d["refusal"])
}

func thinks(content any) bool {
	parts, _ := content.([]any)
	for _, p := range parts {
		part, _ := p.(map[string]any)
		if part["thinking"] != nil {
			return true
		}
	}
	return false
}

func failureByReflection(v any) (bool, string) {
	switch e := v.(type) {
	case nil:
		return false, ""
	case bool:
		return e, ""
	case string:
		return e != "", e
	case map[string]any:
		if m := asText(e["message"]); m != "" {
			return true, m
		}
		return true, asText(e["code"]) + asText(e["type"])
	}
	return true, ""
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// repeatsKey reports whether some object names a key twice, or several of the
// keys whose order decides how texts are joined.
func repeatsKey(text []byte) bool {
	ordered := map[string]string{"refusal": "content", "message": "delta", "text": "delta", "type": "code"}
	dec := json.NewDecoder(bytes.NewReader(text))
	var open []map[string]bool // nil: an array
	isKey := false
	for {
		token, err := dec.Token()
		if err != nil {
			return err != io.EOF
		}
		inObject := len(open) > 0 && open[len(open)-1] != nil
		if key, ok := token.(string); ok && inObject && isKey {
			seen := open[len(open)-1]
			if other, ok := ordered[key]; ok {
				key = other
			}
			if seen[key] {
				return true
			}
			seen[key], isKey = true, false
			continue
		}
		switch token {
		case json.Delim('{'):
			open = append(open, map[string]bool{})
		case json.Delim('['):
			open = append(open, nil)
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		isKey = len(open) > 0 && open[len(open)-1] != nil
	}
}

func TestDepthIsThatOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{maxDepth, maxDepth + 1} {
		text := []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		if got, want := validJSON(text), json.Valid(text); got != want {
			t.Errorf("at depth %d: %v, want %v", depth, got, want)
		}
	}
}

func TestUsageOfDialects(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		want       Usage
	}{
		{"OpenAI", `{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":5}}`, Usage{Prompt: 10, Cached: 4, Output: 7, Reasoning: 5, From: FromUsage}},
		{"DeepSeek", `{"prompt_tokens":10,"completion_tokens":7,"prompt_cache_hit_tokens":6,"prompt_cache_miss_tokens":4}`, Usage{Prompt: 10, Cached: 6, Output: 7, From: FromUsage}},
		{"xAI counts reasoning beside the completion", `{"prompt_tokens":10,"completion_tokens":7,"total_tokens":22,"completion_tokens_details":{"reasoning_tokens":5}}`, Usage{Prompt: 10, Output: 12, Reasoning: 5, From: FromUsage}},
		{"input and output", `{"input_tokens":10,"output_tokens":7,"input_tokens_details":{"cached_tokens":1},"output_tokens_details":{"reasoning_tokens":2}}`, Usage{Prompt: 10, Cached: 1, Output: 7, Reasoning: 2, From: FromUsage}},
		{"nulls are nothing", `{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":null}}`, Usage{Prompt: 10, Output: 7, From: FromUsage}},
		{"impossible figures are bounded", `{"prompt_tokens":1,"completion_tokens":2,"cached_tokens":9,"total_tokens":-5,"completion_tokens_details":{"reasoning_tokens":1e99}}`, Usage{Prompt: 1, Cached: 1, Output: 2, Reasoning: 2, From: FromUsage}},
	} {
		var c chunk
		if !c.read([]byte(`{"usage":`+test.text+`}`), false) || !c.usage.found {
			t.Errorf("%s: no usage found", test.name)
			continue
		}
		if got := c.usage.normalised(); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	for _, text := range []string{`null`, `{}`, `[]`, `{"prompt_tokens":null}`} {
		var c chunk
		if !c.read([]byte(`{"usage":`+text+`}`), false) || c.usage.found {
			t.Errorf("usage %s was taken for one", text)
		}
	}
}

func TestScannerAllocatesNothing(t *testing.T) {
	text := []byte(strings.TrimPrefix(strings.TrimSpace(tokenEvent("hello")), "data: "))
	var c chunk
	c.read(text, false)
	if n := testing.AllocsPerRun(100, func() { c.read(text, false) }); n != 0 {
		t.Errorf("%v allocations a chunk, want none", n)
	}
}

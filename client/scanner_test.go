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
	for _, c := range allCases(f) {
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
	s := summary{Choices: c.choices, Tokens: len(c.tokens), Finish: string(plain(c.finish)), Failed: c.trouble.found}
	s.Kinds = append(s.Kinds, c.tokens...)
	for _, text := range c.texts {
		s.Text += asJSON(text)
	}
	if c.trouble.found {
		s.Failure = asJSON(c.trouble.text)
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
	for _, name := range []string{"error", "errors", "exception", "error_message", "errorMessage", "error_msg", "errorMsg"} {
		s.fails(root[name])
	}
	groq, _ := root["x_groq"].(map[string]any)
	s.fails(groq["error"])
	for _, c := range choices {
		choice, _ := c.(map[string]any)
		s.fails(choice["error"])
		var d reflected
		switch delta := choice["delta"].(type) {
		case map[string]any:
			d = deltaByReflection(delta)
			s.fails(delta["error"])
		case string:
			d.text = delta
		default:
			message, _ := choice["message"].(map[string]any)
			d = deltaByReflection(message)
			s.fails(message["error"])
		}
		d.text += asText(choice["text"])
		switch {
		case d.text != "" || d.content:
			s.Kinds = append(s.Kinds, Content)
		case d.tool:
			s.Kinds = append(s.Kinds, ToolCall)
		case d.reasoning:
			s.Kinds = append(s.Kinds, Reasoning)
		}
		s.Text += d.text
		s.finishes(choice["finish_reason"])
		s.finishes(choice["finishReason"])
	}
	s.Tokens = len(s.Kinds)
	return s
}

// reflected is what a delta holds.
type reflected struct {
	text                     string
	content, tool, reasoning bool
}

func deltaByReflection(d map[string]any) (r reflected) {
	if parts, ok := d["content"].([]any); ok {
		for _, p := range parts {
			part, _ := p.(map[string]any)
			r.text += asText(p) + asText(part["text"]) + asText(part["content"])
			r.reasoning = r.reasoning || thinks(part["thinking"]) || thinks(part["reasoning"])
			for _, name := range []string{"image_url", "input_audio", "audio", "data"} {
				r.content = r.content || part[name] != nil
			}
		}
	}
	r.text += asText(d["content"]) + asText(d["refusal"]) + asText(d["text"])
	for _, name := range []string{"reasoning", "reasoning_content", "reasoning_text", "thinking", "thought", "thoughts"} {
		r.reasoning = r.reasoning || thinks(d[name])
	}
	for _, name := range []string{"reasoning_details", "thinking_blocks"} {
		list, _ := d[name].([]any)
		r.reasoning = r.reasoning || thinks(list)
	}
	audio, _ := d["audio"].(map[string]any)
	r.text += asText(audio["transcript"])
	images, _ := d["images"].([]any)
	r.content = r.content || asText(audio["data"]) != "" || len(images) > 0
	switch calls := d["tool_calls"].(type) {
	case []any:
		for _, call := range calls {
			r.tool = r.tool || call != nil
		}
	case map[string]any:
		r.tool = len(calls) > 0
	}
	_, call := d["function_call"].(map[string]any)
	r.tool = r.tool || call
	return r
}

// thinks reports whether a value holds reasoning: a text, a list, or an object of some.
func thinks(v any) bool {
	switch v := v.(type) {
	case string:
		return v != ""
	case []any:
		for _, e := range v {
			if _, nested := e.([]any); !nested && thinks(e) {
				return true
			}
		}
	case map[string]any:
		for _, name := range []string{"text", "summary", "thinking", "content", "data", "reasoning"} {
			if _, object := v[name].(map[string]any); !object && thinks(v[name]) {
				return true
			}
		}
	}
	return false
}

// finishes takes a finish reason in.
func (s *summary) finishes(v any) {
	if object, ok := v.(map[string]any); ok {
		s.finishes(asText(object["type"]))
		s.finishes(asText(object["reason"]))
		return
	}
	if reason := asText(v); finishing([]byte(reason)) != goesOn && finishing([]byte(s.Finish)) != failing {
		s.Finish = reason
	}
}

// fails takes the value of an error in.
func (s *summary) fails(v any) {
	say := func(text string) {
		if s.Failure == "" {
			s.Failure = text
		}
	}
	switch e := v.(type) {
	case bool:
		s.Failed = s.Failed || e
	case float64:
		s.Failed = s.Failed || e != 0
	case string:
		if finishing([]byte(e)) != goesOn {
			s.Failed = true
			say(e)
		}
	case []any:
		for _, one := range e {
			s.fails(one)
		}
	case map[string]any:
		for _, value := range e {
			s.Failed = s.Failed || hasMeaning(value)
		}
		message := ""
		for _, name := range []string{"message", "msg", "detail", "reason", "code", "type", "status", "name"} {
			if message == "" {
				message = asText(e[name])
			}
		}
		say(message)
	}
}

func hasMeaning(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true // numbers are written in ways that the two read apart
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// repeatsKey reports whether some object names a key twice, or several of the
// keys whose order decides how texts are joined.
func repeatsKey(text []byte) bool {
	ordered := map[string]string{
		"refusal": "content", "text": "content", "audio": "content", "delta": "content", "message": "content", "msg": "content", "detail": "content",
		"reason": "content", "finishReason": "finish_reason", "type": "code", "status": "code", "name": "code",
		"errors": "error", "exception": "error", "error_message": "error", "errorMessage": "error", "error_msg": "error", "errorMsg": "error",
	}
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
		{"impossible figures are bounded", `{"prompt_tokens":1,"completion_tokens":2,"cached_tokens":9,"total_tokens":-5,"completion_tokens_details":{"reasoning_tokens":1e99}}`, Usage{Prompt: 1, Cached: 1, Output: 2, From: FromUsage}},
	} {
		var c chunk
		if !c.read([]byte(`{"usage":`+test.text+`}`), false) || !c.usage.found {
			t.Errorf("%s: no usage found", test.name)
			continue
		}
		if got := c.usage.normalised(0, false); got != test.want {
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

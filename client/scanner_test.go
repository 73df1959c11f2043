package client

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"slices"
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
	`{"choices":[{"delta":{"audio":{"data":"x"},"tool_calls":{},"tool_call":{"a":1}},"message":{"content":"so far"},"text":"t","error":{"code":0}}]}`,
	`{"choices":[{"delta":"a","finish_reason":{"type":"abort"}},{"delta":null,"message":"b","finish_reason":"NULL"}],"x_groq":{"error":"e"}}`,
	`{"choices":[{"delta":{"content":{"text":{"value":"v"}},"reasoning_details":[{"text":"r"},{"data":"d"}],"images":[1]}}]}`,
	`[{"error":{"error":{"msg":"m"},"code":"c"}},7]`, `"an error"`, `{"detail":[{"msg":"m"}],"code":500,"status":"failed","success":false,"error":[null,"",0,"x"]}`,
	"{\"choices\":[{\"finish_reason\":\"\x85\"}]}",
	`{"choices":[{"delta":{"text":"n"},"text":""},{"delta":{"text":"n"},"text":"a"},{"text":"a","delta":{"text":"n"}},{"delta":{"text":""},"text":"a"}]}`,
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
		c := chunk{of: chat{}}
		if c.read(text, true) != valid {
			t.Fatalf("chunk says %v of %q, encoding/json %v", !valid, text, valid)
		}
		if !valid || repeatsKey(text) {
			return // where keys come twice the two may differ
		}
		var doc any
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		got, slow := summaryOf(&c), readSlowly(doc)
		if len(slow.finishes) > 1 || len(slow.failures) > 1 {
			return // which one counts depends on their order
		}
		want := slow.summary
		want.Finish, want.Failure = strings.Join(slow.finishes, ""), strings.Join(slow.failures, "")
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("of %q\nscanner: %+v\n   json: %+v", text, got, want)
		}
	})
}

// summary is the part of a chunk that both ways of reading tell.
type summary struct {
	Choices bool
	Kinds   []Kind
	Text    string
	Finish  string
	Failed  bool
	Failure string
}

func summaryOf(c *chunk) summary {
	s := summary{Choices: c.shaped, Finish: string(c.finish), Failed: c.failed}
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

// A reflection reads a decoded document the slow way. Finish reasons and
// failures are all that it found: which of several is told depends on their order.
type reflection struct {
	summary
	finishes, failures []string
}

func readSlowly(doc any) *reflection {
	r := new(reflection)
	switch root := doc.(type) {
	case map[string]any:
		r.root(root)
	case []any:
		for _, e := range root {
			r.failure(asMap(e)["error"])
		}
	}
	return r
}

func (r *reflection) root(root map[string]any) {
	choices, isList := root["choices"].([]any)
	r.Choices = isList
	for _, c := range choices {
		r.choice(asMap(c))
	}
	r.finish(root["finish_reason"])
	for key, v := range root {
		switch key {
		case "error", "Error", "errors", "error_message", "error_msg", "error_code", "errorMessage", "errorCode", "errmsg", "errcode", "base_resp", "fault", "exception":
			r.failure(v)
		case "metadata", "meta", "response":
			r.finish(asMap(v)["finish_reason"])
		default:
			if object, ok := v.(map[string]any); ok && !strings.HasPrefix(key, "x_") && (strings.HasSuffix(key, "Exception") || strings.HasSuffix(key, "Error")) {
				r.failure(object)
			}
		}
		if strings.HasPrefix(key, "x_") {
			r.failure(asMap(v)["error"])
			r.finish(asMap(v)["finish_reason"])
		}
	}
}

func (r *reflection) choice(c map[string]any) {
	r.failure(c["error"])
	r.finish(c["finish_reason"])
	var d told
	switch delta := c["delta"].(type) {
	case map[string]any:
		r.delta(delta, &d)
	case string:
		d.text = delta
	default:
		switch message := c["message"].(type) {
		case map[string]any:
			r.delta(message, &d)
		case string:
			d.text = message
		}
	}
	if d.text == "" && !d.content {
		d.text = d.late
	}
	if d.text == "" && !d.content {
		d.text = asText(c["text"])
	}
	switch {
	case d.text != "" || d.content:
		r.Kinds = append(r.Kinds, Content)
	case d.tool:
		r.Kinds = append(r.Kinds, ToolCall)
	case d.reasoning:
		r.Kinds = append(r.Kinds, Reasoning)
	}
	r.Text += d.text
}

// told is what a delta holds.
type told struct {
	text, late               string
	content, tool, reasoning bool
}

func (r *reflection) delta(d map[string]any, t *told) {
	r.failure(d["error"])
	r.finish(d["finish_reason"])
	switch content := d["content"].(type) {
	case string:
		t.text = content
	case []any:
		for _, p := range content {
			t.part(p)
		}
	case map[string]any:
		t.part(content)
	}
	t.text += asText(d["refusal"])
	for _, name := range []string{
		"reasoning_content", "reasoning", "reasoning_details", "reasoning_text", "reasoning_summary",
		"thinking", "thinking_content", "thinking_blocks", "thought", "thoughts",
	} {
		t.reasoning = t.reasoning || thinks(d[name])
	}
	for _, name := range []string{"tool_calls", "tool_call", "function_call"} {
		t.tool = t.tool || holds(d[name])
	}
	images, _ := d["images"].([]any)
	t.content = t.content || len(images) > 0 || sounds(d["audio"])
	t.late = asText(d["text"])
}

func (t *told) part(v any) {
	part, isMap := v.(map[string]any)
	if !isMap {
		t.text += asText(v)
		return
	}
	var text string
	for _, name := range []string{"text", "content"} { // only one of them is there
		if v, ok := part[name]; ok {
			if inner, ok := v.(map[string]any); ok {
				v = inner["value"]
			}
			text = asText(v)
		}
	}
	t.text += asText(part["refusal"])
	t.reasoning = t.reasoning || thinks(part["thinking"]) || thinks(part["reasoning"])
	t.content = t.content || sounds(part["audio"]) || sounds(part["input_audio"]) || sounds(part["output_audio"]) ||
		part["image"] != nil || part["image_url"] != nil
	kind := asText(part["type"])
	switch {
	case strings.Contains(kind, "think"), strings.Contains(kind, "reason"):
		t.reasoning = t.reasoning || text != ""
	case strings.Contains(kind, "tool"), strings.Contains(kind, "function"):
		t.tool = true
	default:
		t.text += text
	}
}

// thinks reports whether a value holds a text of reasoning.
func thinks(v any) bool {
	switch v := v.(type) {
	case string:
		return v != ""
	case []any:
		return slices.ContainsFunc(v, thinks)
	case map[string]any:
		return thinks(v["text"]) || thinks(v["content"]) || thinks(v["summary"]) || thinks(v["thinking"]) || thinks(v["reasoning"]) || thinks(v["data"])
	}
	return false
}

func holds(v any) bool {
	switch v := v.(type) {
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return false
}

func sounds(v any) bool {
	if m, ok := v.(map[string]any); ok {
		return asText(m["data"]) != "" || asText(m["transcript"]) != ""
	}
	return asText(v) != ""
}

func (r *reflection) finish(v any) {
	if m, ok := v.(map[string]any); ok {
		r.finish(m["type"])
		return
	}
	if reason := asText(v); isFinish([]byte(reason)) {
		r.finishes = append(r.finishes, reason)
	}
}

func (r *reflection) failure(v any) {
	if text, says := reasonByReflection(v); says {
		r.failures, r.Failed = append(r.failures, text), true
	}
}

func reasonByReflection(v any) (text string, says bool) {
	switch v := v.(type) {
	case bool:
		return "", v
	case string:
		return v, !saysNothing([]byte(v))
	case json.Number:
		return string(v), !saysNothing([]byte(v))
	case []any:
		for _, e := range v {
			told, more := reasonByReflection(e)
			if says = says || more; more && text == "" {
				text = told
			}
		}
	case map[string]any:
		best := len(reasons)
		for key, e := range v {
			told, more := reasonByReflection(e)
			says = says || more
			if rank := reasonRank([]byte(key)); more && told != "" && rank < best {
				text, best = told, rank
			}
		}
	}
	return text, says
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// repeatsKey reports whether some object names a key twice, or several of the
// keys whose order decides how texts are joined.
func repeatsKey(text []byte) bool {
	ordered := map[string]string{"refusal": "content", "text": "content"}
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
		{"impossible figures are not believed", `{"prompt_tokens":1,"completion_tokens":2,"cached_tokens":9,"total_tokens":-5,"completion_tokens_details":{"reasoning_tokens":1e99}}`, Usage{Prompt: 1, Cached: 1, Output: 2, From: FromUsage}},
	} {
		c := chunk{of: chat{}}
		if !c.read([]byte(`{"usage":`+test.text+`}`), false) || !c.usage.found {
			t.Errorf("%s: no usage found", test.name)
			continue
		}
		if got := c.usage.normalised(); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	for _, text := range []string{`null`, `{}`, `[]`, `{"prompt_tokens":null}`} {
		c := chunk{of: chat{}}
		if !c.read([]byte(`{"usage":`+text+`}`), false) || c.usage.found {
			t.Errorf("usage %s was taken for one", text)
		}
	}
}

func TestScannerAllocatesNothing(t *testing.T) {
	text := []byte(strings.TrimPrefix(strings.TrimSpace(tokenEvent("hello")), "data: "))
	c := chunk{of: chat{}}
	c.read(text, false)
	if n := testing.AllocsPerRun(100, func() { c.read(text, false) }); n != 0 {
		t.Errorf("%v allocations a chunk, want none", n)
	}
}

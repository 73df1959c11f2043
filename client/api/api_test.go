package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"flashwave/client/api"
)

// talk is a conversation about a picture, a tool and what came of it, in the words of chats.
func talk() []api.Message {
	return []api.Message{
		{Role: "system", Content: "be brief"},
		{Role: "user", Content: "a", Parts: json.RawMessage(`[{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO", "detail": "low"}}]`)},
		{Role: "assistant", Content: "let me see", ToolCalls: json.RawMessage(`[{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{\"q\": \"<a>\"}"}}, {"id": "c2", "type": "function", "function": {"name": "now", "arguments": ""}}]`)},
		{Role: "tool", ToolCallID: "c1", Content: "a cat"},
		{Role: "tool", ToolCallID: "c2", Content: "noon", Parts: json.RawMessage(`[{"type": "text", "text": "noon"}]`)},
		{Role: "assistant", Content: "a cat"},
		{Role: "user", Content: "thanks"},
	}
}

func wireOf(t *testing.T, a api.API, talk []api.Message) []string {
	t.Helper()
	wire, err := a.Wire(talk)
	if err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	var list []string
	for _, w := range wire {
		list = append(list, string(w))
		if w != nil && !json.Valid([]byte("["+string(w)+"]")) {
			t.Errorf("%s: %s is not JSON", a, w)
		}
	}
	return list
}

// What a conversation of chats is in the words of each dialect, message by message; "": what
// its role and its text say.
func TestWire(t *testing.T) {
	for a, want := range map[api.API][]string{
		api.Chat: {
			"",
			`{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO","detail":"low"}}]}`,
			`{"role":"assistant","content":"let me see","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"q\": \"<a>\"}"}},{"id":"c2","type":"function","function":{"name":"now","arguments":""}}]}`,
			`{"role":"tool","content":"a cat","tool_call_id":"c1"}`,
			`{"role":"tool","content":[{"type":"text","text":"noon"}],"tool_call_id":"c2"}`,
			"", "",
		},
		api.Responses: {
			"",
			`{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:image/png;base64,iVBO","detail":"low"}]}`,
			`{"role":"assistant","content":"let me see"},{"type":"function_call","call_id":"c1","name":"look","arguments":"{\"q\": \"<a>\"}"},{"type":"function_call","call_id":"c2","name":"now","arguments":""}`,
			`{"type":"function_call_output","call_id":"c1","output":"a cat"}`,
			`{"type":"function_call_output","call_id":"c2","output":"noon"}`,
			"", "",
		},
		api.Messages: {
			"",
			`{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]}`,
			`{"role":"assistant","content":[{"type":"text","text":"let me see"},{"type":"tool_use","id":"c1","name":"look","input":{"q":"<a>"}},{"type":"tool_use","id":"c2","name":"now","input":{}}]}`,
			`{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"a cat"}]}`,
			`{"role":"user","content":[{"type":"tool_result","tool_use_id":"c2","content":[{"type":"text","text":"noon"}]}]}`,
			"", "",
		},
		api.Generate: {
			"",
			`{"role":"user","content":"a","images":["iVBO"]}`,
			`{"role":"assistant","content":"let me see","tool_calls":[{"id":"c1","function":{"name":"look","arguments":{"q":"<a>"}}},{"id":"c2","function":{"name":"now","arguments":{}}}]}`,
			`{"role":"tool","content":"a cat","tool_name":"look","tool_call_id":"c1"}`,
			`{"role":"tool","content":"noon","tool_name":"now","tool_call_id":"c2"}`,
			"", "",
		},
	} {
		for i, got := range wireOf(t, a, talk()) {
			if got != want[i] {
				t.Errorf("%s, message %d:\n got %s\nwant %s", a, i, got, want[i])
			}
		}
	}
}

// One message in the words of each dialect, or what is wrong with it there: "!" and how the
// error begins.
func TestWireOfOne(t *testing.T) {
	parts := func(list string) api.Message {
		return api.Message{Role: "user", Content: "a", Parts: json.RawMessage(list)}
	}
	calls := func(list string) api.Message {
		return api.Message{Role: "assistant", ToolCalls: json.RawMessage(list)}
	}
	const more, tools = "!messages[0] is more than text, and api completions takes text alone", "!messages[0] speaks of calls of tools"
	for _, c := range []struct {
		name                                     string
		message                                  api.Message
		responses, messages, ollama, completions string
	}{
		{"text", api.Message{Role: "user", Content: "a"}, "", "", "", ""},
		{"texts", parts(`[{"type": "text", "text": "a"}]`), "", `{"role":"user","content":[{"type":"text","text":"a"}]}`, "", ""},
		{
			"what is to be cached",
			api.Message{Role: "system", Content: "a", Parts: json.RawMessage(`[{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}]`)},
			"", `{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}`, "", "",
		},
		{"a developer", api.Message{Role: "developer", Content: "a"}, "", "", `{"role":"system","content":"a"}`, ""},
		{
			"a picture somewhere", parts(`[{"type": "image_url", "image_url": {"url": "https://a/b.png"}}]`),
			`{"role":"user","content":[{"type":"input_image","image_url":"https://a/b.png"}]}`,
			`{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://a/b.png"}}]}`,
			"!messages[0] has a picture that is no data:TYPE;base64", more,
		},
		{
			"a picture that is not in base64", parts(`[{"type": "image_url", "image_url": {"url": "data:image/svg+xml,%3C"}}]`),
			`{"role":"user","content":[{"type":"input_image","image_url":"data:image/svg+xml,%3C"}]}`,
			"!messages[0] has a picture in a data URL that is not", "!messages[0] has a picture that is no", more,
		},
		{
			"an answer in parts",
			api.Message{Role: "assistant", Content: "a", Parts: json.RawMessage(`[{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "no"}]`)},
			`{"role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"no"}]}`,
			`!messages[0] has a part of type "refusal"`, `!messages[0] has a part of type "refusal"`, more,
		},
		{
			"the words of responses", parts(`[{"type": "input_text", "text": "a"}, {"type": "input_image", "image_url": "u"}]`),
			`{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"u"}]}`,
			`!messages[0] has a part of type "input_text"`, `!messages[0] has a part of type "input_text"`, more,
		},
		{
			"the words of messages", parts(`[{"type": "image", "source": {"type": "url", "url": "u"}}]`),
			`!messages[0] has a part of type "image"`, `{"role":"user","content":[{"type":"image","source":{"type":"url","url":"u"}}]}`,
			`!messages[0] has a part of type "image"`, more,
		},
		{
			"arguments as an object", calls(`[{"id": "1", "function": {"name": "f", "arguments": {"a": 1}}}]`),
			`{"type":"function_call","call_id":"1","name":"f","arguments":"{\"a\": 1}"}`,
			`{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"a":1}}]}`,
			`{"role":"assistant","content":"","tool_calls":[{"id":"1","function":{"name":"f","arguments":{"a":1}}}]}`, tools,
		},
		{
			"arguments that are torn", calls(`[{"id": "1", "function": {"name": "f", "arguments": "{\"a\": "}}]`),
			`{"type":"function_call","call_id":"1","name":"f","arguments":"{\"a\": "}`,
			"!messages[0] calls a tool with arguments that are no", "!messages[0] calls a tool with arguments that are no", tools,
		},
		{
			"a call without an id", calls(`[{"function": {"name": "f"}}]`),
			"!messages[0] has calls of tools without an id", "!messages[0] has calls of tools without an id",
			`{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]}`, tools,
		},
		{"a call of nothing", calls(`[{"id": "1"}]`), "!messages[0] has a tool_calls[0] that", "!messages[0] has a tool_calls[0] that", "!messages[0] has a tool_calls[0] that", tools},
		{
			"what came of nobody's call",
			api.Message{Role: "tool", ToolCallID: "9", Name: "f", Content: "a"},
			`{"type":"function_call_output","call_id":"9","output":"a"}`, `{"role":"user","content":[{"type":"tool_result","tool_use_id":"9","content":"a"}]}`,
			`{"role":"tool","content":"a","tool_name":"f","tool_call_id":"9"}`, tools,
		},
		{
			"a picture that came of it",
			api.Message{Role: "tool", ToolCallID: "9", Parts: json.RawMessage(`[{"type": "image_url", "image_url": {"url": "https://a/b"}}]`)},
			`{"type":"function_call_output","call_id":"9","output":[{"type":"input_image","image_url":"https://a/b"}]}`,
			`{"role":"user","content":[{"type":"tool_result","tool_use_id":"9","content":[{"type":"image","source":{"type":"url","url":"https://a/b"}}]}]}`,
			"!messages[0] has a picture that is no", tools,
		},
		{"a name", api.Message{Role: "user", Name: "bo", Content: "a"}, "!messages[0] has a name", "!messages[0] has a name", "!messages[0] has a name", "!messages[0] has a name"},
	} {
		for a, want := range map[api.API]string{api.Responses: c.responses, api.Messages: c.messages, api.Generate: c.ollama, api.Completions: c.completions} {
			wire, err := a.Wire([]api.Message{c.message})
			if refused, ok := strings.CutPrefix(want, "!"); ok {
				if err == nil || !strings.HasPrefix(err.Error(), refused) {
					t.Errorf("%s, %s: %s, %v; want %s", c.name, a, wire, err, refused)
				}
				continue
			}
			if err != nil || string(wire[0]) != want {
				t.Errorf("%s, %s:\n got %s, %v\nwant %s", c.name, a, wire, err, want)
			}
		}
	}
}

// Tools are described once, in the words of chats; in their own words they stay as they are.
func TestTools(t *testing.T) {
	const (
		chat = `[{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true}}, {"type": "function", "function": {"name": "g"}}]`
		own  = `[{"type":"web_search_20250305","name":"web_search"}]`
	)
	for _, c := range []struct {
		api        api.API
		list, want string // "!": how the error begins
	}{
		{api.Chat, chat, chat},
		{api.Generate, chat, chat},
		{api.HTTP, chat, chat},
		{api.Responses, chat, `[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},{"type":"function","name":"g"}]`},
		{api.Messages, chat, `[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true},{"name":"g","input_schema":{"type":"object","properties":{}}}]`},
		{api.Responses, own, own},
		{api.Messages, own, own},
		{api.Completions, chat, "!tools cannot be sent: api completions takes text alone"},
		{api.Embeddings, chat, "!tools cannot be sent"},
		{api.Responses, `[{"function": {}}]`, "!tools[0] has no name"},
		{api.Messages, `[{}, {"function": {"name": 7}}]`, "!tools[1] is no function"},
		{api.Messages, ``, ``},
		{api.Completions, ``, ``},
	} {
		var list json.RawMessage
		if c.list != "" {
			list = json.RawMessage(c.list)
		}
		got, err := c.api.Tools(list)
		if refused, ok := strings.CutPrefix(c.want, "!"); ok {
			if err == nil || !strings.HasPrefix(err.Error(), refused) {
				t.Errorf("%s of %s: %s, %v", c.api, c.list, got, err)
			}
		} else if err != nil || string(got) != c.want {
			t.Errorf("%s of %s:\n got %s, %v\nwant %s", c.api, c.list, got, err, c.want)
		}
	}
}

// A URL of a single call names its dialect.
func TestCalled(t *testing.T) {
	for path, want := range map[string][3]string{
		"/v1/chat/completions":  {"chat", "/v1", "/chat/completions"},
		"/v1/completions/":      {"completions", "/v1", "/completions"},
		"/a/v1/responses":       {"responses", "/a/v1", "/responses"},
		"/v1/messages":          {"messages", "/v1", "/messages"},
		"/v1/embeddings":        {"embeddings", "/v1", "/embeddings"},
		"/api/generate":         {"generate", "/api", "/generate"},
		"/api/chat":             {"generate", "/api", "/chat"},
		"/api/chat/completions": {"chat", "/api", "/chat/completions"},
		"/v1/copy/generate":     {"", "/v1/copy/generate", ""},
		"/v1/chat":              {"", "/v1/chat", ""},
		"/v1/":                  {"", "/v1", ""},
	} {
		of, base, call := api.Called(path)
		if got := [3]string{string(of), base, call}; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// Whatever JSON stands in a message, each dialect makes JSON of it or says what is wrong.
func FuzzWire(f *testing.F) {
	for _, m := range talk() {
		f.Add(string(m.Parts), string(m.ToolCalls), m.ToolCallID, m.Role)
	}
	f.Add(`[{"type":"image_url","image_url":{"url":"data:;base64"}},{"type":7}]`, `[{"function":{"name":"f","arguments":[1]}},null]`, "", "assistant")
	f.Fuzz(func(t *testing.T, parts, calls, id, role string) {
		m := api.Message{Role: role, Content: "a", ToolCallID: id}
		if json.Valid([]byte(parts)) {
			m.Parts = json.RawMessage(parts)
		}
		if json.Valid([]byte(calls)) {
			m.ToolCalls = json.RawMessage(calls)
		}
		for _, a := range api.All() {
			wire, err := a.Wire([]api.Message{m, m})
			if (err == nil) != (len(wire) == 2) {
				t.Fatalf("%s: %s, %v", a, wire, err)
			}
			for _, w := range wire {
				if w != nil && !json.Valid([]byte("["+string(w)+"]")) {
					t.Fatalf("%s: %s", a, w)
				}
			}
			if tools, err := a.Tools(m.ToolCalls); err == nil && tools != nil && !json.Valid(tools) {
				t.Fatalf("%s: tools %s", a, tools)
			}
		}
	})
}

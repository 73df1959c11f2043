package prompt

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"flashwave/bench/items"
)

func TestReadJSONLErrors(t *testing.T) {
	const two = "{\"prompt\": \"a\"}\n"
	for _, c := range []struct{ name, text, err string }{
		{"an empty file", "", `f holds no prompt: write one a line, {"prompt": "…"}`},
		{"blank lines alone", "\n \n\t\n", `f holds no prompt: write one a line, {"prompt": "…"}`},
		{"not JSON", two + "hello\n", `f:2: not JSON: invalid character 'h' looking for beginning of value`},
		{"a torn line", two + `{"prompt": "secret`, "f:2: not JSON: the line ends in the middle of it"},
		{"an array of texts", `["a"]`, `f:1: a line is an object, not a text: write {"prompt": "…"}`},
		{"an empty array", `[]`, `f holds no prompt: write one a line, {"prompt": "…"}`},
		{"an array in a line", two + `["a"]`, `f:2: a line is an object, not a list: write {"prompt": "…"}`},
		{"a text", `"a"`, `f:1: a line is an object, not a text: write {"prompt": "…"}`},
		{"null", `null`, `f:1: a line is an object, not null: write {"prompt": "…"}`},
		{"two objects", `{"prompt": "a"} {"prompt": "b"}`, "f:1: something follows the object: write one object a line"},
		{"rubbish after it", `{"prompt": "a"} x`, "f:1: something follows the object: write one object a line"},
		{"not UTF-8", "{\"prompt\": \"\xff\"}", "f:1: the line is not UTF-8"},
		{"a trace", `{"timestamp": 1, "input_length": 2}`, "f:1: a row of a trace, and no prompt: write trace: in front of the file's name"},
		{"neither", `{"text": "a"}`, "f:1: neither prompt nor messages in the object"},
		{"both", `{"prompt": "a", "messages": []}`, "f:1: prompt and messages exclude each other: leave one out"},
		{"no prompt", `{"prompt": null}`, "f:1: prompt is missing"},
		{"a prompt of nothing", `{"prompt": ""}`, "f:1: prompt is empty"},
		{"a number", `{"prompt": 7}`, "f:1: prompt is not a text"},
		{"a system of numbers", `{"prompt": "a", "system": 7}`, "f:1: system is not a text"},
		{"no messages", `{"messages": []}`, "f:1: messages is not a list of at least one message"},
		{"messages that are none", `{"messages": "a"}`, "f:1: messages is not a list of at least one message"},
		{"a message that is none", `{"messages": ["a"]}`, `f:1: messages[0]: not an object: write {"role": "user", "content": "…"}`},
		{"no role", `{"messages": [{"content": "a"}]}`, "f:1: messages[0]: role is missing"},
		{"no content", `{"messages": [{"role": "user", "content": "a"}, {"role": "user"}]}`, "f:1: messages[1]: content is missing"},
		{"no parts", `{"messages": [{"role": "user", "content": []}]}`, "f:1: messages[0]: content is empty"},
		{"a part that is none", `{"messages": [{"role": "user", "content": ["a"]}]}`, `f:1: messages[0]: content[0]: not an object: write {"type": "text", "text": "…"}`},
		{"a part without a type", `{"messages": [{"role": "user", "content": [{"text": "a"}]}]}`, "f:1: messages[0]: content[0]: type is missing"},
		{"a text part without text", `{"messages": [{"role": "user", "content": [{"type": "text", "txt": "a"}]}]}`, "f:1: messages[0]: content[0]: text is missing"},
		{"a picture without a URL", `{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": "http://a"}]}]}`, `f:1: messages[0]: content[0]: image_url: url is missing: write {"type": "image_url", "image_url": {"url": "…"}}`},
		{"a key of a message that nobody knows", `{"messages": [{"role": "user", "content": "a", "nmae": "x"}]}`, `f:1: messages[0]: unknown key "nmae": a message has role, content, name, tool_calls and tool_call_id`},
		{"an assistant that says nothing", `{"messages": [{"role": "user", "content": "a"}, {"role": "assistant"}]}`, "f:1: messages[1]: content is missing"},
		{"tool calls that are none", `{"messages": [{"role": "assistant", "tool_calls": [1]}]}`, "f:1: messages[0]: tool_calls[0] is a number, not an object"},
		{"a tool's answer to nothing", `{"messages": [{"role": "tool", "content": "a"}]}`, "f:1: messages[0]: tool_call_id is missing: a tool's message answers one of the tool_calls"},
		{"an unknown key", two + `{"prompt": "a", "tone": "dry"}`, `f:2: unknown key "tone": put it into "extra" to send it with the request, or leave it out`},
		{"a system beside messages", `{"messages": [{"role": "user", "content": "a"}], "system": "b"}`, "f:1: system goes with prompt alone: write it as the first of the messages"},
		{"no tokens", `{"prompt": "a", "max_tokens": 0}`, "f:1: max_tokens is not a whole number from 1 to 10000000"},
		{"half a token", `{"prompt": "a", "output_tokens": 1.5}`, "f:1: output_tokens is not a whole number from 1 to 10000000"},
		{"too hot", `{"prompt": "a", "temperature": 3}`, "f:1: temperature is not a number from 0 to 2"},
		{"tools that are none", `{"prompt": "a", "tools": {}}`, "f:1: tools is not a list of at least one object"},
		{"an extra that is none", `{"prompt": "a", "extra": 7}`, `f:1: extra is a number: write an object, {"top_p": 0.9}`},
		{"an extra that is the run's", `{"prompt": "a", "extra": {"stream": true}}`, `f:1: extra sets "stream", which is the run's to say: leave it out`},
		{"an extra that is the line's", `{"prompt": "a", "extra": {"max_tokens": 7}}`, `f:1: extra sets "max_tokens", which is a key of the line itself`},
		{"several answers", `{"prompt": "a", "extra": {"n": 2}}`, "f:1: n asks for several answers, and a run measures one of each request: leave it out"},
		{"a conversation of nobody", `{"conversations": [{"value": "a"}]}`, "f:1: conversations[0]: from is missing"},
		{"a conversation of strangers", `{"conversations": [{"from": "dog", "value": "a"}]}`, `f:1: conversations[0]: from "dog": want human, gpt or system`},
		{"a conversation without a question", `{"id": "x", "conversations": [{"from": "gpt", "value": "a"}]}`, "f:1: conversations holds nothing that a human says"},
		{"an empty conversation", `{"conversations": []}`, "f:1: conversations holds nothing that a human says"},
		{"embeddings", `{"custom_id": "a", "url": "/v1/embeddings", "body": {"input": "a"}}`, "f:1: url names no completions: only requests to /v1/chat/completions and /v1/completions can be sent"},
		{"a body of nothing", `{"custom_id": "a", "body": {"model": "m"}}`, "f:1: body: neither prompt nor messages in the object"},
		{"a body that is none", `{"body": "a"}`, "f:1: body is a text: a batch's request is an object"},
		{"a batch's body with a fault", `{"body": {"messages": [{"role": "user"}]}}`, "f:1: body: messages[0]: content is missing"},
		{"a batch with a prompt beside", `{"body": {}, "prompt": "a"}`, "f:1: prompt and body exclude each other: leave one out"},
		{"an array's second element", "[{\"prompt\": \"a\"},\n\n{\"prompt\": 7}]", "f:3: prompt is not a text"},
		{"an array that breaks off", "[{\"prompt\": \"a\"},\n", "f:2: the list has no end"},
		{"several faults", "{}\n" + two + "{}\n{}\n", "f:1: neither prompt nor messages in the object; nor can lines 3, 4 be used"},
		{"two faults", "{}\n" + two + "{}\n", "f:1: neither prompt nor messages in the object; nor can line 3 be used"},
		{"many faults", strings.Repeat("{}\n", 100), "f:1: neither prompt nor messages in the object; nor can lines 2, 3, 4, 5 and 95 more be used"},
		{"a line too long", two + `{"prompt": "` + strings.Repeat("a", items.MaxItem) + `"}`, "f:2: the line is longer than 16 MiB"},
	} {
		prompts, err := ReadJSONL(strings.NewReader(c.text), "f", "")
		if errText(err) != c.err || prompts != nil {
			t.Errorf("%s: %d prompts, %q; want %q", c.name, len(prompts), errText(err), c.err)
		}
	}
}

func TestReadJSONLPassesReadErrorsOn(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("{\"prompt\": \"a\"}\n"), iotest.ErrReader(io.ErrClosedPipe))
	if _, err := ReadJSONL(broken, "f", ""); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func FuzzReadJSONL(f *testing.F) {
	f.Add("{\"prompt\": \"Áo dài\"}\n\n{\"prompt\": \"b\", \"n\": 1e400}\n", "")
	f.Add(`{"messages": [{"role": "user", "content": "a"}], "features": ["x"]}`, "sys")
	f.Add("\ufeff{\"prompt\": \"a\", \"system\": \"s\"}\r\n", "sys")
	f.Add(`{"prompt": "a"}{"prompt": "b"}`, "")
	f.Add("{\"prompt\": \"\\ud800\"}", "")
	f.Add(`[{"id": 1, "conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}]`, "")
	f.Add(`{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image_url", "image_url": {"url": "u"}}]}], "max_tokens": 5, "top_p": 1}}`, "s")
	f.Add(`{"messages": [{"role": "assistant", "tool_calls": [{}]}, {"role": "tool", "tool_call_id": "1", "content": "a"}], "temperature": 1, "tools": [{}], "extra": {"a": {}}, "output_tokens": 7}`, "s")
	f.Fuzz(func(t *testing.T, text, system string) {
		prompts, err := ReadJSONL(strings.NewReader(text), "f", system)
		if (err == nil) != (len(prompts) > 0) {
			t.Fatalf("%d prompts and error %v", len(prompts), err)
		}
		if braces := strings.Count(text, "{"); len(prompts) > braces {
			t.Fatalf("%d prompts from %d objects", len(prompts), braces)
		}
		for _, p := range prompts {
			if (p.Text == "") == (len(p.Messages) == 0) {
				t.Fatalf("%+v has not one of text and messages", p)
			}
			if slices.ContainsFunc(p.Messages, func(m Message) bool { return m.Role == "" || m.Content == "" && m.Parts == nil && m.ToolCalls == nil }) {
				t.Fatalf("an empty message: %+v", p.Messages)
			}
			if p.Extra != nil && !json.Valid(p.Extra) || p.Tools != nil && !json.Valid(p.Tools) {
				t.Fatalf("extra %s, tools %s", p.Extra, p.Tools)
			}
			if p.Tokens() < 1 {
				t.Fatalf("%d tokens", p.Tokens())
			}
		}
	})
}

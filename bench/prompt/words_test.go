package prompt

import (
	"strings"
	"testing"

	"flashwave/client/api"
)

// What is more than text is sent in the words of the endpoint, and refused with its line
// where it has none.
func TestWords(t *testing.T) {
	const (
		plain   = `{"messages": [{"role": "user", "content": "a"}]}`
		picture = `{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "https://a/b"}}]}]}`
		calls   = `{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "1", "content": "b"}]}`
		tools   = `{"prompt": "a", "tools": [{"type": "function", "function": {"name": "f"}}]}`
		batch   = `{"custom_id": "1", "body": {"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function", "function": {"name": "f"}}]}}`
	)
	for _, c := range []struct {
		to         api.API
		line, want string // what is in the request; "!": how the error begins
	}{
		{"", plain, `null `},
		{api.Messages, plain, `null `},
		{"", picture, `{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://a/b"}}]} `},
		{api.Messages, picture, `{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"url","url":"https://a/b"}}]} `},
		{api.Generate, picture, `!f:2: messages[0] has a picture that is no data:`},
		{api.Completions, picture, `!f:2: messages[0] is more than text`},
		{api.HTTP, picture, `!f:2: messages[0] is more than text`},
		{"", calls, `null {"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]} {"role":"tool","content":"b","tool_call_id":"1"} `},
		{api.Responses, calls, `null {"type":"function_call","call_id":"1","name":"f","arguments":"{}"} {"type":"function_call_output","call_id":"1","output":"b"} `},
		{api.Embeddings, calls, `!f:2: messages[1] speaks of calls of tools`},
		{api.Responses, tools, `[{"type":"function","name":"f"}]`},
		{api.Messages, tools, `[{"name":"f","input_schema":{"type":"object","properties":{}}}]`},
		{api.Completions, tools, `!f:2: tools cannot be sent`},
		{api.Responses, batch, `null [{"type":"function","name":"f"}]`},
		{api.Completions, batch, `!f:2: body: tools cannot be sent`},
	} {
		var prompts []Prompt
		_, err := Workload{Prompts: "f", API: c.to, Turns: 1}.eachLine(strings.NewReader("{\"prompt\": \"x\"}\n"+c.line), func(_ int64, _ int, p Prompt) {
			prompts = append(prompts, p)
		})
		if refused, ok := strings.CutPrefix(c.want, "!"); ok {
			if err == nil || !strings.HasPrefix(err.Error(), refused) {
				t.Errorf("%q of %s: %v, want %s", c.to, c.line, err, refused)
			}
			continue
		}
		if err != nil || len(prompts) != 2 {
			t.Errorf("%q of %s: %v", c.to, c.line, err)
			continue
		}
		got := ""
		for _, m := range prompts[1].Messages {
			if m.Wire == nil {
				m.Wire = []byte("null")
			}
			got += string(m.Wire) + " "
		}
		if got += string(prompts[1].Tools); got != c.want {
			t.Errorf("%q of %s:\n got %s\nwant %s", c.to, c.line, got, c.want)
		}
	}
}

// The words of the endpoint make no other prompt: two runs against two dialects sent the same.
func TestWordsAreNotTheContent(t *testing.T) {
	const line = `{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]}]}`
	var first digest
	for i, to := range []api.API{api.Chat, api.Responses, api.Messages, api.Generate} {
		p, err := parser{to: to}.parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = p.digest()
		}
		if p.digest() != first {
			t.Errorf("%s: another digest", to)
		}
	}
}

// A conversation goes from question to question, so that one without any is none; and a
// body template says what a user and the system say, so that the rest would be dropped.
func TestAsked(t *testing.T) {
	const nobody = "messages holds nothing that a user says"
	for _, c := range []struct{ name, roles, conversation, template string }{
		{"a question", "user", "", ""},
		{"with its system", "system user", "", ""},
		{"an answer", "user assistant user", "", `messages[1] is of role "assistant", and a body template has words for user and system alone`},
		{"answers alone", "assistant", nobody, `messages[0] is of role "assistant", and a body template has words for user and system alone`},
		{"a system alone", "system", nobody, nobody},
	} {
		var messages []string
		for role := range strings.FieldsSeq(c.roles) {
			messages = append(messages, `{"role": "`+role+`", "content": "x"}`)
		}
		line := []byte(`{"messages": [` + strings.Join(messages, ",") + `]}`)
		if _, err := (parser{}).parse(line); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		p, err := parser{whole: true}.parse(line)
		if errText(err) != c.conversation || err == nil && len(turnsOf(p)) == 0 {
			t.Errorf("%s as a conversation: %v", c.name, err)
		}
		if _, err := (parser{template: true, to: api.HTTP}).parse(line); errText(err) != c.template {
			t.Errorf("%s in a template: %v", c.name, err)
		}
	}
}

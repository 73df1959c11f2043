package prompt

import (
	"strings"
	"testing"
)

// What is more than text is refused where the endpoint knows no such words, and sent as it
// was written where it does: no body holds messages in the form of another dialect.
func TestWords(t *testing.T) {
	const (
		name     = `{"messages": [{"role": "user", "name": "bob", "content": "a"}]}`
		texts    = `{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]}`
		picture  = `{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "u"}}]}]}`
		input    = `{"messages": [{"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "input_image", "image_url": "u"}]}]}`
		mixed    = `{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "input_image", "image_url": "u"}]}]}`
		source   = `{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image", "source": {"type": "url", "url": "u"}}]}]}`
		calls    = `{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "tool_calls": [{"id": "1"}]}]}`
		results  = `{"messages": [{"role": "tool", "tool_call_id": "1", "content": "a"}]}`
		tools    = `{"prompt": "a", "tools": [{"type": "function", "function": {"name": "f"}}]}`
		flat     = `{"prompt": "a", "tools": [{"type": "function", "name": "f"}]}`
		noAnswer = `{"messages": [{"role": "user", "content": "a"}, {"role": "tool", "content": [{"type": "text", "text": "b"}]}]}`
	)
	const foreign, named = "messages[1] speaks of calls of tools", "messages[0] has a name"
	for _, c := range []struct {
		line                               string
		chat, responses, messages, nothing string // how the error begins; "": sent
	}{
		{name, "", named, named, named},
		{texts, "", "", "", ""},
		{picture, "", "messages[0] has parts in the words", "messages[0] has an image_url", "messages[0] is more than text"},
		{input, "", "", "", "messages[0] is more than text"},
		{mixed, "", "messages[0] has parts in the words", "", "messages[0] is more than text"},
		{calls, "", foreign, foreign, foreign},
		{results, "", "messages[0] speaks", "messages[0] speaks", "messages[0] speaks"},
		{tools, "", "tools[0] is in the words", "tools[0] is in the words", "tools cannot be sent"},
		{flat, "", "", "", "tools cannot be sent"},
		{source, "", "messages[0] has parts in the words", "", "messages[0] is more than text"},
		{noAnswer, "messages[1]: tool_call_id is missing", "messages[1]: tool", "messages[1]: tool", "messages[1]: tool"},
	} {
		for words, want := range []string{c.chat, c.responses, c.messages, c.nothing} {
			p, err := parser{words: Words(words)}.parse([]byte(c.line))
			if (err == nil) != (want == "") || !strings.HasPrefix(errText(err), want) {
				t.Errorf("%s in words %d: %v, want %q", c.line, words, err, want)
			}
			if body := string(p.Body(nil)); Words(words) != ChatWords && strings.Contains(body, `"messages"`) {
				t.Errorf("%s in words %d adds %s", c.line, words, body)
			}
		}
	}
}

// Texts in parts are one text where there are no such parts.
func TestTextsAreOne(t *testing.T) {
	const line = `{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]}`
	for words, parts := range []bool{true, false, true, false} {
		p, err := parser{words: Words(words)}.parse([]byte(line))
		if err != nil || p.Messages[0].Content != "ab" || (p.Messages[0].Parts != nil) != parts {
			t.Errorf("words %d: %+v, %v", words, p.Messages, err)
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
		if _, err := (parser{template: true, words: TextAlone}).parse(line); errText(err) != c.template {
			t.Errorf("%s in a template: %v", c.name, err)
		}
	}
}

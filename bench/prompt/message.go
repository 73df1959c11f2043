package prompt

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"flashwave/bench/items"
	"flashwave/client/api"
)

// A Message is one turn of a conversation, as the file that it stands in has it.
type Message struct {
	api.Message
	// Wire is the message in the words of the endpoint, where it is more than a role and a
	// text; nil: it is not. See [api.API.Wire].
	Wire json.RawMessage

	pictures int // among Parts
}

// say is a message of nothing but text.
func say(role, content string) Message {
	return Message{Message: api.Message{Role: role, Content: content}}
}

// bytes is the size of the message; a picture counts as what its tokens would be as text.
func (m Message) bytes() int {
	return max(len(m.Content), len(m.Parts)) + len(m.ToolCalls) + m.pictures*pictureTokens*bytesPerToken
}

// pictureTokens is what a picture comes to at most, but for the largest.
const pictureTokens = 1500

// conversed reads messages; the system prompt leads them if they have none.
func (l *line) conversed(a parser) error {
	const want = "messages is not a list of at least one message"
	err := items.Array(l.messages, func(i int, value []byte) error {
		m, err := message(value)
		if err != nil {
			return fmt.Errorf("messages[%d]: %w", i, err)
		}
		l.Messages = append(l.Messages, m)
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(l.Messages) == 0:
		return errors.New(want)
	}
	l.led(a.system)
	return a.asked(l.Messages)
}

// asked refuses messages that do not ask what is wanted of them: a conversation goes from
// question to question, and a body template knows prompt and system alone.
func (a parser) asked(messages []Message) error {
	if !a.whole && !a.template {
		return nil
	}
	questions := 0
	for i, m := range messages {
		switch {
		case m.Role == "user":
			questions++
		case a.template && m.Role != "system":
			return fmt.Errorf("messages[%d] is of role %s, and a body template has words for user and system alone", i, quoted(m.Role))
		}
	}
	if questions == 0 {
		return errors.New("messages holds nothing that a user says")
	}
	return nil
}

// led puts the system prompt in front of messages that have none.
func (l *line) led(system string) {
	if first := l.Messages[0].Role; system != "" && first != "system" && first != "developer" {
		l.Messages = append([]Message{say("system", system)}, l.Messages...)
	}
}

// message reads a message in the form of the chat completions.
func message(value []byte) (m Message, err error) {
	if items.Kind(value) != items.AnObject {
		return m, errors.New(`not an object: write {"role": "user", "content": "…"}`)
	}
	var role, content []byte
	err = items.Object(value, func(key, value []byte) (err error) {
		switch string(key) {
		case "role":
			role = value
		case "content":
			content = value
		case "name":
			m.Name, err = textOf(string(key), value)
		case "tool_call_id":
			m.ToolCallID, err = textOf(string(key), value)
		case "tool_calls":
			m.ToolCalls, err = listOf(string(key), value)
		default:
			err = fmt.Errorf("unknown key %s: a message has role, content, name, tool_calls and tool_call_id", quoted(string(key)))
		}
		return err
	})
	if err != nil {
		return m, err
	}
	if m.Role, err = textOf("role", role); err != nil {
		return m, err
	}
	switch {
	case m.Role == "tool" && m.ToolCallID == "":
		return m, errors.New("tool_call_id is missing: a tool's message answers one of the tool_calls")
	case items.Kind(content) == items.AList:
		return m, m.parts(content)
	case m.ToolCalls != nil && items.Kind(content) == items.Nothing: // it says nothing beside them
		return m, nil
	}
	m.Content, err = textOf("content", content)
	return m, err
}

// parts reads a content of parts. Of kinds that are not known here the endpoint may know
// more.
func (m *Message) parts(list []byte) error {
	n := 0
	err := items.Array(list, func(i int, value []byte) error {
		n++
		if err := m.part(value); err != nil {
			return fmt.Errorf("content[%d]: %w", i, err)
		}
		return nil
	})
	if err == nil && n == 0 {
		err = errors.New("content is empty")
	}
	m.Parts = slices.Clone(list)
	return err
}

func (m *Message) part(value []byte) error {
	if items.Kind(value) != items.AnObject {
		return errors.New(`not an object: write {"type": "text", "text": "…"}`)
	}
	var kind, text, picture []byte
	_ = items.Object(value, func(key, value []byte) error {
		switch string(key) {
		case "type":
			kind = value
		case "text":
			text = value
		case "image_url":
			picture = value
		}
		return nil
	})
	of, err := textOf("type", kind)
	switch {
	case err != nil:
		return err
	case of == "text":
		s, err := textOf("text", text)
		m.Content += s
		return err
	case of == "image_url":
		m.pictures++
		var url []byte
		_ = items.Object(picture, func(key, value []byte) error {
			if string(key) == "url" {
				url = value
			}
			return nil
		})
		_, err := textOf("url", url)
		if err != nil {
			return fmt.Errorf(`image_url: %w: write {"type": "image_url", "image_url": {"url": "…"}}`, err)
		}
	}
	return nil
}

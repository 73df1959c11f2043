package api

import (
	"encoding/json"
	"fmt"
)

// chatWords are those that files are written in:
// https://platform.openai.com/docs/api-reference/chat/create.
type chatWords struct{}

func (chatWords) say(m Message, _ []Message) (json.RawMessage, error) {
	if m.Plain() && m.Parts == nil {
		return nil, nil
	}
	wire := struct {
		Role       string          `json:"role"`
		Name       string          `json:"name,omitempty"`
		Content    any             `json:"content"`
		ToolCalls  json.RawMessage `json:"tool_calls,omitempty"`
		ToolCallID string          `json:"tool_call_id,omitempty"`
	}{m.Role, m.Name, m.Content, m.ToolCalls, m.ToolCallID}
	switch {
	case m.Parts != nil:
		wire.Content = m.Parts
	case m.Content == "" && m.ToolCalls != nil:
		wire.Content = nil
	}
	return encoded(wire), nil
}

// textAlone is how an API speaks that takes nothing but texts.
type textAlone struct{ of API }

func (t textAlone) say(m Message, _ []Message) (json.RawMessage, error) {
	parts, err := m.parts()
	switch {
	case err != nil:
		return nil, err
	case m.ToolCalls != nil || m.ToolCallID != "":
		return nil, fmt.Errorf("speaks of calls of tools, and api %s takes text alone", t.of)
	case m.Name != "":
		return nil, errNamed
	case !areTexts(parts):
		return nil, fmt.Errorf("is more than text, and api %s takes text alone", t.of)
	}
	return nil, nil
}

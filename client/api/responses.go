package api

import (
	"encoding/json"
	"errors"
)

// responsesWords are those of OpenAI's responses: input_text and input_image, calls of tools
// and what came of them as items beside the messages, and tools without a function around
// them. https://platform.openai.com/docs/api-reference/responses/create, and
// https://platform.openai.com/docs/guides/function-calling?api-mode=responses.
type responsesWords struct{}

type outputItem struct {
	Type   string `json:"type"`
	CallID string `json:"call_id"`
	Output any    `json:"output"`
}

type callItem struct {
	Type      string `json:"type"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type messageItem struct {
	Role    string `json:"role"`
	Content any    `json:"content"`
}

func (w responsesWords) say(m Message, _ []Message) (json.RawMessage, error) {
	content, err := w.content(m)
	if err != nil {
		return nil, err
	}
	if m.ToolCallID != "" {
		return encoded(outputItem{"function_call_output", m.ToolCallID, content}), nil
	}
	if m.Name != "" {
		return nil, errNamed
	}
	calls, err := m.calls()
	if err != nil {
		return nil, err
	}
	_, isText := content.(string)
	if isText && len(calls) == 0 {
		return nil, nil
	}
	var items []json.RawMessage
	if content != "" {
		items = append(items, encoded(messageItem{m.Role, content}))
	}
	for _, c := range calls {
		if c.ID == "" {
			return nil, errors.New("has calls of tools without an id")
		}
		items = append(items, encoded(callItem{"function_call", c.ID, c.Function.Name, c.text()}))
	}
	return listed(items), nil
}

// content is that of a message: a text if it is nothing else, or a list.
func (responsesWords) content(m Message) (any, error) {
	parts, err := m.parts()
	if err != nil || areTexts(parts) {
		return m.Content, err
	}
	type text struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	type image struct {
		Type   string `json:"type"`
		URL    string `json:"image_url"`
		Detail string `json:"detail,omitempty"`
	}
	list := make([]any, len(parts))
	for i, p := range parts {
		switch p.kind {
		case "text":
			list[i] = text{"input_text", p.text}
			if m.Role == "assistant" {
				list[i] = text{"output_text", p.text}
			}
		case "image_url":
			list[i] = image{"input_image", p.url, p.detail}
		case "image", "document", "file", "tool_use", "tool_result", "thinking":
			return nil, foreign(p, Responses)
		default:
			list[i] = p.written
		}
	}
	return list, nil
}

// responsesTool is a tool without a function around it.
func responsesTool(t function) any {
	return struct {
		Type string `json:"type"`
		function
	}{"function", t}
}

package api

import (
	"encoding/json"
	"errors"
	"strings"
)

// ollamaWords are those of Ollama's chats: pictures stand beside the text, in base64 alone;
// the arguments of a call are an object, and what came of it names the tool.
// https://docs.ollama.com/api/chat, https://docs.ollama.com/capabilities/tool-calling.
type ollamaWords struct{}

type ollamaMessage struct {
	Role       string       `json:"role"`
	Content    string       `json:"content"`
	Images     []string     `json:"images,omitempty"`
	ToolCalls  []ollamaCall `json:"tool_calls,omitempty"`
	ToolName   string       `json:"tool_name,omitempty"`
	ToolCallID string       `json:"tool_call_id,omitempty"`
}

type ollamaCall struct {
	ID       string         `json:"id,omitempty"`
	Function ollamaFunction `json:"function"`
}

type ollamaFunction struct {
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

func (ollamaWords) say(m Message, before []Message) (json.RawMessage, error) {
	wire := ollamaMessage{Role: m.Role, Content: m.Content, ToolCallID: m.ToolCallID}
	parts, err := m.parts()
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		_, data, isPicture := p.picture()
		switch {
		case p.kind == "text":
		case p.kind != "image_url":
			return nil, foreign(p, Generate)
		case !isPicture:
			return nil, errors.New("has a picture that is no data:TYPE;base64,… URL, and api generate takes no other")
		default:
			wire.Images = append(wire.Images, data)
		}
	}
	switch {
	case m.ToolCallID != "":
		if wire.ToolName = m.Name; m.Name == "" {
			wire.ToolName = calledAs(m.ToolCallID, before)
		}
	case m.Name != "":
		return nil, errNamed
	}
	calls, err := m.calls()
	if err != nil {
		return nil, err
	}
	for _, c := range calls {
		arguments, err := c.object()
		if err != nil {
			return nil, err
		}
		wire.ToolCalls = append(wire.ToolCalls, ollamaCall{c.ID, ollamaFunction{c.Function.Name, arguments}})
	}
	if OfSystem(m.Role) {
		wire.Role = "system" // it knows no developer
	}
	if m.Plain() && wire.Images == nil && wire.Role == m.Role {
		return nil, nil
	}
	return encoded(wire), nil
}

// calledAs is the name of the tool that was called under an id; "": nobody called it.
func calledAs(id string, before []Message) string {
	for _, m := range before {
		calls, _ := m.calls() // they were looked at before
		for _, c := range calls {
			if c.ID == id {
				return c.Function.Name
			}
		}
	}
	return ""
}

// isData reports whether a URL holds what it leads to.
func isData(url string) bool { return strings.HasPrefix(url, "data:") }

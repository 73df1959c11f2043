package api

import (
	"encoding/json"
	"errors"
)

// messagesWords are those of Anthropic's messages: contents are blocks, the call of a tool and
// what came of it are among them, and the latter is said by the user; the input of a tool is
// an object. https://docs.claude.com/en/api/messages,
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use,
// https://docs.claude.com/en/docs/build-with-claude/vision. Turns of one role that follow each
// other are one to the API.
type messagesWords struct{}

type textBlock struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type imageBlock struct {
	Type   string      `json:"type"`
	Source imageSource `json:"source"`
}

type imageSource struct {
	Type      string `json:"type"`
	MediaType string `json:"media_type,omitempty"`
	Data      string `json:"data,omitempty"`
	URL       string `json:"url,omitempty"`
}

type useBlock struct {
	Type  string          `json:"type"`
	ID    string          `json:"id"`
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`
}

type resultBlock struct {
	Type    string `json:"type"`
	UseID   string `json:"tool_use_id"`
	Content any    `json:"content"`
}

func (w messagesWords) say(m Message, _ []Message) (json.RawMessage, error) {
	blocks, err := w.blocks(m)
	if err != nil {
		return nil, err
	}
	if m.ToolCallID != "" {
		result := resultBlock{"tool_result", m.ToolCallID, m.Content}
		if blocks != nil {
			result.Content = blocks
		}
		return encoded(messageItem{"user", []any{result}}), nil
	}
	if m.Name != "" {
		return nil, errNamed
	}
	calls, err := m.calls()
	switch {
	case err != nil:
		return nil, err
	case blocks == nil && len(calls) == 0:
		return nil, nil
	case OfSystem(m.Role):
		return listed(blocks), nil
	case blocks == nil && m.Content != "":
		blocks = append(blocks, encoded(textBlock{"text", m.Content}))
	}
	for _, c := range calls {
		input, err := c.object()
		if err == nil && c.ID == "" {
			err = errors.New("has calls of tools without an id")
		}
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, encoded(useBlock{"tool_use", c.ID, c.Function.Name, input}))
	}
	return encoded(messageItem{m.Role, blocks}), nil
}

// blocks are the content of a message that has parts; nil: it has none. Texts stay as they
// are written, for they may say what is to be cached.
func (messagesWords) blocks(m Message) (list []json.RawMessage, err error) {
	parts, err := m.parts()
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		block := p.written
		switch p.kind {
		case "image_url":
			source := imageSource{Type: "url", URL: p.url}
			if mediaType, data, ok := p.picture(); ok {
				source = imageSource{Type: "base64", MediaType: mediaType, Data: data}
			} else if isData(p.url) {
				return nil, errors.New("has a picture in a data URL that is not data:TYPE;base64,…")
			}
			block = encoded(imageBlock{"image", source})
		case "input_text", "output_text", "input_image", "input_file", "input_audio", "file", "refusal":
			return nil, foreign(p, Messages)
		}
		list = append(list, block)
	}
	return list, nil
}

// messagesTool is a tool whose parameters are the schema of its input.
func messagesTool(t function) any {
	schema := t.Parameters
	if len(schema) == 0 || string(schema) == "null" {
		schema = json.RawMessage(`{"type":"object","properties":{}}`) // it asks for one
	}
	return struct {
		Name        string          `json:"name"`
		Description string          `json:"description,omitempty"`
		InputSchema json.RawMessage `json:"input_schema"`
		Strict      *bool           `json:"strict,omitempty"`
	}{t.Name, t.Description, schema, t.Strict}
}

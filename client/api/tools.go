package api

import (
	"encoding/json"
	"errors"
	"fmt"
)

// A function is a tool in the words of the chat completions, where it stands below function.
type function struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters,omitempty"`
	Strict      *bool           `json:"strict,omitempty"`
}

// Tools puts a list of tools into the words of the dialect: those that are described in
// the words of the chat completions; others stay as they are. With [HTTP] it is for the
// template to say what becomes of them. An error says which cannot be sent, and why.
func (a API) Tools(list json.RawMessage) (json.RawMessage, error) {
	if list == nil {
		return nil, nil
	}
	switch a {
	case Responses:
		return eachTool(list, responsesTool)
	case Messages:
		return eachTool(list, messagesTool)
	case Completions, Embeddings:
		return nil, fmt.Errorf("tools cannot be sent: api %s takes text alone", a)
	}
	return list, nil
}

func eachTool(list json.RawMessage, say func(function) any) (json.RawMessage, error) {
	var tools []json.RawMessage
	if err := json.Unmarshal(list, &tools); err != nil {
		return nil, errors.New("tools is no list")
	}
	for i, written := range tools {
		var t struct {
			Function *function `json:"function"`
		}
		switch err := json.Unmarshal(written, &t); {
		case err != nil:
			return nil, fmt.Errorf(`tools[%d] is no function: write {"type": "function", "function": {"name": "…", "parameters": {…}}}`, i)
		case t.Function == nil:
		case t.Function.Name == "":
			return nil, fmt.Errorf("tools[%d] has no name", i)
		default:
			tools[i] = encoded(say(*t.Function))
		}
	}
	return encoded(tools), nil
}

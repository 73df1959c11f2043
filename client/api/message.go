package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A Message is one turn of a conversation, in the words of OpenAI's chat completions, which
// files of prompts are written in; its parts may be in those of the dialect that it is for.
type Message struct {
	Role    string
	Content string // the text; of Parts, the texts among them one after the other
	// Parts are the content where it is more than a text: a JSON list of text,
	// image_url and other parts, as it was written. nil: Content is all.
	Parts     json.RawMessage
	ToolCalls json.RawMessage // an assistant's, a JSON list as it was written; nil: none
	// ToolCallID says which of them a tool's message answers; Name who speaks. "": not said.
	ToolCallID, Name string
}

// Plain reports whether role and content are all that there is to it, beside parts.
func (m Message) Plain() bool {
	return m.ToolCalls == nil && m.ToolCallID == "" && m.Name == ""
}

// OfSystem reports whether a role is that of who sets the rules of a conversation.
func OfSystem(role string) bool { return role == "system" || role == "developer" }

// words are those of a dialect for what is more than text.
type words interface {
	// say is a message as an element of the list that the dialect takes, or several with
	// commas between; nil: its role and content are all that it says.
	say(m Message, before []Message) (json.RawMessage, error)
}

func (a API) words() words {
	switch a {
	case Chat, "":
		return chatWords{}
	case Responses:
		return responsesWords{}
	case Messages:
		return messagesWords{}
	case Generate:
		return ollamaWords{}
	}
	return textAlone{a}
}

// Wire puts a conversation into the words of the dialect. For each message it is what the
// list of them holds, as JSON: one element or several with commas between; nil: its role and
// content are all that it says. With [Messages] those of the system are elements of a list of
// their own. An error says which message cannot be sent, and why; it holds nothing of what
// is said in it.
func (a API) Wire(conversation []Message) ([]json.RawMessage, error) {
	wire, w := make([]json.RawMessage, len(conversation)), a.words()
	for i, m := range conversation {
		var err error
		if wire[i], err = w.say(m, conversation[:i]); err != nil {
			return nil, fmt.Errorf("messages[%d] %w", i, err)
		}
	}
	return wire, nil
}

// A call is that of a tool in the words of the chat completions.
type call struct {
	ID       string `json:"id"`
	Function *struct {
		Name      string          `json:"name"`
		Arguments json.RawMessage `json:"arguments"`
	} `json:"function"`
}

// calls are those of a message.
func (m Message) calls() (list []call, err error) {
	if m.ToolCalls == nil {
		return nil, nil
	}
	if err := json.Unmarshal(m.ToolCalls, &list); err != nil {
		return nil, errors.New("has tool_calls whose id and name are no texts")
	}
	for i, c := range list {
		if c.Function == nil || c.Function.Name == "" {
			return nil, fmt.Errorf(`has a tool_calls[%d] that calls no function: write {"id": "…", "function": {"name": "…", "arguments": "{…}"}}`, i)
		}
	}
	return list, nil
}

// text are the arguments as a text that holds JSON.
func (c call) text() string {
	var text string
	if json.Unmarshal(c.Function.Arguments, &text) != nil {
		return string(c.Function.Arguments) // an object, as some write it
	}
	return text
}

// object are the arguments as an object.
func (c call) object() (json.RawMessage, error) {
	text := strings.TrimSpace(c.text())
	if text == "" {
		return json.RawMessage("{}"), nil
	}
	if !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
		return nil, errors.New("calls a tool with arguments that are no JSON object")
	}
	return json.RawMessage(text), nil
}

// A part is one of a content.
type part struct {
	kind    string
	text    string
	url     string // of a picture
	detail  string // of a picture
	written json.RawMessage
}

// parts are those of the content.
func (m Message) parts() (list []part, err error) {
	if m.Parts == nil {
		return nil, nil
	}
	var written []json.RawMessage
	if err := json.Unmarshal(m.Parts, &written); err != nil {
		return nil, errors.New("has a content that is no list")
	}
	for _, w := range written {
		var p struct {
			Type    string          `json:"type"`
			Text    string          `json:"text"`
			Picture json.RawMessage `json:"image_url"`
		}
		if err := json.Unmarshal(w, &p); err != nil {
			return nil, errors.New("has a part whose type or text is none")
		}
		one := part{kind: p.Type, text: p.Text, written: w}
		if p.Type == "image_url" {
			var picture struct{ URL, Detail string }
			if err := json.Unmarshal(p.Picture, &picture); err != nil || picture.URL == "" {
				return nil, errors.New("has a picture without a url")
			}
			one.url, one.detail = picture.URL, picture.Detail
		}
		list = append(list, one)
	}
	return list, nil
}

// areTexts reports whether parts are nothing but texts.
func areTexts(parts []part) bool {
	for _, p := range parts {
		if p.kind != "text" {
			return false
		}
	}
	return true
}

// picture takes a picture out of a data URL; ok is false for any other URL.
func (p part) picture() (mediaType, base64 string, ok bool) {
	rest, ok := strings.CutPrefix(p.url, "data:")
	if !ok {
		return "", "", false
	}
	mediaType, base64, ok = strings.Cut(rest, ",")
	mediaType, coded := strings.CutSuffix(mediaType, ";base64")
	mediaType, _, _ = strings.Cut(mediaType, ";")
	return mediaType, base64, ok && coded && mediaType != ""
}

// errNamed refuses names of who speaks.
var errNamed = errors.New("has a name, which only the chat completions know: leave it out")

// foreign refuses a part in the words of another dialect.
func foreign(p part, of API) error {
	return fmt.Errorf("has a part of type %.40q, which api %s does not know", p.kind, of)
}

// encoded is a value as JSON. All of ours have one.
func encoded(v any) json.RawMessage {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return json.RawMessage("null")
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}

// listed joins elements as they stand in a list.
func listed(elements []json.RawMessage) json.RawMessage {
	var all []byte
	for i, e := range elements {
		if i > 0 {
			all = append(all, ',')
		}
		all = append(all, e...)
	}
	return all
}

package prompt

import (
	"errors"
	"fmt"

	"flashwave/bench/items"
)

// Words are those in which an endpoint takes what is more than text.
type Words uint8

// The words of the dialects.
const (
	ChatWords      Words = iota // of the chat completions: parts, calls of tools, names
	ResponsesWords              // of OpenAI's responses: input_text and input_image
	MessagesWords               // of Anthropic's messages: text, and images with a source
	TextAlone                   // none: nothing else is taken
)

// sendable refuses what the endpoint would not understand. Parts that are nothing but texts
// become one text where the words know no such parts.
func (l *line) sendable(w Words) error {
	if w == ChatWords {
		return nil
	}
	if err := w.tools(l.Tools); err != nil {
		return err
	}
	for i := range l.Messages {
		m := &l.Messages[i]
		if err := w.message(*m); err != nil {
			return fmt.Errorf("messages[%d] %w", i, err)
		}
		if m.others == 0 && w != MessagesWords {
			m.Parts = nil
		}
	}
	return nil
}

// message says what of a message is not of the words.
func (w Words) message(m Message) error {
	switch {
	case m.ToolCalls != nil || m.ToolCallID != "":
		return errors.New("speaks of calls of tools in the words of the chat completions, and the api is another")
	case m.Name != "":
		return errors.New("has a name, which only the chat completions know: leave it out")
	case w == TextAlone && m.others > 0:
		return errors.New("is more than text, and the endpoint takes nothing else")
	case w == MessagesWords && m.pictures > 0:
		return errors.New(`has an image_url, a word of the chat completions: write {"type": "image", "source": {"type": "url", "url": "…"}}`)
	case w == ResponsesWords && (m.pictures > 0 || m.others > 0 && m.texts > 0):
		return errors.New(`has parts in the words of the chat completions: write {"type": "input_text", "text": "…"} and {"type": "input_image", "image_url": "…"}`)
	}
	return nil
}

// tools says whether tools are not of the words: those of the chat completions stand
// below function.
func (w Words) tools(list []byte) error {
	if list == nil {
		return nil
	}
	if w == TextAlone {
		return errors.New("tools cannot be sent: the endpoint takes text alone")
	}
	return items.Array(list, func(i int, tool []byte) error {
		return items.Object(tool, func(key, value []byte) error {
			if string(key) != "function" || items.Kind(value) != items.AnObject {
				return nil
			}
			form := `{"type": "function", "name": "…", "parameters": {…}}`
			if w == MessagesWords {
				form = `{"name": "…", "input_schema": {…}}`
			}
			return fmt.Errorf("tools[%d] is in the words of the chat completions: write %s", i, form)
		})
	})
}

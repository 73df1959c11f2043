package prompt

import (
	"errors"
	"fmt"

	"flashwave/bench/items"
)

// speakers are the roles of those who speak in a ShareGPT conversation.
var speakers = map[string]string{
	"human": "user", "user": "user",
	"gpt": "assistant", "assistant": "assistant", "chatgpt": "assistant", "bing": "assistant", "bard": "assistant",
	"system": "system",
}

// shareGPT reads a conversation as ShareGPT records it. Unless it is wanted as a whole,
// its first question is asked, for an answer of the recorded length.
func (l *line) shareGPT(a parser) error {
	err := items.Array(l.conversation, func(i int, value []byte) error {
		m, err := spoken(value)
		if err != nil {
			return fmt.Errorf("conversations[%d]: %w", i, err)
		}
		l.Messages = append(l.Messages, m)
		return nil
	})
	if err != nil {
		return err
	}
	l.recorded = true
	asked := -1
	for i, m := range l.Messages {
		if m.Role == "user" {
			asked = i
			break
		}
	}
	if asked < 0 {
		return errors.New("conversations holds nothing that a human says")
	}
	if l.Messages[0].Role != "system" {
		l.Messages = l.Messages[asked:] // what a model said unasked is no part of it
	} else {
		l.Messages = append(l.Messages[:1:1], l.Messages[asked:]...)
	}
	l.led(a.system)
	if a.whole {
		return nil
	}
	first := turnsOf(l.Prompt)[0]
	l.Messages = first.Messages
	if l.OutputTokens == 0 {
		l.OutputTokens = first.OutputTokens
	}
	return nil
}

// spoken reads one message of it.
func spoken(value []byte) (m Message, err error) {
	var from, what []byte
	_ = items.Object(value, func(key, value []byte) error {
		switch string(key) {
		case "from":
			from = value
		case "value":
			what = value
		}
		return nil
	})
	who, err := textOf("from", from)
	if err != nil {
		return m, err
	}
	role, ok := speakers[who]
	if !ok {
		return m, fmt.Errorf("from %s: want human, gpt or system", quoted(who))
	}
	m.Role = role
	m.Content, err = textOf("value", what)
	return m, err
}

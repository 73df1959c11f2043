// Package prompt holds workloads: what is asked, request by request. It is pure:
// the prompt of a request follows from the seed, the lane and the request's
// index, so a run can be repeated word for word and lanes need no common state.
//
// Open begins with a fixed text, one of the catalogues in this package, synthetic
// text of so many tokens, or a JSONL file:
//
//	source, err := prompt.Open("builtin:product-copy-vi", "", "", 1)
//	p := source.At(lane, index)
//
// Token counts of this package are estimates of four bytes a token, as good as
// can be had without the model's own tokenizer.
package prompt

import (
	"errors"
	"strings"
)

// A Prompt is what one request asks. Prompts of a source share their memory:
// nobody may write to Messages or Fields.
type Prompt struct {
	System   string    // "": none
	Text     string    // the user's words; "" if there are Messages
	Messages []Message // a whole conversation, complete with its system message; nil: System and Text
	// Fields are for body templates: product_name, category, features and tone of
	// a catalogue; prompt, where there is a Text; the keys of a JSONL line that
	// mean nothing here.
	Fields map[string]any
}

// A Message is one turn of a conversation.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Tokens estimates the tokens of all that the prompt says, rounded up.
func (p Prompt) Tokens() int {
	n := len(p.System) + len(p.Text)
	for _, m := range p.Messages {
		n += len(m.Content)
	}
	return (n + bytesPerToken - 1) / bytesPerToken
}

const bytesPerToken = 4

// A Source gives the prompts of a workload. It is safe for concurrent use and
// fast enough for the way of every request (under 2 µs for prompts of usual size).
type Source interface {
	// At is the prompt of a lane's request of that index, always the same one.
	At(lane, index uint64) Prompt
	// Len is the number of distinct prompts; 0: no bound.
	Len() int
	// MeanTokens estimates the tokens of a prompt, system prompt included.
	MeanTokens() int
	// Fingerprint says which prompts a lane gets.
	Fingerprint(lane uint64) Fingerprint
	// Name is the spec that opens the source, or "text" for a fixed one.
	Name() string
}

// Open opens a workload. A text that is not empty is the one prompt of all
// requests, and spec is not looked at. Otherwise spec is one of [Builtins],
// synthetic:N or synthetic:N..M (so many tokens, 16 to 1000000), or the path of a
// JSONL file, see [ReadJSONL].
//
// A system prompt that is not empty replaces that of a catalogue, and leads the
// prompts and conversations that bring none of their own. The seed gives the
// order of the prompts, and synthetic text; the prompts of a catalogue or a file
// are the same for all seeds.
func Open(spec, text, system string, seed uint64) (Source, error) {
	if text != "" {
		fixed := Prompt{System: system, Text: text, Fields: map[string]any{"prompt": text}}
		return newDeck("text", []Prompt{fixed}, seed), nil
	}
	switch kind, rest, _ := strings.Cut(spec, ":"); {
	case spec == "":
		return nil, errors.New("nothing to ask: give a prompt, builtin:NAME, synthetic:N or a JSONL file")
	case kind == "builtin":
		return openCatalogue(rest, system, seed)
	case kind == "synthetic":
		return openSynthetic(rest, system, seed)
	}
	return openFile(spec, system, seed)
}

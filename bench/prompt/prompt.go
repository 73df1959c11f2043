// Package prompt holds workloads: what is asked, request by request. It is pure:
// the prompt of a request follows from the seed, the lane and the request's
// index, so a run can be repeated word for word and lanes need no common state.
//
// Open begins with a fixed text, one of the catalogues in this package, synthetic
// text of so many tokens, or a file of prompts:
//
//	source, err := prompt.Open("builtin:product-copy-vi", "", "", 1)
//	p := source.At(lane, index)
//
// Token counts of this package are estimates of four bytes a token, as good as
// can be had without the model's own tokenizer.
package prompt

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"flashwave/client/api"
)

// A Prompt is what one request asks. Prompts of a source share their memory:
// nobody may write to what one holds.
type Prompt struct {
	System   string    // "": none
	Text     string    // the user's words; "" if there are Messages
	Messages []Message // a whole conversation, complete with its system message; nil: System and Text

	// What the prompt says of its own request. Where it says nothing, the workload does.
	MaxTokens    int             // most tokens of the answer; 0: not said
	OutputTokens int             // how many tokens the answer is to have; 0: not said
	Temperature  *float64        // nil: not said
	Tools        json.RawMessage // a JSON list in the words of the endpoint; nil: none
	Extra        json.RawMessage // a JSON object whose keys are added to the body; nil: none

	// Fields are for body templates: product_name, category, features and tone of
	// a catalogue; prompt, where there is a Text; the keys of a line that mean nothing here.
	Fields map[string]any

	// Think is how long whoever asks it thought about the answer before it, as it was
	// recorded.
	Think time.Duration

	// Share is which share of a [Mix] it is of, from 1; 0: it is of none.
	Share int

	aim      int  // tokens that a synthetic prompt is to have, its system prompt among them
	recorded bool // of ShareGPT: its answers say how long they were
}

// Limit is the most tokens of the answer: what the prompt says, or else what the
// workload does.
func (p *Prompt) Limit(workload int) int {
	if n := p.answer(); n > 0 {
		return n
	}
	return workload
}

// answer is the most tokens of the answer that the prompt allows; 0: it does not say.
func (p *Prompt) answer() int {
	if p.MaxTokens > 0 && p.OutputTokens > 0 {
		return min(p.MaxTokens, p.OutputTokens)
	}
	return max(p.MaxTokens, p.OutputTokens)
}

// Tokens estimates the tokens of all that the prompt says, rounded up.
func (p Prompt) Tokens() int { return (p.Size() + bytesPerToken - 1) / bytesPerToken }

// Size is the bytes of all that the prompt says. A picture counts as a text of the tokens
// that it comes to, or as what it takes itself if that is more.
func (p Prompt) Size() int {
	n := len(p.System) + len(p.Text) + len(p.Tools)
	for _, m := range p.Messages {
		n += m.bytes()
	}
	return n
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
	// MeanAnswer is how many tokens an answer may have on average, where the workload
	// allows so many to prompts that say nothing.
	MeanAnswer(workload int) int
	// Fingerprint says which prompts a lane gets.
	Fingerprint(lane uint64) Fingerprint
	// Name is the spec that opens the source, or "text" for a fixed one.
	Name() string
}

// A Workload says which prompts are wanted. A Prompt that is not empty is the one prompt
// of all requests, and Prompts is not looked at. Otherwise that is one of [Builtins],
// synthetic:N or synthetic:N..M (so many tokens of four bytes, 16 to 1000000),
// synthetic:in=…,out=…,prefix=… (see [Synthetic]), or the path of a file, see [ReadJSONL].
type Workload struct {
	Prompt, Prompts string
	// System, if it is not empty, replaces the system prompt of a catalogue, and leads
	// the prompts and conversations that bring none of their own.
	System string
	// Seed gives the order of the prompts, and synthetic text; the prompts of a catalogue
	// or a file are the same for all seeds.
	Seed uint64
	// Template: a body template is filled in, so that keys of a file's lines that mean
	// nothing here are its fields. Otherwise they are errors.
	Template bool
	// SkipBad leaves out the lines of a file that cannot be used.
	SkipBad bool
	// API is the dialect of the endpoint, in whose words a file's pictures and tools are sent;
	// those that it has none for are errors. "": [api.Chat].
	API api.API
	// Turns is how many questions of a conversation are asked at most; 1: it is none.
	Turns int
}

// Open opens a workload of single prompts, see [Workload].
func Open(spec, text, system string, seed uint64) (Source, error) {
	return Workload{Prompts: spec, Prompt: text, System: system, Seed: seed, Turns: 1}.Open()
}

// Open opens the workload. An error about lines of a file that cannot be used is a
// *[items.BadLines].
func (w Workload) Open() (Source, error) {
	if w.Prompt != "" {
		fixed := Prompt{System: w.System, Text: w.Prompt, Fields: map[string]any{"prompt": w.Prompt}}
		return newDeck("text", []Prompt{fixed}, w.Seed), nil
	}
	switch kind, rest, _ := strings.Cut(w.Prompts, ":"); {
	case w.Prompts == "":
		return nil, errors.New("nothing to ask: give a prompt, builtin:NAME, synthetic:N or a file")
	case kind == "builtin":
		return openCatalogue(rest, w.System, w.Seed)
	case kind == "synthetic":
		return openSynthetic(rest, w.System, w.Seed)
	}
	return w.openFile()
}

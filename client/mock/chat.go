package mock

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// completion is the body of a request to either of OpenAI's completions APIs.
type completion struct {
	Model         string  `json:"model"`
	MaxTokens     *int    `json:"max_tokens"`
	N             *int    `json:"n"`
	IgnoreEOS     bool    `json:"ignore_eos"`
	Tools         written `json:"tools"`
	Stream        bool    `json:"stream"`
	StreamOptions *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

// check looks at what both have in common.
func (c *completion) check(models []string) *problem {
	if p := known(c.Model, models); p != nil {
		return p
	}
	switch {
	case c.N != nil && *c.N != 1:
		return badRequest("n", "this endpoint gives one choice: leave n out")
	case c.StreamOptions != nil && !c.Stream:
		return badRequest("stream_options", "stream_options is only allowed when stream is true")
	}
	return nil
}

// ordered is the order of a prompt and so many output tokens at most.
func (c *completion) ordered(reads prompt, limit int) (order, *problem) {
	return order{reads: reads, limit: limit, exact: c.IgnoreEOS && limit > 0, stream: c.Stream}.fits("messages")
}

// usage reports whether a stream ends with its usage.
func (c *completion) usage() bool { return c.StreamOptions != nil && c.StreamOptions.IncludeUsage }

// chat is the body of a request to /v1/chat/completions.
type chat struct {
	completion
	Messages            []message `json:"messages"`
	MaxCompletionTokens *int      `json:"max_completion_tokens"`
	ReasoningEffort     string    `json:"reasoning_effort"`
}

func (c *chat) order(models []string) (order, *problem) {
	if p := c.check(models); p != nil {
		return order{}, p
	}
	reads, p := prompt{}.add(string(c.Tools)).turns("messages", c.Messages)
	if p != nil {
		return order{}, p
	}
	name, most := "max_tokens", c.MaxTokens
	if c.MaxCompletionTokens != nil {
		name, most = "max_completion_tokens", c.MaxCompletionTokens
	}
	limit, p := bound(name, most)
	if p != nil {
		return order{}, p
	}
	o, p := c.ordered(reads, limit)
	o.thinks = c.ReasoningEffort != "" && c.ReasoningEffort != "none"
	return o, p
}

// legacy is the body of a request to /v1/completions.
type legacy struct {
	completion
	Prompt json.RawMessage `json:"prompt"`
}

func (c *legacy) order(models []string) (order, *problem) {
	if p := c.check(models); p != nil {
		return order{}, p
	}
	reads, p := c.prompt()
	if p != nil {
		return order{}, p
	}
	limit, p := bound("max_tokens", c.MaxTokens)
	if p != nil {
		return order{}, p
	}
	return c.ordered(reads, limit)
}

// prompt is a string, an array of one string, or token ids, of as many bytes as a token
// has.
func (c *legacy) prompt() (prompt, *problem) {
	var one string
	var many []string
	var ids []int
	switch {
	case len(c.Prompt) == 0 || string(c.Prompt) == "null":
		return nil, badRequest("prompt", "you must provide a prompt parameter")
	case json.Unmarshal(c.Prompt, &one) == nil:
		return prompt{one}, nil
	case json.Unmarshal(c.Prompt, &many) == nil && len(many) == 1:
		return prompt{many[0]}, nil
	case json.Unmarshal(c.Prompt, &ids) == nil && len(ids) > 0:
		var b []byte
		for _, id := range ids {
			b = binary.LittleEndian.AppendUint32(b, uint32(id))
		}
		return prompt{string(b)}, nil
	}
	return nil, badRequest("prompt", "want a string, an array of one string, or an array of token ids")
}

// usage is OpenAI's object of that name.
type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
	Details    struct {
		Cached int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	Output *outputDetails `json:"completion_tokens_details,omitempty"`
}

type outputDetails struct {
	Reasoning int `json:"reasoning_tokens"`
}

func (a *answer) usage() usage {
	u := usage{Prompt: a.prompt, Completion: a.length, Total: a.prompt + a.length}
	u.Details.Cached = a.seq.cached
	if a.thoughts > 0 {
		u.Output = &outputDetails{a.thoughts}
	}
	return u
}

// unary is the body of a whole completion in either API.
type unary struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	Model   string `json:"model"`
	Choices []any  `json:"choices"`
	Usage   usage  `json:"usage"`
}

type chatChoice struct {
	Index        int         `json:"index"`
	Message      chatMessage `json:"message"`
	Logprobs     *struct{}   `json:"logprobs"`
	FinishReason *string     `json:"finish_reason"`
}

type chatMessage struct {
	Role      string  `json:"role"`
	Content   string  `json:"content"`
	Reasoning string  `json:"reasoning_content,omitempty"`
	Refusal   *string `json:"refusal"`
}

type legacyChoice struct {
	Text         string    `json:"text"`
	Index        int       `json:"index"`
	Logprobs     *struct{} `json:"logprobs"`
	FinishReason *string   `json:"finish_reason"`
}

func (c *chat) document(a *answer, thoughts, text string) any {
	message := chatMessage{Role: "assistant", Content: text, Reasoning: thoughts}
	return unary{
		ID: a.id("chatcmpl"), Object: "chat.completion", Created: a.began.Unix(), Model: c.Model, Usage: a.usage(),
		Choices: []any{chatChoice{Message: message, FinishReason: orNull(a.ending.reason())}},
	}
}

func (c *legacy) document(a *answer, _, text string) any {
	return unary{
		ID: a.id("cmpl"), Object: "text_completion", Created: a.began.Unix(), Model: c.Model, Usage: a.usage(),
		Choices: []any{legacyChoice{Text: text, FinishReason: orNull(a.ending.reason())}},
	}
}

const logprobs = `,"logprobs":null,"finish_reason":`

func (c *chat) frame(a *answer) *frame {
	head := c.head(a.id("chatcmpl"), "chat.completion.chunk", a)
	f := c.framed(a, head, `{"index":0,"delta":{}`)
	f.opening = head + `{"index":0,"delta":{"role":"assistant","content":""}` + logprobs + `null}` + c.foot()
	f.word = piece{before: head + `{"index":0,"delta":{"content":"`, after: `"}` + logprobs + `null}` + c.foot()}
	f.thought = piece{before: head + `{"index":0,"delta":{"reasoning_content":"`, after: f.word.after}
	return f
}

func (c *legacy) frame(a *answer) *frame {
	head := c.head(a.id("cmpl"), "text_completion", a)
	f := c.framed(a, head, `{"index":0,"text":""`)
	f.word = piece{before: head + `{"index":0,"text":"`, after: `"` + logprobs + `null}` + c.foot()}
	return f
}

// head is an event up to its choice, foot what stands behind that.
func (c *completion) head(id, object string, a *answer) string {
	quoted, _ := json.Marshal(c.Model) // a string always marshals
	return fmt.Sprintf(`data: {"id":%q,"object":%q,"created":%d,"model":%s,"choices":[`, id, object, a.began.Unix(), quoted)
}

func (c *completion) foot() string {
	if c.usage() {
		return `],"usage":null}` + "\n\n"
	}
	return "]}\n\n"
}

// framed is what the streams of both have in common: the finish reason, the usage if it
// was asked for, and [DONE]; or an error.
func (c *completion) framed(a *answer, head, choice string) *frame {
	return &frame{
		kind: eventStream,
		end: func(dst []byte) []byte {
			dst = append(dst, head...)
			dst = fmt.Appendf(dst, `%s%s%q}%s`, choice, logprobs, a.ending.reason(), c.foot())
			if c.usage() {
				body, _ := json.Marshal(a.usage()) // numbers always marshal
				dst = append(dst, head...)
				dst = fmt.Appendf(dst, `],"usage":%s}`+"\n\n", body)
			}
			return append(dst, "data: [DONE]\n\n"...)
		},
		fail: func(dst []byte, p *problem) []byte {
			body, _ := json.Marshal(p) // strings always marshal
			return fmt.Appendf(dst, "data: %s\n\n", body)
		},
	}
}

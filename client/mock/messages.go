package mock

import (
	"fmt"
	"net/http"
)

// messages is the body of a request to /v1/messages.
type messages struct {
	Model     string    `json:"model"`
	System    text      `json:"system"`
	Messages  []message `json:"messages"`
	MaxTokens *int      `json:"max_tokens"`
	IgnoreEOS bool      `json:"ignore_eos"`
	Stream    bool      `json:"stream"`
	Tools     written   `json:"tools"`
	Thinking  *struct {
		Type string `json:"type"`
	} `json:"thinking"`
}

func (q *messages) order(models []string) (order, *problem) {
	if p := known(q.Model, models); p != nil {
		return order{}, p
	}
	reads, p := prompt{}.add(string(q.Tools)).add(string(q.System)).turns("messages", q.Messages)
	if p != nil {
		return order{}, p
	}
	for i, m := range q.Messages {
		if m.Role != "user" && m.Role != "assistant" {
			return order{}, badRequest("messages", fmt.Sprintf("messages.%d.role: want user or assistant; what is of the system stands in system", i))
		}
	}
	if q.MaxTokens == nil {
		return order{}, badRequest("max_tokens", "max_tokens: Field required")
	}
	limit, p := bound("max_tokens", q.MaxTokens)
	if p != nil {
		return order{}, p
	}
	return order{
		reads: reads, limit: limit, exact: q.IgnoreEOS,
		stream: q.Stream, thinks: q.Thinking != nil && q.Thinking.Type != "disabled",
	}.fits("messages")
}

// asAnthropic puts a problem into the words of Anthropic.
func asAnthropic(p *problem) (status int, body any) {
	status = p.status
	if status == http.StatusServiceUnavailable {
		status = 529
	}
	kind, known := map[int]string{
		http.StatusUnauthorized: "authentication_error", http.StatusNotFound: "not_found_error",
		http.StatusRequestEntityTooLarge: "request_too_large", http.StatusTooManyRequests: "rate_limit_error",
		http.StatusInternalServerError: "api_error", 529: "overloaded_error",
	}[status]
	if !known {
		kind = "invalid_request_error"
	}
	return status, anthropicError{"error", anthropicReason{kind, p.message}}
}

type anthropicError struct {
	Type  string          `json:"type"`
	Error anthropicReason `json:"error"`
}

type anthropicReason struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

type messageBody struct {
	ID           string         `json:"id"`
	Type         string         `json:"type"`
	Role         string         `json:"role"`
	Model        string         `json:"model"`
	Content      []contentBlock `json:"content"`
	StopReason   *string        `json:"stop_reason"`
	StopSequence *string        `json:"stop_sequence"`
	Usage        messageUsage   `json:"usage"`
}

type contentBlock struct {
	Type      string  `json:"type"`
	Text      *string `json:"text,omitempty"`
	Thinking  *string `json:"thinking,omitempty"`
	Signature *string `json:"signature,omitempty"`
}

type messageUsage struct {
	Input        int `json:"input_tokens"`
	CacheWritten int `json:"cache_creation_input_tokens"`
	CacheRead    int `json:"cache_read_input_tokens"`
	Output       int `json:"output_tokens"`
	Details      *struct {
		Thinking int `json:"thinking_tokens"`
	} `json:"output_tokens_details,omitempty"`
}

// stopReason is the finish reason in the words of Anthropic.
func (a *answer) stopReason() *string {
	return orNull(map[ending]string{endStop: "end_turn", endLength: "max_tokens"}[a.ending])
}

func (q *messages) begun(a *answer) messageBody {
	return messageBody{
		ID: a.id("msg"), Type: "message", Role: "assistant", Model: q.Model, Content: []contentBlock{},
		Usage: messageUsage{Input: a.prompt, Output: 1},
	}
}

func (a *answer) messageUsage() messageUsage {
	u := messageUsage{CacheRead: a.seq.cached, Output: a.length}
	u.CacheWritten = max(0, min(len(a.seq.blocks)*blockTokens, a.prompt-1)-u.CacheRead)
	u.Input = a.prompt - u.CacheRead - u.CacheWritten
	if a.thoughts > 0 {
		u.Details = &struct {
			Thinking int `json:"thinking_tokens"`
		}{a.thoughts}
	}
	return u
}

func (q *messages) document(a *answer, thoughts, text string) any {
	body := q.begun(a)
	if a.thoughts > 0 {
		signature := a.id("sig")
		body.Content = append(body.Content, contentBlock{Type: "thinking", Thinking: &thoughts, Signature: &signature})
	}
	body.Content = append(body.Content, contentBlock{Type: "text", Text: &text})
	body.StopReason, body.Usage = a.stopReason(), a.messageUsage()
	return body
}

func (q *messages) frame(a *answer) *frame {
	none := ""
	type event map[string]any
	send := func(dst []byte, kind string, more event) []byte {
		more["type"] = kind
		return appendEvent(dst, kind, more)
	}
	start := func(dst []byte, index int, block contentBlock) []byte {
		return send(dst, "content_block_start", event{"index": index, "content_block": block})
	}
	around := func(index int, kind, key string) piece {
		const name = "content_block_delta"
		return piece{
			before: fmt.Sprintf("event: %s\ndata: "+`{"type":%q,"index":%d,"delta":{"type":%q,%q:"`, name, name, index, kind, key),
			after:  `"}}` + "\n\n",
		}
	}
	f := &frame{kind: eventStream, early: string(send(nil, "message_start", event{"message": q.begun(a)}))}
	last := 0
	if a.thoughts > 0 {
		last = 1
		f.opening = string(start(nil, 0, contentBlock{Type: "thinking", Thinking: &none}))
		f.thought = around(0, "thinking_delta", "thinking")
		turn := send(nil, "content_block_delta", event{"index": 0, "delta": event{"type": "signature_delta", "signature": a.id("sig")}})
		turn = send(turn, "content_block_stop", event{"index": 0})
		f.turn = string(start(turn, 1, contentBlock{Type: "text", Text: &none}))
	} else {
		f.opening = string(send(start(nil, 0, contentBlock{Type: "text", Text: &none}), "ping", event{}))
	}
	f.word = around(last, "text_delta", "text")
	f.end = func(dst []byte) []byte {
		dst = send(dst, "content_block_stop", event{"index": last})
		dst = send(dst, "message_delta", event{
			"delta": event{"stop_reason": a.stopReason(), "stop_sequence": nil}, "usage": a.messageUsage(),
		})
		return send(dst, "message_stop", event{})
	}
	f.fail = func(dst []byte, p *problem) []byte {
		_, body := asAnthropic(p)
		return appendEvent(dst, "error", body)
	}
	return f
}

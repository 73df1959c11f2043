package mock

import (
	"net/http"
)

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
	Role    string  `json:"role"`
	Content string  `json:"content"`
	Refusal *string `json:"refusal"`
}

type legacyChoice struct {
	Text         string    `json:"text"`
	Index        int       `json:"index"`
	Logprobs     *struct{} `json:"logprobs"`
	FinishReason *string   `json:"finish_reason"`
}

// complete serves one of the two completions APIs.
func (s *Server) complete(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c completion
		if p := readBody(w, r, &c); p != nil {
			p.write(w)
			return
		}
		o, p := c.order(d, s.cfg.Models)
		if p != nil {
			p.write(w)
			return
		}
		a, p := s.start(w.Header(), o)
		if p != nil {
			p.write(w)
			return
		}
		defer a.leave()
		if c.Stream {
			a.stream(w, r, newFrame(d, a, c.Model, c.StreamOptions != nil && c.StreamOptions.IncludeUsage))
			return
		}
		a.reply(w, r, d, c.Model)
	}
}

// reply sends the whole answer in one body. Truncated, it has no finish reason.
func (a *answer) reply(w http.ResponseWriter, r *http.Request, d dialect, model string) {
	text, err := a.whole(r.Context())
	if err != nil {
		overloaded(err).write(w) // to nobody, unless the server is closing
		return
	}
	u := unary{Created: a.began.Unix(), Model: model, Usage: a.usage()}
	finish := orNull(a.ending.reason())
	if d == chat {
		u.ID, u.Object = a.id("chatcmpl"), "chat.completion"
		u.Choices = []any{chatChoice{Message: chatMessage{Role: "assistant", Content: text}, FinishReason: finish}}
	} else {
		u.ID, u.Object = a.id("cmpl"), "text_completion"
		u.Choices = []any{legacyChoice{Text: text, FinishReason: finish}}
	}
	writeJSON(w, http.StatusOK, u)
}

package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
)

// maxBody bounds what is read of a request, in bytes.
const maxBody = 4 << 20

// A dialect is one of the two completions APIs.
type dialect uint8

const (
	chat   dialect = iota // /v1/chat/completions
	legacy                // /v1/completions
)

// completion is the body of a request to either API, as far as it matters here.
type completion struct {
	Model               string          `json:"model"`
	Messages            []message       `json:"messages"`
	Prompt              json.RawMessage `json:"prompt"`
	MaxTokens           *int            `json:"max_tokens"`
	MaxCompletionTokens *int            `json:"max_completion_tokens"`
	N                   *int            `json:"n"`
	IgnoreEOS           bool            `json:"ignore_eos"`
	Stream              bool            `json:"stream"`
	StreamOptions       *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

type message struct {
	Role    string `json:"role"`
	Content text   `json:"content"`
}

// text is a message's content, of which only the size matters: a string, null,
// or an array of parts.
type text int

// UnmarshalJSON counts the bytes of the text.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil { // null too
		*t = text(len(s))
		return nil
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return errors.New("content must be a string or an array of parts")
	}
	for _, p := range parts {
		*t += text(len(p.Text))
	}
	return nil
}

// readBody decodes the body of a request into v.
func readBody(w http.ResponseWriter, r *http.Request, v any) *problem {
	body := http.MaxBytesReader(w, r.Body, maxBody)
	err := json.NewDecoder(body).Decode(v)
	if err == nil {
		_, err = io.Copy(io.Discard, body) // its end lets go of its limit of time
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		p := badRequest("", fmt.Sprintf("the body did not come within %v", bodyTime))
		p.status = http.StatusRequestTimeout
		return p
	case errors.As(err, &tooLarge):
		p := badRequest("", fmt.Sprintf("the body is larger than %d bytes", maxBody))
		p.status = http.StatusRequestEntityTooLarge
		return p
	case err != nil:
		return badRequest("", "could not parse the JSON body of your request: "+err.Error())
	}
	return nil
}

// order checks the request against what is served and says what it asks of the
// engine.
func (c *completion) order(d dialect, models []string) (order, *problem) {
	switch {
	case c.Model == "":
		return order{}, badRequest("model", "you must provide a model parameter")
	case !slices.Contains(models, c.Model):
		p := badRequest("model", fmt.Sprintf("the model %q does not exist: this endpoint serves %s", c.Model, strings.Join(models, ", ")))
		p.status, p.code = http.StatusNotFound, "model_not_found"
		return order{}, p
	case c.N != nil && *c.N != 1:
		return order{}, badRequest("n", "this endpoint gives one choice: leave n out")
	case c.StreamOptions != nil && !c.Stream:
		return order{}, badRequest("stream_options", "stream_options is only allowed when stream is true")
	}
	prompt, p := c.promptTokens(d)
	if p != nil {
		return order{}, p
	}
	limit, p := c.limit(d)
	if p != nil {
		return order{}, p
	}
	if prompt+limit > contextLength {
		p := badRequest("messages", fmt.Sprintf("this model's context holds %d tokens, and you asked for %d (%d in the prompt, %d in the completion)",
			contextLength, prompt+limit, prompt, limit))
		p.code = "context_length_exceeded"
		return order{}, p
	}
	return order{prompt: prompt, limit: limit, exact: c.IgnoreEOS && limit > 0, stream: c.Stream}, nil
}

// limit is the most output tokens asked for; 0: none was set.
func (c *completion) limit(d dialect) (int, *problem) {
	n, name := c.MaxTokens, "max_tokens"
	if d == chat && c.MaxCompletionTokens != nil {
		n, name = c.MaxCompletionTokens, "max_completion_tokens"
	}
	switch {
	case n == nil:
		return 0, nil
	case *n < 1:
		return 0, badRequest(name, fmt.Sprintf("%s is %d: want at least 1", name, *n))
	}
	return min(*n, contextLength+1), nil
}

func (c *completion) promptTokens(d dialect) (int, *problem) {
	if d == legacy {
		return c.legacyTokens()
	}
	if len(c.Messages) == 0 {
		return 0, badRequest("messages", "want at least one message")
	}
	size := 0
	for i, m := range c.Messages {
		if m.Role == "" {
			return 0, badRequest(fmt.Sprintf("messages[%d].role", i), "want a role")
		}
		size += int(m.Content)
	}
	return estimate(size), nil
}

// legacyTokens counts a prompt: a string, an array of one string, or token ids.
func (c *completion) legacyTokens() (int, *problem) {
	var one string
	var many []string
	var ids []int
	switch {
	case len(c.Prompt) == 0 || string(c.Prompt) == "null":
		return 0, badRequest("prompt", "you must provide a prompt parameter")
	case json.Unmarshal(c.Prompt, &one) == nil:
		return estimate(len(one)), nil
	case json.Unmarshal(c.Prompt, &many) == nil && len(many) == 1:
		return estimate(len(many[0])), nil
	case json.Unmarshal(c.Prompt, &ids) == nil && len(ids) > 0:
		return len(ids), nil
	}
	return 0, badRequest("prompt", "want a string, an array of one string, or an array of token ids")
}

// estimate is the number of tokens in so many bytes of text: a quarter, rounded
// up, at least 1.
func estimate(bytes int) int { return max(1, (bytes+3)/4) }

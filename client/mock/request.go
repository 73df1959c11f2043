package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// maxBody bounds what is read of a request, in bytes.
const maxBody = 4 << 20

type message struct {
	Role    string  `json:"role"`
	Content text    `json:"content"`
	Calls   written `json:"tool_calls"`
}

// A text is the content of a message: a string, null, or an array of parts, of which all
// texts count, and what is said of tools.
type text string

// UnmarshalJSON joins the texts.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil { // null too
		*t = text(s)
		return nil
	}
	var parts []struct {
		Text    string  `json:"text"`
		Content text    `json:"content"` // of what came of a tool
		Input   written `json:"input"`   // of the call of one
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return errors.New("content must be a string or an array of parts")
	}
	*t = ""
	for _, p := range parts {
		*t += text(p.Text) + p.Content + text(p.Input)
	}
	return nil
}

// What is written is JSON that the model reads as it stands: the tools, and their calls.
type written string

// UnmarshalJSON takes it as it is; null is nothing.
func (w *written) UnmarshalJSON(b []byte) error {
	if *w = written(b); string(b) == "null" {
		*w = ""
	}
	return nil
}

// A prompt is all that the model reads, in the order in which it does.
type prompt []string

// add adds what is there.
func (p prompt) add(more string) prompt {
	if more != "" {
		p = append(p, more)
	}
	return p
}

// tokens estimates its tokens.
func (p prompt) tokens() int {
	n := 0
	for _, s := range p {
		n += len(s)
	}
	return estimate(n)
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

const bytesPerToken = 4

// estimate is the number of tokens in so many bytes of text, rounded up, at least 1.
func estimate(bytes int) int { return max(1, (bytes+bytesPerToken-1)/bytesPerToken) }

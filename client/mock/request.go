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

// estimate is the number of tokens in so many bytes of text: a quarter, rounded
// up, at least 1.
func estimate(bytes int) int { return max(1, (bytes+3)/4) }

package queue

import (
	"encoding/json"
	"slices"
	"strings"

	"flashwave/client"
)

// An Answer is what the result of a task says. Of one that is no JSON nothing but that it is
// there is known.
type Answer struct {
	Failed  bool   // the task failed for good
	Err     string // why; bounded
	Retries int    // how often it was tried again
	Usage   client.Usage
	Text    string
}

// The words by which a result says that its task failed.
var failures = []string{"failed", "failure", "error", "dead"}

// longest bounds what is kept of an error, in bytes.
const longest = 200

// ReadAnswer reads a result: status or success, error, retries, content and usage, in the
// words of chats or of the shop.
func ReadAnswer(b []byte) (a Answer) {
	var said struct {
		Status  json.RawMessage `json:"status"`
		Success json.RawMessage `json:"success"`
		Error   json.RawMessage `json:"error"`
		Retries json.RawMessage `json:"retries"`
		Count   json.RawMessage `json:"retry_count"`
		Content json.RawMessage `json:"content"`
		Usage   json.RawMessage `json:"usage"`
	}
	if json.Unmarshal(b, &said) != nil {
		return a
	}
	var status string
	success := true
	_ = json.Unmarshal(said.Status, &status)
	_ = json.Unmarshal(said.Success, &success)
	a.Failed = !success || slices.Contains(failures, strings.ToLower(status)) || holdsError(said.Error)
	if a.Failed {
		a.Err = textOf(said.Error)
	}
	a.Retries = max(whole(said.Retries), whole(said.Count))
	_ = json.Unmarshal(said.Content, &a.Text)
	var usage struct {
		Prompt     json.RawMessage `json:"prompt_tokens"`
		Completion json.RawMessage `json:"completion_tokens"`
		Input      json.RawMessage `json:"input_tokens"`
		Output     json.RawMessage `json:"output_tokens"`
	}
	if json.Unmarshal(said.Usage, &usage) == nil {
		a.Usage.Prompt = max(whole(usage.Prompt), whole(usage.Input))
		a.Usage.Output = max(whole(usage.Completion), whole(usage.Output))
		if a.Usage.Prompt+a.Usage.Output > 0 {
			a.Usage.From = client.FromUsage
		}
	}
	return a
}

// holdsError reports whether the error of a result is one.
func holdsError(raw json.RawMessage) bool {
	switch strings.TrimSpace(string(raw)) {
	case "", "null", "false", `""`, "{}", "[]":
		return false
	}
	return true
}

// textOf is an error as a text.
func textOf(raw json.RawMessage) string {
	var text string
	var object struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &text) != nil {
		if json.Unmarshal(raw, &object) == nil && object.Message != "" {
			text = object.Message
		} else {
			text = string(raw)
		}
	}
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

// mostCounted bounds what is believed of a count.
const mostCounted = 1 << 30

// whole is a number that counts something; 0 for what does not.
func whole(raw json.RawMessage) int {
	var n float64
	if json.Unmarshal(raw, &n) != nil || !(n > 0 && n <= mostCounted) {
		return 0
	}
	return int(n)
}

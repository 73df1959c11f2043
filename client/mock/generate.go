package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// generate is the body of a request to /api/generate.
type generate struct {
	Model   string          `json:"model"`
	Prompt  string          `json:"prompt"`
	System  string          `json:"system"`
	Stream  *bool           `json:"stream"`
	Think   json.RawMessage `json:"think"`
	Options struct {
		NumPredict *int `json:"num_predict"`
		IgnoreEOS  bool `json:"ignore_eos"`
	} `json:"options"`
}

func (q *generate) order(models []string) (order, *problem) {
	if p := known(q.Model, models); p != nil {
		p.message = fmt.Sprintf("model '%s' not found", q.Model)
		return order{}, p
	}
	limit := 0
	if n := q.Options.NumPredict; n != nil && *n > 0 { // others mean no limit
		limit = min(*n, contextLength+1)
	}
	think := string(q.Think)
	return order{
		prompt: estimate(len(q.Prompt) + len(q.System)), limit: limit, exact: q.Options.IgnoreEOS && limit > 0,
		stream: q.Stream == nil || *q.Stream, thinks: think != "" && think != "false" && think != "null",
	}.fits("prompt")
}

// asOllama puts a problem into the words of Ollama.
func asOllama(p *problem) (status int, body any) {
	if p.status == http.StatusUnauthorized {
		return p.status, map[string]string{"error": "unauthorized"}
	}
	return p.status, map[string]string{"error": p.message}
}

// A generateLine is a piece of the answer, or all of it.
type generateLine struct {
	Model      string `json:"model"`
	Created    string `json:"created_at"`
	Response   string `json:"response"`
	Thinking   string `json:"thinking,omitempty"`
	Done       bool   `json:"done"`
	Reason     string `json:"done_reason,omitempty"`
	Total      int64  `json:"total_duration,omitempty"` // ns
	PromptEval int    `json:"prompt_eval_count,omitempty"`
	Eval       int    `json:"eval_count,omitempty"`
}

func (q *generate) document(a *answer, thoughts, text string) any {
	return generateLine{
		Model: q.Model, Created: time.Now().UTC().Format(time.RFC3339Nano), Response: text, Thinking: thoughts,
		Done: true, Reason: a.ending.reason(), Total: time.Since(a.began).Nanoseconds(), PromptEval: a.prompt, Eval: a.length,
	}
}

func (q *generate) frame(a *answer) *frame {
	quoted, _ := json.Marshal(q.Model) // a string always marshals
	around := func(before string) piece {
		return piece{before: fmt.Sprintf(`{"model":%s,%s`, quoted, before), behind: `","created_at":"`, after: `","done":false}` + "\n"}
	}
	line := func(dst []byte, v any) []byte {
		body, _ := json.Marshal(v) // all of ours do
		return append(append(dst, body...), '\n')
	}
	return &frame{
		kind: "application/x-ndjson",
		mark: func(dst []byte) []byte { return time.Now().UTC().AppendFormat(dst, time.RFC3339Nano) },
		word: around(`"response":"`), thought: around(`"response":"","thinking":"`),
		end: func(dst []byte) []byte { return line(dst, q.document(a, "", "")) },
		fail: func(dst []byte, p *problem) []byte {
			_, body := asOllama(p)
			return line(dst, body)
		},
	}
}

package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// ollama is what the bodies of requests to both of Ollama's calls have in common.
type ollama struct {
	Model   string          `json:"model"`
	Stream  *bool           `json:"stream"`
	Think   json.RawMessage `json:"think"`
	Options struct {
		NumPredict *int `json:"num_predict"`
		IgnoreEOS  bool `json:"ignore_eos"`
	} `json:"options"`
}

// ordered is the order of a prompt, whose name is that of a key.
func (q *ollama) ordered(name string, reads prompt) (order, *problem) {
	limit := 0
	if n := q.Options.NumPredict; n != nil && *n > 0 { // others mean no limit
		limit = min(*n, contextLength+1)
	}
	think := string(q.Think)
	return order{
		reads: reads, limit: limit, exact: q.Options.IgnoreEOS && limit > 0,
		stream: q.Stream == nil || *q.Stream, thinks: think != "" && think != "false" && think != "null",
	}.fits(name)
}

// served checks the model, and says what is wrong with it as Ollama does.
func (q *ollama) served(models []string) *problem {
	p := known(q.Model, models)
	if p != nil {
		p.message = fmt.Sprintf("model '%s' not found", q.Model)
	}
	return p
}

// generate is the body of a request to /api/generate.
type generate struct {
	ollama
	Prompt string `json:"prompt"`
	System string `json:"system"`
}

func (q *generate) order(models []string) (order, *problem) {
	if p := q.served(models); p != nil {
		return order{}, p
	}
	return q.ordered("prompt", prompt{}.add(q.System).add(q.Prompt))
}

// talk is the body of a request to /api/chat.
type talk struct {
	ollama
	Messages []message `json:"messages"`
	Tools    written   `json:"tools"`
}

func (q *talk) order(models []string) (order, *problem) {
	if p := q.served(models); p != nil {
		return order{}, p
	}
	reads, p := prompt{}.add(string(q.Tools)).turns("messages", q.Messages)
	if p != nil {
		return order{}, p
	}
	return q.ordered("messages", reads)
}

// asOllama puts a problem into the words of Ollama.
func asOllama(p *problem) (status int, body any) {
	if p.status == http.StatusUnauthorized {
		return p.status, map[string]string{"error": "unauthorized"}
	}
	return p.status, map[string]string{"error": p.message}
}

// An ollamaLine is a piece of the answer, or all of it.
type ollamaLine struct {
	Model      string       `json:"model"`
	Created    string       `json:"created_at"`
	Response   *string      `json:"response,omitempty"`
	Thinking   string       `json:"thinking,omitempty"`
	Message    *talkMessage `json:"message,omitempty"`
	Done       bool         `json:"done"`
	Reason     string       `json:"done_reason,omitempty"`
	Total      int64        `json:"total_duration,omitempty"` // ns
	PromptEval int          `json:"prompt_eval_count,omitempty"`
	Eval       int          `json:"eval_count,omitempty"`
}

type talkMessage struct {
	Role     string `json:"role"`
	Content  string `json:"content"`
	Thinking string `json:"thinking,omitempty"`
}

// last is the last line, or the only one, but for what is said in it.
func (q *ollama) last(a *answer) ollamaLine {
	return ollamaLine{
		Model: q.Model, Created: time.Now().UTC().Format(time.RFC3339Nano),
		Done: true, Reason: a.ending.reason(), Total: time.Since(a.began).Nanoseconds(), PromptEval: a.prompt, Eval: a.length,
	}
}

func (q *generate) document(a *answer, thoughts, text string) any {
	line := q.last(a)
	line.Response, line.Thinking = &text, thoughts
	return line
}

func (q *talk) document(a *answer, thoughts, text string) any {
	line := q.last(a)
	line.Message = &talkMessage{Role: "assistant", Content: text, Thinking: thoughts}
	return line
}

func (q *generate) frame(a *answer) *frame {
	return q.framed(func() any { return q.document(a, "", "") }, `"response":"`, `"response":"","thinking":"`, `"`)
}

func (q *talk) frame(a *answer) *frame {
	const message = `"message":{"role":"assistant","content":"`
	return q.framed(func() any { return q.document(a, "", "") }, message, message+`","thinking":"`, `"}`)
}

// framed is a stream of lines: what stands before a token of the answer, before one of
// reasoning, and behind them.
func (q *ollama) framed(last func() any, word, thought, behind string) *frame {
	quoted, _ := json.Marshal(q.Model) // a string always marshals
	around := func(before string) piece {
		return piece{before: fmt.Sprintf(`{"model":%s,%s`, quoted, before), behind: behind + `,"created_at":"`, after: `","done":false}` + "\n"}
	}
	line := func(dst []byte, v any) []byte {
		body, _ := json.Marshal(v) // all of ours do
		return append(append(dst, body...), '\n')
	}
	return &frame{
		kind: "application/x-ndjson",
		mark: func(dst []byte) []byte { return time.Now().UTC().AppendFormat(dst, time.RFC3339Nano) },
		word: around(word), thought: around(thought),
		end: func(dst []byte) []byte { return line(dst, last()) },
		fail: func(dst []byte, p *problem) []byte {
			_, body := asOllama(p)
			return line(dst, body)
		},
	}
}

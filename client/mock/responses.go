package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// response is the body of a request to /v1/responses.
type response struct {
	Model           string  `json:"model"`
	Input           input   `json:"input"`
	Instructions    text    `json:"instructions"`
	MaxOutputTokens *int    `json:"max_output_tokens"`
	IgnoreEOS       bool    `json:"ignore_eos"`
	Stream          bool    `json:"stream"`
	Tools           written `json:"tools"`
	Reasoning       *struct {
		Effort string `json:"effort"`
	} `json:"reasoning"`
}

// An input is a text, or items: messages, calls of tools and what came of them.
type input struct {
	text  prompt
	given bool
}

// UnmarshalJSON takes what the model reads.
func (in *input) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*in = input{prompt{one}, string(b) != "null"}
		return nil
	}
	var items []struct {
		Content   text   `json:"content"`
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
		Output    text   `json:"output"`
	}
	if err := json.Unmarshal(b, &items); err != nil {
		return errors.New("input must be a string or an array of items")
	}
	in.text = nil
	for _, item := range items {
		in.text = in.text.add(string(item.Content)).add(item.Name).add(item.Arguments).add(string(item.Output))
	}
	in.given = len(items) > 0
	return nil
}

func (q *response) order(models []string) (order, *problem) {
	if p := known(q.Model, models); p != nil {
		return order{}, p
	}
	if !q.Input.given {
		return order{}, badRequest("input", "you must provide an input parameter")
	}
	limit, p := bound("max_output_tokens", q.MaxOutputTokens)
	if p != nil {
		return order{}, p
	}
	return order{
		reads: append(prompt{}.add(string(q.Tools)).add(string(q.Instructions)), q.Input.text...), limit: limit, exact: q.IgnoreEOS && limit > 0,
		stream: q.Stream, thinks: q.Reasoning != nil && q.Reasoning.Effort != "none",
	}.fits("input")
}

// responseBody is the object response, whole or so far.
type responseBody struct {
	ID         string         `json:"id"`
	Object     string         `json:"object"`
	Created    int64          `json:"created_at"`
	Status     string         `json:"status"`
	Error      *responseError `json:"error"`
	Incomplete *incomplete    `json:"incomplete_details"`
	Model      string         `json:"model"`
	Output     []responseItem `json:"output"`
	Usage      *responseUsage `json:"usage"`
}

type responseError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type incomplete struct {
	Reason string `json:"reason"`
}

type responseItem struct {
	ID      string         `json:"id"`
	Type    string         `json:"type"`
	Status  string         `json:"status,omitempty"`
	Role    string         `json:"role,omitempty"`
	Content []responsePart `json:"content,omitempty"`
	Summary []responsePart `json:"summary,omitempty"`
}

type responsePart struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type responseUsage struct {
	Input        int `json:"input_tokens"`
	InputDetails struct {
		Cached int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	Output        int           `json:"output_tokens"`
	OutputDetails outputDetails `json:"output_tokens_details"`
	Total         int           `json:"total_tokens"`
}

// begun is the response before anything of it is known.
func (q *response) begun(a *answer) responseBody {
	return responseBody{ID: a.id("resp"), Object: "response", Created: a.began.Unix(), Status: "in_progress", Model: q.Model, Output: []responseItem{}}
}

func (q *response) document(a *answer, thoughts, text string) any {
	body := q.begun(a)
	body.Status = "completed"
	if a.ending == endLength {
		body.Status, body.Incomplete = "incomplete", &incomplete{"max_output_tokens"}
	}
	if a.thoughts > 0 {
		body.Output = append(body.Output, responseItem{ID: a.id("rs"), Type: "reasoning", Summary: []responsePart{{"summary_text", thoughts}}})
	}
	body.Output = append(body.Output, responseItem{
		ID: a.id("msg"), Type: "message", Status: "completed", Role: "assistant", Content: []responsePart{{"output_text", text}},
	})
	body.Usage = &responseUsage{Input: a.prompt, Output: a.length, Total: a.prompt + a.length, OutputDetails: outputDetails{a.thoughts}}
	body.Usage.InputDetails.Cached = a.seq.cached
	return body
}

func (q *response) frame(a *answer) *frame {
	number := 0
	mark := func(dst []byte) []byte {
		number++
		return strconv.AppendInt(dst, int64(number-1), 10)
	}
	event := func(dst []byte, kind string, key string, value any) []byte {
		body, _ := json.Marshal(value) // all of ours do
		dst = fmt.Appendf(dst, `event: %s`+"\n"+`data: {"type":%q,"sequence_number":`, kind, kind)
		return fmt.Appendf(mark(dst), ",%q:%s}\n\n", key, body)
	}
	item := func(dst []byte, kind string) []byte {
		return event(dst, "response.output_item.added", "item", responseItem{ID: a.id("msg"), Type: kind, Status: "in_progress"})
	}
	around := func(kind, id string) piece {
		return piece{
			before: fmt.Sprintf("event: %s\ndata: "+`{"type":%q,"item_id":%q,"output_index":0,"content_index":0,"delta":"`, kind, kind, id),
			behind: `","sequence_number":`, after: "}\n\n",
		}
	}
	f := &frame{
		kind: eventStream, mark: mark,
		thought: around("response.reasoning_summary_text.delta", a.id("rs")), word: around("response.output_text.delta", a.id("msg")),
	}
	f.early = string(event(event(nil, "response.created", "response", q.begun(a)), "response.in_progress", "response", q.begun(a)))
	first := "message"
	if a.thoughts > 0 {
		first = "reasoning"
		f.turn = string(item(nil, "message"))
	}
	f.opening = string(item(nil, first))
	f.end = func(dst []byte) []byte {
		body := q.document(a, "", "").(responseBody)
		body.Output = []responseItem{}
		return event(dst, "response."+body.Status, "response", body)
	}
	f.fail = func(dst []byte, p *problem) []byte {
		body := q.begun(a)
		body.Status, body.Error = "failed", &responseError{p.kind, p.message}
		return event(dst, "response.failed", "response", body)
	}
	return f
}

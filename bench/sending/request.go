package sending

import (
	"fmt"

	"flashwave/bench/dispatch"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client"
)

// A Workload is the prompts of a run, by lane.
type Workload struct {
	Prompts []prompt.Source
	First   []uint64 // the indexes of those to begin with; nil: 0
}

// FirstOf is the index of the prompt that a lane begins with.
func (w Workload) FirstOf(lane int) uint64 {
	if lane < len(w.First) {
		return w.First[lane]
	}
	return 0
}

// Asked are the prompts of a scenario of which each lane has asked so many.
func (w Workload) Asked(sc *scenario.Scenario, many func(lane int) int64) []result.Prompts {
	list := make([]result.Prompts, len(sc.Lanes))
	for i, l := range sc.Lanes {
		source := w.Prompts[i]
		known := source.Fingerprint(uint64(i))
		list[i] = result.Prompts{
			Lane: l.Name, Source: source.Name(), Distinct: int64(source.Len()),
			Content: known.Content, Sequence: known.Sequence, First: w.FirstOf(i), Count: many(i),
		}
	}
	return list
}

// Unread says what of the prompts could not be read any more; "": nothing.
func (w Workload) Unread() string {
	for _, source := range w.Prompts {
		if read, ok := source.(interface{ Failed() int64 }); ok && read.Failed() > 0 {
			return fmt.Sprintf("%d prompts of %s could not be read any more: the file was changed meanwhile, and its first prompt was sent", read.Failed(), source.Name())
		}
	}
	return ""
}

// Request is what a ticket asks of the endpoint, and the prompt that it says it with.
func (w Workload) Request(sc *scenario.Scenario, t dispatch.Ticket) (*client.Request, prompt.Prompt) {
	p := w.Prompts[t.Lane].At(uint64(t.Lane), w.FirstOf(t.Lane)+t.Index)
	asks := sc.WorkloadOf(sc.Lanes[t.Lane])
	req := &client.Request{
		Model:       sc.Target.Model,
		MaxTokens:   asks.MaxTokens,
		Temperature: asks.Temperature,
		Stream:      asks.Stream,
		Extra:       asks.ExtraBody,
		Fields:      p.Fields,
	}
	if len(p.Messages) > 0 {
		req.Messages = make([]client.Message, len(p.Messages))
		for i, m := range p.Messages {
			req.Messages[i] = client.Message{Role: m.Role, Content: m.Content}
		}
		return req, p
	}
	if p.System != "" {
		req.Messages = append(req.Messages, client.Message{Role: "system", Content: p.System})
	}
	req.Messages = append(req.Messages, client.Message{Role: "user", Content: p.Text})
	return req, p
}

// promptSize is the bytes of everything the prompt says.
func promptSize(p prompt.Prompt) int {
	n := len(p.System) + len(p.Text)
	for _, m := range p.Messages {
		n += len(m.Content)
	}
	return n
}

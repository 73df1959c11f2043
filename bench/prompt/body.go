package prompt

import (
	"encoding/json"
	"slices"

	"flashwave/bench/items"
)

// Body is what is added to the body of the prompt's request: what the workload adds, and
// over it what the prompt does, its messages among it if they are more than role and content.
func (p *Prompt) Body(workload json.RawMessage) json.RawMessage {
	plain := !slices.ContainsFunc(p.Messages, func(m Message) bool { return !m.Plain() })
	if p.Extra == nil && p.Tools == nil && plain {
		return workload
	}
	own := membersOf(p.Extra)
	if p.Tools != nil {
		own = append(own, member{"tools", p.Tools})
	}
	if !plain {
		messages, err := json.Marshal(p.Messages)
		if err == nil { // they were read from JSON
			own = append(own, member{"messages", messages})
		}
	}
	for _, m := range membersOf(workload) {
		if !slices.ContainsFunc(own, func(o member) bool { return o.key == m.key }) {
			own = append(own, m)
		}
	}
	return object(own)
}

// membersOf are those of a checked object.
func membersOf(b json.RawMessage) (list []member) {
	_ = items.Object(b, func(key, value []byte) error { // none of it is wrong
		list = append(list, member{string(key), value})
		return nil
	})
	return list
}

package prompt

import (
	"encoding/json"
	"slices"

	"flashwave/bench/items"
)

// Body is what is added to the body of the prompt's request: what the workload adds, and
// over it what the prompt does. Tools of its own go before the workload's.
func (p *Prompt) Body(workload json.RawMessage) json.RawMessage {
	if p.Extra == nil && p.Tools == nil {
		return workload
	}
	own := membersOf(p.Extra)
	for _, m := range membersOf(workload) {
		said := m.key == "tools" && p.Tools != nil || slices.ContainsFunc(own, func(o member) bool { return o.key == m.key })
		if !said {
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

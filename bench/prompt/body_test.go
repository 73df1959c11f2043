package prompt

import (
	"encoding/json"
	"testing"
)

// A prompt's own words come before the workload's.
func TestBody(t *testing.T) {
	for _, c := range []struct{ name, line, workload, want string }{
		{"nothing", `{"prompt": "a"}`, ``, ``},
		{"the workload's", `{"prompt": "a"}`, `{"top_p":0.5}`, `{"top_p":0.5}`},
		{"the line's", `{"prompt": "a", "extra": {"top_k": 1}}`, ``, `{"top_k":1}`},
		{"both", `{"prompt": "a", "extra": {"top_k": 1, "x": {}}, "tools": [{}]}`, `{"top_p":0.5,"top_k":2}`, `{"top_k":1,"x":{},"top_p":0.5}`},
		{"the line's tools", `{"prompt": "a", "tools": [{}]}`, `{"tools":[],"top_p":0.5}`, `{"top_p":0.5}`},
		{"a picture", `{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}]}`, ``, ``},
		{"text alone", `{"messages": [{"role": "user", "content": "a"}]}`, ``, ``},
	} {
		p, err := parser{}.parse([]byte(c.line))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Body(json.RawMessage(c.workload)); string(got) != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

package spec

import "testing"

// A payload says when its task was created where the template puts that in, as a text or a
// number, and else nothing.
func TestCreated(t *testing.T) {
	for _, c := range []struct {
		template, payload string
		want              any
	}{
		{shopPayload, `{"id":"a","created_at":"2026-11-27T00:00:00Z","retries":2}`, "2026-11-27T00:00:00Z"},
		{`{"id":"{id}","meta":{"at":"{created_ms}"}}`, `{"meta":{"at":1764171000123}}`, 1764171000123.0},
		{`["{id}", ["{created}"]]`, `["a", ["2026-11-27T00:00:00Z", 7]]`, "2026-11-27T00:00:00Z"},
		{`{"id":"{id}"}`, `{"id":"a","created_at":"2026-11-27T00:00:00Z"}`, ""},
		{shopPayload, `{"id":"a"}`, ""},
		{shopPayload, `{"created_at":{"seconds":7}}`, ""},
		{shopPayload, `["created_at"]`, ""},
		{shopPayload, `no JSON`, ""},
		{shopPayload, ``, ""},
	} {
		p, err := ParsePayload(c.template)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Created([]byte(c.payload)); got != c.want {
			t.Errorf("%s says %v, want %v", c.payload, got, c.want)
		}
	}
}

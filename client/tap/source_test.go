package tap

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Where a task is told, the first of the sources that tells one counts.
func TestTaskOf(t *testing.T) {
	for _, c := range []struct {
		name, sources, header, body, want string
	}{
		{"header", "", "X-Task-Id: a", `{"metadata":{"task_id":"b"}}`, "a"},
		{"body before another header", "", "X-Request-Id: a", `{"metadata":{"task_id":"b"},"user":"c"}`, "b"},
		{"another header", "", "X-Request-Id: a", `{"user":"c"}`, "a"},
		{"user", "", "", `{"user":"c"}`, "c"},
		{"nothing", "", "", `{}`, ""},
		{"no JSON", "", "", `user=c`, ""},
		{"no body", "", "", ``, ""},
		{"a number", "", "", `{"metadata":{"task_id":17}}`, "17"},
		{"null", "", "", `{"metadata":{"task_id":null},"user":"c"}`, "c"},
		{"an object", "", "", `{"metadata":{"task_id":{}},"user":"c"}`, "c"},
		{"escapes", "", "", `{"user":"a\u0062"}`, "ab"},
		{"white space", "", "X-Task-Id:   ", `{"user":" c "}`, "c"},
		{"too long", "", "X-Task-Id: " + strings.Repeat("x", 300), `{"user":"c"}`, "c"},
		{"cut after it", "", "", `{"user":"c","messages":[{"content":"abc`, "c"},
		{"cut within it", "", "", `{"user":"c`, ""},
		{"one's own", "header:X-Job, body:jobs.0.id", "X-Task-Id: a", `{"jobs":[{"id":"j"}]}`, "j"},
	} {
		h := http.Header{}
		if name, value, ok := strings.Cut(c.header, ":"); ok {
			h.Set(name, strings.TrimSpace(value))
		}
		sources := Usual()
		if c.sources != "" {
			var err error
			if sources, err = ParseSources(c.sources); err != nil {
				t.Fatal(err)
			}
		}
		if got := taskOf(sources, h, func() []byte { return []byte(c.body) }); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, bad := range []string{"", "X-Task-ID", "header:", "body: ", "cookie:a", "body:a b", "header:A,,body:b"} {
		if _, err := ParseSources(bad); err == nil {
			t.Errorf("%q is a source", bad)
		}
	}
}

// Whatever a body is, looking a task up in it neither fails nor finds what a reader of JSON
// would not.
func FuzzTaskInBody(f *testing.F) {
	for _, body := range []string{
		`{"metadata":{"task_id":"a"}}`, `{"user":"c"}`, `{"metadata":[{"task_id":1}]}`, `{"metadata":{"task_id":"a\ud800"}}`, `[]`, `{`, `"`, "\xff",
		`{"user":-0.5e7}`, `{"metadata":"x","user":"y"}`,
	} {
		f.Add([]byte(body))
	}
	sources := Usual()
	f.Fuzz(func(t *testing.T, body []byte) {
		got := taskOf(sources, http.Header{}, func() []byte { return body })
		if len(got) > longestID+3*longestID {
			t.Fatalf("an id of %d bytes", len(got))
		}
		var said struct {
			Metadata struct {
				TaskID *string `json:"task_id"`
			} `json:"metadata"`
		}
		if strings.Count(string(body), "task_id") != 1 || strings.Count(string(body), "metadata") != 1 || strings.ContainsAny(string(body), `\`) {
			return // of what stands twice, or is written otherwise, readers take the one or the other
		}
		if json.Unmarshal(body, &said) != nil || said.Metadata.TaskID == nil {
			return
		}
		if want := strings.TrimSpace(*said.Metadata.TaskID); want != "" && len(want) <= longestID && strings.Contains(string(body), `"metadata"`) && strings.Contains(string(body), `"task_id"`) && got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

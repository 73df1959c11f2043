package files

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// What is not changed stays to the letter: numbers that no float64 holds, keys of later
// versions, and the order.
func TestEditJSON(t *testing.T) {
	put := func(v any) func(json.RawMessage) (any, error) {
		return func(json.RawMessage) (any, error) { return v, nil }
	}
	for _, c := range []struct {
		why, before, within string
		change              Change
		after               string
	}{
		{"a member", `{"schema":"s","name":"a","later":9007199254740993,"text":"<é>"}`, "", Change{"name": put("b")}, "{\n  \"schema\": \"s\",\n  \"name\": \"b\",\n  \"later\": 9007199254740993,\n  \"text\": \"<é>\"\n}\n"},
		{"one that is missing", `{"schema":"s","waves":[]}`, "", Change{"name": put("b")}, "{\n  \"schema\": \"s\",\n  \"name\": \"b\",\n  \"waves\": []\n}\n"},
		{"of an object inside", `{"document":{"name":"a"},"headroom":1.50}`, "document", Change{"name": put("b")}, "{\n  \"document\": {\n    \"name\": \"b\"\n  },\n  \"headroom\": 1.50\n}\n"},
		{"nothing", `{}`, "", Change{}, "{}\n"},
	} {
		path := filepath.Join(t.TempDir(), "doc.json")
		if err := os.WriteFile(path, []byte(c.before), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := EditJSON(path, 1<<10, c.within, c.change); err != nil {
			t.Errorf("%s: %v", c.why, err)
		}
		if got, _ := os.ReadFile(path); string(got) != c.after {
			t.Errorf("%s: %s", c.why, got)
		}
	}
}

// What cannot be changed stays as it is, and nothing lies beside it.
func TestEditJSONFails(t *testing.T) {
	no := errors.New("no")
	for _, before := range []string{``, `[]`, `{"name":`, `{"name":"a"} {`, `{"name":"a"}`} {
		dir := t.TempDir()
		path := filepath.Join(dir, "doc.json")
		if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := EditJSON(path, 1<<10, "", Change{"name": func(json.RawMessage) (any, error) { return nil, no }}); err == nil {
			t.Errorf("%q was changed", before)
		}
		got, _ := os.ReadFile(path)
		if list, _ := os.ReadDir(dir); string(got) != before || len(list) != 1 {
			t.Errorf("%q became %q; %v", before, got, list)
		}
	}
}

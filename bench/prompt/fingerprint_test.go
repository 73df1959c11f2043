package prompt

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Sources of the same prompts have the same content; they have the same sequence
// where each index gives the same prompt.
func TestFingerprint(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, lines ...string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lines := []string{`{"prompt": "one"}`, `{"prompt": "two"}`, `{"prompt": "two"}`, `{"messages": [{"role": "user", "content": "three"}]}`}
	reversed := slices.Clone(lines)
	slices.Reverse(reversed)
	a := file("a.jsonl", lines...)
	type source struct {
		spec, text, system string
		seed, lane         uint64
	}
	for _, c := range []struct {
		name              string
		a, b              source
		content, sequence bool // the same?
	}{
		{"the same", source{spec: a, seed: 1}, source{spec: a, seed: 1}, true, true},
		{"a copy", source{spec: a, seed: 1}, source{spec: file("copy.jsonl", lines...), seed: 1}, true, true},
		{"another seed", source{spec: a, seed: 1}, source{spec: a, seed: 2}, true, false},
		{"another lane", source{spec: a, seed: 1}, source{spec: a, seed: 1, lane: 1}, true, false},
		{"another order", source{spec: a, seed: 1}, source{spec: file("reversed.jsonl", reversed...), seed: 1}, true, false},
		{"one less", source{spec: a, seed: 1}, source{spec: file("less.jsonl", lines[1:]...), seed: 1}, false, false},
		{"a pair less", source{spec: a, seed: 1}, source{spec: file("pair.jsonl", lines[0], lines[3]), seed: 1}, false, false},
		{"another system prompt", source{spec: a, seed: 1}, source{spec: a, seed: 1, system: "Be brief."}, false, false},
		{"a text", source{text: "one"}, source{text: "one"}, true, true},
		{"another text", source{text: "one"}, source{text: "two"}, false, false},
		{"texts that run together", source{text: "ab", system: "c"}, source{text: "b", system: "ca"}, false, false},
		{"built in", source{spec: "builtin:product-copy-vi", seed: 1}, source{spec: "builtin:product-copy-vi", seed: 9}, true, false},
		{"another one built in", source{spec: "builtin:product-copy-vi"}, source{spec: "builtin:product-copy-en"}, false, false},
		{"synthetic", source{spec: "synthetic:64", seed: 1}, source{spec: "synthetic:64..64", seed: 1}, true, true},
		{"synthetic, another lane", source{spec: "synthetic:64", seed: 1}, source{spec: "synthetic:64", seed: 1, lane: 2}, true, false},
		{"synthetic, another seed", source{spec: "synthetic:64", seed: 1}, source{spec: "synthetic:64", seed: 2}, false, false},
		{"synthetic, another length", source{spec: "synthetic:64", seed: 1}, source{spec: "synthetic:65", seed: 1}, false, false},
	} {
		of := func(s source) Fingerprint { return open(t, s.spec, s.text, s.system, s.seed).Fingerprint(s.lane) }
		x, y := of(c.a), of(c.b)
		if (x.Content == y.Content) != c.content || (x.Sequence == y.Sequence) != c.sequence {
			t.Errorf("%s: %+v, %+v", c.name, x, y)
		}
	}
}

package prompt

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"flashwave/bench/trace"
)

func replay(t *testing.T, text string, scale float64) *Replay {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tr, err := trace.Open(path, trace.Options{Speed: 1, Scale: scale})
	if err != nil {
		t.Fatal(err)
	}
	return NewReplay("f", tr, map[int]*trace.Trace{4: tr}, "", 1)
}

// common is how many tokens two prompts begin with alike.
func common(a, b Prompt) int {
	n := 0
	for n < min(len(a.Text), len(b.Text)) && a.Text[n] == b.Text[n] {
		n++
	}
	return n / bytesPerToken
}

// Prompts are as long as they were recorded, and share what was shared, block by block.
func TestReplayOfBlocks(t *testing.T) {
	r := replay(t, `{"timestamp": 0, "input_length": 1300, "output_length": 52, "hash_ids": [46, 47, 48]}
{"timestamp": 1, "input_length": 1400, "output_length": 26, "hash_ids": [46, 47, 49]}
{"timestamp": 2, "input_length": 900, "output_length": 7, "hash_ids": [46, 50]}
{"timestamp": 3, "input_length": 5, "output_length": 1, "hash_ids": [51]}
{"timestamp": 4, "input_length": 700, "output_length": 1}
{"timestamp": 5, "input_length": 1300, "output_length": 52, "hash_ids": [46, 47, 48]}
`, 1)
	var p []Prompt
	for i := range uint64(6) {
		p = append(p, r.Row(4, i, 0))
	}
	for i, want := range []int{1300, 1400, 900, 5, 700, 1300} {
		if n := p[i].Tokens(); n != want {
			t.Errorf("prompt %d has %d tokens, want %d", i, n, want)
		}
	}
	if p[0].OutputTokens != 52 || p[0].Limit(9) != 52 || p[0].Fields["output_tokens"] != 52 {
		t.Errorf("an answer of %d", p[0].OutputTokens)
	}
	for _, c := range []struct{ a, b, least, most int }{{0, 1, 1024, 1030}, {0, 2, 512, 520}, {0, 3, 0, 4}, {0, 4, 0, 4}, {0, 5, 1300, 1300}} {
		if n := common(p[c.a], p[c.b]); n < c.least || n > c.most {
			t.Errorf("prompts %d and %d share %d tokens, want %d", c.a, c.b, n, c.least)
		}
	}
	if !reflect.DeepEqual(p[0], r.Row(4, 0, 0)) {
		t.Error("the prompt of a row changes")
	}
	if n := common(p[0], r.Row(4, 0, 99)); n > 4 {
		t.Errorf("in another turn it shares %d tokens", n)
	}
	if n := common(p[4], r.Row(4, 10, 0)); n > 4 || r.Row(4, 10, 0).Tokens() != 700 {
		t.Errorf("beyond the last row words are sent again: %d tokens", n)
	}
	if a, b := r.At(0, 0), r.At(0, 6); a.Tokens() != 1300 || b.Tokens() != 1300 || common(a, p[0]) != 1024 && common(a, p[0]) < 1024 {
		t.Errorf("requests that nobody recorded: %d and %d tokens, %d shared", a.Tokens(), b.Tokens(), common(a, p[0]))
	}
	if r.MeanTokens() != 934 || r.MeanAnswer(9) != 23 || r.Name() != "trace:f" || r.Len() != 0 {
		t.Errorf("%d tokens, answers of %d", r.MeanTokens(), r.MeanAnswer(9))
	}
}

// Of a session each prompt begins with the one before; two sessions have nothing in
// common, nor have copies of one.
func TestReplayOfSessions(t *testing.T) {
	text := "Timestamp,Session ID,Request tokens,Response tokens\n1,7,100,10\n2,8,100,10\n3,7,300,10\n4,8,400,10\n"
	r := replay(t, text, 1)
	row := func(i uint64) Prompt { return r.Row(4, i, 0) }
	if n := common(row(0), row(2)); n != 99 { // the last byte of the shorter one ends it
		t.Errorf("two turns share %d tokens", n)
	}
	if n := common(row(0), row(1)); n > 4 {
		t.Errorf("two sessions share %d tokens", n)
	}
	if row(2).Tokens() != 300 {
		t.Errorf("%d tokens", row(2).Tokens())
	}
	twice := replay(t, text, 2)
	if a, b := twice.Row(4, 0, 0), twice.Row(4, 1, 0); a.Tokens() != b.Tokens() || common(a, b) > 4 {
		t.Errorf("a copy shares %d tokens", common(a, b))
	}
	if a, b := twice.Row(4, 1, 0), twice.Row(4, 5, 0); common(a, b) != 99 {
		t.Errorf("of a copy two turns share %d tokens", common(a, b))
	}
}

// With a system prompt the whole is as long as it was recorded.
func TestReplayUnderASystemPrompt(t *testing.T) {
	tr := replay(t, "Timestamp,Request tokens,Response tokens\n1,100,10\n", 1)
	r := NewReplay("f", tr.any, tr.of, strings.Repeat("x", 120), 1)
	if p := r.Row(4, 0, 0); p.Tokens() != 100 || len(p.System) != 120 {
		t.Errorf("%d tokens", p.Tokens())
	}
}

// Whoever does not leave out bad rows is told of them, though somebody else did before.
func TestALibraryForgetsNoBadRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.csv")
	if err := os.WriteFile(path, []byte("Timestamp,Request tokens,Response tokens\n0,1,1\nsoon,1,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var l Library
	if _, err := l.Trace(path, true, false); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Trace(path, false, false); err == nil {
		t.Error("the bad row was left out")
	}
}

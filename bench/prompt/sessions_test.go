package prompt

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A file's conversations are asked question by question, answers and tools left out; of
// single prompts those that follow one another make one.
func TestSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	text := `{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "x"}, {"role": "tool", "tool_call_id": "1", "content": "y"}, {"role": "user", "content": "b"}, {"role": "user", "content": "c"}]}
{"conversations": [{"from": "human", "value": "d"}, {"from": "gpt", "value": "12345678"}, {"from": "human", "value": "e"}, {"from": "gpt", "value": "1"}]}
{"prompt": "f", "max_tokens": 5}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		turns int
		want  []string
	}{
		{1000, []string{"system s, user a / user b / user c", "system sys, user d 2 / user e 1", "system sys, user f 5"}},
		{2, []string{"system s, user a / user b", "system sys, user d 2 / user e 1", "system sys, user f 5"}},
	} {
		source, err := Workload{Prompts: path, System: "sys", Turns: c.turns}.Open()
		if err != nil {
			t.Fatal(err)
		}
		s := NewSessions(source, c.turns)
		var got []string
		for i := range uint64(3) {
			got = append(got, spelled(s.Turns(0, i)))
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) || s.Len() != 3 {
			t.Errorf("%d turns: %q, want %q", c.turns, got, c.want)
		}
	}
	s := NewSessions(open(t, "builtin:product-copy-en", "", "sys", 1), 3)
	turns := s.Turns(0, 7)
	if len(turns) != 3 || len(turns[0].Messages) != 2 || len(turns[1].Messages) != 1 || turns[1].Messages[0].Content != open(t, "builtin:product-copy-en", "", "", 1).At(0, 22).Text {
		t.Errorf("%+v", turns)
	}
	if s.MeanTurns() != 3 || s.MeanTokens() < 150 || s.MeanTokens() > 300 {
		t.Errorf("%v turns of %d tokens", s.MeanTurns(), s.MeanTokens())
	}
	if got := turns[1].After(append(slices.Clip(turns[0].Messages), Answer("x"))); len(got.Messages) != 4 || got.Messages[3].Role != "user" {
		t.Errorf("%+v", got)
	}
}

// spelled is what turns say, and how long their answers may be.
func spelled(turns []Prompt) (text string) {
	for i, turn := range turns {
		if i > 0 {
			text += " / "
		}
		if turn.Text != "" {
			turn = turn.opened()
		}
		for j, m := range turn.Messages {
			if j > 0 {
				text += ", "
			}
			text += m.Role + " " + m.Content
		}
		if n := turn.Limit(0); n > 0 {
			text += " " + string(rune('0'+n))
		}
	}
	return text
}

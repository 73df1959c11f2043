package draw

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// typed is a finder after keys.
func typed(f Finder, keys ...tea.KeyPressMsg) Finder {
	for _, k := range keys {
		f, _ = f.Take(k)
	}
	return f
}

// lookingFor is a finder that was typed.
func lookingFor(query string) Finder {
	return Finder{}.Do(OpenFinder).Type(query).Do(KeepFinder)
}

// What is typed is looked for at once, until it is kept or cleared; letters that are
// bindings otherwise are text.
func TestTypingIntoTheFinder(t *testing.T) {
	letter := func(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }
	back, enter, esc := tea.KeyPressMsg{Code: tea.KeyBackspace}, tea.KeyPressMsg{Code: tea.KeyEnter}, tea.KeyPressMsg{Code: tea.KeyEscape}
	f := typed(Finder{}.Do(OpenFinder), letter('n'), letter('N'), letter('x'), back)
	if f.Query() != "nN" || !f.Typing() {
		t.Errorf("it looks for %q, typing: %v", f.Query(), f.Typing())
	}
	if f = typed(f, enter); f.Query() != "nN" || f.Typing() {
		t.Errorf("kept, it looks for %q, typing: %v", f.Query(), f.Typing())
	}
	if f = typed(f.Do(OpenFinder), esc); f != (Finder{}) {
		t.Errorf("cleared, it is %+v", f)
	}
	if f, _ = f.Take(tea.PasteMsg{Content: "a\x1b[31mb\n" + strings.Repeat("c", 99)}); !strings.HasPrefix(f.Query(), "ab c") || len(f.Query()) != longestQuery {
		t.Errorf("pasted, it looks for %q", f.Query())
	}
}

// The next match is the next line that has every word, round the end, and so is the one
// before.
func TestSeeking(t *testing.T) {
	lines := []string{"429 rate limited", "SLO breached", "rate ×1.10", "429 again", "Limited rate 429"}
	line := func(i int) string { return lines[i] }
	for name, c := range map[string]struct {
		query    string
		from, by int
		want     int
		ok       bool
	}{
		"here":            {"429", 0, 0, 0, true},
		"from here on":    {"429", 1, 0, 3, true},
		"next":            {"429", 0, 1, 3, true},
		"round":           {"429", 4, 1, 0, true},
		"before":          {"429", 3, -1, 0, true},
		"before, round":   {"429", 0, -1, 4, true},
		"words, any case": {"RATE limited", 0, 1, 4, true},
		"alone":           {"slo", 1, 1, 1, true},
		"none":            {"timeout", 2, 1, 2, false},
		"nothing":         {" ", 2, 1, 2, false},
	} {
		if i, ok := lookingFor(c.query).Seek(c.from, c.by, len(lines), line); i != c.want || ok != c.ok {
			t.Errorf("%s: %d, %v; want %d, %v", name, i, ok, c.want, c.ok)
		}
	}
	if _, ok := lookingFor("x").Seek(0, 1, 0, line); ok {
		t.Error("a list of none has a match")
	}
}

// A mark changes nothing of a line but how matches look.
func TestMarking(t *testing.T) {
	p := somePen()
	line := p.Label("01:02 ") + p.Style.Bad.Render("SLO breached at 164/s")
	if got := lookingFor("SLO 64").Mark(p, line); !strings.Contains(got, "\x1b[7mSLO\x1b[27m") || !strings.Contains(got, "\x1b[7m64\x1b[27m") {
		t.Errorf("marked: %q", got)
	}
	if got := lookingFor("timeout").Mark(p, line); got != line {
		t.Errorf("without a match it is %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := Clean(rapid.String().Draw(t, "text"))
		line := p.Style.Text.Render(text)
		query := rapid.SampledFrom([]string{"a", "A b", "ab", "é", "0"}).Draw(t, "query")
		marked := lookingFor(query).Mark(p, line)
		if ansi.Strip(marked) != ansi.Strip(line) || Cells(marked) != Cells(line) {
			t.Fatalf("%q became %q", line, marked)
		}
	})
}

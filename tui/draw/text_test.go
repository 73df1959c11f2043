package draw

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// FuzzClean holds that text from outside is one line without escape sequences,
// control characters or turns of direction, and no wider than it was.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\r\nb\tc", "\u202eevil", "半夜\u0301", "\x9b2J", "\xff\xfe", "\x1b", "\xf40\x10\x00\xed\xbe0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
			t.Errorf("clean(%q) = %q", s, got)
		}
		if strings.Contains(got, "\n") || ansi.Strip(got) != got {
			t.Errorf("clean(%q) = %q, which is not plain", s, got)
		}
	})
}

// FuzzToASCII holds that --ascii leaves ASCII, of the same width.
func FuzzToASCII(f *testing.F) {
	for _, s := range []string{"a–b", "\x1b[38;2;1;2;3m●\x1b[m x", "半夜 👩‍👩‍👧‍👦", "×1.10", "e\u0301", "\u200d👦"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = Clean(s)
		got := toASCII(s)
		if i := strings.IndexFunc(got, func(r rune) bool { return r > 0x7e }); i >= 0 {
			t.Errorf("toASCII(%q) = %q", s, got)
		}
		if ansi.StringWidth(got) != ansi.StringWidth(s) {
			t.Errorf("toASCII(%q) is %d wide, not %d", s, ansi.StringWidth(got), ansi.StringWidth(s))
		}
	})
}

// TestCells holds that texts are as wide as they are measured, whatever they hold.
func TestCells(t *testing.T) {
	pieces := []string{"a", " ", "─", "█", "●", "≈", "…", "×", "\x1b[38;5;1m", "\x1b[m", "\x1b[", "半", "🛒", "👩‍👩‍👧‍👦", "e\u0301", "\u0301", "\ufe0f", "\u200d", "\xff", "µ"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 20).Draw(t, "pieces"), "")
		if got, want := Cells(s), ansi.StringWidth(s); got != want {
			t.Fatalf("%q: %d cells, want %d", s, got, want)
		}
	})
}

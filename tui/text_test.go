package tui

import (
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// FuzzClean holds that text from outside is one line without escape sequences,
// control characters or turns of direction, and no wider than it was.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\r\nb\tc", "\u202eevil", "半夜\u0301", "\x9b2J", "\xff\xfe", "\x1b", "\xf40\x10\x00\xed\xbe0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
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
		s = clean(s)
		got := toASCII(s)
		if i := strings.IndexFunc(got, func(r rune) bool { return r > 0x7e }); i >= 0 {
			t.Errorf("toASCII(%q) = %q", s, got)
		}
		if ansi.StringWidth(got) != ansi.StringWidth(s) {
			t.Errorf("toASCII(%q) is %d wide, not %d", s, ansi.StringWidth(got), ansi.StringWidth(s))
		}
	})
}

func TestGrades(t *testing.T) {
	for _, c := range []struct {
		why   string
		expr  string
		value float64
		want  grade
	}{
		{"well under", "ttft.p95 <= 800ms", 500, good},
		{"within 10 %", "ttft.p95 <= 800ms", 730, near},
		{"at the bound", "ttft.p95 <= 800ms", 800, near},
		{"over", "ttft.p95 <= 800ms", 801, bad},
		{"at a bound that is to be stayed under", "ttft.p95 < 800ms", 800, bad},
		{"a floor well kept", "rps >= 200/s", 300, good},
		{"a floor within 10 %", "rps >= 200/s", 210, near},
		{"under a floor", "rps >= 200/s", 199, bad},
		{"a share that lacks little", "good_fraction >= 99%", 0.998, good},
		{"nothing at a bound of nothing", "dropped <= 0", 0, good},
	} {
		if got := gradeOf(slo.MustParse(c.expr), c.value); got != c.want {
			t.Errorf("%s: got %d, want %d", c.why, got, c.want)
		}
	}
}

// TestRowGrade holds that a row is judged by the SLOs of its own waves only.
func TestRowGrade(t *testing.T) {
	status := result.SLOStatus{Expr: "ttft.p95 < 800ms", Metric: "ttft", Stat: "p95", Wave: "rush", Op: "<", Bound: 800, Unit: "ms"}
	row := result.Row{Waves: []string{"rush"}, Latency: result.RowLatencies{TTFT: result.RowPair{Response: &result.RowPercentile{Count: 9, P95: 900}}}}
	if g := rowGrade(row, []result.SLOStatus{status}); g != bad {
		t.Errorf("a breach in the wave is graded %d", g)
	}
	row.Waves = []string{"calm"}
	if g := rowGrade(row, []result.SLOStatus{status}); g != unknown {
		t.Errorf("a row of another wave is graded %d", g)
	}
	status.Wave, status.Service = "", true
	if g := rowGrade(row, []result.SLOStatus{status}); g != unknown {
		t.Errorf("a row without service times is graded %d by them", g)
	}
}

// TestCells holds that texts are as wide as they are measured, whatever they hold.
func TestCells(t *testing.T) {
	pieces := []string{"a", " ", "─", "█", "●", "≈", "…", "×", "\x1b[38;5;1m", "\x1b[m", "\x1b[", "半", "🛒", "👩‍👩‍👧‍👦", "e\u0301", "\u0301", "\ufe0f", "\u200d", "\xff", "µ"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 20).Draw(t, "pieces"), "")
		if got, want := cells(s), ansi.StringWidth(s); got != want {
			t.Fatalf("%q: %d cells, want %d", s, got, want)
		}
	})
}

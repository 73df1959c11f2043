package tui

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"flashwave/bench/result"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ why, got, want string }{
		{"thousands stand apart", count(12391), "12,391"},
		{"and so in decimals", decimal(1234567.891, 2), "1,234,567.89"},
		{"a small negative number is nought", decimal(-0.04, 1), "0.0"},
		{"a negative one is not", decimal(-1234.5, 1), "-1,234.5"},
		{"no number is a dash", decimal(math.NaN(), 2), "–"},
		{"nor is infinity one", decimal(math.Inf(1), 2), "–"},
		{"a slow rate has a decimal", rate(199.84), "199.8/s"},
		{"a fast one has none", rate(9412.4), "9,412/s"},
		{"rounding up does not keep the decimal", rate(999.96), "1,000/s"},
		{"a share", percent(0.981), "98.1%"},
		{"a trace is not nothing", percent(0.0001), "<0.1%"},
		{"almost all is not all", percent(0.99999), ">99.9%"},
		{"all is", percent(1), "100.0%"},
		{"small money has four decimals", usd(0.4213), "$0.4213"},
		{"large money has cents", usd(1021.2), "$1,021.20"},
		{"beside a budget, cents always", money(0.4213), "$0.42"},
		{"a short time", span(412 * time.Microsecond), "0.4 ms"},
		{"less than a second", span(850 * time.Millisecond), "850 ms"},
		{"some seconds", span(4120 * time.Millisecond), "4.12 s"},
		{"a minute", span(72 * time.Second), "72.0 s"},
		{"minutes", span(3 * time.Minute), "03:00"},
		{"a clock", clock(72 * time.Second), "01:12"},
		{"hours", clock(3723 * time.Second), "1:02:03"},
		{"before the start", clock(-5 * time.Second), "-00:05"},
		{"a bound as people write it", bound(8000, "ms"), "8 s"},
		{"a bound that needs its decimals", bound(1250, "ms"), "1.25 s"},
		{"a bound of whole hundreds", bound(800, "ms"), "800 ms"},
		{"a share as a bound", bound(0.01, "ratio"), "1.0%"},
		{"money as a bound", quantity(5, "usd"), "$5.00"},
		{"requests as a bound", quantity(12, "count"), "12"},
		{"an unknown unit is shown", quantity(12, "tokens"), "12 tokens"},
		{"tokens", humanTokens(912), "912"},
		{"thousands of them", humanTokens(41_234), "41.2k"},
		{"millions", humanTokens(3_714_000), "3.71M"},
		{"milliards", humanTokens(3_714_000_000), "3.71G"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, c.got, c.want)
		}
	}
}

// TestCellsAlign holds that the figures of a column have their points above one
// another.
func TestCellsAlign(t *testing.T) {
	for _, v := range []float64{0, 0.04, 9.96, 99.94, 99.96, 100, 1234, 3.6e9} {
		point := strings.IndexAny(right(cell(v), 14)+".", ". ")
		text := strings.TrimLeft(right(cell(v), 14), " ")
		if i := strings.IndexAny(text, ". "); len(text)-i != 2 {
			t.Errorf("%q has its point elsewhere (%d)", text, point)
		}
	}
}

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

// FuzzPlain holds that --ascii leaves ASCII, of the same width.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{"a–b", "\x1b[38;2;1;2;3m●\x1b[m x", "半夜 👩‍👩‍👧‍👦", "×1.10", "e\u0301", "\u200d👦"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = clean(s)
		got := plain(s)
		if i := strings.IndexFunc(got, func(r rune) bool { return r > 0x7e }); i >= 0 {
			t.Errorf("plain(%q) = %q", s, got)
		}
		if ansi.StringWidth(got) != ansi.StringWidth(s) {
			t.Errorf("plain(%q) is %d wide, not %d", s, ansi.StringWidth(got), ansi.StringWidth(s))
		}
	})
}

func TestGrades(t *testing.T) {
	for _, c := range []struct {
		why          string
		value, bound float64
		atLeast      bool
		want         grade
	}{
		{"well under", 500, 800, false, good},
		{"within 10 %", 730, 800, false, near},
		{"at the bound", 800, 800, false, near},
		{"over", 801, 800, false, bad},
		{"a floor well kept", 300, 200, true, good},
		{"a floor within 10 %", 210, 200, true, near},
		{"under a floor", 199, 200, true, bad},
		{"nothing at a bound of nothing", 0, 0, false, good},
	} {
		if got := gradeOf(c.value, c.bound, c.atLeast); got != c.want {
			t.Errorf("%s: got %d, want %d", c.why, got, c.want)
		}
	}
}

// TestRowGrade holds that a row is judged by the SLOs of its own waves only.
func TestRowGrade(t *testing.T) {
	slo := result.SLOStatus{Expr: "ttft.p95 < 800ms", Metric: "ttft", Stat: "p95", Wave: "rush", Bound: 800, Unit: "ms"}
	row := result.Row{Waves: []string{"rush"}, Latency: result.RowLatencies{TTFT: result.RowPair{Response: &result.RowPercentile{Count: 9, P95: 900}}}}
	if g := rowGrade(row, []result.SLOStatus{slo}); g != bad {
		t.Errorf("a breach in the wave is graded %d", g)
	}
	row.Waves = []string{"calm"}
	if g := rowGrade(row, []result.SLOStatus{slo}); g != unknown {
		t.Errorf("a row of another wave is graded %d", g)
	}
	slo.Wave, slo.Service = "", true
	if g := rowGrade(row, []result.SLOStatus{slo}); g != unknown {
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

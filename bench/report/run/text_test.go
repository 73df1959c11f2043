package run

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	_ "flashwave/bench/gctest"
	"flashwave/bench/report/page"
	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
)

// write is a run in a format for people.
func write(t testing.TB, format string, run *result.Run, o page.Options) string {
	t.Helper()
	var b strings.Builder
	var err error
	switch format {
	case "text":
		err = Text(&b, run, o)
	case "md":
		err = Markdown(&b, run)
	case "html":
		err = HTML(&b, run)
	}
	if err != nil || b.Len() == 0 {
		t.Fatalf("%s: %v, %d bytes", format, err, b.Len())
	}
	return b.String()
}

// The goldens are what people see; -update writes them anew.
func TestText(t *testing.T) {
	for name, run := range reporttest.Untimed() {
		for _, width := range []int{80, 120} {
			t.Run(fmt.Sprintf("%s-%d", name, width), func(t *testing.T) {
				golden.RequireEqual(t, []byte(write(t, "text", run, page.Options{Width: width})))
			})
		}
	}
	t.Run("observed", func(t *testing.T) {
		golden.RequireEqual(t, []byte(write(t, "text", reporttest.Observed(), page.Options{Width: 100})))
	})
	t.Run("color", func(t *testing.T) {
		golden.RequireEqual(t, []byte(write(t, "text", reporttest.Limited(), page.Options{Width: 80, Color: true})))
	})
}

func TestTextFitsAnyWidth(t *testing.T) {
	for name, run := range reporttest.Untimed() {
		doc := run
		for width := -1; width <= 200; width++ {
			want := max(width, 40)
			if width == 0 {
				want = 80
			}
			for _, color := range []bool{false, true} {
				text := write(t, "text", doc, page.Options{Width: width, Color: color})
				for line := range strings.Lines(text) {
					line = strings.TrimSuffix(line, "\n")
					if n := ansi.StringWidth(line); n > want {
						t.Fatalf("%s at %d: a line of %d columns: %q", name, width, n, line)
					}
					if strings.TrimRight(ansi.Strip(line), " ") != ansi.Strip(line) {
						t.Errorf("%s at %d: spaces at the end of %q", name, width, line)
					}
				}
			}
		}
	}
}

func TestColorChangesNoWord(t *testing.T) {
	for name, run := range reporttest.Untimed() {
		bare, colored := write(t, "text", run, page.Options{Width: 100}), write(t, "text", run, page.Options{Width: 100, Color: true})
		if strings.Contains(bare, "\x1b") {
			t.Errorf("%s: colour where none was asked for", name)
		}
		if !strings.Contains(colored, "\x1b[") {
			t.Errorf("%s: no colour", name)
		}
		if diff := cmp.Diff(bare, ansi.Strip(colored)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestColumnsAlign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Float64Range(0, 3.6e6)
		l := &result.Latency{
			Count: 1, P50: ms.Draw(t, "p50"), P90: ms.Draw(t, "p90"), P95: ms.Draw(t, "p95"),
			P99: ms.Draw(t, "p99"), P999: ms.Draw(t, "p99.9"), Max: ms.Draw(t, "max"), Mean: ms.Draw(t, "mean"),
		}
		row := latencyRow("x", l, scaleOf(l))
		for _, cell := range row[2:] {
			_, fraction, _ := strings.Cut(cell, ".")
			_, first, _ := strings.Cut(row[2], ".")
			if len(fraction) != len(first) {
				t.Fatalf("%v are not of one precision", row)
			}
		}
	})
}

func TestSameUnitInARow(t *testing.T) {
	for _, c := range []struct {
		p50, p99, max float64
		want          string
	}{
		{0.0412, 0.4, 0.9, "µs 41.2 400.0 900.0"},
		{0.0412, 0.4, 1.9, "ms 0.04 0.40 1.90"},
		{212.4, 803, 1204, "ms 212 803 1,204"},
		{18.04, 44, 120, "ms 18.0 44.0 120.0"},
		{1.234, 5, 2000, "ms 1.2 5.0 2,000.0"},
		{2100, 11_700, 60_000, "s 2.10 11.70 60.00"},
		{15_000, 32_000, 120_000, "s 15.0 32.0 120.0"},
	} {
		l := &result.Latency{Count: 1, P50: c.p50, P99: c.p99, Max: c.max}
		row := latencyRow("x", l, scaleOf(l))
		if got := strings.Join([]string{row[1], row[2], row[5], row[7]}, " "); got != c.want {
			t.Errorf("p50 %v p99 %v max %v: %q, want %q", c.p50, c.p99, c.max, got, c.want)
		}
	}
}

func TestServiceTimeStandsBesideResponseTime(t *testing.T) {
	has := func(run *result.Run) bool {
		return strings.Contains(write(t, "text", run, page.Options{}), "  service ")
	}
	if has(reporttest.Passed()) {
		t.Error("a closed wave in which they are the same shows both")
	}
	if !has(reporttest.Limited()) {
		t.Error("an open wave does not show both")
	}
	run := reporttest.Passed()
	run.Total.Latency.TTFT.Service.P95 *= 0.9
	if !has(run) {
		t.Error("a closed wave in which they differ does not show both")
	}
}

// The goldens are what GitHub shows; -update writes them anew.
func TestMarkdown(t *testing.T) {
	list := reporttest.Untimed()
	list["frozen"] = reporttest.Frozen(t)
	for _, name := range []string{"limited", "interrupted", "empty", "unary", "zero", "frozen"} {
		t.Run(name, func(t *testing.T) {
			golden.RequireEqual(t, []byte(write(t, "md", list[name], page.Options{})))
		})
	}
}

package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"flashwave/bench/result"
)

var runs = map[string]func() *result.Run{
	"passed": passed, "limited": limited, "interrupted": interrupted, "empty": empty, "unary": unary,
	"zero": func() *result.Run { return &result.Run{} },
}

func write(t testing.TB, format string, run *result.Run, opts Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, run, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The goldens are what people see; -update writes them anew.
func TestText(t *testing.T) {
	for name, run := range runs {
		for _, width := range []int{80, 120} {
			t.Run(fmt.Sprintf("%s-%d", name, width), func(t *testing.T) {
				golden.RequireEqual(t, []byte(write(t, "text", run(), Options{Width: width})))
			})
		}
	}
	t.Run("color", func(t *testing.T) {
		golden.RequireEqual(t, []byte(write(t, "text", limited(), Options{Width: 80, Color: true})))
	})
}

func TestTextFitsAnyWidth(t *testing.T) {
	for name, run := range runs {
		doc := run()
		for width := -1; width <= 200; width++ {
			want := max(width, leastWidth)
			if width == 0 {
				want = defaultWidth
			}
			for _, color := range []bool{false, true} {
				text := write(t, "text", doc, Options{Width: width, Color: color})
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
	for name, run := range runs {
		bare, colored := write(t, "text", run(), Options{Width: 100}), write(t, "text", run(), Options{Width: 100, Color: true})
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

// Texts from an endpoint or a file must not reach the terminal as commands.
func TestForeignTextIsPlain(t *testing.T) {
	const evil = "a\x1b[2J\x1b]0;title\x07b\r\nc\u202e\td"
	run := limited()
	run.Name, run.ID, run.Labels = evil, evil, map[string]string{evil: evil}
	run.Scenario.Target.Model, run.Scenario.Lanes[0].Waves[0].Name = evil, evil
	run.Verdict.Headline, run.Verdict.Reasons = evil, []string{"reason " + evil}
	run.Verdict.SLOs[0].Expr = evil
	run.Total.Errors[0].Sample, run.Total.Errors[0].Outcome = evil, evil
	run.Waves[0].Name, run.Waves[1].Kind = evil, evil
	run.Generator.Warnings = []string{evil}
	text := write(t, "text", run, Options{Width: 120})
	for _, r := range text {
		if r < ' ' && r != '\n' || r == '\u202e' || r == 0x7f {
			t.Fatalf("%q reached the terminal:\n%s", r, text)
		}
	}
	if !strings.Contains(text, "ab c d") {
		t.Error("the words of it are gone")
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
	has := func(run *result.Run) bool { return strings.Contains(write(t, "text", run, Options{}), "  service ") }
	if has(passed()) {
		t.Error("a closed wave in which they are the same shows both")
	}
	if !has(limited()) {
		t.Error("an open wave does not show both")
	}
	run := passed()
	run.Total.Latency.TTFT.Service.P95 *= 0.9
	if !has(run) {
		t.Error("a closed wave in which they differ does not show both")
	}
}

func TestJSONIsTheDocument(t *testing.T) {
	for name, run := range runs {
		text := write(t, "json", run(), Options{Color: true, Width: 40})
		var got result.Run
		d := json.NewDecoder(strings.NewReader(text))
		if err := d.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if rest := text[d.InputOffset():]; rest != "\n" {
			t.Errorf("%s: %q follows the document", name, rest)
		}
		if again := write(t, "json", &got, Options{}); again != text {
			t.Errorf("%s: %s", name, cmp.Diff(text, again))
		}
		if strings.Contains(text, `\u003c`) {
			t.Errorf("%s: SLOs are not written as they read", name)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	err := Write(&bytes.Buffer{}, "yaml", passed(), Options{})
	if err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("got %v", err)
	}
}

var errBroken = errors.New("broken pipe")

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrors(t *testing.T) {
	for _, format := range Formats() {
		if err := Write(brokenPipe{}, format, passed(), Options{}); !errors.Is(err, errBroken) {
			t.Errorf("%s: got %v", format, err)
		}
	}
	run := passed()
	run.DurationS = math.NaN()
	if err := Write(&bytes.Buffer{}, "json", run, Options{}); err == nil {
		t.Error("JSON has no NaN")
	}
}

// Prose breaks between words and at no hyphen: a flag, an id and a range stay whole.
func TestProseKeepsWordsWhole(t *testing.T) {
	text := "run --repeat, or another --seed, sends others than 20261126-115946 did"
	for width := 16; width < 80; width++ {
		lines := strings.Split(wrap(text, width), "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		if got := strings.Join(lines, " "); got != text {
			t.Errorf("%d: %q", width, got)
		}
	}
}

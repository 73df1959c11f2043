package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	_ "flashwave/bench/gctest"
	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
	"flashwave/bench/schema/schematest"
)

// write is a run in a format.
func write(t testing.TB, format string, run *result.Run, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Runs.Write(&b, format, run, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every format takes every document: one that was cut off, one in which nothing
// ended, one of an early version.
func TestEveryFormatTakesEveryRun(t *testing.T) {
	list := reporttest.Runs()
	list["frozen"] = reporttest.Frozen(t)
	for name, run := range list {
		for _, format := range Runs.Names() {
			if format == "scenario" && run.Scenario == nil {
				continue
			}
			if text := write(t, format, run, Options{}); text == "" {
				t.Errorf("%s as %s is empty", name, format)
			}
		}
	}
}

// What the JSON format writes is as its schema has it, of whatever run.
func TestJSONIsValid(t *testing.T) {
	for name, run := range reporttest.Untimed() {
		if name != "zero" { // no run ever was
			schematest.Valid(t, "run", []byte(write(t, "json", run, Options{})))
		}
	}
	for _, run := range []*result.Run{reporttest.Frozen(t), reporttest.Sale(), reporttest.Day()} {
		schematest.Valid(t, "run", []byte(write(t, "json", run, Options{})))
	}
}

// No document makes a format panic, whatever it says.
func TestFormatsSurviveAnyDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := reporttest.Limited()
		odd := rapid.SampledFrom([]string{"", "a|b", "<script>", "\x00\x1b[2J", "x,y\n", "🙂", "]]>", "#", "-", strings.Repeat("w", 300)})
		run.Name, run.ID, run.Verdict.Headline = odd.Draw(t, "name"), odd.Draw(t, "id"), odd.Draw(t, "headline")
		run.Labels = map[string]string{odd.Draw(t, "key"): odd.Draw(t, "value")}
		run.Waves[0].Name, run.Waves[0].Lane = odd.Draw(t, "wave"), odd.Draw(t, "lane")
		run.Total.Errors[0].Sample = odd.Draw(t, "sample")
		run.Verdict.SLOs[0].Expr = odd.Draw(t, "expr")
		run.Total.Cost, run.Total.Goodput, run.Total.RateLimits = nil, nil, nil
		if rapid.Bool().Draw(t, "no latency") {
			run.Total.Latency = result.Latencies{}
		}
		run.Timeline = []result.Row{{Waves: []string{odd.Draw(t, "live")}}}
		for _, format := range []string{"md", "csv", "junit", "hlog", "vllm", "scenario"} {
			var b strings.Builder
			if err := Runs.Write(&b, format, run, Options{}); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			if format == "junit" {
				if err := readXML(b.String()); err != nil {
					t.Fatalf("%v in %s", err, b.String())
				}
			}
			if format == "csv" {
				if rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll(); err != nil || len(rows) != 2 {
					t.Fatalf("%d rows, %v", len(rows), err)
				}
			}
		}
	})
}

func readXML(text string) error {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestJSONIsTheDocument(t *testing.T) {
	for name, run := range reporttest.Untimed() {
		text := write(t, "json", run, Options{Color: true, Width: 40})
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
	err := Runs.Write(&bytes.Buffer{}, "yaml", reporttest.Passed(), Options{})
	if err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("got %v", err)
	}
}

func TestFormatOfPath(t *testing.T) {
	for path, want := range map[string]string{
		"a.json": "json", "a.vllm.json": "vllm", "out/report.html": "html", "x.md": "md", "x.csv": "csv",
		"junit.xml": "junit", "x.hlog": "hlog", "again.yaml": "scenario", "x.txt": "text", "x": "", "json": "",
	} {
		if got, err := Runs.Of(path); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q (%v), want %q", path, got, err, want)
		}
	}
}

var errBroken = errors.New("broken pipe")

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrors(t *testing.T) {
	for _, format := range Runs.Names() {
		if err := Runs.Write(brokenPipe{}, format, reporttest.Passed(), Options{}); !errors.Is(err, errBroken) {
			t.Errorf("%s: got %v", format, err)
		}
	}
	run := reporttest.Passed()
	run.DurationS = math.NaN()
	if err := Runs.Write(&bytes.Buffer{}, "json", run, Options{}); err == nil {
		t.Error("JSON has no NaN")
	}
}

// Whatever a document says, no report of it holds a character that commands a terminal or
// turns the direction of writing.
func TestForeignTextIsPlain(t *testing.T) {
	const evil = "a\x1b[2J\x1b]0;title\x07b\r\nc\u202e\td"
	for name, run := range reporttest.Runs() {
		harmless(t, "run "+name, Runs, reporttest.Everywhere(run, evil))
	}
	frozen := reporttest.Frozen(t)
	harmless(t, "frozen run", Runs, reporttest.Everywhere(frozen, evil))
	harmless(t, "search", Searches, reporttest.Everywhere(reporttest.Search(t), evil))
	rows := reporttest.Everywhere(reporttest.Comparison(t), evil)
	harmless(t, "comparison", Comparisons, rows)
	for i := range rows.Rows {
		rows.Rows[i].Wave = "" // of the whole run, which is shown
	}
	harmless(t, "comparison", Comparisons, rows)
	harmless(t, "comparison of searches", SearchComparisons, reporttest.Everywhere(reporttest.SearchComparison(t), evil))
}

// harmless holds all formats of a document to it, but for those in JSON, which escape what
// they must.
func harmless[D any](t *testing.T, name string, formats Formats[D], document D) {
	t.Helper()
	for _, format := range formats.Names() {
		var b strings.Builder
		if err := formats.Write(&b, format, document, Options{Width: 100}); err != nil && format != "scenario" { // it is none any more
			t.Errorf("%s as %s: %v", name, format, err)
		}
		if format == "json" || format == "vllm" {
			continue
		}
		if people := []string{"text", "md", "html"}; slices.Contains(people, format) && !strings.Contains(b.String(), "ab c d") {
			t.Errorf("%s as %s: the words are gone", name, format)
		}
		for line := range strings.Lines(b.String()) {
			if at := strings.IndexFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); at >= 0 {
				t.Errorf("%s as %s: %q", name, format, line[max(0, at-60):min(len(line), at+20)])
				break
			}
		}
	}
}

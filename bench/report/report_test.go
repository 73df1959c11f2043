package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

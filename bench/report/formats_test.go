package report

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
)

// frozen is a document that an early version wrote.
func frozen(t testing.TB) *result.Run {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "compare", "testdata", "run-v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	run := new(result.Run)
	if err := json.Unmarshal(text, run); err != nil {
		t.Fatal(err)
	}
	return run
}

// The goldens are what other programs and pages read; -update writes them anew.
func TestFormats(t *testing.T) {
	for format, list := range map[string][]string{
		"md":       {"limited", "interrupted", "empty", "unary", "zero"},
		"junit":    {"passed", "limited", "interrupted", "empty"},
		"vllm":     {"limited", "unary"},
		"scenario": {"limited", "interrupted"},
	} {
		for _, name := range list {
			t.Run(format+"-"+name, func(t *testing.T) {
				golden.RequireEqual(t, []byte(write(t, format, runs[name](), Options{})))
			})
		}
	}
	for _, format := range []string{"md", "csv", "junit", "vllm", "scenario"} {
		t.Run(format+"-frozen", func(t *testing.T) {
			golden.RequireEqual(t, []byte(write(t, format, frozen(t), Options{})))
		})
	}
}

// Every format takes every document: one that was cut off, one in which nothing
// ended, one of an early version.
func TestEveryFormatTakesEveryRun(t *testing.T) {
	list := map[string]*result.Run{"frozen": frozen(t), "sale": sale(), "day": day()}
	for name, run := range runs {
		list[name] = run()
	}
	for name, run := range list {
		for _, format := range Formats() {
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
	for name, run := range runs {
		if name != "zero" { // no run ever was
			schematest.Valid(t, "run", []byte(write(t, "json", run(), Options{})))
		}
	}
	for _, run := range []*result.Run{frozen(t), sale(), day()} {
		schematest.Valid(t, "run", []byte(write(t, "json", run, Options{})))
	}
}

// No document makes a format panic, whatever it says.
func TestFormatsSurviveAnyDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := limited()
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
			if err := Write(&b, format, run, Options{}); err != nil {
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

// A CI system that reads the JUnit file fails just when flashwave's exit code does.
func TestJUnitFailsAsTheExitCodeDoes(t *testing.T) {
	problem := regexp.MustCompile(`<(failure|error) `)
	for _, exit := range []int{0, 1, 99, 104, 105, 120, 121} {
		for _, slos := range [][]result.SLO{nil, {{Expr: "error_rate < 1%", OK: new(true)}}} {
			for _, valid := range []bool{true, false} {
				run := &result.Run{Verdict: result.Verdict{ExitCode: exit, SLOs: slos}, Generator: result.Generator{Valid: valid}}
				if exit == 0 && !valid {
					continue // there is no such verdict
				}
				if got := problem.MatchString(write(t, "junit", run, Options{})); got != (exit != 0) {
					t.Errorf("exit %d, valid %v, %d SLOs: problem %v", exit, valid, len(slos), got)
				}
			}
		}
	}
}

// The log is read by HdrHistogram's own reader, and its intervals add up to the run.
func TestHLogAddsUp(t *testing.T) {
	run := frozen(t)
	reader := hdr.NewHistogramLogReader(strings.NewReader(write(t, "hlog", run, Options{})))
	counts, spans := map[string]int64{}, map[string]int64{}
	for {
		h, err := reader.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		counts[h.Tag()] += h.TotalCount()
		spans[h.Tag()] += h.EndTimeMs() - h.StartTimeMs()
		if h.Tag() == "benchmark/ttft" {
			if got, want := float64(h.ValueAtQuantile(95))/1e6, run.Total.Latency.TTFT.Response.P95; got < want*0.99 || got > want*1.01 {
				t.Errorf("p95 %v ms, the document says %v", got, want)
			}
		}
	}
	for _, tag := range []string{"ttft", "e2e", "service.ttft", "itl", "benchmark/ttft", "benchmark/e2e"} {
		want := run.Total.Latency.TTFT.Response.Count
		if tag == "itl" {
			want = run.Total.Latency.ITL.Count
		}
		if counts[tag] != want {
			t.Errorf("%s: %d values, the document has %d", tag, counts[tag], want)
		}
		if length := int64(run.DurationS * 1000); !strings.Contains(tag, "/") && (spans[tag] > length+100 || spans[tag] < length-100) {
			t.Errorf("%s covers %d ms of %d", tag, spans[tag], length)
		}
	}
}

// The file repeats the run: read again it is the same scenario.
func TestScenarioIsReadAgain(t *testing.T) {
	for name, run := range map[string]*result.Run{"frozen": frozen(t), "limited": limited(), "interrupted": interrupted()} {
		path := filepath.Join(t.TempDir(), "again.yaml")
		if err := os.WriteFile(path, []byte(write(t, "scenario", run, Options{})), 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Load(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := again.YAML()
		if err != nil {
			t.Fatal(err)
		}
		want, err := run.Scenario.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s: %s\nagain: %s", name, want, got)
		}
	}
}

// The keys are those of vLLM's own files.
func TestVLLMKeys(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(write(t, "vllm", frozen(t), Options{})), &doc); err != nil {
		t.Fatal(err)
	}
	keys := []string{
		"date", "endpoint_type", "backend", "label", "model_id", "tokenizer_id", "num_prompts", "request_rate", "burstiness",
		"max_concurrency", "duration", "completed", "failed", "total_input_tokens", "total_output_tokens",
		"request_throughput", "request_goodput", "output_throughput", "total_token_throughput",
	}
	for _, metric := range []string{"ttft", "tpot", "itl", "e2el"} {
		for _, stat := range []string{"mean", "median", "std", "p50", "p90", "p95", "p99"} {
			key := stat + "_" + metric + "_ms"
			keys = append(keys, key)
			if v, ok := doc[key].(float64); !ok || v <= 0 {
				t.Errorf("%s is %v", key, doc[key])
			}
		}
	}
	for key := range doc {
		if !slices.Contains(keys, key) {
			t.Errorf("%s is no key of vLLM's", key)
		}
	}
	for _, key := range keys {
		if _, ok := doc[key]; !ok {
			t.Errorf("there is no %s", key)
		}
	}
}

func TestFormatOfPath(t *testing.T) {
	for path, want := range map[string]string{
		"a.json": "json", "a.vllm.json": "vllm", "out/report.html": "html", "x.md": "md", "x.csv": "csv",
		"junit.xml": "junit", "x.hlog": "hlog", "again.yaml": "scenario", "x.txt": "text", "x": "", "json": "",
	} {
		if got, err := FormatOf(path); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q (%v), want %q", path, got, err, want)
		}
	}
}

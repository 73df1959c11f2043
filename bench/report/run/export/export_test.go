package export

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// write is a run in a format for programs.
func write(t testing.TB, format func(io.Writer, *result.Run) error, run *result.Run) string {
	t.Helper()
	var b strings.Builder
	if err := format(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The goldens are what other programs read; -update writes them anew.
func TestFormats(t *testing.T) {
	runs := reporttest.Untimed()
	runs["frozen"] = reporttest.Frozen(t)
	for _, format := range []struct {
		name  string
		write func(io.Writer, *result.Run) error
		runs  []string
	}{
		{"csv", CSV, []string{"frozen"}},
		{"junit", JUnit, []string{"passed", "limited", "interrupted", "empty", "frozen"}},
		{"vllm", VLLM, []string{"limited", "unary", "frozen"}},
		{"scenario", Scenario, []string{"limited", "interrupted", "frozen"}},
	} {
		for _, name := range format.runs {
			t.Run(format.name+"-"+name, func(t *testing.T) {
				golden.RequireEqual(t, []byte(write(t, format.write, runs[name])))
			})
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
				if got := problem.MatchString(write(t, JUnit, run)); got != (exit != 0) {
					t.Errorf("exit %d, valid %v, %d SLOs: problem %v", exit, valid, len(slos), got)
				}
			}
		}
	}
}

// The log is read by HdrHistogram's own reader, and its intervals add up to the run.
func TestHLogAddsUp(t *testing.T) {
	run := reporttest.Frozen(t)
	reader := hdr.NewHistogramLogReader(strings.NewReader(write(t, HLog, run)))
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
	for name, run := range map[string]*result.Run{"frozen": reporttest.Frozen(t), "limited": reporttest.Limited(), "interrupted": reporttest.Interrupted()} {
		path := filepath.Join(t.TempDir(), "again.yaml")
		if err := os.WriteFile(path, []byte(write(t, Scenario, run)), 0o600); err != nil {
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
	if err := json.Unmarshal([]byte(write(t, VLLM, reporttest.Frozen(t))), &doc); err != nil {
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

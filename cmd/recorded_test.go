package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// recorded FILE [seconds=N] [slower=F] [failing=P] [unary] [late] [cut] [aborted]:
// writes the document of a run at 20 requests a second, of an endpoint whose
// latencies hardly vary. The same words make the same run, but for its id.
func recorded(ts *testscript.TestScript, _ bool, args []string) {
	run := &result.Run{
		Schema: result.Schema, ID: strings.TrimSuffix(filepath.Base(args[0]), ".json"), Name: "recorded",
		StartedAt: time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC),
		Generator: result.Generator{Valid: true, Warnings: []string{}},
		Verdict:   result.Verdict{Status: result.Pass, Headline: "held 20.0 requests/s"},
	}
	seconds, slower, failing, unary := 60, 1.0, 0.0, false
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		var err error
		switch name {
		case "seconds":
			seconds, err = strconv.Atoi(value)
		case "slower":
			slower, err = strconv.ParseFloat(value, 64)
		case "failing":
			failing, err = strconv.ParseFloat(value, 64)
		case "unary":
			unary = true
		case "late":
			run.Generator.Valid = false
		case "cut":
			run.Generator.Valid = false
			run.Verdict = result.Verdict{Status: result.Inconclusive, ExitCode: 120, Headline: "the run was cut off after " + strconv.Itoa(seconds) + " s"}
		case "aborted":
			run.Verdict = result.Verdict{Status: result.Aborted, ExitCode: 105, Headline: "interrupted"}
		default:
			ts.Fatalf("recorded: what is %s?", arg)
		}
		ts.Check(err)
	}
	record(run, seconds, slower, failing, unary)
	text, err := json.Marshal(run)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// record fills in what a run of so many seconds saw.
func record(run *result.Run, seconds int, slower, failing float64, unary bool) {
	const rps = 20
	var all [2]*result.Hist // ttft, e2e
	all[0], all[1] = result.NewHist(), result.NewHist()
	var ok, failed int64
	for s := range seconds {
		here := [2]*result.Hist{result.NewHist(), result.NewHist()}
		bad := int64(math.Round(failing * rps))
		for i := range rps - bad {
			wave := math.Sin(float64(7*s) + float64(i)) // from −1 to 1, and alike in no two seconds
			first := time.Duration(slower * (100 + 10*wave) * float64(time.Millisecond))
			whole := time.Duration(slower * (400 + 20*wave) * float64(time.Millisecond))
			for k, d := range []time.Duration{first, whole} {
				here[k].Record(d)
				all[k].Record(d)
			}
		}
		row := result.Row{
			TS: float64(s), StepS: 1, Waves: []string{"steady"},
			Counts: result.Counts{Scheduled: rps, Sent: rps, Succeeded: rps - bad, Failed: bad},
		}
		row.Latency.E2E.Response = here[1].RowPercentile(true)
		if !unary {
			row.Latency.TTFT.Response = here[0].RowPercentile(true)
		}
		run.Timeline = append(run.Timeline, row)
		ok, failed = ok+rps-bad, failed+bad
	}
	run.DurationS = float64(seconds)
	total := result.Stats{
		Name: "total", Kind: "total", DurationS: run.DurationS,
		Requests: result.Requests{Scheduled: ok + failed, Sent: ok + failed, Succeeded: ok, Failed: failed},
		Outcomes: map[outcome.Outcome]int64{"ok": ok, "server_error": failed},
	}
	if ok+failed > 0 {
		total.ErrorRate = new(float64(failed) / float64(ok+failed))
		total.Rate.Succeeded = new(float64(ok) / run.DurationS)
	}
	if ok > 0 {
		total.Latency.E2E.Response = all[1].Latency(true)
		if !unary {
			total.Latency.TTFT.Response = all[0].Latency(true)
		}
	}
	wave := total
	wave.Name, wave.Kind = "steady", "open"
	run.Total, run.Waves = total, []result.Stats{wave}
}

// A document that an earlier version wrote reads, reports and compares.
func TestDocumentsWrittenBefore(t *testing.T) {
	path := filepath.Join("..", "bench", "compare", "testdata", "run-v1.json")
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, format := range []string{"text", "json", "md", "csv", "junit", "hlog", "vllm", "html", "scenario"} {
		var out, errs bytes.Buffer
		if code := Main([]string{"report", path, "--format", format}, nil, &out, &errs); code != verdict.ExitPass || out.Len() == 0 {
			t.Errorf("%s: exit %d, %d bytes, %s", format, code, out.Len(), errs.String())
		}
	}
	// What it said stands, 0 for no data included: nobody can tell any more.
	said, written := map[string]any{}, map[string]any{}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var again, none bytes.Buffer
	Main([]string{"report", path, "--json"}, nil, &again, &none)
	for text, into := range map[string]*map[string]any{string(before): &said, again.String(): &written} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"total", "waves"} {
		for path, was := range figures(said[key], key) {
			if is, ok := figures(written[key], key)[path]; !ok || is != was {
				t.Errorf("%s was %v and is %v", path, was, is)
			}
		}
	}
	var out, errs bytes.Buffer
	code := Main([]string{"compare", path, path, "--json"}, nil, &out, &errs)
	if code == verdict.ExitUsage || !bytes.Contains(out.Bytes(), []byte(`"flashwave.compare/v1"`)) {
		t.Errorf("compare: exit %d, %s", code, errs.String())
	}
}

// figures are the numbers of a document, by their paths.
func figures(v any, path string) map[string]float64 {
	list := map[string]float64{}
	add := func(key string, v any) { maps.Copy(list, figures(v, path+"/"+key)) }
	switch v := v.(type) {
	case float64:
		list[path] = v
	case map[string]any:
		for key, in := range v {
			add(key, in)
		}
	case []any:
		for i, in := range v {
			add(fmt.Sprint(i), in)
		}
	}
	return list
}

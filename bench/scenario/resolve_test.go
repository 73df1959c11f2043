package scenario_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flashwave/bench/scenario"
)

func TestResolveGivesTheBenchmark(t *testing.T) {
	s := scenario.Default()
	if err := s.Resolve(scenario.Machine{OpenFiles: 1024}); err != nil {
		t.Fatal(err)
	}
	if len(s.Lanes) != 1 || len(s.Lanes[0].Waves) != 1 {
		t.Fatalf("lanes %+v", s.Lanes)
	}
	w := s.Lanes[0].Waves[0]
	if w.Name != "benchmark" || w.Concurrency != 50 || w.Requests != 1000 || s.Name != "benchmark" {
		t.Errorf("scenario %q, wave %+v", s.Name, w)
	}
	if s.MaxInFlight != 819 || s.Slots() != 819 || s.Grace != s.Target.Timeout {
		t.Errorf("max_in_flight %d, slots %d, grace %v", s.MaxInFlight, s.Slots(), s.Grace)
	}
	if n, known := s.PlannedRequests(); n != 1000 || !known {
		t.Errorf("%d requests, %v", n, known)
	}
	if d, known := s.Planned(); known {
		t.Errorf("a closed wave of so many requests lasts %v", d)
	}
	if s.PeakRate() != 0 {
		t.Errorf("peak rate %v", s.PeakRate())
	}
}

func TestMaxInFlight(t *testing.T) {
	for files, want := range map[int64]int{0: 10000, 1: 1, 1024: 819, 12500: 10000, 12499: 9999, math.MaxInt64: 10000} {
		s := scenario.Default()
		s.AddWave("", scenario.Wave{Concurrency: 1, Requests: 1})
		if err := s.Resolve(scenario.Machine{OpenFiles: files}); err != nil || s.MaxInFlight != want {
			t.Errorf("%d open files: %d in flight, %v; want %d", files, s.MaxInFlight, err, want)
		}
	}
}

// A wave that nobody gave asks for no more than may be open.
func TestTheUsualWaveIsWithinBounds(t *testing.T) {
	for _, c := range []struct {
		why                      string
		most, connections, files int64
		http2                    bool
		want                     int
	}{
		{"as usual", 0, 0, 0, false, 50},
		{"max_in_flight", 2, 0, 0, false, 2},
		{"more than is usual", 80, 70, 0, false, 50},
		{"connections", 0, 7, 0, false, 7},
		{"both", 9, 7, 0, false, 7},
		{"streams of few connections", 9, 1, 0, true, 9},
		{"few open files", 0, 0, 20, false, 16},
	} {
		s := scenario.Default()
		s.MaxInFlight, s.Target.Connections, s.Target.HTTP2 = int(c.most), int(c.connections), c.http2
		if err := s.Resolve(scenario.Machine{OpenFiles: c.files}); err != nil || s.Lanes[0].Waves[0].Concurrency != c.want {
			t.Errorf("%s: %+v, %v; want %d", c.why, s.Lanes, err, c.want)
		}
	}
}

func TestSlots(t *testing.T) {
	s := scenario.Default()
	s.MaxInFlight, s.Target.Connections = 100, 40
	if s.Slots() != 40 {
		t.Errorf("HTTP/1.1: %d slots", s.Slots())
	}
	if s.Target.HTTP2 = true; s.Slots() != 100 {
		t.Errorf("HTTP/2: %d slots", s.Slots())
	}
}

// Lanes run side by side; what they do not say, they inherit.
func TestLanes(t *testing.T) {
	s, err := resolve(t, `
lanes:
  - {name: bulk, arrivals: "gamma:2", workload: {prompt: "viết lại", max_tokens: 50}}
  - {name: chat}
waves:
  - {lane: chat, name: calm, rate: 60/m, for: 60s}
  - {lane: bulk, rate: 5/s..15/s, requests: 100}
  - {lane: chat, name: closed, concurrency: 3, for: 5s}
  - {lane: chat, name: night, trace: night.csv@60}
  - {lane: chat, name: end, rate: 2/s, for: 1s}
workload: {system: ngắn gọn, temperature: 0.5}
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Lanes) != 2 || s.Lanes[0].Name != "chat" || s.Lanes[1].Name != "bulk" || s.Lanes[1].Waves[0].Name != "wave1" {
		t.Fatalf("lanes %+v", s.Lanes)
	}
	bulk := s.Lanes[1]
	if s.Lanes[0].Workload != nil || bulk.Arrivals != "gamma:2" {
		t.Errorf("lanes %+v", s.Lanes)
	}
	w := *bulk.Workload
	if w.Prompt != "viết lại" || w.Prompts != "" || w.System != "ngắn gọn" || *w.Temperature != 0.5 || w.MaxTokens != 50 || !w.Stream {
		t.Errorf("workload of bulk %+v", w)
	}
	if all := s.Workloads(); len(all) != 2 || all[0] != &s.Workload || all[1] != bulk.Workload {
		t.Errorf("workloads %v", all)
	}

	first, next, err := s.Lanes[0].Segments("", 0)
	if err != nil || next != 1 || len(first) != 1 || first[0].From != 1 || first[0].For != time.Minute {
		t.Errorf("first curve %+v up to %d, %v", first, next, err)
	}
	second, next, err := s.Lanes[0].Segments("", 2)
	if err != nil || next != 4 || second[0].Wave != 2 || second[len(second)-1].Wave != 3 {
		t.Errorf("second curve %+v up to %d, %v", second, next, err)
	}
	if d, known := s.Planned(); !known || d != (60+5+181+1)*time.Second {
		t.Errorf("planned %v %v", d, known)
	}
	if n, known := s.PlannedRequests(); known {
		t.Errorf("a closed wave that ends at its time makes %d requests", n)
	}
	// The trace's busiest minute holds 12087 requests and is played in a second.
	if got := s.PeakRate(); got < 15+12000 || got > 15+13000 {
		t.Errorf("peak rate %v", got)
	}
}

// After Resolve a trace is at hand: nobody reads its file while a run goes on.
func TestTraceIsReadOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(name, []byte("minute,requests\n0,60\n1,120\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := scenario.Default()
	s.AddWave("", scenario.Wave{Trace: &scenario.Trace{File: name, Speed: 1, Scale: 1}})
	if err := s.Resolve(machine); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if n, known := s.PlannedRequests(); n != 180 || !known {
		t.Errorf("%d requests, %v", n, known)
	}
	if d, known := s.Planned(); d != 2*time.Minute || !known {
		t.Errorf("planned %v %v", d, known)
	}
	if err := s.Resolve(machine); err == nil {
		t.Error("Resolve did not look at the file again")
	}
}

func TestPathsBecomeAbsolute(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	s, err := resolve(t, "target: {key_file: ./night.csv}\nworkload: {prompts: prompts.jsonl}\nwaves: [{trace: {file: night.csv, speed: 60}}]\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{s.Target.KeyFile, s.Lanes[0].Waves[0].Trace.File} {
		if want := filepath.Join(dir, "night.csv"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	flags := scenario.Default()
	flags.Workload.Prompts = "testdata/prompts.jsonl"
	if err := flags.Resolve(machine); err != nil || flags.Workload.Prompts != s.Workload.Prompts {
		t.Errorf("from the working directory %s, %v", flags.Workload.Prompts, err)
	}
}

// What flags gave has a path and no place; what they replaced loses its place.
func TestErrorsOfFlags(t *testing.T) {
	flags := scenario.Default()
	flags.Target.URL = "api.example/v1"
	check(t, flags, "url has no scheme", "target.url", "")

	flags = scenario.Default()
	flags.AddWave("", scenario.Wave{Name: "a", Concurrency: 1, Requests: 1})
	flags.AddWave("b", scenario.Wave{Name: "a", Concurrency: 1, Requests: 1})
	flags.AddWave("", scenario.Wave{Name: "c", Concurrency: 1, Requests: 1, For: 1})
	check(t, flags, `wave "c" has both for and requests`, "waves[2].requests", "")

	const text = "target: {url: \"https://a.example\"}\nwaves:\n  - {name: a, rate: 1/s, for: 5s}\n"
	file, err := scenario.Parse("sale.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	file.Target.URL = "b.example"
	file.Replaced("target.url")
	check(t, file, "url has no scheme", "target.url", "")

	file, err = scenario.Parse("sale.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	file.Lanes = nil
	file.AddWave("", scenario.Wave{Name: "b"})
	check(t, file, `wave "b" has no load`, "waves[0]", "")

	file, err = scenario.Parse("sale.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	file.AddWave("", scenario.Wave{Name: "b"})
	file.Lanes[0].Waves[0].For = 0
	check(t, file, `sale.yaml:3:5: wave "a" has no end`, "waves[0]", "sale.yaml")
}

func check(t *testing.T, s *scenario.Scenario, want, path, file string) {
	t.Helper()
	err := s.Resolve(machine)
	var e *scenario.Error
	if !errors.As(err, &e) || e.Error() != want || e.Path != path || e.File != file {
		t.Errorf("%#v, want %s at %s", err, want, path)
	}
}

func TestAPromptTakesThePlaceOfTheDefault(t *testing.T) {
	s := scenario.Default()
	s.Workload.Prompt = "xin chào"
	if err := s.Resolve(machine); err != nil || s.Workload.Prompts != "" {
		t.Errorf("prompts %q, %v", s.Workload.Prompts, err)
	}
}

// Of headers only the names are ever written.
func TestHeadersAreNotWritten(t *testing.T) {
	s, err := resolve(t, "target: {headers: {X-Shop: giá-trị-7731, x-other: \"7731\"}}\n"+wave)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Target.Headers) != 2 || s.Target.Headers[0] != "X-Shop: giá-trị-7731" {
		t.Fatalf("headers %q", s.Target.Headers)
	}
	document, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(document), string(file)} {
		if strings.Contains(text, "7731") || !strings.Contains(text, "X-Shop") || !strings.Contains(text, "x-other") {
			t.Errorf("written: %s", text)
		}
	}
	again, err := scenario.Parse("again.yaml", file)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Resolve(machine); err == nil || !strings.Contains(err.Error(), `header "X-Shop" has no value`) {
		t.Errorf("a header without its value: %v", err)
	}
	again.Target.Headers = s.Target.Headers
	if err := again.Resolve(machine); err != nil || len(again.Target.HeaderNames) != 2 {
		t.Errorf("with its value: %q, %v", again.Target.HeaderNames, err)
	}
}

func TestExtraBody(t *testing.T) {
	for _, c := range []struct{ what, yaml, want string }{
		{"YAML keeps order and digits", `{top_p: 0.90, stop: ["\n", đ], n: 1e3, deep: {a: null, b: true, c: 123456789012345678901234567890}}`, `{"top_p":0.90,"stop":["\n","đ"],"n":1e3,"deep":{"a":null,"b":true,"c":123456789012345678901234567890}}`},
		{"text that looks like a number", `{user: "007"}`, `{"user":"007"}`},
		{"JSON in one text", `'{"top_p": 0.9}'`, `{"top_p":0.9}`},
	} {
		s, err := resolve(t, "workload: {extra_body: "+c.yaml+"}\n"+wave)
		if err != nil || string(s.Workload.ExtraBody) != c.want {
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
			if err == nil {
				t.Logf("got %s", s.Workload.ExtraBody)
			}
		}
	}
	for _, wrong := range []string{"{a: 007}", "{a: .5}", "{a: 0x10}", "{a: .inf}", "{a: .nan}", "{a: &x 5}"} {
		if s, err := resolve(t, "workload: {extra_body: "+wrong+"}\n"+wave); err == nil {
			t.Errorf("%s was read as %s", wrong, s.Workload.ExtraBody)
		}
	}
}

func TestLoad(t *testing.T) {
	name := filepath.Join(t.TempDir(), "đêm.yaml")
	if err := os.WriteFile(name, []byte("\ufeff"+wave), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Resolve(machine); err != nil || s.Name != "đêm" {
		t.Errorf("scenario %q, %v", s.Name, err)
	}
	for wrong, want := range map[string]string{
		"testdata/none.yaml": "testdata/none.yaml: the scenario cannot be read: no such file or directory",
		"testdata":           "testdata: the scenario cannot be read: it is a folder",
	} {
		if _, err := scenario.Load(wrong); err == nil || err.Error() != want {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	var e *scenario.Error
	if _, err := scenario.Load("http://127.0.0.1:8000/v1"); !errors.As(err, &e) || !strings.Contains(e.Hint, "--url http://127.0.0.1:8000/v1") {
		t.Errorf("an address: %v", err)
	}
}

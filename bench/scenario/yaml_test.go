package scenario_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"flashwave/bench/scenario"
)

// What is compared: every word; not where it stood.
var same = cmp.Options{
	cmpopts.IgnoreUnexported(scenario.Scenario{}, scenario.Trace{}),
	cmpopts.EquateEmpty(),
}

// Parse(YAML()) is the same scenario, whatever the texts hold, and so is its way
// through the JSON of a result document.
func TestScenariosComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		text, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		got, err := scenario.Parse("again.yaml", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(s, got, same); diff != "" {
			t.Fatalf("%s\n%s", diff, text)
		}
		document, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var read scenario.Scenario
		if err := json.Unmarshal(document, &read); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		if diff := cmp.Diff(s, &read, same); diff != "" {
			t.Fatalf("%s\n%s", diff, document)
		}
	})
}

func drawScenario(t *rapid.T) *scenario.Scenario {
	s := scenario.Default()
	s.Name = drawText(t, "name")
	s.Labels = rapid.MapOf(rapid.Custom(func(t *rapid.T) string { return drawText(t, "key") }), rapid.String()).Draw(t, "labels")
	s.Target = drawTarget(t)
	s.Workload = drawWorkload(t)
	s.Mix = drawMix(t)
	s.Arrivals = rapid.SampledFrom([]string{"constant", "poisson", "gamma:2.5"}).Draw(t, "arrivals")
	s.MaxInFlight = rapid.IntRange(0, 1e5).Draw(t, "max_in_flight")
	s.Overflow = rapid.SampledFrom([]string{"queue", "drop"}).Draw(t, "overflow")
	s.Warmup = drawDuration(t, 0, "warmup")
	s.Grace = drawDuration(t, 0, "grace")
	s.Seed = rapid.Uint64().Draw(t, "seed")
	s.SLO = rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "slo")
	s.AbortOn = rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "abort_on")
	s.Budget = rapid.Float64Range(0, 1e6).Draw(t, "budget")
	if rapid.Bool().Draw(t, "priced") {
		price := rapid.Float64Range(0, 100)
		s.Price = &scenario.Price{Input: price.Draw(t, "input"), Output: price.Draw(t, "output"), Cached: price.Draw(t, "cached"), CacheWritten: price.Draw(t, "written")}
	}
	s.Prices = drawPath(t, "prices")
	s.MaxLag = drawDuration(t, 1, "max_lag")
	drawLanes(t, s)
	return s
}

func drawTarget(t *rapid.T) scenario.Target {
	return scenario.Target{
		URL:         "https://" + drawText(t, "host"),
		API:         drawText(t, "api"),
		Model:       rapid.String().Draw(t, "model"),
		Body:        rapid.String().Draw(t, "body"),
		KeyEnv:      rapid.String().Draw(t, "key_env"),
		KeyFile:     drawPath(t, "key_file"),
		HeaderNames: rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "header_names"),
		Timeout:     drawDuration(t, 1, "timeout"),
		IdleTimeout: drawDuration(t, 1, "idle_timeout"),
		Connections: rapid.IntRange(0, 1000).Draw(t, "connections"),
		HTTP2:       rapid.Bool().Draw(t, "http2"),
		CA:          drawPath(t, "ca"),
		Insecure:    rapid.Bool().Draw(t, "insecure"),
		Proxy:       rapid.String().Draw(t, "proxy"),
		ConnectTo:   rapid.String().Draw(t, "connect_to"),
		Transport:   rapid.SampledFrom([]string{"", "own", "std"}).Draw(t, "transport"),
		Retries:     rapid.IntRange(0, 100).Draw(t, "retries"),

		Token:        rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "token"),
		Usage:        rapid.String().Draw(t, "usage"),
		End:          rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "end"),
		FailIf:       rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "fail_if"),
		Auth:         rapid.String().Draw(t, "auth"),
		MaxTokensKey: rapid.String().Draw(t, "max_tokens_key"),
		NoUsage:      rapid.Bool().Draw(t, "no_usage"),
		MaxEvent:     scenario.Size(rapid.IntRange(0, 1<<30).Draw(t, "max_event")),

		ServerMetrics: rapid.String().Draw(t, "server_metrics"),
		ServerMetric:  rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "server_metric"),
		ClientCert:    drawPath(t, "client_cert"),
		ClientKey:     drawPath(t, "client_key"),
		Queue:         rapid.String().Draw(t, "queue"),
		Join:          rapid.Bool().Draw(t, "join"),
		Keep:          rapid.Bool().Draw(t, "keep"),
		Tap:           rapid.String().Draw(t, "tap"),
	}
}

func drawWorkload(t *rapid.T) scenario.Workload {
	w := scenario.Workload{
		System:    rapid.String().Draw(t, "system"),
		MaxTokens: rapid.IntRange(0, 1e5).Draw(t, "max_tokens"),
		Stream:    rapid.Bool().Draw(t, "stream"),
	}
	if rapid.Bool().Draw(t, "one prompt") {
		w.Prompt = drawText(t, "prompt")
	} else {
		w.Prompts = rapid.SampledFrom([]string{"builtin:product-copy-vi", "synthetic:512", "/data/prompts.jsonl"}).Draw(t, "prompts")
	}
	if rapid.Bool().Draw(t, "tempered") {
		temperature := rapid.Float64Range(0, 2).Draw(t, "temperature")
		w.Temperature = &temperature
	}
	if rapid.Bool().Draw(t, "extra") { // not {}, which is nothing
		w.ExtraBody, _ = json.Marshal(map[string]any{drawText(t, "word"): rapid.String().Draw(t, "value")})
	}
	if rapid.Bool().Draw(t, "conversation") {
		w.Turns, w.Think = rapid.IntRange(2, 10_000).Draw(t, "turns"), rapid.String().Draw(t, "think")
	}
	w.SkipBadLines = rapid.Bool().Draw(t, "skip_bad_lines")
	return w
}

// drawMix draws shares of the requests, whatever they add up to.
func drawMix(t *rapid.T) []scenario.Share {
	share := rapid.Custom(func(t *rapid.T) scenario.Share {
		return scenario.Share{
			Name: rapid.String().Draw(t, "name"), Share: rapid.Float64Range(0.001, 1).Draw(t, "share"), Workload: drawWorkload(t),
			Priorities: rapid.String().Draw(t, "priorities"), SLO: rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "slo"),
		}
	})
	return rapid.SliceOfN(share, 0, 3).Draw(t, "mix")
}

// drawLanes adds waves to lanes in any order; a lane with a name may have words of
// its own.
func drawLanes(t *rapid.T, s *scenario.Scenario) {
	lanes := rapid.SliceOfN(rapid.SampledFrom([]string{"", "chat", "bulk", "khẩn cấp"}), 0, 8).Draw(t, "lanes")
	for _, lane := range lanes {
		s.AddWave(lane, drawWave(t))
	}
	for i := range s.Lanes {
		l := &s.Lanes[i]
		if l.Name == "" {
			continue
		}
		if rapid.Bool().Draw(t, "own workload") {
			w := drawWorkload(t)
			l.Workload = &w
		}
		l.Arrivals = rapid.SampledFrom([]string{"", "poisson"}).Draw(t, "own arrivals")
	}
}

func drawWave(t *rapid.T) scenario.Wave {
	w := scenario.Wave{Name: rapid.String().Draw(t, "wave")}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		r := drawRate(t)
		w.Rate = &r
	case 1:
		w.Concurrency = rapid.IntRange(1, 1e6).Draw(t, "concurrency")
	case 2:
		figure := rapid.Float64Range(0.001, 1000)
		w.Trace = &scenario.Trace{File: "/" + drawText(t, "file"), Speed: figure.Draw(t, "speed"), Scale: figure.Draw(t, "scale"), From: drawDuration(t, 0, "from")}
		return w
	}
	if rapid.Bool().Draw(t, "counted") {
		w.Requests = rapid.IntRange(1, 1e9).Draw(t, "requests")
	} else {
		w.For = drawDuration(t, 1, "for")
	}
	return w
}

// drawText is any text that is not empty: spaces, quotes, controls and all.
func drawText(t *rapid.T, label string) string {
	return rapid.StringN(1, 30, -1).Draw(t, label)
}

func drawPath(t *rapid.T, label string) string {
	if rapid.Bool().Draw(t, label+" given") {
		return "/" + drawText(t, label)
	}
	return ""
}

func drawDuration(t *rapid.T, least time.Duration, label string) scenario.Duration {
	return scenario.Duration(rapid.Int64Range(int64(least), int64(366*24*time.Hour)).Draw(t, label))
}

// A resolved scenario, written, read and resolved again, is the same; so is one
// that is resolved twice.
func TestResolvedScenariosComeBack(t *testing.T) {
	for _, text := range []string{
		midnightSale,
		"seed: 7\n",
		"waves: [{trace: night.csv@60x0.5}]\nworkload: {prompts: prompts.jsonl, system: \"a: b\"}\n",
		"waves: [{lane: a, rate: 1/s..2/s, for: 5s}, {lane: b, concurrency: 2, requests: 5}]\nlanes: [{name: b, workload: {stream: false}}, {name: a}]\n",
	} {
		s, err := resolve(t, text)
		if err != nil {
			t.Fatal(err)
		}
		written, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Parse("elsewhere.yaml", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if err := again.Resolve(scenario.Machine{OpenFiles: 100}); err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(s, again, same); diff != "" {
			t.Errorf("%s\n%s", diff, written)
		}
		if err := again.Resolve(scenario.Machine{}); err != nil {
			t.Errorf("resolved twice: %v", err)
		}
		if diff := cmp.Diff(s, again, same); diff != "" {
			t.Errorf("resolved twice: %s", diff)
		}
	}
}

// Whatever is read can be written and is then read as the same.
func FuzzParse(f *testing.F) {
	f.Add(midnightSale)
	for _, c := range wrongFiles {
		if len(c.yaml) < 1000 {
			f.Add(c.yaml)
		}
	}
	f.Add("workload:\n  prompt: |\n    hai\n    dòng\n  extra_body: {a: [1, {b: null}], c: \"\\u00e9\"}\nlabels: {a: b}\n")
	f.Add("target:\n  headers: {X-Shop: a}\nwaves:\n- {trace: t.csv@2x3}\n- {lane: b, concurrency: 5, requests: 5}\nlanes:\n- name: b\n  arrivals: gamma:2\n")
	f.Add("workload: {turns: 1, max_tokens: 0, temperature: 0}\n")
	f.Add("workload: {turns: 5, think: 1s}\nworkloads: [{share: 40%, turns: 1, think: \"\"}, {share: 60%, turns: all, prompts: a.jsonl}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := scenario.Parse("fuzz.yaml", []byte(text))
		if err != nil {
			checkError(t, text, err)
			return
		}
		// What a record never holds, or makes absolute, is no part of the comparison.
		s.Target.Headers = nil
		written, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Parse("fuzz.yaml", written)
		if err != nil {
			t.Fatalf("%v\n%q\n%s", err, text, written)
		}
		if diff := cmp.Diff(s, again, same); diff != "" {
			t.Fatalf("%s\n%q\n%s", diff, text, written)
		}
	})
}

// checkError holds an error to what every error promises.
func checkError(t *testing.T, text string, err error) {
	t.Helper()
	e, ok := err.(*scenario.Error)
	if !ok || e.Message == "" || e.File != "fuzz.yaml" {
		t.Fatalf("%#v", err)
	}
	if len(e.Error())+len(e.Hint) > 2000 {
		t.Fatalf("%d bytes of error", len(e.Error())+len(e.Hint))
	}
	if lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1; e.Line < 0 || e.Line > lines+1 || e.Column < 0 {
		t.Fatalf("%v: the text has %d lines", err, lines)
	}
	if utf8.ValidString(text) && !utf8.ValidString(e.Message) {
		t.Fatalf("%q", e.Message)
	}
}

func FuzzParseWave(f *testing.F) {
	for _, spec := range []string{"rush:200/m:90s", "a/b:c50:1000x", "x:1/s..2/h:1h", "n:trace=f@2x3", "n:200:5", "n:c-1:5s", "n:trace=@x", "n:trace=f@2@1", "n:trace=f#1s..#0s.."} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		lane, w, err := scenario.ParseWave(spec)
		if err != nil {
			if e, ok := err.(*scenario.Error); !ok || e.Message == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		again := w.Name + ":" + w.Load()
		if lane != "" {
			again = lane + "/" + again
		}
		switch {
		case w.Requests > 0:
			again += fmt.Sprintf(":%dx", w.Requests)
		case w.For > 0:
			again += ":" + w.For.String()
		case w.Trace == nil:
			t.Fatalf("%q is a wave without end: %+v", spec, w)
		}
		lane2, w2, err := scenario.ParseWave(again)
		if err != nil || lane2 != lane {
			t.Fatalf("%q is written %q: %v", spec, again, err)
		}
		if diff := cmp.Diff(w, w2, same); diff != "" {
			t.Fatalf("%q is written %q: %s", spec, again, diff)
		}
	})
}

package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flashwave/bench/scenario"
)

// A trace asks for no more than --rate may, whatever makes it much: the error names the
// file, the line and the value.
func TestATraceObeysTheLimitOfARate(t *testing.T) {
	for what, c := range map[string]struct{ text, suffix, want string }{
		"a count":          {"minute,requests\n0,5\n1,1e12\n", "", "line 3: 1e+12 requests in 60 s"},
		"a speed":          {"minute,requests\n0,120000\n", "@1000", "line 2: 120000 requests in 0.06 s"},
		"a scale":          {"minute,requests\n0,120000\n", "@1x1000", "line 2: 120000 requests times 1000 in 60 s"},
		"a single instant": {"at_s\n" + strings.Repeat("0.5\n", 200_000), "", "line 100002: 100001 requests in 0.1 s"},
	} {
		path := filepath.Join(t.TempDir(), "night.csv")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		sc := scenario.Default()
		lane, w, err := scenario.ParseWave("night:trace=" + path + c.suffix)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
		err = sc.Resolve(scenario.Machine{})
		var own *scenario.Error
		if !errors.As(err, &own) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "more than 1000000/s is not possible") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A wave that follows a trace of requests asks what the trace recorded, unless other
// prompts were given; one that follows a curve does not.
func TestATraceOfRequestsMakesThePrompts(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	requests := write("requests.csv", "Timestamp,Request tokens,Response tokens\n0,100,10\n5,50,20\n60,70,30\n")
	curve := write("curve.csv", "minute,requests\n0,60\n1,60\n")
	unsized := write("unsized.jsonl", `{"scheduled_ms":0,"session":1,"done_ms":5}`+"\n"+`{"scheduled_ms":9,"session":1,"done_ms":12,"prompt_tokens":0}`+"\n")
	for _, c := range []struct {
		name, text string
		want       string // prompts of the last lane
		err        string
	}{
		{"of requests", "waves: [{name: a, trace: " + requests + "}]", "trace:" + requests, ""},
		{"of requests, as conversations", "workload: {turns: 3}\nwaves: [{name: a, trace: " + requests + "}]", "", "a trace is no conversation"},
		{"of requests, as conversations of one lane", "lanes: [{name: x, workload: {turns: 3}}]\nwaves: [{name: a, lane: x, trace: " + requests + "}]", "", "a trace is no conversation"},
		{"a curve, as conversations", "workload: {turns: 3}\nwaves: [{name: a, trace: " + curve + "}]", "builtin:product-copy-vi", ""},
		{"a curve", "waves: [{name: a, trace: " + curve + "}]", "builtin:product-copy-vi", ""},
		{"other prompts", "workload: {prompts: \"synthetic:64\"}\nwaves: [{name: a, trace: " + requests + "}]", "synthetic:64", ""},
		{"one text", "workload: {prompt: hello}\nwaves: [{name: a, trace: " + requests + "}]", "", ""},
		{"in a lane beside another", "waves:\n  - {name: a, lane: x, rate: 1/s, for: 1s}\n  - {name: a, lane: y, trace: " + requests + "}", "trace:" + requests, ""},
		{"asked for of a curve", "workload: {prompts: \"trace:" + curve + "\"}\nwaves: [{name: a, trace: " + curve + "}]", "", "is a curve, which knows nothing of single requests"},
		{"of requests whose lengths nobody knew", "waves: [{name: a, trace: " + unsized + "}]", "builtin:product-copy-vi", ""},
		{"asked for of these", "workload: {prompts: \"trace:" + unsized + "\"}\nwaves: [{name: a, rate: 1/s, for: 1s}]", "", "records no length of a prompt"},
		{"of these, as conversations", "workload: {think: trace}\nwaves: [{name: a, trace: " + unsized + "}]", "", "think is to be as a trace recorded it, and there is none"},
		{"of no session, as conversations", "workload: {think: trace}\nwaves: [{name: a, trace: " + requests + "}]", "", "no request names a session"},
		{"asked for at a rate", "workload: {prompts: \"trace:requests.csv\"}\nwaves: [{name: a, rate: 1/s, for: 1s}]", "trace:" + requests, ""},
		{"a window", "waves: [{name: a, trace: {file: " + requests + ", from: 1s, to: 10s, speed: 2}}]", "trace:" + requests, ""},
		{"a window in short", "waves: [{name: a, trace: \"" + requests + "@2#1s..10s\"}]", "trace:" + requests, ""},
		{"a window of nothing", "waves: [{name: a, trace: \"" + requests + "#10s..20s\"}]", "", "the window holds no request"},
		{"a window the wrong way round", "waves: [{name: a, trace: \"" + requests + "#10s..5s\"}]", "", "the window ends at 5s, before it begins at 10s"},
	} {
		sc, err := scenario.Parse(filepath.Join(dir, "sale.yaml"), []byte(c.text))
		if err == nil {
			err = sc.Resolve(scenario.Machine{})
		}
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		last := len(sc.Lanes) - 1
		if got := sc.WorkloadOf(sc.Lanes[last]).Prompts; got != c.want {
			t.Errorf("%s: prompts %q, want %q", c.name, got, c.want)
		}
		if source, err := sc.PromptsOf(last); err != nil || strings.HasPrefix(c.want, "trace:") && (source.Name() != c.want || source.At(0, 0).Tokens() < 50) {
			t.Errorf("%s: %v", c.name, err)
		}
		written, err := sc.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Parse(filepath.Join(dir, "sale.yaml"), written)
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, written)
		}
		if err := again.Resolve(scenario.Machine{}); err != nil || again.Lanes[last].Waves[0].Load() != sc.Lanes[last].Waves[0].Load() {
			t.Errorf("%s: %v, written as\n%s", c.name, err, written)
		}
		if strings.HasPrefix(c.name, "a window") {
			if length, known := sc.Lanes[0].Waves[0].Length(); !known || length != 4500*time.Millisecond {
				t.Errorf("%s: %v long", c.name, length)
			}
		}
	}
}

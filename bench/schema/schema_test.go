package schema_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema"
	"flashwave/bench/schema/schematest"
)

// The embedded schemas are those that the types have now.
func TestGenerated(t *testing.T) {
	to := t.TempDir()
	generate := exec.Command("go", "run", "./generate", to)
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range schema.Names {
		want, err := os.ReadFile(filepath.Join(to, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := schema.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s.json is not what the types say: go generate ./bench/schema", name)
		}
	}
}

// Within v1 keys are only added. testdata holds what v1 promised when it was first
// published; a schema that breaks it must not land.
func TestCompatible(t *testing.T) {
	for _, name := range schema.Names {
		before, err := os.ReadFile(filepath.Join("testdata", name+".v1.json"))
		if err != nil {
			t.Fatal(err)
		}
		now, err := schema.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range broken(t, before, now) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// The check of compatibility sees what it is there for.
func TestIncompatibleChangesAreSeen(t *testing.T) {
	const base = `{"type":"object","required":["a"],"properties":{
		"a":{"type":"string","enum":["x","y"]},
		"b":{"anyOf":[{"$ref":"#/$defs/B"},{"type":"null"}]},
		"c":{"type":"array","items":{"type":"number"}},
		"any":true},
		"$defs":{"B":{"type":"object","properties":{"n":{"type":"integer"}}}}}`
	for change, allowed := range map[[2]string]bool{
		{`"a":{`, `"new":{"type":"string"},"a":{`}:                              true,  // a key more
		{`["x","y"]`, `["x","y","z"]`}:                                          true,  // a value more
		{`"#/$defs/B"`, `"#/$defs/D"`}:                                          true,  // another name of the definition, see below
		{`"type":"number"`, `"type":"string"`}:                                  false, // another type
		{`["a"]`, `["a","c"]`}:                                                  false, // a key that earlier documents need not have
		{`["a"]`, `[]`}:                                                         false, // a key on which readers rely
		{`["x","y"]`, `["x"]`}:                                                  false, // a value less
		{`"n":{"type":"integer"}`, ``}:                                          false, // a key less
		{`"c":{"type":"array","items":{"type":"number"}}`, `"d":{}`}:            false,
		{`{"type":"null"}`, `{"type":"string"}`}:                                false, // null no longer
		{`"n":{"type":"integer"}`, `"n":{"type":"integer","minimum":1}`}:        false, // a bound
		{`{"type":"number"}`, `{"type":"number","enum":[1]}`}:                   false, // a list of values
		{`"properties":{"n"`, `"additionalProperties":false,"properties":{"n"`}: false, // unknown keys no longer
		{`"any":true`, `"any":{"type":"string"}`}:                               false, // anything no longer
	} {
		next := strings.Replace(base, change[0], change[1], 1)
		if strings.Contains(change[1], "D") {
			next = strings.Replace(next, `"B":{"type"`, `"D":{"type"`, 1)
		}
		if problems := broken(t, []byte(base), []byte(next)); (len(problems) == 0) != allowed {
			t.Errorf("%s → %s: %v", change[0], change[1], problems)
		}
	}
}

// broken lists what the second schema takes from the first.
func broken(t *testing.T, before, now []byte) []string {
	t.Helper()
	var a, b map[string]any
	if err := json.Unmarshal(before, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(now, &b); err != nil {
		t.Fatal(err)
	}
	d := differ{a, b, nil}
	d.compare("", a, b)
	return d.problems
}

type differ struct {
	before, now map[string]any
	problems    []string
}

func (d *differ) say(path, what string) { d.problems = append(d.problems, path+": "+what) }

// resolve follows a reference.
func resolve(root, s map[string]any) map[string]any {
	ref, ok := s["$ref"].(string)
	if !ok {
		return s
	}
	defs, _ := root["$defs"].(map[string]any)
	found, _ := defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	return found
}

func (d *differ) compare(path string, a, b map[string]any) {
	a, b = resolve(d.before, a), resolve(d.now, b)
	if b == nil {
		d.say(path, "is gone")
		return
	}
	for _, word := range []string{"type", "const", "format", "pattern", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength"} {
		if x, y := encode(a[word]), encode(b[word]); x != y {
			d.say(path, word+" was "+x+" and is "+y)
		}
	}
	if was, is := texts(a["required"]), texts(b["required"]); !slices.Equal(was, is) {
		for _, key := range was {
			if !slices.Contains(is, key) {
				d.say(path, key+" is no longer sure to be there")
			}
		}
		for _, key := range is {
			if !slices.Contains(was, key) {
				d.say(path, key+" is needed, which earlier documents lack")
			}
		}
	}
	if a["enum"] == nil && b["enum"] != nil {
		d.say(path, "takes a few values only")
	}
	for _, word := range []string{"items", "additionalProperties"} {
		if narrower(a[word], b[word]) {
			d.say(path, word+" took anything")
		}
	}
	for _, value := range texts(a["enum"]) {
		if b["enum"] != nil && !slices.Contains(texts(b["enum"]), value) {
			d.say(path, value+" is no value any more")
		}
	}
	for key, p := range object(a["properties"]) {
		q, ok := object(b["properties"])[key]
		if zeroForNoData(path + "/" + key) {
			q = withoutNull(q)
		}
		if !ok {
			d.say(path+"/"+key, "is gone")
			continue
		}
		switch {
		case narrower(p, q):
			d.say(path+"/"+key, "took anything")
		case p != true:
			d.compare(path+"/"+key, object(p), object(q))
		}
	}
	if items := object(a["items"]); items != nil {
		d.compare(path+"[]", items, object(b["items"]))
	}
	if values := object(a["additionalProperties"]); values != nil {
		d.compare(path+"{}", values, object(b["additionalProperties"]))
	}
	was, is := list(a["anyOf"]), list(b["anyOf"])
	if len(was) > 0 && len(was) != len(is) {
		d.say(path, "the alternatives are others")
		return
	}
	for i := range was {
		d.compare(path, object(was[i]), object(is[i]))
	}
}

// zeroForNoData reports whether a key, by its path, said 0 where there was no data, and
// says null now: the one change of a type that v1 allows, for it always promised that.
func zeroForNoData(path string) bool {
	for _, key := range []string{
		"/tokens/prompt", "/tokens/cached", "/tokens/output", "/tokens/reasoning", "/cost_usd/estimated_share", "/total/started_s", "/waves[]/started_s",
		"/timeline[]/output_tps", "/timeline[]/cost_usd",
		"/demand/over_capacity_s", "/demand/over_saturated_s",
		"/fluid/peak_at_s", "/fluid/in_flight", "/fluid/worst_wait_at_s", "/fluid/timed_out", "/fluid/timed_out_share",
		"/simulated/peak_at_s", "/simulated/in_flight", "/simulated/worst_wait_at_s", "/simulated/timed_out", "/simulated/timed_out_share",
		"/cost/requests", "/cost/failed", "/cost/prompt_tokens", "/cost/cached_tokens", "/cost/output_tokens",
	} {
		if strings.HasSuffix(path, key) {
			return true
		}
	}
	return false
}

// withoutNull is what a schema takes beside null.
func withoutNull(s any) any {
	either := list(object(s)["anyOf"])
	if len(either) != 2 || object(either[1])["type"] != "null" {
		return s
	}
	return either[0]
}

// narrower reports whether a schema that took anything takes less now.
func narrower(a, b any) bool { return (a == nil || a == true) && b != nil && b != true }

func encode(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func texts(v any) (texts []string) {
	for _, item := range list(v) {
		texts = append(texts, encode(item))
	}
	slices.Sort(texts)
	return texts
}

// What a refused call prints is a document, too.
func TestRefusalsAreValid(t *testing.T) {
	tool := result.Tool{Version: "v1", Go: "go1.26", OS: "linux", Arch: "amd64"}
	schematest.Values(t, "compare", compare.Refusal(tool, "no such run", "try latest"))
	schematest.Values(t, "capacity", capacity.Refusal(tool, "no such rate", ""))
}

// A run that an early version wrote is valid.
func TestFrozenRunIsValid(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "compare", "testdata", "run-v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	schematest.Valid(t, "run", text)
	if schematest.NameOf(text) != "run" {
		t.Error("its name is not found")
	}
	if schematest.Check("run", bytes.Replace(text, []byte(`"schema": "flashwave.run/v1"`), []byte(`"schema": "other"`), 1)) == nil {
		t.Error("another schema's document is valid")
	}
	if schematest.Check("run", bytes.Replace(text, []byte(`"duration_s": `), []byte(`"duration_s": "x", "y": `), 1)) == nil {
		t.Error("a length that is no number is valid")
	}
}

// The schema of scenario files takes what flashwave takes, and marks what it does
// not know.
func TestScenarioFiles(t *testing.T) {
	for name, text := range map[string]string{
		"everything": `
name: midnight-sale
labels: {branch: main, build: 7}
target: {url: "https://api.example.com/v1", api: chat, model: m, key_env: KEY, headers: {X-Shop: a}, timeout: 30s, retries: 0, http2: true}
workload: {prompts: "builtin:product-copy-vi", max_tokens: 300, stream: true, temperature: 0.2, extra_body: {top_p: 0.9}}
arrivals: poisson
waves:
  - {name: calm, rate: 200/m, for: 2m}
  - {name: midnight, rate: {from: 200/m, to: 12000/m}, for: 10s}
  - {lane: bulk, name: batch, concurrency: 5, requests: 100}
lanes:
  - {name: bulk, workload: {max_tokens: 10, temperature: null}, arrivals: "gamma:2"}
slo: ["ttft.p95 < 800ms"]
abort_on: ["error_rate > 50%"]
budget: $20
price: {input: 0.4, output: 1.2}
max_in_flight: 100
overflow: drop
warmup: 5s
seed: 7
`,
		"little": "target: {url: 'mock:'}\nbudget: 5\n",
	} {
		if _, err := scenario.Parse("test.yaml", []byte(text)); err != nil {
			t.Fatalf("%s: flashwave itself: %v", name, err)
		}
		schematest.Valid(t, "scenario", asJSON(t, text))
	}
	for name, text := range map[string]string{
		"an unknown key":    "nmae: x\n",
		"a wave's":          "waves: [{name: a, rat: 1/s, for: 1s}]\n",
		"half a ramp":       "waves: [{name: a, rate: {from: 1/s}, for: 1s}]\n",
		"a number as a SLO": "slo: 5\n",
	} {
		if schematest.Check("scenario", asJSON(t, text)) == nil {
			t.Errorf("%s is valid", name)
		}
	}
}

// Scenario files that flashwave writes are valid.
func TestWrittenScenariosAreValid(t *testing.T) {
	sc := scenario.Default()
	for _, spec := range []string{"calm:200/m:30s", "surge:200/m..12000/m:10s", "load:c50:1000x", "bulk/steady:5/s:1m"} {
		lane, w, err := scenario.ParseWave(spec)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
	}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	text, err := sc.YAML()
	if err != nil {
		t.Fatal(err)
	}
	schematest.Valid(t, "scenario", asJSON(t, string(text)))
}

func asJSON(t *testing.T, text string) []byte {
	t.Helper()
	out, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

package scenario_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"flashwave/bench/scenario"
)

// machine allows 10000 slots.
var machine = scenario.Machine{OpenFiles: 1 << 20}

// resolve reads and resolves a scenario that stands in a folder with the files of
// testdata.
func resolve(t *testing.T, text string) (*scenario.Scenario, error) {
	t.Helper()
	s, err := scenario.Parse(filepath.Join("testdata", "sale.yaml"), []byte(text))
	if err != nil {
		return nil, err
	}
	return s, s.Resolve(machine)
}

// a wave, so that a case is wrong in one place only.
const wave = "waves: [{rate: 200/m, for: 2m}]\n"

// A wrongFile is refused, with this error and this hint.
type wrongFile struct{ what, yaml, want, hint string }

// wrongFiles are all of them.
var wrongFiles = slices.Concat(wrongText, wrongTargets, wrongWaves, wrongWorkloads, wrongRuns)

// wrongText is none of a scenario, whatever its words mean.
var wrongText = []wrongFile{
	{
		"a misspelt word", "waves:\n  - name: rush\n    ratee: 200/m\n",
		`sale.yaml:3:5: unknown key "ratee"`,
		"did you mean rate?",
	},
	{
		"a hyphen as flags have it", "max-in-flight: 5\n",
		`sale.yaml:1:1: unknown key "max-in-flight"`,
		"did you mean max_in_flight?",
	},
	{
		"a word in the wrong section", "max_tokens: 5\n",
		`sale.yaml:1:1: unknown key "max_tokens"`,
		"max_tokens stands under workload:, a lane's own under lanes:",
	},
	{
		"a word of the target at the top", "url: \"mock:\"\n",
		`sale.yaml:1:1: unknown key "url"`,
		"url stands under target:",
	},
	{
		"a colon without quotes", "url: mock:\n",
		"sale.yaml:1:6: the YAML cannot be read: mapping value is not allowed in this context",
		`put quotes around a text with a colon: "mock:"`,
	},
	{
		"metrics of a server that are nowhere", wave + "target: {server_metric: [own_depth]}\n",
		`sale.yaml:2:25: server_metric names a metric, and nothing says where it is`,
		"say where with server_metrics (--server-metrics), for example http://127.0.0.1:8000/metrics",
	},
	{
		"metrics of a server behind a password", wave + "target: {server_metrics: \"http://me:secret@host/metrics\"}\n",
		`sale.yaml:2:26: server_metrics holds a secret: a key is never written in a scenario`,
		"the page must be open to whoever asks from here",
	},
	{
		"metrics of a server at no URL", wave + "target: {server_metrics: \"host:9090\"}\n",
		`sale.yaml:2:26: server_metrics is not the URL of a page`,
		"for example http://127.0.0.1:8000/metrics",
	},
	{
		"a metric with labels", wave + "target: {server_metrics: \"http://host/metrics\", server_metric: [\"depth{a='b'}\"]}\n",
		`sale.yaml:2:64: server_metric: "depth{a='b'}" is not the name of a metric`,
		"such as vllm:num_requests_swapped, without labels",
	},
	{
		"a word nobody knows", "kubernetes: 5\n",
		`sale.yaml:1:1: unknown key "kubernetes"`,
		"use one of abort_on, arrivals, budget, grace, labels, lanes, max_in_flight, max_lag, name, overflow, price, prices, seed, slo, target, warmup, waves, workload, workloads",
	},
	{
		"a key stands twice", "seed: 1\nname: x\nseed: 2\n",
		`sale.yaml:3:1: key "seed" stands twice: first in line 1`,
		"keep one of them",
	},
	{
		"nothing behind a word", "budget:\n" + wave,
		"sale.yaml:1:1: budget has no value",
		"",
	},
	{
		"a list where one value belongs", "name: [a]\n" + wave,
		"sale.yaml:1:7: name is one value, not a list",
		"",
	},
	{
		"one value where a section belongs", "target: \"https://a.example/v1\"\n" + wave,
		"sale.yaml:1:9: target is a mapping of words to values, not a single value",
		"",
	},
	{
		"an anchor", "workload: &w {max_tokens: 5}\n",
		"sale.yaml:1:11: workload is a mapping of words to values, not an anchor or alias, which a scenario does not use",
		"",
	},
	{
		"an alias", "seed: 5\ngrace: *w\n",
		"sale.yaml:2:8: grace is one value, not an anchor or alias, which a scenario does not use",
		"",
	},
	{
		"a tag", "seed: !!int 5\n",
		"sale.yaml:1:7: seed is one value, not a tag, which a scenario does not use",
		"",
	},
	{
		"a merge", "target: {<<: {url: mock:}}\n",
		`sale.yaml:1:10: "<<" is not a plain key`,
		"",
	},
	{
		"two documents", "seed: 1\n---\nseed: 2\n",
		"sale.yaml:2:1: a scenario is one YAML document",
		"leave out the second ---",
	},
	{
		"an open bracket", "waves: [{rate: 200/m\n",
		"sale.yaml:1:9: the YAML cannot be read: could not find flow mapping end token '}'",
		"",
	},
	{
		"an empty file", "# nothing yet\n",
		"sale.yaml: the file holds no scenario",
		"begin with target: and waves:",
	},
	{
		"a text", "hello\n",
		"sale.yaml:1:1: a scenario is a mapping of words to values, not a single value",
		"begin with target: and waves:",
	},
	{
		"a list", "- a\n",
		"sale.yaml:1:1: a scenario is a mapping of words to values, not a list",
		"begin with target: and waves:",
	},
	{
		"not UTF-8", "name: \xff\n",
		"sale.yaml: the file is not UTF-8 text",
		"",
	},
	{
		"too long", "#" + strings.Repeat("x", 1<<20),
		"sale.yaml: a scenario is at most 1 MiB",
		"prompts belong into a file of their own: prompts: FILE.jsonl",
	},
	{
		"too deep", "slo: " + strings.Repeat("[", 1000),
		"sale.yaml:1:70: more than 64 levels of nesting",
		"",
	},
	{
		"too many keys", "labels:\n" + strings.Repeat("  a: b\n", 20001),
		"sale.yaml:20001:4: more than 20000 keys",
		"a long curve belongs into a trace: trace: {file: FILE.csv}",
	},
}

func TestWrongFiles(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range wrongFiles {
		t.Run(c.what, func(t *testing.T) {
			_, err := resolve(t, c.yaml)
			var e *scenario.Error
			if !errors.As(err, &e) {
				t.Fatalf("%q was accepted (error %v)", c.yaml, err)
			}
			clean := strings.NewReplacer(dir+string(filepath.Separator), "", "testdata"+string(filepath.Separator), "")
			if got := clean.Replace(e.Error()); got != c.want {
				t.Errorf("error:\n got %s\nwant %s", got, c.want)
			}
			if got := clean.Replace(e.Hint); got != c.hint {
				t.Errorf("hint:\n got %s\nwant %s", got, c.hint)
			}
			if strings.Contains(e.Error()+e.Hint, "123") {
				t.Error("the error shows a secret")
			}
		})
	}
}

package scenario_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"flashwave/bench/class"
	"flashwave/bench/scenario"
)

const mixed = `workloads:
  - {name: talk, share: 40%, turns: 4, think: 1s, slo: ["ttft.p95 < 800ms", "e2e < 9s"]}
  - {share: 60%}
`

// What a share asserts of its own requests stands among the SLOs of the scenario, in it;
// a second Resolve and a file written of it say the same.
func TestSharesAssert(t *testing.T) {
	s, err := resolve(t, wave+mixed+"slo: [\"lost <= 5% in workload2\", \"e2e.p99 < 5s in turn 3-5\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"lost <= 5% in workload2", "e2e.p99 < 5s in turn 3-5", "ttft.p95 < 800ms in talk", "e2e < 9s in talk"}
	classes := []class.Class{{Kind: class.Workload, Name: "talk"}, {Kind: class.Workload, Name: "workload2"}, {Kind: class.Turn, Name: "1"}, {Kind: class.Turn, Name: "2"}, {Kind: class.Turn, Name: "3-5"}}
	for range 2 {
		if !slices.Equal(s.SLO, want) || !slices.Equal(s.Classes(), classes) {
			t.Errorf("%q, %q", s.SLO, s.Classes())
		}
		if err := s.Resolve(machine); err != nil {
			t.Fatal(err)
		}
	}
	text, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := resolve(t, string(text))
	if err != nil || !slices.Equal(again.SLO, want) || !slices.Equal(again.Classes(), classes) {
		t.Errorf("%v of\n%s", err, text)
	}
}

// A file written before it was resolved keeps what its shares assert.
func TestSharesAreWrittenWithTheirSLOs(t *testing.T) {
	s, err := scenario.Parse("testdata/x.yaml", []byte(wave+mixed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.YAML()
	if err != nil || !strings.Contains(string(text), `slo: ["ttft.p95 < 800ms", "e2e < 9s"]`) {
		t.Errorf("%v\n%s", err, text)
	}
}

// What an assertion speaks of exists, and is one thing.
func TestAssertionsNameOneClass(t *testing.T) {
	for _, c := range []struct{ what, yaml, want, hint string }{
		{
			"a wave and a share", "waves: [{name: talk, rate: 200/m, for: 2m}]\n" + mixed + "slo: [\"ttft.p95 < 1s in talk\"]\n",
			"\"ttft.p95 < 1s in talk\": both a wave and a workload", "rename one of them",
		},
		{"a misspelt share", wave + mixed + "slo: [\"ttft.p95 < 1s in talkk\"]\n", `unknown wave "talkk"`, "did you mean talk?"},
		{"turns that no conversation has", wave + mixed + "slo: [\"ttft.p95 < 1s in turn 6+\"]\n", "sale.yaml:5:25: \"ttft.p95 < 1s in turn 6+\": no conversation has a turn 6+, for it has 4 at most", "raise turns"},
		{"turns without conversations", wave + "slo: [\"ttft.p95 < 1s in turn 2\"]\n", "without conversations there is no turn 2", "give turns: 5"},
		{"turns that are not told apart", wave + mixed + "slo: [\"ttft.p95 < 1s in turn 4\"]\n", `"4" are not turns that are told apart`, "write turn 3-5"},
		{"no turns at all", wave + mixed + "slo: [\"ttft.p95 < 1s in turn few\"]\n", `"few" are not turns that are told apart`, "the turns told apart are 1, 2, 3-5, 6+"},
		{"an SLO of a share on something else", wave + strings.Replace(mixed, "ttft.p95 < 800ms", "ttft.p95 < 1s in turn 2", 1), "an SLO of a workload speaks of that alone", "leave out in turn 2"},
		{"an SLO of a share that is none", wave + strings.Replace(mixed, "ttft.p95", "ttftt.p95", 1), "sale.yaml:3:", "did you mean ttft?"},
		{"no stream in a share", wave + strings.Replace(mixed, "share: 60%", `share: 60%, stream: false, slo: ["ttft.p95 < 1s"]`, 1), "sale.yaml:4:40: \"ttft.p95 < 1s in workload2\": without streaming there is no ttft", "set stream: true"},
	} {
		_, err := resolve(t, c.yaml)
		var e *scenario.Error
		if !errors.As(err, &e) || !strings.Contains(e.Error(), c.want) || !strings.HasPrefix(e.Hint, c.hint) {
			t.Errorf("%s: %v", c.what, err)
			if e != nil {
				t.Errorf("hint %s", e.Hint)
			}
		}
	}
}

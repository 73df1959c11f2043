package compare

import (
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
)

// Runs that sent one endpoint the same prompts cannot be compared without a word:
// a cache knows them the second time.
func TestSamePromptsAreToldOf(t *testing.T) {
	sent := func(id string, minute int, sequence string, first uint64) *result.Run {
		run := frozen(t, id)
		run.Scenario.Target.URL = "http://127.0.0.1:8000/v1"
		run.StartedAt = run.StartedAt.Add(time.Duration(minute) * time.Minute)
		run.Prompts = []result.Prompts{{Content: "c", Sequence: sequence, Distinct: 4000, First: first, Count: 1000}}
		return run
	}
	elsewhere := sent("b", 1, "s", 0)
	elsewhere.Scenario.Target.URL = "http://127.0.0.1:9/v1"
	builtIn := func(run *result.Run) *result.Run {
		run.Scenario.Target.URL = "mock:"
		return run
	}
	for _, c := range []struct {
		name      string
		base, new []*result.Run
		words     string // of the warning; "": none
	}{
		{"the same prompts", one(sent("a", 0, "s", 0)), one(sent("b", 1, "s", 0)), "run b sent prompts that run a had sent to the same endpoint, about 100"},
		{"NEW ran first", one(sent("a", 1, "s", 0)), one(sent("b", 0, "s", 0)), "run a sent prompts that run b had sent"},
		{"what comes next", one(sent("a", 0, "s", 0)), one(sent("b", 1, "s", 1000)), ""},
		{"half of them", one(sent("a", 0, "s", 0)), one(sent("b", 1, "s", 500)), "about 50"},
		{"another seed", one(sent("a", 0, "s", 0)), one(sent("b", 1, "other", 0)), "about 25"},
		{"the built-in endpoint, which is another each time", one(builtIn(sent("a", 0, "s", 0))), one(builtIn(sent("b", 1, "s", 0))), ""},
		{"another endpoint", one(sent("a", 0, "s", 0)), one(elsewhere), ""},
		{"runs of one side", []*result.Run{sent("a", 0, "s", 0), sent("x", 1, "s", 0)}, one(sent("b", 2, "s", 1000)), "run x sent prompts that run a had sent"},
		{"several pairs", []*result.Run{sent("a", 0, "s", 0), sent("x", 1, "s", 0)}, one(sent("b", 2, "s", 0)), "in 3 pairs of runs"},
		{"an early document", one(frozen(t, "a")), one(sent("b", 1, "s", 0)), ""},
	} {
		d := Compare(c.base, c.new, Options{})
		i := slices.IndexFunc(d.Warnings, func(w Warning) bool { return w.Kind == SamePrompts })
		switch {
		case i < 0 && c.words != "":
			t.Errorf("%s: nothing is said", c.name)
		case i >= 0 && (c.words == "" || !strings.Contains(d.Warnings[i].Text, c.words)):
			t.Errorf("%s: %s", c.name, d.Warnings[i].Text)
		}
	}
}

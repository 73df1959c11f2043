package search

import (
	"errors"
	"strings"
	"testing"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/scenario"
)

// A search knows rates of requests: conversations have none, and what is asserted of some
// of the requests says nothing of all. A mix of single requests is searched like any load.
func TestSearchesOfClasses(t *testing.T) {
	for _, c := range []struct {
		why    string
		change func(*scenario.Scenario)
		by     capacity.Load
		want   string // in the error; "": none
	}{
		{"a mix", nil, capacity.Arrivals, ""},
		{"an SLO of a share", func(sc *scenario.Scenario) { sc.SLO = []string{"ttft.p95 < 1s in one"} }, capacity.Arrivals, "speaks of some"},
		{"a bound of a share", func(sc *scenario.Scenario) { sc.Mix[0].SLO = []string{"ttft < 1s"} }, capacity.Arrivals, "speaks of some"},
		{"a share of conversations", func(sc *scenario.Scenario) { sc.Mix[1].Turns = 3 }, capacity.Arrivals, "conversations"},
		{"conversations", func(sc *scenario.Scenario) { sc.Mix, sc.Workload.Turns = nil, 3 }, capacity.Arrivals, "conversations"},
		{"conversations in flight", func(sc *scenario.Scenario) { sc.Mix, sc.Workload.Turns = nil, 3 }, capacity.InFlight, ""},
		{"an SLO of turns", func(sc *scenario.Scenario) {
			sc.Mix, sc.Workload.Turns, sc.SLO = nil, 3, []string{"ttft.p95 < 1s in turn 2"}
		}, capacity.InFlight, "speaks of some"},
	} {
		sc := scenario.Default()
		sc.Workload.Prompts = "synthetic:16"
		for _, name := range []string{"one", "other"} {
			sc.Mix = append(sc.Mix, scenario.Share{Name: name, Share: 0.5, Workload: sc.Workload})
		}
		if c.change != nil {
			c.change(sc)
		}
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		cfg := Defaults()
		cfg.By, cfg.Options = c.by, bench.Options{Scenario: sc}
		_, err := New(cfg)
		var e *scenario.Error
		if refused := errors.As(err, &e); refused != (c.want != "") || refused && (!strings.Contains(e.Message, c.want) || e.Hint == "") {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

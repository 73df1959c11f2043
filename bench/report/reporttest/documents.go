package reporttest

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"flashwave/bench/capacity"
	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
	"flashwave/bench/forecast"
	"flashwave/bench/result"
)

// Untimed are runs without a timeline.
func Untimed() map[string]*result.Run {
	return map[string]*result.Run{
		"passed": Passed(), "limited": Limited(), "interrupted": Interrupted(), "empty": Empty(), "unary": Unary(), "mixed": Mixed(),
		"zero": {},
	}
}

// Runs are those without a timeline, and those with one.
func Runs() map[string]*result.Run {
	all := Untimed()
	all["sale"], all["day"], all["lanes"], all["refused"], all["observed"] = Sale(), Day(), Lanes(), Refused(), Observed()
	return all
}

// Frozen is a document that an early version wrote.
func Frozen(t testing.TB) *result.Run {
	t.Helper()
	return read[result.Run](t, "bench", "compare", "testdata", "run-v1.json")
}

// Search is a search that took place, its requests priced.
func Search(t testing.TB) *capacity.Document {
	t.Helper()
	d := read[capacity.Document](t, "tui", "search", "testdata", "capacity.json")
	for i := range d.Steps {
		d.Steps[i].PerThousandOKUSD = new(0.04 + 0.001*float64(i))
	}
	return d
}

// QueueSearch is a search of a queue of three classes, and its night.
func QueueSearch(t testing.TB) *capacity.Document {
	t.Helper()
	d := Search(t)
	MakeQueue(d)
	return d
}

// MakeQueue makes of a search one of a queue of three classes, whose night does not hold.
func MakeQueue(d *capacity.Document) {
	class := func(name, priorities string, share, p95 float64) capacity.QueueClass {
		return capacity.QueueClass{Class: name, Priorities: priorities, Share: share, WaitP50MS: new(p95 / 2), WaitP95MS: &p95, WaitMaxMS: new(2 * p95), StarvedMS: new(p95)}
	}
	d.Queue = &capacity.Queue{
		Workers: new(4), ServedRPS: new(25.0), PerWorkerRPS: new(6.25), MostRPS: new(60.0), StarvesFirst: new("bulk"), StarvesFromRPS: new(28.8),
		Classes: []capacity.QueueClass{class("urgent", "1-3", 0.2, 640), class("normal", "4-6", 0.5, 910), class("bulk", "7-10", 0.3, 4100)},
	}
	d.Queue.Classes[0].FailsFirst, d.Queue.Classes[0].FailsRPS = new("wait.p95 < 2s in urgent"), new(60.0)
	d.Queue.Classes[2].FailsFirst, d.Queue.Classes[2].FailsRPS = new(string(capacity.ByBacklog)), new(28.8)
	d.Findings = append(d.Findings, capacity.Finding{Kind: capacity.Starves, Text: "of the classes bulk starves first: from 28.8/s on", RateRPS: new(28.8)})
	night := forecast.Tasks{
		ServedRPS: 25, Workers: new(4), PerWorkerRPS: new(6.25), Holds: new(false), TimesNeeded: new(2.0), WorkersNeeded: new(8),
		StarvesFirst: new("bulk"), StarvesAtS: new(30.0), StarvedS: new(130.0), DrainedAtS: new(240.0),
		SLOs: []forecast.TaskSLO{{Expr: "starved < 60s in bulk", ForetoldS: 130}},
		Classes: []forecast.TaskNight{
			{Class: "urgent", Tasks: 800},
			{Class: "normal", Tasks: 2000, Backlog: 410, LongestWaitS: 33, WaitP50S: 4, WaitP95S: 30},
			{Class: "bulk", Tasks: 1200, Backlog: 700, LongestWaitS: 140, WaitP50S: 12, WaitP95S: 133, StarvedS: 130, StarvesAtS: new(30.0)},
		},
	}
	for i := range 25 {
		at := float64(10 * i)
		night.Curve = append(night.Curve, forecast.TaskWaiting{TS: at, Waiting: []float64{0, max(0, 410-4*math.Abs(at-100)), max(0, 700-6*math.Abs(at-130))}})
	}
	d.Forecast.Tasks, d.Forecast.Fluid, d.Forecast.Simulated, d.Forecast.Band, d.Forecast.Replicas = &night, nil, nil, nil, nil
	d.Forecast.Fits = new(false)
	d.Rehearsal = nil
	d.Verdict.Headline = "holds 25.0 requests/s (1,501 a minute); past that tasks of bulk pile up: more come than workers take; the demand peaks at 50.0 requests/s: the classes do not hold with the 4 workers (starved < 60s in bulk: 2 min 10 s); that takes 8 workers"
	d.Verdict.Reasons = []string{d.Findings[len(d.Findings)-1].Text}
}

// Comparison is one of two runs in waves that took place, with a rule.
func Comparison(t testing.TB) *compare.Document {
	t.Helper()
	return read[compare.Document](t, "bench", "report", "reporttest", "testdata", "comparison.json")
}

// SearchComparison is one of two searches that took place.
func SearchComparison(t testing.TB) *versus.Document {
	t.Helper()
	return read[versus.Document](t, "bench", "report", "reporttest", "testdata", "searches.json")
}

// read reads a document that the tests of another room have, by its path from the top.
func read[D any](t testing.TB, path ...string) *D {
	t.Helper()
	top := "."
	for range 10 {
		if _, err := os.Stat(filepath.Join(top, "go.mod")); err == nil {
			break
		}
		top = filepath.Join(top, "..")
	}
	text, err := os.ReadFile(filepath.Join(append([]string{top}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	d := new(D)
	if err := json.Unmarshal(text, d); err != nil {
		t.Fatal(err)
	}
	return d
}

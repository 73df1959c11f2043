package screentest

import (
	"encoding/json"
	"os"
	"path/filepath"

	"flashwave/bench/result"
)

// FrozenRun is a document that an early version wrote, with another id.
func FrozenRun(id string) *result.Run {
	path := filepath.Join("bench", "compare", "testdata", "run-v1.json")
	for range 3 { // the tests of any room of the screens
		path = filepath.Join("..", path)
		if _, err := os.Stat(path); err == nil {
			break
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	run := new(result.Run)
	if err := json.Unmarshal(text, run); err != nil {
		panic(err)
	}
	run.ID, run.Name = id, "midnight-sale"
	return run
}

// Slower is the same run of an endpoint that became slower.
func Slower(id string) *result.Run {
	run := FrozenRun(id)
	for _, l := range []*result.Latency{run.Total.Latency.E2E.Response, run.Waves[0].Latency.E2E.Response} {
		l.P50, l.P95, l.P99 = 1.31*l.P50, 1.34*l.P95, 1.4*l.P99
	}
	run.Total.ErrorRate = Ptr(0.031)
	return run
}

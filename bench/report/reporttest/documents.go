package reporttest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"flashwave/bench/capacity"
	"flashwave/bench/capacity/versus"
	"flashwave/bench/compare"
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

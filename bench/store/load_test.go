package store

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flashwave/bench/archive"
	"flashwave/bench/result"
)

// finished keeps a run of one second that has ended.
func finished(t testing.TB, s *Store, at time.Time, name string) *result.Run {
	t.Helper()
	j, err := s.Create(at)
	check(t, err)
	doc := begun(j.ID())
	doc.Name, doc.StartedAt = name, at
	check(t, j.Begin(doc))
	run := newSynthetic(1, 2, 2)
	in, row := run.second()
	check(t, j.Interval(in, row))
	doc = run.end(doc)
	check(t, j.End(doc))
	return doc
}

func TestRunsByWhateverTheyAreCalled(t *testing.T) {
	s := openTemp(t)
	finished(t, s, began.Add(-24*time.Hour), "yesterday")
	first := finished(t, s, began, "first")
	second := finished(t, s, began, "second")
	aside := filepath.Join(t.TempDir(), "aside.json")
	check(t, os.Rename(filepath.Join(s.Dir(), first.ID, runFile), aside))
	b, err := os.ReadFile(aside)
	check(t, err)
	check(t, os.WriteFile(filepath.Join(s.Dir(), first.ID, runFile), b, 0o600))

	for ref, want := range map[string]string{
		"latest":                         "second",
		"latest~0":                       "second",
		"latest~1":                       "first",
		"latest~2":                       "yesterday",
		second.ID:                        "second",
		first.ID:                         "first", // although another id begins with it
		"20261122":                       "yesterday",
		"20261123-222601-":               "second",
		filepath.Join(s.Dir(), first.ID): "first",
		filepath.Join(s.Dir(), second.ID, runFile): "second",
		aside: "first",
	} {
		run, err := s.Load(ref)
		if err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		if run.Name != want {
			t.Errorf("%s is the run %q, want %q", ref, run.Name, want)
		}
	}
	for ref, want := range map[string]string{ // in the message or the hint
		"":                     "no run was named",
		"2026":                 "write more of it: 20261123-222601-2, 20261123-222601, 20261122-222601",
		"2027":                 "there are 3: 20261123-222601-2",
		"latest~3":             `there is no run "latest~3"`,
		"latest~x":             "latest~1",
		"latest~-1":            "latest~1",
		"latestly":             "there is no run",
		"not/here/run.json":    "does not exist",
		filepath.Dir(s.Dir()):  "holds no run",
		"20261122-222601/x":    "does not exist",
		"20261122-222601-2222": "there is no run",
	} {
		_, err := s.Load(ref)
		var own *archive.Error
		if !errors.As(err, &own) {
			t.Errorf("%q: got %v, want an *archive.Error", ref, err)
			continue
		}
		if all := own.Error() + " / " + own.Hint; !strings.Contains(all, want) {
			t.Errorf("%q: %s; want it to say %q", ref, all, want)
		}
		if own.Hint == "" {
			t.Errorf("%q: %s has no hint", ref, own)
		}
	}
}

func TestEmptyStoreHasNoLatest(t *testing.T) {
	_, err := openTemp(t).Load("latest")
	var own *archive.Error
	if !errors.As(err, &own) || !strings.Contains(own.Hint, "no run has been kept") {
		t.Errorf("got %v", err)
	}
}

func TestBrokenDocumentIsRebuilt(t *testing.T) {
	s := openTemp(t)
	doc := finished(t, s, began, "torn")
	path := filepath.Join(s.Dir(), doc.ID, runFile)
	b, err := os.ReadFile(path)
	check(t, err)
	check(t, os.WriteFile(path, b[:len(b)/2], 0o600))
	run, err := s.Load("latest")
	check(t, err)
	if run.Verdict.Status != result.Inconclusive || run.Total.Requests != doc.Total.Requests {
		t.Errorf("verdict %v, requests %+v", run.Verdict.Status, run.Total.Requests)
	}
	// A document of a later version is whole: it must not be taken for a torn one.
	later := strings.Replace(string(b), result.Schema, "flashwave.run/v2", 1)
	check(t, os.WriteFile(path, []byte(later), 0o600))
	if _, err := s.Load("latest"); err == nil || !strings.Contains(err.Error(), "flashwave.run/v2") {
		t.Errorf("a document of a later version gives %v", err)
	}
}

func TestList(t *testing.T) {
	s := openTemp(t)
	finished(t, s, began, "done")
	j, _ := record(t, s, newSynthetic(1, 1, 1), 1) // still goes on
	defer abandon(j)
	check(t, os.MkdirAll(filepath.Join(s.Dir(), "20261101-000000"), 0o700))
	check(t, os.WriteFile(filepath.Join(s.Dir(), "notes.txt"), nil, 0o600))
	broken := filepath.Join(s.Dir(), "by-hand")
	check(t, os.Mkdir(broken, 0o700))
	check(t, os.WriteFile(filepath.Join(broken, runFile), []byte(`{"schema":"flashwave.run/v1","verdict":7}`), 0o600))

	entries, err := s.List()
	check(t, err)
	if len(entries) != 4 {
		t.Fatalf("%d entries, want 4: %+v", len(entries), entries)
	}
	going, done := entries[0], entries[1]
	if going.ID != "20261123-222601-2" || going.Complete || going.Broken != nil || going.Name != "flash-sale" ||
		going.Target != "127.0.0.1:8000" || going.Model != "deepseek-v3.2" || going.Status != "" {
		t.Errorf("the run that goes on: %+v", going)
	}
	if going.PeakRPS == nil || *going.PeakRPS != 4 {
		t.Errorf("peak rate %v, want 4", going.PeakRPS)
	}
	if done.ID != "20261123-222601" || !done.Complete || done.Status != result.Pass || done.Headline != "held" ||
		done.Scheduled != 4 || done.TTFTP95 == nil || done.E2EP95 == nil || done.ErrorRate == nil ||
		done.CostUSD == nil || done.Duration < time.Second || !done.StartedAt.Equal(began) {
		t.Errorf("the run that ended: %+v", done)
	}
	for _, e := range entries[2:] {
		if e.Broken == nil || e.Complete {
			t.Errorf("%s should be broken: %+v", e.ID, e)
		}
	}
}

func TestReadFileErrors(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"not JSON":          {"schema: flashwave", "not a JSON document"},
		"empty":             {"", "not a JSON document"},
		"no object":         {"[1]", "not a run"},
		"no schema":         {`{"id":"x"}`, "no schema"},
		"a schema that is":  {`{"schema":7}`, "not a run"},
		"another document":  {`{"schema":"flashwave.compare/v1"}`, `"flashwave.compare/v1"`},
		"a later version":   {`{"schema":"flashwave.run/v2","total":7}`, `"flashwave.run/v2"`},
		"a wrong type":      {`{"schema":"flashwave.run/v1","total":7}`, "broken"},
		"two documents":     {`{"schema":"flashwave.run/v1"} {}`, "not a JSON document"},
		"a broken duration": {`{"schema":"flashwave.run/v1","scenario":{"grace":"x"}}`, "broken"},
	} {
		path := filepath.Join(t.TempDir(), "run.json")
		check(t, os.WriteFile(path, []byte(c.content), 0o600))
		_, err := ReadFile(path)
		var own *archive.Error
		if !errors.As(err, &own) || !strings.Contains(own.Error(), c.want) || own.Hint == "" {
			t.Errorf("%s: got %v, want an *archive.Error with a hint that says %q", name, err, c.want)
		}
	}
	if _, err := ReadFile(t.TempDir()); err == nil {
		t.Error("a directory was read as a document")
	}
	path := filepath.Join(t.TempDir(), "large.json")
	check(t, os.WriteFile(path, nil, 0o600))
	check(t, os.Truncate(path, maxDocument+1))
	if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), "larger than 256 MiB") {
		t.Errorf("a huge file gives %v", err)
	}
}

func TestUnknownKeysAreFine(t *testing.T) {
	run, err := parse([]byte(`{"schema":"flashwave.run/v1","id":"x","verdict":{"status":"pass","later":1},"new":{"a":[1]}}`))
	check(t, err)
	if run.ID != "x" || run.Verdict.Status != result.Pass {
		t.Errorf("got %+v", run)
	}
}

func FuzzParse(f *testing.F) {
	b, err := json.Marshal(begun("x"))
	check(f, err)
	f.Add(b)
	f.Add([]byte(`{"schema":"flashwave.run/v1"}`))
	f.Add([]byte(`{"schema":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := parse(data)
		if (run == nil) == (err == nil) {
			t.Fatalf("run %v, error %v", run, err)
		}
		if err == nil {
			_, err = json.Marshal(run)
			check(t, err)
		}
	})
}

package history

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/searches"
	"flashwave/bench/store"
)

// Runs and searches stand among one another by when they began, broken ones too.
func TestList(t *testing.T) {
	dir := t.TempDir()
	runs, err := store.Open(filepath.Join(dir, "runs"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := searches.Open(filepath.Join(dir, "searches"))
	if err != nil {
		t.Fatal(err)
	}
	list := func(limit int) *Document {
		t.Helper()
		d, err := (&History{Runs: runs, Searches: found}).List(Query{Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		schematest.Values(t, "runs", d)
		return d
	}
	if d := list(0); d.Total != 0 || d.Kept == nil {
		t.Errorf("%+v", d)
	}
	began := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	frozen, err := os.ReadFile(filepath.Join("..", "compare", "testdata", "run-v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		j, err := runs.Create(began.Add(time.Duration(2*i) * time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := os.WriteFile(filepath.Join(j.Dir(), "run.json"), frozen, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	j, err := found.Create(began.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.End(&capacity.Document{Schema: capacity.Schema, Name: "sale", StartedAt: began, Verdict: capacity.Verdict{Status: "pass"}, Capacity: capacity.Capacity{RPS: new(25.0), Confirmed: true}}, false); err != nil {
		t.Fatal(err)
	}
	d := list(0)
	var order []string
	for _, k := range d.Kept {
		order = append(order, string(k.Kind))
	}
	if d.Total != 3 || strings.Join(order, " ") != "run search run" || d.Kept[0].Broken == nil || d.Kept[0].StartedAt != nil {
		t.Errorf("%v, %+v", order, d.Kept)
	}
	if k := d.Kept[1]; *k.RateRPS != 25 || !*k.Confirmed || !k.Complete || k.Name != "sale" || k.Requests != nil {
		t.Errorf("%+v", k)
	}
	if k := d.Kept[2]; !k.Complete || k.Requests == nil || k.TTFTP95MS == nil || k.Confirmed != nil {
		t.Errorf("%+v", k)
	}
	if d := list(2); d.Total != 3 || len(d.Kept) != 2 {
		t.Errorf("%d of %d", len(d.Kept), d.Total)
	}
}

// Only what is told is read, however much was kept.
func TestNoMoreIsReadThanIsTold(t *testing.T) {
	dir := t.TempDir()
	runs, err := store.Open(filepath.Join(dir, "runs"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := searches.Open(filepath.Join(dir, "searches"))
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := os.ReadFile(filepath.Join("..", "compare", "testdata", "run-v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	const many = 20
	for i := range many {
		j, err := runs.Create(began.Add(time.Duration(i) * time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(j.Dir(), "run.json"), frozen, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reading := func(limit int) float64 {
		return testing.AllocsPerRun(1, func() {
			if d, err := (&History{Runs: runs, Searches: found}).List(Query{Limit: limit}); err != nil || d.Total != many {
				t.Errorf("%+v, %v", d, err)
			}
		})
	}
	if one, all := reading(1), reading(0); one*4 > all {
		t.Errorf("one of %d takes %v allocations, all of them %v", many, one, all)
	}
}

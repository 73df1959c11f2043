package history

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/searches"
	"flashwave/bench/store"
)

var began = time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)

func open(t *testing.T) *History {
	t.Helper()
	dir := t.TempDir()
	runs, err := store.Open(filepath.Join(dir, "runs"))
	check(t, err)
	found, err := searches.Open(filepath.Join(dir, "searches"))
	check(t, err)
	return &History{Runs: runs, Searches: found}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ended keeps a run that began so many minutes later, as a version that knows more would.
func ended(t *testing.T, h *History, minutes int) string {
	t.Helper()
	frozen, err := os.ReadFile(filepath.Join("..", "compare", "testdata", "run-v1.json"))
	check(t, err)
	j, err := h.Runs.Create(began.Add(time.Duration(minutes) * time.Minute))
	check(t, err)
	frozen = append([]byte(`{"later": 9007199254740993,`), frozen[1:]...)
	check(t, os.WriteFile(filepath.Join(j.Dir(), "run.json"), frozen, 0o600))
	return j.ID()
}

// searched keeps a search; over says that it came to its end.
func searched(t *testing.T, h *History, minutes int, over bool) string {
	t.Helper()
	j, err := h.Searches.Create(began.Add(time.Duration(minutes) * time.Minute))
	check(t, err)
	doc := &capacity.Document{
		Schema: capacity.Schema, ID: j.ID(), Name: "sale", StartedAt: began, Scenario: scenario.Default(),
		Verdict: capacity.Verdict{Status: result.Pass, Headline: "held"},
	}
	check(t, j.Begin(capacity.Begun{Document: doc}))
	if over {
		check(t, j.End(doc, false))
	}
	j.Close()
	return j.ID()
}

func kept(t *testing.T, h *History, id string) Kept {
	t.Helper()
	d, err := h.List(Query{})
	check(t, err)
	schematest.Values(t, "runs", d)
	for _, k := range d.Kept {
		if k.ID == id {
			return k
		}
	}
	t.Fatalf("%s is not there", id)
	return Kept{}
}

// Runs and searches are renamed and labelled alike, also those that were cut off, and all
// else of their documents stays.
func TestRenamedAndLabelled(t *testing.T) {
	h := open(t)
	cutOff, err := h.Runs.Create(began)
	check(t, err)
	begun := &result.Run{Schema: result.Schema, ID: cutOff.ID(), Name: "cut", Scenario: scenario.Default()}
	text, err := json.Marshal(begun)
	check(t, err)
	check(t, os.WriteFile(filepath.Join(cutOff.Dir(), "begin.json"), text, 0o600))
	log := filepath.Join(cutOff.Dir(), "events.jsonl")
	check(t, os.WriteFile(log, nil, 0o600))
	check(t, os.Chtimes(log, began, began))
	run := ended(t, h, 1)
	before := fields(t, filepath.Join(h.Runs.Dir(), run, "run.json"))
	goneOn := searched(t, h, 3, false)
	for _, id := range []string{cutOff.ID(), run, searched(t, h, 2, true)} {
		check(t, h.Rename(id, "the <night> before"))
		check(t, h.Label(id, map[string]*string{"team": new("shop"), "draft": new("")}))
		check(t, h.Label(id, map[string]*string{"draft": nil, "nosuch": nil, "release": new("7")}))
		k := kept(t, h, id)
		if k.Name != "the <night> before" || k.Labels["team"] != "shop" || k.Labels["release"] != "7" {
			t.Errorf("%s: %+v", id, k)
		}
		if _, has := k.Labels["draft"]; has {
			t.Errorf("%s: %v", id, k.Labels)
		}
		if err := h.Rename(id, " "); err == nil {
			t.Errorf("%s has no name", id)
		}
	}
	check(t, h.Rename(goneOn, "on and on"))
	past, again, err := h.Searches.Resume(goneOn)
	check(t, err)
	again.Close()
	if past.Document.Name != "on and on" {
		t.Errorf("it goes on as %s", past.Document.Name)
	}
	after := fields(t, filepath.Join(h.Runs.Dir(), run, "run.json"))
	for key, value := range before {
		if key != "name" && key != "labels" && !reflect.DeepEqual(value, after[key]) {
			t.Errorf("%s became %s", key, after[key])
		}
	}
	doc, err := h.Runs.Load(run)
	check(t, err)
	schematest.Values(t, "run", doc)
}

// fields are the members of a document, without the space between their words.
func fields(t *testing.T, path string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(path)
	check(t, err)
	var m map[string]any
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	check(t, d.Decode(&m))
	return m
}

// What goes on is left alone, whatever is asked, and so is what is not there.
func TestWhatGoesOnStays(t *testing.T) {
	h := open(t)
	run, err := h.Runs.Create(time.Now())
	check(t, err)
	search, err := h.Searches.Create(time.Now())
	check(t, err)
	check(t, search.Begin(capacity.Begun{Document: &capacity.Document{Schema: capacity.Schema, Scenario: scenario.Default()}}))
	defer search.Close()
	for _, id := range []string{run.ID(), search.ID(), "20200101-000000", "capacity-20200101-000000", "..", ""} {
		for what, err := range map[string]error{
			"removed": h.Remove(id), "renamed": h.Rename(id, "new"), "labelled": h.Label(id, map[string]*string{"a": nil}),
		} {
			if err == nil {
				t.Errorf("%q was %s", id, what)
			}
		}
	}
	spare, err := h.Spare(Query{}, Surplus{Before: time.Now().Add(time.Hour)})
	if err != nil || len(spare) != 0 {
		t.Errorf("%+v, %v", spare, err)
	}
}

// A reference is a whole id, the beginning of one, or the latest run.
func TestFind(t *testing.T) {
	h := open(t)
	first, second, search := ended(t, h, 0), ended(t, h, 1), searched(t, h, 2, true)
	for ref, want := range map[string]string{
		first: first, "latest": second, "latest~1": first, second[:len(second)-2]: second, search: search, "capacity-": search,
	} {
		if got, err := h.Find(ref); err != nil || got != want {
			t.Errorf("%q is %q, %v", ref, got, err)
		}
	}
	for _, ref := range []string{"", "2026", "latest~2", "..", filepath.Join(t.TempDir()), "capacity-1999", "capacity"} {
		if got, err := h.Find(ref); err == nil {
			t.Errorf("%q is %q", ref, got)
		}
	}
}

// Of what is asked for, what is old and not among the newest is surplus.
func TestSpare(t *testing.T) {
	h := open(t)
	var ids []string
	for i := range 4 {
		ids = append([]string{ended(t, h, 2*i)}, ids...)
	}
	search := searched(t, h, 3, true)
	check(t, h.Label(ids[0], map[string]*string{"team": new("shop")}))
	for _, c := range []struct {
		why  string
		q    Query
		s    Surplus
		want []string
	}{
		{"by age", Query{}, Surplus{Before: began.Add(3 * time.Minute)}, []string{ids[2], ids[3]}},
		{"all but the newest", Query{}, Surplus{Keep: 3}, []string{ids[2], ids[3]}},
		{"both", Query{}, Surplus{Keep: 4, Before: began.Add(time.Hour)}, []string{ids[3]}},
		{"more are kept than there are", Query{}, Surplus{Keep: 9}, nil},
		{"of a kind", Query{Kind: Search}, Surplus{}, []string{search}},
		{"with a label", Query{Labels: map[string]string{"team": "shop"}}, Surplus{}, []string{ids[0]}},
	} {
		list, err := h.Spare(c.q, c.s)
		check(t, err)
		var got []string
		for _, k := range list {
			got = append(got, k.ID)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
	if h.Size(ids[0]) < 1000 || h.Size(search) < 100 {
		t.Errorf("%d and %d bytes", h.Size(ids[0]), h.Size(search))
	}
}

// A list is sorted by a figure, the highest first, what has none last and in the order
// of time.
func TestSort(t *testing.T) {
	list := func(by Order) (ids string) {
		l := []Kept{
			{ID: "a", Name: "x"},
			{ID: "b", Name: "y", RateRPS: new(1.0), CostUSD: new(0.0)},
			{ID: "c", Name: "x", RateRPS: new(3.0)},
			{ID: "d", Name: "w", RateRPS: new(3.0), CostUSD: new(-1.0)},
		}
		Sort(l, by)
		for _, k := range l {
			ids += k.ID
		}
		return ids
	}
	for by, want := range map[Order]string{Newest: "abcd", Name: "dacb", Rate: "cdba", Cost: "bdac", TTFT: "abcd"} {
		if got := list(by); got != want {
			t.Errorf("%q: %s, want %s", by, got, want)
		}
	}
	for _, by := range Orders {
		if _, ok := figures[by]; !ok && by != Name {
			t.Errorf("nothing is sorted by %s", by)
		}
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	got, err := Labels([]string{"team=shop", "note=a=b", "empty=", "draft-"})
	if err != nil || *got["team"] != "shop" || *got["note"] != "a=b" || *got["empty"] != "" || got["draft"] != nil || len(got) != 4 {
		t.Errorf("%v, %v", got, err)
	}
	for _, wrong := range []string{"", "=v", "-", "team"} {
		if _, err := Labels([]string{wrong}); err == nil {
			t.Errorf("%q is taken for a label", wrong)
		}
	}
}

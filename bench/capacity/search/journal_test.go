package search

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/verdict"
	"flashwave/client/mock"
)

// A notebook is a journal in memory: it holds what would be on disk.
type notebook struct {
	begun  []byte
	notes  [][]byte
	doc    *capacity.Document
	goesOn bool
	full   int    // so many notes fit; 0: all
	each   func() // is called after each note; nil: nothing is
}

var errFull = errors.New("no space left")

func (n *notebook) Begin(b capacity.Begun) (err error) {
	n.begun, err = json.Marshal(b)
	return err
}

func (n *notebook) Note(note capacity.Note) error {
	if n.full > 0 && len(n.notes) == n.full {
		return errFull
	}
	text, err := json.Marshal(note)
	n.notes = append(n.notes, text)
	if n.each != nil {
		n.each()
	}
	return err
}

func (n *notebook) End(doc *capacity.Document, goesOn bool) error {
	n.doc, n.goesOn = doc, goesOn
	return nil
}

// past is what a reader finds after so many notes.
func (n *notebook) past(t *testing.T, notes int) *capacity.Past {
	t.Helper()
	return n.until(t, func(p *capacity.Past) bool { return len(p.Notes) == notes })
}

// until is what a reader finds after as many notes as it takes; nil: there are too few.
func (n *notebook) until(t *testing.T, enough func(p *capacity.Past) bool) *capacity.Past {
	t.Helper()
	p := &capacity.Past{}
	if err := json.Unmarshal(n.begun, &p.Begun); err != nil {
		t.Fatal(err)
	}
	for i := 0; !enough(p); i++ {
		if i == len(n.notes) {
			return nil
		}
		var note capacity.Note
		if err := json.Unmarshal(n.notes[i], &note); err != nil {
			t.Fatal(err)
		}
		p.Notes = append(p.Notes, note)
	}
	return p
}

// kept is how many notes there are when so many steps have ended.
func (n *notebook) kept(t *testing.T, steps int) int {
	t.Helper()
	p := n.until(t, func(p *capacity.Past) bool { return p.Steps() == steps && len(p.Notes) > 0 })
	if p == nil {
		t.Fatalf("there are no %d steps", steps)
	}
	return len(p.Notes)
}

// searchKept searches the small endpoint and keeps the search in a notebook.
func searchKept(t *testing.T, past *capacity.Past, pages *notebook, change func(*scenario.Scenario), bounds func(*Config)) *capacity.Document {
	t.Helper()
	return find(t, small(), change, func(c *Config) {
		c.Soak, c.StepFor, c.MaxRate = 10*time.Second, 5*time.Second, 50
		c.Journal = pages
		if past != nil {
			options := c.Options
			*c = ConfigOf(past)
			c.Options, c.Journal = options, pages
		}
		if bounds != nil {
			bounds(c)
		}
	})
}

// A search that is cut off after any of its steps goes on from there: no step is measured
// again, no prompt is asked again, and the answer is about the same.
func TestASearchGoesOnFromEveryStep(t *testing.T) {
	pages := &notebook{}
	whole := searchKept(t, nil, pages, demand("calm:1/s:2m"), nil)
	if whole.Capacity.RPS == nil || pages.doc == nil || pages.goesOn {
		t.Fatalf("%+v, goes on %v", whole.Verdict, pages.goesOn)
	}
	n := len(whole.Steps)
	cuts := []int{0, n / 2} // the others take time
	if *full {
		cuts = []int{0, 1, n / 2, n - 1, n}
	}
	for _, steps := range cuts {
		at := 0
		if steps > 0 {
			at = pages.kept(t, steps)
		}
		past := pages.past(t, at)
		more := &notebook{}
		doc := searchKept(t, past, more, demand("calm:1/s:2m"), nil)
		schematest.Values(t, "capacity", doc)
		if doc.Capacity.RPS == nil || math.Abs(*doc.Capacity.RPS / *whole.Capacity.RPS - 1) > 0.15 || !doc.Capacity.Confirmed {
			t.Errorf("after %d steps: %+v, the whole search says %v", steps, doc.Capacity, *whole.Capacity.RPS)
		}
		for i := range steps {
			was, is := whole.Steps[i], doc.Steps[i]
			if i == steps-1 { // where the search was cut off nobody had waited yet
				was.RecoveryS, is.RecoveryS = nil, nil
			}
			if !reflect.DeepEqual(plain(t, was), plain(t, is)) {
				t.Errorf("step %d of %d was kept otherwise", i, steps)
			}
		}
		if len(more.begun) > 0 {
			t.Error("a search that goes on began anew")
		}
		if n := more.past2(t); steps > 0 && (n.Sent < past.State().Sent || *doc.CostUSD < past.State().SpentUSD) {
			t.Errorf("after %d steps it forgot what it had sent or spent", steps)
		}
		if !doc.StartedAt.Equal(whole.StartedAt) || doc.DurationS < past.State().ElapsedS {
			t.Errorf("it began at %v and took %v s", doc.StartedAt, doc.DurationS)
		}
		if said := strings.Join(doc.Warnings, "; "); steps > 0 && steps < len(whole.Steps) && strings.Count(said, "was cut off after") != 1 {
			t.Errorf("after %d steps the warnings are %q", steps, said)
		}
	}
}

// past2 is the last state of a notebook that continues another.
func (n *notebook) past2(t *testing.T) capacity.State {
	t.Helper()
	if len(n.notes) == 0 {
		return capacity.State{Sent: math.MaxUint64}
	}
	var note capacity.Note
	if err := json.Unmarshal(n.notes[len(n.notes)-1], &note); err != nil {
		t.Fatal(err)
	}
	return note.State
}

func plain(t *testing.T, v any) (p any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// A search that was cut off is shown for what it is, and never as an answer.
func TestACutSearchIsShown(t *testing.T) {
	pages := &notebook{}
	whole := searchKept(t, nil, pages, demand("calm:1/s:2m"), nil)
	for steps := range len(whole.Steps) {
		at := 0
		if steps > 0 {
			at = pages.kept(t, steps)
		}
		doc, err := Rebuild(pages.past(t, at))
		if err != nil {
			t.Fatal(err)
		}
		schematest.Values(t, "capacity", doc)
		v := doc.Verdict
		if v.Status != result.Inconclusive || v.ExitCode != verdict.ExitInconclusive || !strings.HasPrefix(v.Headline, "cut off after ") || len(doc.Steps) != steps {
			t.Errorf("after %d steps: %+v with %d steps", steps, v, len(doc.Steps))
		}
		soaked := slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool { return st.Kind == capacity.Soak && st.Verdict == capacity.Held })
		if doc.Capacity.Confirmed != soaked {
			t.Errorf("after %d steps the answer is confirmed: %v", steps, doc.Capacity.Confirmed)
		}
	}
	// What only lacks its document lacks no answer.
	doc, err := Rebuild(pages.past(t, len(pages.notes)))
	if err != nil {
		t.Fatal(err)
	}
	if *doc.Capacity.RPS != *whole.Capacity.RPS || doc.Verdict.ExitCode != whole.Verdict.ExitCode || doc.Verdict.Headline != whole.Verdict.Headline {
		t.Errorf("%+v, want %+v", doc.Verdict, whole.Verdict)
	}
}

// A search that is killed in the midst of a step loses the step, and not what it had
// spent and asked by then.
func TestTheStepInProgressIsPaidFor(t *testing.T) {
	pages := &notebook{}
	searchKept(t, nil, pages, nil, nil)
	last := capacity.State{}
	between := 0
	for i := range pages.notes {
		p := pages.past(t, i+1)
		now := p.State()
		if now.SpentUSD < last.SpentUSD || now.Sent < last.Sent || now.ElapsedS < last.ElapsedS {
			t.Errorf("note %d takes back: %+v after %+v", i, now, last)
		}
		if p.Notes[i].Kept == nil && now.Sent > last.Sent {
			between++
		}
		last = now
	}
	if between < 10 {
		t.Errorf("%d notes between the steps", between)
	}
}

// What ends a search says whether it can go on; interrupted it keeps its document, too.
func TestAnInterruptedSearchGoesOn(t *testing.T) {
	pages := &notebook{}
	var doc *capacity.Document
	onMock(t, small(), nil, func(t *testing.T, o bench.Options) {
		cfg := Defaults()
		cfg.Options, cfg.Journal, cfg.MaxRate = o, pages, 50
		ctx, cancel := context.WithCancel(t.Context())
		pages.each = func() {
			if len(pages.notes) > 0 && strings.Contains(string(pages.notes[len(pages.notes)-1]), `"kind":"bracket"`) {
				cancel()
			}
		}
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		doc = s.Run(ctx)
		cancel()
	})
	if doc.Verdict.ExitCode != verdict.ExitInterrupted || !pages.goesOn || pages.doc != doc {
		t.Fatalf("%+v, goes on %v", doc.Verdict, pages.goesOn)
	}
	pages.each = nil
	resumed := searchKept(t, pages.past(t, len(pages.notes)), &notebook{}, nil, nil)
	if resumed.Capacity.RPS == nil || !resumed.Capacity.Confirmed {
		t.Errorf("%+v", resumed.Verdict)
	}
}

// A disk that is full ends the keeping, not the search.
func TestAFullDiskDoesNotEndTheSearch(t *testing.T) {
	pages := &notebook{full: 3}
	doc := find(t, mock.Default(), nil, func(c *Config) {
		c.StepFor, c.Soak, c.MaxRate, c.Journal = time.Second, 0, 20, pages
	})
	if doc.Capacity.RPS == nil || pages.doc != doc {
		t.Errorf("%+v", doc.Verdict)
	}
}

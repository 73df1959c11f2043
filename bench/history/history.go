// Package history is what was kept, runs and searches for capacity together: a list of
// it, and what is done with its entries.
//
// [Open] it, [History.List] it as a [Document], find an id with [History.Find], then
// [History.Rename], [History.Label] or [History.Remove] what it names. [History.Spare]
// tells what is old enough to go.
//
// # Other processes
//
// What goes on is never removed, renamed or labelled: a run writes its document when it
// ends, from what it knew when it began. Everything else is changed under the lock of its
// log, by one process at a time, and its document is replaced as a whole: who reads it
// sees what was there before or what is there now. What another process removed meanwhile
// is an error.
package history

import (
	"slices"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/searches"
	"flashwave/bench/store"
)

// Schema names the format of the document. Within v1 keys are only ever added.
const Schema = "flashwave.runs/v1"

// A Document is what was kept. Units are in the keys; null (a nil pointer) is "no data",
// never 0.
type Document struct {
	Schema string `json:"schema"`
	Total  int    `json:"total"` // that were kept, of the kind and with the labels that were asked for
	Kept   []Kept `json:"kept"`  // in the order that was asked for, no more than were asked for
}

// A Kind is what was kept.
type Kind string

// The kinds.
const (
	Run    Kind = "run"
	Search Kind = "search"
)

// A Kept is a run, or a search for capacity, with its headline figures.
type Kept struct {
	Kind      Kind              `json:"kind"`
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Labels    map[string]string `json:"labels"`
	Target    string            `json:"target"` // host and port, or "mock"
	Model     string            `json:"model"`
	StartedAt *time.Time        `json:"started_at"` // null: it cannot be read
	DurationS *float64          `json:"duration_s"` // seconds; null: it did not come to its end
	Complete  bool              `json:"complete"`   // it came to its end
	Broken    *string           `json:"broken"`     // why nothing can be told of it; null: something can

	Status   *result.Status `json:"status"` // null: it did not come to its end
	ExitCode *int           `json:"exit_code"`
	Headline string         `json:"headline"` // one sentence

	RateRPS      *float64 `json:"rate_rps"`      // requests per second: the capacity of a search, the highest rate planned of a run; null: none
	SucceededRPS *float64 `json:"succeeded_rps"` // requests per second that ended ok; null: a search
	Confirmed    *bool    `json:"confirmed"`     // the capacity, by a soak; null: a run
	Requests     *int64   `json:"requests"`      // scheduled; null: a search
	TTFTP95MS    *float64 `json:"ttft_p95_ms"`   // response time of a run
	E2EP95MS     *float64 `json:"e2e_p95_ms"`    // likewise
	ErrorRate    *float64 `json:"error_rate"`    // ratio, of a run
	CostUSD      *float64 `json:"cost_usd"`      // null: the price is unknown
}

// A History is a store of runs and one of searches. It is safe for concurrent use, by
// several processes too.
type History struct {
	Runs     *store.Store
	Searches *searches.Store
}

// Open opens the user's own stores.
func Open() (*History, error) {
	runs, err := store.Open("")
	if err != nil {
		return nil, err
	}
	found, err := searches.Open("")
	return &History{Runs: runs, Searches: found}, err
}

// List is what is asked for of what was kept. What is not told is not read, unless the
// answer depends on it.
func (h *History) List(q Query) (*Document, error) {
	all, err := h.named(q.Kind)
	if err != nil {
		return nil, err
	}
	d := &Document{Schema: Schema, Total: len(all), Kept: []Kept{}}
	if q.Limit > 0 && !q.readsAll() {
		all = all[:min(q.Limit, len(all))]
	}
	for _, n := range all {
		if k := n.read(); q.wants(k) {
			d.Kept = append(d.Kept, k)
		}
	}
	if q.readsAll() {
		d.Total = len(d.Kept)
		Sort(d.Kept, q.By)
		if q.Limit > 0 {
			d.Kept = d.Kept[:min(q.Limit, len(d.Kept))]
		}
	}
	return d, nil
}

// named are the entries of a kind, or of both, the newest first.
func (h *History) named(kind Kind) (all []named, err error) {
	if kind != Search {
		ids, err := h.Runs.IDs()
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			all = append(all, named{id, func() Kept { return ofRun(h.Runs.Entry(id)) }})
		}
	}
	if kind != Run {
		ids, err := h.Searches.IDs()
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			all = append(all, named{id, func() Kept { return ofSearch(h.Searches.Entry(id)) }})
		}
	}
	slices.SortStableFunc(all, func(a, b named) int {
		beganA, _ := beganAt(a.id)
		beganB, _ := beganAt(b.id)
		return beganB.Compare(beganA) // within a second the stores know the order
	})
	return all, nil
}

// A named is what was kept and is not read yet.
type named struct {
	id   string
	read func() Kept
}

func ofRun(e store.Entry) Kept {
	k := Kept{
		Kind: Run, ID: e.ID, Name: e.Name, Labels: e.Labels, Target: e.Target, Model: e.Model, Complete: e.Complete,
		Headline: e.Headline, RateRPS: e.PeakRPS, SucceededRPS: e.Succeeded,
		TTFTP95MS: e.TTFTP95, E2EP95MS: e.E2EP95, ErrorRate: e.ErrorRate, CostUSD: e.CostUSD,
	}
	k.began(e.StartedAt, e.Broken)
	if e.Complete {
		k.DurationS, k.Status, k.ExitCode, k.Requests = new(e.Duration.Seconds()), &e.Status, &e.ExitCode, &e.Scheduled
	}
	return k
}

func ofSearch(e searches.Entry) Kept {
	k := Kept{Kind: Search, ID: e.ID, Complete: e.Complete}
	if e.Broken != nil {
		k.began(time.Time{}, e.Broken)
		return k
	}
	d := e.Document
	k.began(d.StartedAt, nil)
	k.Name, k.Labels, k.Headline, k.CostUSD = d.Name, d.Labels, d.Verdict.Headline, d.CostUSD
	k.RateRPS, k.Confirmed = d.Capacity.RPS, &d.Capacity.Confirmed
	if sc := d.Scenario; sc != nil {
		k.Target, k.Model = store.TargetOf(sc.Target.URL), sc.Target.Model
	}
	if e.Complete {
		k.DurationS, k.Status, k.ExitCode = &d.DurationS, &d.Verdict.Status, &d.Verdict.ExitCode
	}
	return k
}

// began says when it began, or why nobody knows.
func (k *Kept) began(at time.Time, broken error) {
	if broken != nil {
		k.Complete, k.Broken = false, new(broken.Error())
		return
	}
	k.StartedAt = &at
}

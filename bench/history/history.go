// Package history lists what was kept, runs and searches for capacity together, the
// newest first. [List] makes a [Document] of the two stores.
package history

import (
	"cmp"
	"slices"
	"strings"
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
	Total  int    `json:"total"` // that were kept
	Kept   []Kept `json:"kept"`  // the newest first, no more than were asked for
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
	Kind      Kind       `json:"kind"`
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Target    string     `json:"target"` // host and port, or "mock"
	Model     string     `json:"model"`
	StartedAt *time.Time `json:"started_at"` // null: it cannot be read
	DurationS *float64   `json:"duration_s"` // seconds; null: it did not come to its end
	Complete  bool       `json:"complete"`   // it came to its end
	Broken    *string    `json:"broken"`     // why nothing can be told of it; null: something can

	Status   *result.Status `json:"status"` // null: it did not come to its end
	ExitCode *int           `json:"exit_code"`
	Headline string         `json:"headline"` // one sentence

	RateRPS   *float64 `json:"rate_rps"`    // requests per second: the capacity of a search, the highest rate planned of a run; null: none
	Confirmed *bool    `json:"confirmed"`   // the capacity, by a soak; null: a run
	Requests  *int64   `json:"requests"`    // scheduled; null: a search
	TTFTP95MS *float64 `json:"ttft_p95_ms"` // response time of a run
	E2EP95MS  *float64 `json:"e2e_p95_ms"`  // likewise
	ErrorRate *float64 `json:"error_rate"`  // ratio, of a run
	CostUSD   *float64 `json:"cost_usd"`    // null: the price is unknown
}

// List is what two stores hold, the newest first; limit is how many are told at most, 0:
// all of them. What is not told is not read.
func List(runs *store.Store, found *searches.Store, limit int) (*Document, error) {
	ids, err := runs.IDs()
	if err != nil {
		return nil, err
	}
	others, err := found.IDs()
	if err != nil {
		return nil, err
	}
	var all []named
	for _, id := range ids {
		all = append(all, named{id, func() Kept { return ofRun(runs.Entry(id)) }})
	}
	for _, id := range others {
		all = append(all, named{id, func() Kept { return ofSearch(found.Entry(id)) }})
	}
	slices.SortStableFunc(all, func(a, b named) int { return cmp.Compare(b.stamp(), a.stamp()) })
	d := &Document{Schema: Schema, Total: len(all), Kept: []Kept{}}
	if limit > 0 {
		all = all[:min(limit, len(all))]
	}
	for _, n := range all {
		d.Kept = append(d.Kept, n.read())
	}
	return d, nil
}

// A named is what was kept and is not read yet.
type named struct {
	id   string
	read func() Kept
}

// stamp is when it began as its id says, to the second, which even what is broken has.
// Within a second the stores know the order.
func (n named) stamp() string {
	stamp := strings.TrimPrefix(n.id, searches.Prefix)
	return stamp[:min(len(stamp), len("20060102-150405"))]
}

func ofRun(e store.Entry) Kept {
	k := Kept{
		Kind: Run, ID: e.ID, Name: e.Name, Target: e.Target, Model: e.Model, Complete: e.Complete,
		Headline: e.Headline, RateRPS: e.PeakRPS,
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
	k.Name, k.Headline, k.CostUSD = d.Name, d.Verdict.Headline, d.CostUSD
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

package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"flashwave/bench/files"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// An Entry is a run in a list. Of one that was cut off, or still goes on, only
// what was known at its beginning is told.
type Entry struct {
	ID, Dir   string
	Name      string
	Labels    map[string]string
	StartedAt time.Time
	Duration  time.Duration
	Target    string // host and port, or "mock"
	Model     string

	Complete bool  // it has ended, and its document was written
	Broken   error // why nothing can be told of it; nil if something can

	// Of complete runs. nil is "no data".
	Status    result.Status
	ExitCode  int
	Headline  string
	Scheduled int64    // requests
	PeakRPS   *float64 // the highest rate planned; also of incomplete runs
	Succeeded *float64 // requests per second
	TTFTP95   *float64 // ms, response time
	E2EP95    *float64 // ms, response time
	E2EMean   *float64 // ms, response time
	ErrorRate *float64 // 0 to 1
	CostUSD   *float64
}

// List is what the store holds, newest first. Directories in which no run can be
// found are listed as broken, not as an error.
func (s *Store) List() ([]Entry, error) {
	ids, err := s.IDs()
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(ids))
	for i, id := range ids {
		entries[i] = s.Entry(id)
	}
	return entries, nil
}

// Entry is the run of an id of [Store.IDs].
func (s *Store) Entry(id string) Entry {
	e := readEntry(s.At(id))
	e.ID = id
	return e
}

func readEntry(dir string) Entry {
	e := Entry{Dir: dir, Complete: true}
	run, err := readHead(filepath.Join(dir, runFile))
	if err != nil {
		e.Complete = false
		begun, beginErr := readHead(filepath.Join(dir, beginFile))
		if beginErr != nil {
			e.Broken = err
			if errors.Is(err, fs.ErrNotExist) {
				e.Broken = beginErr
			}
			return e
		}
		run = begun
	}
	e.describe(run)
	if e.Complete {
		e.conclude(run)
	}
	return e
}

func (e *Entry) describe(run *result.Run) {
	e.Name, e.Labels, e.StartedAt = run.Name, run.Labels, run.StartedAt
	sc := run.Scenario
	if sc == nil {
		return
	}
	e.Target, e.Model = TargetOf(sc.Target.URL), sc.Target.Model
	peak := 0.0
	for _, lane := range sc.Lanes {
		most := 0.0
		for _, w := range lane.Waves {
			if w.Rate != nil {
				most = max(most, float64(w.Rate.From), float64(w.Rate.To))
			}
		}
		peak += most
	}
	if peak > 0 {
		e.PeakRPS = &peak
	}
}

// TargetOf is what of a URL tells endpoints apart: host and port, or "mock".
func TargetOf(address string) string {
	if strings.HasPrefix(address, scenario.MockURL) {
		return "mock"
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

func (e *Entry) conclude(run *result.Run) {
	e.Duration = duration(run.DurationS)
	e.Status, e.ExitCode, e.Headline = run.Verdict.Status, run.Verdict.ExitCode, run.Verdict.Headline
	t := run.Total
	e.Scheduled, e.Succeeded, e.ErrorRate = t.Requests.Scheduled, t.Rate.Succeeded, t.ErrorRate
	if l := t.Latency.TTFT.Response; l != nil {
		e.TTFTP95 = &l.P95
	}
	if l := t.Latency.E2E.Response; l != nil {
		e.E2EP95, e.E2EMean = &l.P95, &l.Mean
	}
	if t.Cost != nil {
		e.CostUSD = &t.Cost.Total
	}
}

// maxHead bounds what is read of a document for a list: a hundred times what stands
// before the waves.
const maxHead = 16 << 20

// readHead reads a document up to its waves: they and the timeline are most of it,
// and a list does not tell of them.
func readHead(path string) (run *result.Run, err error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	run = &result.Run{}
	limited := &io.LimitedReader{R: f, N: maxHead}
	d := json.NewDecoder(limited)
	defer func() {
		if err != nil && limited.N <= 0 {
			run, err = nil, fmt.Errorf("%s has more than %d MiB before its waves: it is not read", path, maxHead>>20)
		}
	}()
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.Join(fmt.Errorf("%s is not a run of flashwave", path), err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%s is broken: %w", path, err)
		}
		if key == "waves" && run.Schema != "" {
			break
		}
		if err := d.Decode(field(run, key)); err != nil {
			return nil, fmt.Errorf("%s is broken: %w", path, err)
		}
	}
	if run.Schema != result.Schema {
		return nil, fmt.Errorf("%s has the schema %q, not %q", path, run.Schema, result.Schema)
	}
	return run, nil
}

// field is where the value of a key of the document belongs.
func field(run *result.Run, key json.Token) any {
	switch key {
	case "schema":
		return &run.Schema
	case "name":
		return &run.Name
	case "labels":
		return &run.Labels
	case "started_at":
		return &run.StartedAt
	case "duration_s":
		return &run.DurationS
	case "scenario":
		return &run.Scenario
	case "verdict":
		return &run.Verdict
	case "total":
		return &run.Total
	}
	return new(json.RawMessage)
}

// Package store keeps runs on disk: while they go on, so that one that was cut
// off is not lost, and as the document they end in.
//
// [Open] a store, [Store.Create] a journal for a new run, [Store.Load] an earlier
// one by whatever a person calls it.
//
// # A run's directory
//
// Each run has a directory of its own, named by its id, and writes these files:
//
//	begin.json      the document as it was when the run began
//	intervals.hlog  HdrHistogram log, tags wave/metric (/queue/CLASS/wait of the tasks of a
//	                queue): seconds for the first ten minutes, then full minutes
//	tail.hlog       the same for the seconds of the current minute
//	events.jsonl    events, and a row of counters a second, those of a queue as well, one JSON
//	                object a line
//	run.json        the document, once the run has ended
//
// The logs are written every second, so a process that is killed loses the last
// second at most, and [Store.Load] makes the document of what is there. Before
// each line of a histogram log a comment holds what the histogram itself does not
// say exactly, its count, sum, minimum and maximum:
//
//	#[Totals: 187,39812345678,12345678,912345678,0]
//	Tag=sale/rush/ttft,12.000000,1.000000,912.345678,HISTFAAAA…
package store

import (
	"time"

	"flashwave/bench/archive"
)

// The files of a run.
const (
	beginFile     = "begin.json"
	intervalsFile = "intervals.hlog"
	tailFile      = "tail.hlog"
	eventsFile    = "events.jsonl"
	runFile       = "run.json"
)

// A Store is an archive of runs: a directory that holds their directories and nothing else.
// It is safe for concurrent use, by several processes too. Errors about references and
// documents are *[archive.Error].
type Store struct{ archive.Archive }

// notRunHint is how a run may be named.
const notRunHint = "give the run.json of a run, its directory, its id or \"latest\""

// Kind is what a store keeps.
var Kind = archive.Kind{One: "run", Many: "runs", Named: notRunHint}

// Open opens the store in dir; "" is the user's own, flashwave/runs below
// $XDG_STATE_HOME. Nothing is created before the first run.
func Open(dir string) (*Store, error) {
	a, err := archive.Open(Kind, dir)
	if err != nil {
		return nil, err
	}
	return &Store{a}, nil
}

// Create makes the directory of a new run, named by its id.
func (s *Store) Create(now time.Time) (*Journal, error) {
	id, dir, err := s.Archive.Create(now)
	if err != nil {
		return nil, err
	}
	return newJournal(id, dir), nil
}

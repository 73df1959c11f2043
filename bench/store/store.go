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
//	intervals.hlog  HdrHistogram log, tags wave/metric: seconds for the first ten
//	                minutes, then full minutes
//	tail.hlog       the same for the seconds of the current minute
//	events.jsonl    events, and a row of counters a second, one JSON object a line
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
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/adrg/xdg"
)

// The files of a run.
const (
	beginFile     = "begin.json"
	intervalsFile = "intervals.hlog"
	tailFile      = "tail.hlog"
	eventsFile    = "events.jsonl"
	runFile       = "run.json"
)

// A Store is a directory that holds run directories and nothing else. It is safe
// for concurrent use, by several processes too.
type Store struct{ dir string }

// Open opens the store in dir; "" is the user's own, flashwave/runs below
// $XDG_STATE_HOME. Nothing is created before the first run.
func Open(dir string) (*Store, error) {
	if dir == "" {
		dir = filepath.Join(xdg.StateHome, "flashwave", "runs")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, &Error{Message: "the directory of runs cannot be told", Hint: "set XDG_STATE_HOME to an absolute path", cause: err}
	}
	return &Store{dir: dir}, nil
}

// Dir is the store's directory. It may not exist yet.
func (s *Store) Dir() string { return s.dir }

// maxSameSecond bounds how many runs of one second get an id.
const maxSameSecond = 1000

// Create makes the directory of a new run. Its id is the time in UTC, such as
// 20261123-222601; a run of the same second gets -2 behind it, and so on. Two
// processes never get the same.
func (s *Store) Create(now time.Time) (*Journal, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, unwritable(s.dir, err)
	}
	stamp := now.UTC().Format(idLayout)
	for n := 1; n <= maxSameSecond; n++ {
		id := stamp
		if n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		dir := filepath.Join(s.dir, id)
		err := os.Mkdir(dir, 0o700)
		switch {
		case err == nil:
			return newJournal(id, dir), nil
		case !errors.Is(err, fs.ErrExist):
			return nil, unwritable(s.dir, err)
		}
	}
	return nil, &Error{Message: fmt.Sprintf("%d runs began in the second of %s already", maxSameSecond, stamp), Hint: "try again"}
}

func unwritable(dir string, err error) error {
	return &Error{
		Message: "runs cannot be kept in " + dir,
		Hint:    "make it writable, set XDG_STATE_HOME to a place that is, or run with --no-save",
		cause:   err,
	}
}

// An Error says what is wrong with a stored run, and what to do about it.
type Error struct {
	Message string
	Hint    string // "" if there is nothing to suggest
	cause   error
}

// Error is the message and its cause. The hint is apart, in Hint.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	var path *fs.PathError
	if errors.As(e.cause, &path) { // the message names the path
		return e.Message + ": " + path.Err.Error()
	}
	return e.Message + ": " + e.cause.Error()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.cause }

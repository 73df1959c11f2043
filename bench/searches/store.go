// Package searches keeps searches for capacity on disk: step by step while they go on,
// so that one that was cut off can be shown and gone on with, and as the document they
// end in.
//
// [Open] a store, [Store.Create] a journal for a new search, [Store.Resume] one that was
// cut off, [Store.Load] an earlier one by its id.
//
// # A search's directory
//
// Each search has a directory of its own, named by its id, and writes these files:
//
//	begin.json     what was known when it began: the scenario, the bounds, the price
//	steps.jsonl    each step when it had ended, and once a second what was spent
//	capacity.json  the document, once the search has ended
//
// Every line of steps.jsonl is on disk before the search goes on: a process that is
// killed loses the step that was on its way, and nothing else.
package searches

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flashwave/bench/archive"
	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
)

// The files of a search.
const (
	beginFile    = "begin.json"
	stepsFile    = "steps.jsonl"
	documentFile = "capacity.json"
)

// Prefix begins the id of every search, so that it is never taken for a run.
const Prefix = "capacity-"

// Kind is what a store keeps.
var Kind = archive.Kind{One: "search", Many: "searches", Prefix: Prefix, Named: "give the capacity.json of a search, its directory, its id or \"latest\""}

// A Store is an archive of searches: a directory that holds their directories and nothing
// else. It is safe for concurrent use, by several processes too. Errors about references and
// documents are *[archive.Error].
type Store struct{ archive.Archive }

// Open opens the store in dir; "" is the user's own, flashwave/searches below
// $XDG_STATE_HOME. Nothing is created before the first search.
func Open(dir string) (*Store, error) {
	a, err := archive.Open(Kind, dir)
	if err != nil {
		return nil, err
	}
	return &Store{a}, nil
}

// Create makes the directory of a new search, named by its id.
func (s *Store) Create(now time.Time) (*Journal, error) {
	id, dir, err := s.Archive.Create(now)
	if err != nil {
		return nil, err
	}
	return &Journal{id: id, dir: dir}, nil
}

// Means reports whether a reference is meant for a search: it begins as their ids do, or
// is the directory of one.
func (s *Store) Means(ref string) bool {
	if !strings.HasPrefix(filepath.Base(ref), Prefix) {
		return false
	}
	info, err := os.Stat(ref)
	return err != nil || info.IsDir()
}

// Load finds a search and reads it. ref is what [archive.Archive.Path] takes: an id or the
// unique beginning of one, "latest", a search's directory, or the file of a document. That of a
// search that was cut off, or still goes on, is made of the steps that were kept.
func (s *Store) Load(ref string) (*capacity.Document, error) {
	path, err := s.Path(ref)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return readDocument(path)
	}
	return loadDir(path)
}

// loadDir reads the document of a search, or else makes it of the steps that were kept.
func loadDir(dir string) (*capacity.Document, error) {
	doc, err := readDocument(filepath.Join(dir, documentFile))
	if err == nil {
		return doc, nil
	}
	past, pastErr := read(dir)
	if pastErr != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, pastErr
		}
		return nil, err
	}
	doc, err = search.Rebuild(past)
	if err != nil {
		return nil, &archive.Error{Message: "the search " + filepath.Base(dir) + " cannot be shown", Hint: "was it changed by hand?", Cause: err}
	}
	return doc, nil
}

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
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"flashwave/bench/capacity"
)

// The files of a search.
const (
	beginFile    = "begin.json"
	stepsFile    = "steps.jsonl"
	documentFile = "capacity.json"
)

// Prefix begins the id of every search, so that it is never taken for a run.
const Prefix = "capacity-"

// idLayout is the time at which a search began, in UTC, as its id says it.
const idLayout = "20060102-150405"

// maxSameSecond bounds how many searches of one second get an id.
const maxSameSecond = 1000

// A Store is a directory that holds the directories of searches and nothing else. It is
// safe for concurrent use, by several processes too.
type Store struct{ dir string }

// Open opens the store in dir; "" is the user's own, flashwave/searches below
// $XDG_STATE_HOME. Nothing is created before the first search.
func Open(dir string) (*Store, error) {
	if dir == "" {
		dir = filepath.Join(xdg.StateHome, "flashwave", "searches")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, &Error{Message: "the directory of searches cannot be told", Hint: "set XDG_STATE_HOME to an absolute path", cause: err}
	}
	return &Store{dir: dir}, nil
}

// Dir is the store's directory. It may not exist yet.
func (s *Store) Dir() string { return s.dir }

// Create makes the directory of a new search. Its id says when it began; two processes
// never get the same.
func (s *Store) Create(now time.Time) (*Journal, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, s.unwritable(err)
	}
	stamp := Prefix + now.UTC().Format(idLayout)
	for n := 1; n <= maxSameSecond; n++ {
		id := stamp
		if n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		dir := filepath.Join(s.dir, id)
		err := os.Mkdir(dir, 0o700)
		if err == nil {
			return &Journal{id: id, dir: dir}, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, s.unwritable(err)
		}
	}
	return nil, &Error{Message: fmt.Sprintf("%d searches began in this second already", maxSameSecond), Hint: "try again"}
}

func (s *Store) unwritable(err error) error {
	return &Error{
		Message: "searches cannot be kept in " + s.dir,
		Hint:    "make it writable, set XDG_STATE_HOME to a place that is, or search with --no-save",
		cause:   err,
	}
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

// Load finds a search and reads it. ref is a search's id or the unique beginning of one,
// "latest", a search's directory, or the file of a document. That of a search that was
// cut off, or still goes on, is made of the steps that were kept.
func (s *Store) Load(ref string) (*capacity.Document, error) {
	if s.isFile(ref) {
		return readDocument(ref)
	}
	id, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	dir := s.at(id)
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
	doc, err = capacity.Rebuild(past)
	if err != nil {
		return nil, &Error{Message: "the search " + id + " cannot be shown", Hint: "was it changed by hand?", cause: err}
	}
	return doc, nil
}

// isFile reports whether a reference is the file of a document: an id wins over a file
// of that name, a file over the beginning of an id.
func (s *Store) isFile(ref string) bool {
	info, err := os.Stat(ref)
	if err != nil || info.IsDir() || ref == latest {
		return false
	}
	if filepath.Base(ref) != ref {
		return true
	}
	_, err = os.Stat(filepath.Join(s.dir, ref))
	return err != nil
}

// latest is the newest search, whatever its id.
const latest = "latest"

// at is the directory of a search.
func (s *Store) at(id string) string {
	if filepath.Base(id) != id {
		return id
	}
	return filepath.Join(s.dir, id)
}

// find is the id, or the directory, that ref means. "latest" is the newest search.
func (s *Store) find(ref string) (string, error) {
	if info, err := os.Stat(ref); err == nil && info.IsDir() && filepath.Base(ref) != ref {
		return filepath.Clean(ref), nil
	}
	ids, err := s.IDs()
	if err != nil {
		return "", err
	}
	if ref == latest && len(ids) > 0 {
		return ids[0], nil
	}
	var matches []string
	for _, id := range ids {
		if id == ref {
			return id, nil
		}
		if strings.HasPrefix(id, ref) {
			matches = append(matches, id)
		}
	}
	switch {
	case len(matches) == 1 && ref != "":
		return matches[0], nil
	case len(matches) > 1 && ref != "":
		return "", &Error{Message: fmt.Sprintf("%d searches begin with %q", len(matches), ref), Hint: "write more of it: " + some(matches)}
	case len(ids) == 0:
		return "", &Error{Message: fmt.Sprintf("there is no search %q", ref), Hint: "no search has been kept in " + s.dir + " yet"}
	}
	return "", &Error{Message: fmt.Sprintf("there is no search %q", ref), Hint: fmt.Sprintf("there are %d: %s", len(ids), some(ids))}
}

// some lists a few ids.
func some(ids []string) string {
	const few = 5
	if len(ids) <= few {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:few], ", ") + ", …"
}

// IDs are the names of the directories, newest first.
func (s *Store) IDs() ([]string, error) {
	found, err := os.ReadDir(s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &Error{Message: s.dir, Hint: "is it readable?", cause: err}
	}
	var ids []string
	for _, f := range found {
		if f.IsDir() {
			ids = append(ids, f.Name())
		}
	}
	slices.SortFunc(ids, func(a, b string) int { // -10 is after -9
		if n := len(b) - len(a); n != 0 && strings.HasPrefix(a, b[:min(len(b), len(Prefix+idLayout))]) {
			return n
		}
		return strings.Compare(b, a)
	})
	return ids, nil
}

// An Error says what is wrong with a search that was kept, and what to do about it.
type Error struct {
	Message string
	Hint    string
	cause   error
}

// Error is the message and its cause. The hint is apart, in Hint.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.Message
	}
	var of *fs.PathError
	if errors.As(e.cause, &of) { // the message names the path
		return e.Message + ": " + of.Err.Error()
	}
	return e.Message + ": " + e.cause.Error()
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.cause }

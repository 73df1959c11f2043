package searches

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"flashwave/bench/archive"
	"flashwave/bench/capacity"
	"flashwave/bench/files"
)

// An Entry is a search in a list.
type Entry struct {
	ID       string
	Document *capacity.Document // as far as it came; nil: it is broken
	Complete bool               // it came to its end, or was ended
	Broken   error              // why nothing can be told of it; nil if something can
}

// List is what the store holds, newest first. Searches that cannot be read are listed as
// broken, not as an error.
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

// Entry is the search of an id of [Store.IDs].
func (s *Store) Entry(id string) Entry {
	e := Entry{ID: id}
	e.Document, e.Broken = loadDir(s.At(id))
	if e.Broken == nil {
		_, missing := os.Stat(filepath.Join(s.At(id), documentFile))
		e.Complete = missing == nil
	}
	return e
}

// Remove removes a search for good, by its whole id. One that still goes on is not.
func (s *Store) Remove(id string) error {
	return s.holding(id, func(dir string) error {
		if err := os.RemoveAll(dir); err != nil {
			return &archive.Error{Message: "the search " + id + " cannot be removed", Hint: "is it yours?", Cause: err}
		}
		return nil
	})
}

// Edit changes the document of a search, by its whole id: the one that it ended in, and
// the one that it began with, from which it may go on. One that still goes on is not
// changed.
func (s *Store) Edit(id string, c files.Change) error {
	return s.holding(id, func(dir string) error {
		cannot := func(err error) error {
			return &archive.Error{Message: "the search " + id + " cannot be changed", Hint: "is it yours, and whole?", Cause: err}
		}
		begin := files.EditJSON(filepath.Join(dir, beginFile), maxDocument, "document", c)
		if begin != nil && !errors.Is(begin, fs.ErrNotExist) {
			return cannot(begin)
		}
		err := files.EditJSON(filepath.Join(dir, documentFile), maxDocument, "", c)
		if err != nil && (begin != nil || !errors.Is(err, fs.ErrNotExist)) {
			return cannot(err)
		}
		return nil
	})
}

// GoesOn reports whether a search of [Store.IDs] still goes on.
func (s *Store) GoesOn(id string) bool {
	return errors.Is(s.holding(id, func(string) error { return nil }), errGoesOn)
}

// errGoesOn is the cause of errors about a search that somebody holds.
var errGoesOn = errors.New("its log is open")

// holding does something with a search's directory while no other process goes on with
// the search, or changes it.
func (s *Store) holding(id string, do func(dir string) error) error {
	if err := s.Has(id); err != nil {
		return err
	}
	dir := s.At(id)
	f, err := os.OpenFile(filepath.Join(dir, stepsFile), os.O_RDWR, 0)
	switch {
	case err == nil:
		defer func() { _ = f.Close() }() // nothing was written
		if files.Lock(f) != nil {
			return &archive.Error{Message: "the search " + id + " still goes on", Hint: "wait for its end, or end it there", Cause: errGoesOn}
		}
	case !errors.Is(err, os.ErrNotExist):
		return &archive.Error{Message: "the search " + id + " cannot be changed", Hint: "is it yours?", Cause: err}
	}
	return do(dir)
}

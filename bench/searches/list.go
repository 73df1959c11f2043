package searches

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	e.Document, e.Broken = s.Load(filepath.Join(s.dir, id))
	if e.Broken == nil {
		_, missing := os.Stat(filepath.Join(s.dir, id, documentFile))
		e.Complete = missing == nil
	}
	return e
}

// Has reports whether the store holds a search of this very id; if not, the error says
// what there is.
func (s *Store) Has(id string) error {
	ids, err := s.IDs()
	if err != nil || slices.Contains(ids, id) {
		return err
	}
	e := &Error{Message: fmt.Sprintf("there is no search of the id %q", id), Hint: "flashwave runs lists them"}
	like := slices.DeleteFunc(ids, func(other string) bool { return id == "" || !strings.HasPrefix(other, id) })
	if len(like) > 0 {
		e.Hint = "write the whole id: " + some(like)
	}
	return e
}

// Remove removes a search for good, by its whole id. One that still goes on is not.
func (s *Store) Remove(id string) error {
	if err := s.Has(id); err != nil {
		return err
	}
	dir := filepath.Join(s.dir, id)
	f, err := os.OpenFile(filepath.Join(dir, stepsFile), os.O_RDWR, 0)
	switch {
	case err == nil:
		defer func() { _ = f.Close() }() // nothing was written
		if files.Lock(f) != nil {
			return &Error{Message: "the search " + id + " still goes on", Hint: "wait for its end, or end it there"}
		}
	case !errors.Is(err, os.ErrNotExist):
		return &Error{Message: "the search " + id + " cannot be removed", Hint: "is it yours?", cause: err}
	}
	if err := os.RemoveAll(dir); err != nil {
		return &Error{Message: "the search " + id + " cannot be removed", Hint: "is it yours?", cause: err}
	}
	return nil
}

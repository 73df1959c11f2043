package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"flashwave/bench/files"
)

// quiet is how long nothing was written of a run that does not go on any more: it begins
// soon, and its logs are written every second.
const quiet = 10 * time.Second

// Has reports whether the store holds a run of this very id; if not, the error says what
// there is.
func (s *Store) Has(id string) error {
	ids, err := s.IDs()
	if err != nil || slices.Contains(ids, id) {
		return err
	}
	e := &Error{Message: fmt.Sprintf("there is no run of the id %q", id), Hint: "flashwave runs lists them"}
	like := slices.DeleteFunc(ids, func(other string) bool { return id == "" || !strings.HasPrefix(other, id) })
	if len(like) > 0 {
		e.Hint = "write the whole id: " + some(like)
	}
	return e
}

// Remove removes a run for good, by its whole id. One that goes on is not.
func (s *Store) Remove(id string, now time.Time) error {
	if err := s.Has(id); err != nil {
		return err
	}
	dir := filepath.Join(s.dir, id)
	if goesOn(dir, now) {
		return &Error{Message: "the run " + id + " still goes on", Hint: "wait for its end, or end it there; what was cut off can be removed after ten seconds"}
	}
	if err := os.RemoveAll(dir); err != nil {
		return &Error{Message: "the run " + id + " cannot be removed", Hint: "is it yours?", cause: err}
	}
	return nil
}

// goesOn reports whether a run has not come to its end: it has no document, and its log is
// open, in a process that is stopped or waits for the disk too, or something of it was
// written a moment ago.
func goesOn(dir string, now time.Time) bool {
	if _, err := os.Stat(filepath.Join(dir, runFile)); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	log, err := os.OpenFile(filepath.Join(dir, eventsFile), os.O_RDWR, 0)
	if err == nil {
		defer func() { _ = log.Close() }() // nothing was written
		if files.Lock(log) != nil {
			return true
		}
	}
	return now.Sub(newest(dir)) < quiet
}

// newest is when anything in a directory, or the directory itself, was changed last.
func newest(dir string) (at time.Time) {
	if info, err := os.Stat(dir); err == nil {
		at = info.ModTime()
	}
	list, _ := os.ReadDir(dir) // what cannot be read tells nothing
	for _, f := range list {
		if info, err := f.Info(); err == nil && info.ModTime().After(at) {
			at = info.ModTime()
		}
	}
	return at
}

package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"flashwave/bench/archive"
	"flashwave/bench/files"
)

// quiet is how long nothing was written of a run that does not go on any more: it begins
// soon, and its logs are written every second.
const quiet = 10 * time.Second

// Remove removes a run for good, by its whole id. One that goes on is not.
func (s *Store) Remove(id string, now time.Time) error {
	return s.holding(id, now, func(dir string) error {
		if err := os.RemoveAll(dir); err != nil {
			return &archive.Error{Message: "the run " + id + " cannot be removed", Hint: "is it yours?", Cause: err}
		}
		return nil
	})
}

// Edit changes the document of a run, by its whole id; of one that was cut off, what is
// known of its beginning. One that goes on is not changed: it writes its document at its
// end, from what it knew at its beginning.
func (s *Store) Edit(id string, now time.Time, c files.Change) error {
	return s.holding(id, now, func(dir string) error {
		path := filepath.Join(dir, runFile)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			path = filepath.Join(dir, beginFile)
		}
		if err := files.EditJSON(path, maxDocument, "", c); err != nil {
			return &archive.Error{Message: "the run " + id + " cannot be changed", Hint: "is it yours, and whole?", Cause: err}
		}
		return nil
	})
}

// GoesOn reports whether a run of [Store.IDs] has not come to its end.
func (s *Store) GoesOn(id string, now time.Time) bool {
	err := s.holding(id, now, func(string) error { return nil })
	return errors.Is(err, errGoesOn)
}

// errGoesOn is the cause of errors about a run that has not come to its end.
var errGoesOn = errors.New("it has no document yet")

// holding does something with a run's directory while no other process changes it, unless
// the run goes on. That is one that has no document, and whose log is open, in a process
// that is stopped or waits for the disk too, or of which something was written a moment
// ago.
func (s *Store) holding(id string, now time.Time, do func(dir string) error) error {
	if err := s.Has(id); err != nil {
		return err
	}
	dir := s.At(id)
	_, err := os.Stat(filepath.Join(dir, runFile))
	ended := !errors.Is(err, fs.ErrNotExist)
	goesOn := &archive.Error{Message: "the run " + id + " still goes on", Hint: "wait for its end, or end it there; what was cut off can be changed or removed after ten seconds", Cause: errGoesOn}
	if !ended && now.Sub(newest(dir)) < quiet { // its own process may be about to lock its log
		return goesOn
	}
	if log, err := os.OpenFile(filepath.Join(dir, eventsFile), os.O_RDWR, 0); err == nil {
		defer func() { _ = log.Close() }() // nothing was written
		switch locked := files.Lock(log); {
		case locked != nil && !ended:
			return goesOn
		case locked != nil:
			return &archive.Error{Message: "the run " + id + " is being changed", Hint: "try again"}
		}
	}
	return do(dir)
}

// newest is when something was written to the logs of a run last, or, before there are
// any, when its directory was made.
func newest(dir string) (at time.Time) {
	for _, name := range []string{eventsFile, intervalsFile, tailFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.ModTime().After(at) {
			at = info.ModTime()
		}
	}
	if info, err := os.Stat(dir); err == nil && at.IsZero() {
		at = info.ModTime()
	}
	return at
}

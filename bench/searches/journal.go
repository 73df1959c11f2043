package searches

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"

	"flashwave/bench/archive"
	"flashwave/bench/capacity"
	"flashwave/bench/files"
)

// A Journal keeps one search while it goes on; see [capacity.Journal]. Nobody else can
// resume the search meanwhile.
type Journal struct {
	id, dir string
	steps   *os.File // nil before Begin, and after End
}

// ID is the search's id.
func (j *Journal) ID() string { return j.id }

// Discard removes the directory of a search that never began.
func (j *Journal) Discard() error { return os.Remove(j.dir) }

// Begin implements [capacity.Journal].
func (j *Journal) Begin(b capacity.Begun) error {
	if err := files.WriteJSON(filepath.Join(j.dir, beginFile), b); err != nil {
		return j.incomplete(err)
	}
	f, err := os.OpenFile(filepath.Join(j.dir, stepsFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err == nil {
		err = files.Lock(f)
	}
	if err != nil {
		return j.incomplete(err)
	}
	j.steps = f
	return nil
}

// Note implements [capacity.Journal].
func (j *Journal) Note(n capacity.Note) error { return j.add(line{Note: &n}) }

// add writes one line, and waits until it is on disk.
func (j *Journal) add(l line) error {
	if j.steps == nil {
		return j.incomplete(os.ErrClosed)
	}
	text, err := json.Marshal(l)
	if err == nil {
		_, err = j.steps.Write(append(text, '\n'))
	}
	if err == nil {
		err = j.steps.Sync()
	}
	if err != nil {
		return j.incomplete(err)
	}
	return nil
}

// End implements [capacity.Journal]. The document is written even if the log broke.
func (j *Journal) End(doc *capacity.Document, goesOn bool) error {
	var errs []error
	if j.steps != nil {
		over := !goesOn
		errs = append(errs, j.add(line{Over: &over}))
	}
	if err := files.WriteJSON(filepath.Join(j.dir, documentFile), doc); err != nil {
		errs = append(errs, j.incomplete(err))
	}
	j.Close()
	return errors.Join(errs...)
}

// Close lets go of a search that does not go on: others may resume it.
func (j *Journal) Close() {
	if j.steps != nil {
		_ = j.steps.Close() // every line was synced
		j.steps = nil
	}
}

func (j *Journal) incomplete(err error) error {
	var own *archive.Error
	if errors.As(err, &own) {
		return err
	}
	return &archive.Error{Message: "the log of the search in " + j.dir + " is incomplete", Hint: "free some space, or search with --no-save", Cause: err}
}

// Resume opens a search that was cut off, to go on with it. The answer is what was kept
// of it, and the journal that keeps what is to come. An error says why it cannot go on:
// it has come to its end, or still goes on elsewhere.
func (s *Store) Resume(ref string) (*capacity.Past, *Journal, error) {
	dir, err := s.Path(ref)
	if err != nil {
		return nil, nil, err
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, nil, &archive.Error{Message: ref + " is a file, and no search that was cut off", Hint: "give its id, or its directory"}
	}
	if _, err := read(dir); err != nil { // before a log is made in a directory that is none of ours
		return nil, nil, err
	}
	j := &Journal{id: filepath.Base(dir), dir: dir}
	if err := j.reopen(); err != nil {
		return nil, nil, err
	}
	past, err := read(j.dir)
	if err == nil && past.Over {
		err = &archive.Error{Message: "the search " + j.id + " has come to its end", Hint: "flashwave report " + j.id + " shows it; leave --resume out to search again"}
	}
	if err != nil {
		j.Close()
		return nil, nil, err
	}
	return past, j, nil
}

// reopen opens the log of a search again, behind its last whole line.
func (j *Journal) reopen() error {
	f, err := os.OpenFile(filepath.Join(j.dir, stepsFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return j.incomplete(err)
	}
	if err = files.Lock(f); err != nil {
		_ = f.Close() // nothing was written
		return &archive.Error{Message: "the search " + j.id + " still goes on", Hint: "wait for its end, or end it there"}
	}
	end, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // nothing was written
		return j.incomplete(err)
	}
	j.steps = f
	return nil
}

// Continue is called when the search goes on: its document is none any more.
func (j *Journal) Continue() error {
	err := os.Remove(filepath.Join(j.dir, documentFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return j.incomplete(err)
	}
	return nil
}

// wholeLines is where the last complete line of a file ends.
func wholeLines(f *os.File) (end int64, err error) {
	block := make([]byte, 64<<10)
	at, err := f.Seek(0, io.SeekEnd)
	for err == nil && at > 0 {
		from := max(at-int64(len(block)), 0)
		part := block[:at-from]
		if _, err = f.ReadAt(part, from); err != nil {
			break
		}
		if n := bytes.LastIndexByte(part, '\n'); n >= 0 {
			return from + int64(n) + 1, nil
		}
		at = from
	}
	return 0, err
}

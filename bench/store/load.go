package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"flashwave/bench/files"
	"flashwave/bench/result"
)

// Load finds a run and reads it. ref is a run's id or the unique beginning of one,
// "latest", "latest~1" for the one before it and so on, a run's directory, or the
// file of a document. A run that was cut off is made of its logs: its verdict is
// inconclusive and says so. Errors about ref and about documents are *[Error].
func (s *Store) Load(ref string) (*result.Run, error) {
	path, err := s.find(ref)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &Error{Message: path, cause: err}
	case info.IsDir():
		return loadDir(path)
	}
	return ReadFile(path)
}

// loadDir reads a run's document, or else makes it of the logs.
func loadDir(dir string) (*result.Run, error) {
	run, err := ReadFile(filepath.Join(dir, runFile))
	if err == nil || errors.Is(err, errSchema) {
		return run, err
	}
	run, rebuildErr := rebuild(dir)
	switch {
	case rebuildErr == nil:
		return run, nil
	case errors.Is(rebuildErr, fs.ErrNotExist) && errors.Is(err, fs.ErrNotExist):
		return nil, &Error{Message: dir + " holds no run", Hint: notRunHint}
	case errors.Is(err, fs.ErrNotExist):
		return nil, rebuildErr
	}
	return nil, err
}

// find is the file or directory that ref means. An id wins over a file of that
// name, a file over the beginning of an id.
func (s *Store) find(ref string) (string, error) {
	if ref == "" {
		return "", &Error{Message: "no run was named", Hint: notRunHint}
	}
	if _, err := os.Stat(ref); err == nil && filepath.Base(ref) != ref {
		return ref, nil
	}
	ids, err := s.IDs()
	if err != nil {
		return "", err
	}
	if back, ok, err := latest(ref); ok || err != nil {
		if err == nil && back < len(ids) {
			return filepath.Join(s.dir, ids[back]), nil
		}
		return "", s.noSuch(ref, ids, err)
	}
	var matches []string
	for _, id := range ids {
		if id == ref {
			return filepath.Join(s.dir, id), nil
		}
		if strings.HasPrefix(id, ref) {
			matches = append(matches, id)
		}
	}
	if _, err := os.Stat(ref); err == nil {
		return ref, nil
	}
	switch len(matches) {
	case 0:
		return "", s.noSuch(ref, ids, nil)
	case 1:
		return filepath.Join(s.dir, matches[0]), nil
	}
	return "", &Error{
		Message: fmt.Sprintf("%d runs begin with %q", len(matches), ref),
		Hint:    "write more of it: " + some(matches),
	}
}

// Find is the whole id of a run that this store holds: ref is an id or the unique
// beginning of one, "latest" or "latest~N".
func (s *Store) Find(ref string) (string, error) {
	path, err := s.find(ref)
	if err != nil {
		return "", err
	}
	if filepath.Dir(path) != s.dir {
		return "", &Error{Message: ref + " is a path, and no id", Hint: "flashwave runs lists them"}
	}
	return filepath.Base(path), nil
}

// Size is how many bytes a run of [Store.IDs] takes on disk.
func (s *Store) Size(id string) int64 { return files.Size(filepath.Join(s.dir, id)) }

// latest reads "latest" and "latest~N".
func latest(ref string) (back int, ok bool, err error) {
	rest, ok := strings.CutPrefix(ref, "latest")
	if !ok || rest == "" {
		return 0, ok, nil
	}
	number, ok := strings.CutPrefix(rest, "~")
	if !ok {
		return 0, false, nil
	}
	back, err = strconv.Atoi(number)
	if err != nil || back < 0 {
		return 0, false, errors.New("write latest~1 for the run before the latest")
	}
	return back, true, nil
}

// noSuch is the error of a reference that means no run.
func (s *Store) noSuch(ref string, ids []string, why error) error {
	e := &Error{Message: fmt.Sprintf("there is no run %q", ref)}
	switch {
	case why != nil:
		e.Hint = why.Error()
	case strings.ContainsRune(ref, os.PathSeparator):
		e.Message, e.Hint = ref+" does not exist", notRunHint
	case len(ids) == 0:
		e.Hint = "no run has been kept in " + s.dir + " yet"
	default:
		e.Hint = fmt.Sprintf("there are %d: %s", len(ids), some(ids))
	}
	return e
}

// some lists a few ids.
func some(ids []string) string {
	const few = 5
	if len(ids) <= few {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:few], ", ") + ", …"
}

// IDs are the names of the run directories, newest first.
func (s *Store) IDs() ([]string, error) {
	found, err := os.ReadDir(s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &Error{Message: s.dir, cause: err}
	}
	var ids []string
	for _, f := range found {
		if f.IsDir() {
			ids = append(ids, f.Name())
		}
	}
	newestFirst(ids)
	return ids, nil
}

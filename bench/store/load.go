package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"flashwave/bench/archive"
	"flashwave/bench/result"
)

// Load finds a run and reads it. ref is a run's id or the unique beginning of one,
// "latest", "latest~1" for the one before it and so on, a run's directory, or the
// file of a document. A run that was cut off is made of its logs: its verdict is
// inconclusive and says so. Errors about ref and about documents are *[Error].
func (s *Store) Load(ref string) (*result.Run, error) {
	path, err := s.Path(ref)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &archive.Error{Message: path, Cause: err}
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
		return nil, &archive.Error{Message: dir + " holds no run", Hint: notRunHint}
	case errors.Is(err, fs.ErrNotExist):
		return nil, rebuildErr
	}
	return nil, err
}

package store

import (
	"errors"
	"os"
	"path/filepath"

	"flashwave/bench/archive"
	"flashwave/bench/result"
)

// LoadAll reads what ref means: a run, as [Store.Load] finds it, or else every run
// of a directory that holds documents (*.json) or runs' directories, in the order
// of their names. Files there that are documents of another kind are left out.
func (s *Store) LoadAll(ref string) ([]*result.Run, error) {
	run, err := s.Load(ref)
	if err == nil {
		return []*result.Run{run}, nil
	}
	if info, statErr := os.Stat(ref); statErr != nil || !info.IsDir() {
		return nil, err
	}
	files, listErr := os.ReadDir(ref)
	if listErr != nil {
		return nil, &archive.Error{Message: ref, Cause: listErr}
	}
	var list []*result.Run
	for _, f := range files {
		path := filepath.Join(ref, f.Name())
		var run *result.Run
		var runErr error
		switch {
		case f.IsDir() && holdsRun(path):
			run, runErr = loadDir(path)
		case !f.IsDir() && filepath.Ext(path) == ".json":
			run, runErr = ReadFile(path)
		default:
			continue
		}
		switch {
		case errors.Is(runErr, errSchema):
		case runErr != nil:
			return nil, runErr
		default:
			list = append(list, run)
		}
	}
	if len(list) == 0 {
		return nil, err
	}
	return list, nil
}

// holdsRun reports whether a directory has the document of a run or its beginning.
func holdsRun(dir string) bool {
	for _, name := range []string{runFile, beginFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

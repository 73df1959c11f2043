// Package archive keeps what began at some instant in a directory of its own, named by that
// instant: runs, and searches for capacity. Their stores build on it; what is in such a
// directory is theirs.
//
// [Open] an archive, [Archive.Create] a directory, [Archive.Path] finds an earlier one by
// whatever a person calls it.
package archive

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

	"flashwave/bench/files"
)

// A Kind is what an archive keeps.
type Kind struct {
	One, Many string // in words: run, runs
	Prefix    string // of ids, before the instant
	Named     string // how one of them may be named, for a hint
}

// An Archive is a directory that holds directories of one kind and nothing else. It is safe
// for concurrent use, by several processes too.
type Archive struct {
	kind Kind
	dir  string
}

// Open opens the archive in dir; "" is the user's own, below flashwave in $XDG_STATE_HOME.
// Nothing is created before the first is kept. Every error of this package is an *[Error].
func Open(kind Kind, dir string) (Archive, error) {
	if dir == "" {
		dir = filepath.Join(xdg.StateHome, "flashwave", kind.Many)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Archive{}, &Error{Message: "the directory of " + kind.Many + " cannot be told", Hint: "set XDG_STATE_HOME to an absolute path", Cause: err}
	}
	return Archive{kind, dir}, nil
}

// Dir is where the archive is. It may not exist yet.
func (a Archive) Dir() string { return a.dir }

// maxSameSecond bounds how many of one second get an id.
const maxSameSecond = 1000

// Create makes the directory of what begins now. Its id is the time in UTC, such as
// 20261123-222601; another one of the same second gets -2 behind it, and so on. Two
// processes never get the same.
func (a Archive) Create(now time.Time) (id, dir string, err error) {
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return "", "", a.unwritable(err)
	}
	stamp := a.kind.Prefix + now.UTC().Format(stampLayout)
	for n := 1; n <= maxSameSecond; n++ {
		id := stamp
		if n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		dir := a.At(id)
		err := os.Mkdir(dir, 0o700)
		switch {
		case err == nil:
			return id, dir, nil
		case !errors.Is(err, fs.ErrExist):
			return "", "", a.unwritable(err)
		}
	}
	return "", "", &Error{Message: fmt.Sprintf("%d %s began in the second of %s already", maxSameSecond, a.kind.Many, stamp), Hint: "try again"}
}

func (a Archive) unwritable(err error) error {
	return &Error{
		Message: a.kind.Many + " cannot be kept in " + a.dir,
		Hint:    "make it writable, set XDG_STATE_HOME to a place that is, or " + a.kind.One + " with --no-save",
		Cause:   err,
	}
}

// At is the directory of an id.
func (a Archive) At(id string) string { return filepath.Join(a.dir, id) }

// IDs are the names of the directories, newest first.
func (a Archive) IDs() ([]string, error) {
	found, err := os.ReadDir(a.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &Error{Message: a.dir, Hint: "is it readable?", Cause: err}
	}
	var ids []string
	for _, f := range found {
		if f.IsDir() {
			ids = append(ids, f.Name())
		}
	}
	a.kind.newestFirst(ids)
	return ids, nil
}

// Has reports whether there is one of this very id; if not, the error says what there is.
func (a Archive) Has(id string) error {
	ids, err := a.IDs()
	if err != nil || slices.Contains(ids, id) {
		return err
	}
	e := &Error{Message: fmt.Sprintf("there is no %s of the id %q", a.kind.One, id), Hint: listHint}
	like := slices.DeleteFunc(ids, func(other string) bool { return id == "" || !strings.HasPrefix(other, id) })
	if len(like) > 0 {
		e.Hint = "write the whole id: " + some(like)
	}
	return e
}

// listHint is what helps who does not know the ids.
const listHint = "flashwave runs lists them"

// Size is how many bytes one of [Archive.IDs] takes on disk.
func (a Archive) Size(id string) int64 { return files.Size(a.At(id)) }

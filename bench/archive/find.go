package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Path is the file or directory that ref means: an id or the unique beginning of one,
// "latest", "latest~1" for the one before it and so on, or a path. An id wins over a file of
// that name, a file over the beginning of an id.
func (a Archive) Path(ref string) (string, error) {
	if ref == "" {
		return "", &Error{Message: "no " + a.kind.One + " was named", Hint: a.kind.Named}
	}
	if _, err := os.Stat(ref); err == nil && filepath.Base(ref) != ref {
		return ref, nil
	}
	ids, err := a.IDs()
	if err != nil {
		return "", err
	}
	if back, ok, err := latest(ref); ok || err != nil {
		if err == nil && back < len(ids) {
			return a.At(ids[back]), nil
		}
		return "", a.noSuch(ref, ids, err)
	}
	var matches []string
	for _, id := range ids {
		if id == ref {
			return a.At(id), nil
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
		return "", a.noSuch(ref, ids, nil)
	case 1:
		return a.At(matches[0]), nil
	}
	return "", &Error{
		Message: fmt.Sprintf("%d %s begin with %q", len(matches), a.kind.Many, ref),
		Hint:    "write more of it: " + some(matches),
	}
}

// Find is the whole id of what ref means, as [Archive.Path] reads it, if it is in the archive.
func (a Archive) Find(ref string) (string, error) {
	path, err := a.Path(ref)
	if err != nil {
		return "", err
	}
	if filepath.Dir(path) != a.dir {
		return "", &Error{Message: ref + " is a path, and no id", Hint: listHint}
	}
	return filepath.Base(path), nil
}

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
		return 0, false, errors.New("write latest~1 for the one before the latest")
	}
	return back, true, nil
}

// noSuch is the error of a reference that means nothing.
func (a Archive) noSuch(ref string, ids []string, why error) error {
	e := &Error{Message: fmt.Sprintf("there is no %s %q", a.kind.One, ref)}
	switch {
	case why != nil:
		e.Hint = why.Error()
	case strings.ContainsRune(ref, os.PathSeparator):
		e.Message, e.Hint = ref+" does not exist", a.kind.Named
	case len(ids) == 0:
		e.Hint = "no " + a.kind.One + " has been kept in " + a.dir + " yet"
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

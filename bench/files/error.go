package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
)

// An Error says why a place cannot be written to, by the name that the user gave it.
type Error struct {
	Path  string
	Hint  string // what to do; never empty
	cause error
}

// Error is the path and the cause. The hint is apart, in Hint.
func (e *Error) Error() string { return fmt.Sprintf("%s cannot be written: %v", e.Path, e.cause) }

// Unwrap is the cause, without the path that the system knows the place by.
func (e *Error) Unwrap() error { return e.cause }

// unwritable makes an error of the system one about the path that the user gave.
func unwritable(path string, err error) error {
	var of *fs.PathError
	if n := errno(err); n != 0 {
		err = n
	} else if errors.As(err, &of) {
		err = of.Err
	}
	return &Error{Path: path, Hint: hint(path, err), cause: err}
}

func hint(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "make its folder first: mkdir -p " + filepath.Dir(path)
	case errors.Is(err, fs.ErrPermission), isErrno(err, syscall.EROFS):
		return "choose a place that you may write to"
	case isErrno(err, syscall.ENOSPC):
		return "free some space, or choose another place"
	case isErrno(err, syscall.EISDIR), errors.Is(err, errFolder):
		return "name a file in it: " + filepath.Join(path, "NAME")
	case errors.Is(err, errNobody):
		return "start whoever reads it first"
	}
	return "choose another place"
}

var (
	errFolder = errors.New("it is a folder")
	errNobody = errors.New("nobody reads from it")
)

// errno is the system's error number in an error; 0: there is none.
func errno(err error) (n syscall.Errno) {
	errors.As(err, &n)
	return n
}

func isErrno(err error, n syscall.Errno) bool { return errno(err) == n }

package files

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
)

// irregular says what stands where a file was expected; nil: it is one.
func irregular(mode fs.FileMode) error {
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return errors.New("it is a folder")
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("it is a named pipe, not a file")
	case mode&fs.ModeSocket != 0:
		return errors.New("it is a socket, not a file")
	}
	return errors.New("it is a device, not a file")
}

// given is the descriptor that a path names of those that this process was started
// with, whatever they are; ok is false for any other path.
func given(path string) (fd int, ok bool) {
	switch path {
	case "/dev/stdin":
		return 0, true
	case "/dev/stdout", "-":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/"} {
		number, found := strings.CutPrefix(path, dir)
		if n, err := strconv.Atoi(number); found && err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

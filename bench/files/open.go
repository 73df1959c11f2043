package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrTooLarge is the cause of errors of [Read] about what is larger than allowed.
var ErrTooLarge = errors.New("it is too large")

// Open opens a regular file for reading, or a stream that this process was given. Its
// errors are of type *[fs.PathError].
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		var of *fs.PathError
		if errors.As(err, &of) {
			of.Op = "open"
		}
		return nil, err
	}
	if fd, ok := given(path); ok && path != "-" && !info.Mode().IsRegular() && !info.IsDir() {
		return duplicate(fd, path)
	}
	if err := irregular(info.Mode()); err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	file, err := os.OpenFile(path, os.O_RDONLY|atOnce, 0) // it may have become a pipe since
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err == nil {
		err = irregular(info.Mode())
	}
	if err != nil {
		_ = file.Close() // nothing was read
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return file, nil
}

// Read reads what [Open] opens, whole. What has more bytes than limit is not read to
// its end: the error is [ErrTooLarge] then.
func Read(path string, limit int64) ([]byte, error) {
	file, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	tooLarge := &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: %s are the most", ErrTooLarge, size(limit))}
	if info.Mode().IsRegular() && info.Size() > limit {
		return nil, tooLarge
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1)) // a pipe has no size
	if err == nil && int64(len(data)) > limit {
		return nil, tooLarge
	}
	return data, err
}

// size is a number of bytes for people.
func size(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

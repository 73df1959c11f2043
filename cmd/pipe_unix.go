//go:build unix

package cmd

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// ignoreBrokenPipes turns the end of whoever reads our output into an error of
// the write, rather than the end of this process: what was measured is kept.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }

// closedFromStart reports whether a stream was closed when flashwave was started: the
// runtime then opens the null device in its place, for reading and writing, which
// nobody does who only wants to hear nothing.
func closedFromStart(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	here, err := file.Stat()
	if err != nil {
		return true
	}
	null, err := os.Stat(os.DevNull)
	if err != nil || !os.SameFile(here, null) {
		return false
	}
	_, err = file.Read(make([]byte, 1))
	return errors.Is(err, io.EOF) // and not that it is open for writing alone
}

//go:build unix

package cmd

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipes turns the end of whoever reads our output into an error of
// the write, rather than the end of this process: what was measured is kept.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }

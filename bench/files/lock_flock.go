//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package searches

import (
	"os"
	"syscall"
)

// lock keeps other processes from writing to a file until it is closed, or this process
// has ended, however it ends.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

//go:build unix

package files

import (
	"io/fs"
	"os"
	"syscall"
)

// atOnce opens without waiting for somebody at the other end.
const atOnce = syscall.O_NONBLOCK

// duplicate opens a descriptor of this process once more. It shares its place in what
// it reads or writes with the original, which another open of the same name would not.
func duplicate(fd int, name string) (*os.File, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	again, err := syscall.Dup(fd)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	syscall.CloseOnExec(again)
	return os.NewFile(uintptr(again), name), nil
}

// noReader reports whether a pipe could not be opened because nobody reads it.
func noReader(err error) bool { return isErrno(err, syscall.ENXIO) }

// keepOwner gives a file the owner of the one that it replaces, as far as that is
// allowed.
func keepOwner(path string, old fs.FileInfo) {
	if stat, ok := old.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(path, int(stat.Uid), int(stat.Gid)) // only root may
	}
}

// standsFast reports whether a file cannot be renamed over: something is mounted there.
func standsFast(err error) bool { return isErrno(err, syscall.EBUSY) }

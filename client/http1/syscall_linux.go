//go:build linux && !race

package http1

import (
	"syscall"
	"unsafe"
)

// These calls never block, for the files do not. So they are made without telling Go's
// scheduler: that would wake the thread that looks for blocked calls, which costs more
// than the call.

func sysRead(fd int, p []byte) (int, error) { return sysCall(syscall.SYS_READ, fd, p, 0) }

func sysWrite(fd int, p []byte) (int, error) { return sysCall(syscall.SYS_WRITE, fd, p, 0) }

func sysPeek(fd int, p []byte) (int, error) {
	return sysCall(syscall.SYS_RECVFROM, fd, p, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
}

// sysCall calls what takes a file, a buffer and flags, if any.
func sysCall(call uintptr, fd int, p []byte, flags uintptr) (int, error) {
	n, _, errno := syscall.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), flags, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil //nolint:gosec // at most len(p)
}

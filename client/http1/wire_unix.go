//go:build unix

package http1

import (
	"io"
	"syscall"
)

const canTry = true

// tryRead reads what has come; [errAgain] if nothing has.
func tryRead(fd uintptr, p []byte) (int, error) {
	for {
		n, err := sysRead(int(fd), p)
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return 0, errAgain{}
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// tryWrite writes what the kernel takes at once.
func tryWrite(fd uintptr, p []byte) (n int, err error) {
	for n < len(p) {
		m, err := sysWrite(int(fd), p[n:])
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return n, nil
		case err != nil:
			return n, err
		default:
			n += m
		}
	}
	return n, nil
}

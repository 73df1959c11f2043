//go:build linux

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A clientLoad is what the clients of this program do: so many requests, so many at once.
type clientLoad struct {
	at               netip.AddrPort
	atOnce, requests int
	body             []byte
}

func readClientLoad(args []string) (clientLoad, error) {
	var l clientLoad
	var at, body string
	fs := flag.NewFlagSet("client", flag.ContinueOnError)
	fs.StringVar(&at, "at", "", "")
	fs.IntVar(&l.atOnce, "at-once", 1, "")
	fs.IntVar(&l.requests, "requests", 1, "")
	fs.StringVar(&body, "body", "", "")
	err := fs.Parse(args)
	if err != nil {
		return l, err
	}
	if l.at, err = netip.ParseAddrPort(at); err != nil {
		return l, err
	}
	l.body, err = os.ReadFile(body)
	return l, err
}

// token is what every token event of the target holds, and nothing else does.
var token = []byte(`"content":" `)

// A floorConn is one connection of the floor.
type floorConn struct {
	got, whole int // bytes of an answer in one piece; whole 0: unknown
}

// floor is what must be done for an answer and nothing else: a write for each request, a
// wake-up and a read for each piece that comes, a look for tokens. One thread makes bare
// system calls, which Go's scheduler does not hear of.
func floor(args []string) error {
	l, err := readClientLoad(args)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	request := fmt.Appendf(nil, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", l.at, len(l.body), l.body)
	epoll, err := unix.EpollCreate1(0)
	if err != nil {
		return err
	}
	conns := make([]floorConn, l.atOnce+64)
	sent, done, tokens := 0, 0, 0
	for range l.atOnce {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		if fd >= len(conns) {
			return fmt.Errorf("descriptor %d is not among the first", fd)
		}
		if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(l.at.Port()), Addr: l.at.Addr().As4()}); err != nil {
			return err
		}
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}); err != nil {
			return err
		}
		if sent < l.requests {
			if err := rawWrite(fd, request); err != nil {
				return err
			}
			sent++
		}
	}
	events := make([]unix.EpollEvent, 256)
	buf := make([]byte, 64<<10)
	for done < l.requests {
		n, err := rawWait(epoll, events)
		if err != nil {
			return err
		}
		for _, e := range events[:n] {
			fd := int(e.Fd)
			n, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
			if errno != 0 {
				return os.NewSyscallError("read", errno)
			}
			if n == 0 {
				return io.ErrUnexpectedEOF
			}
			came := buf[:n]
			tokens += bytes.Count(came, token)
			if !conns[fd].ends(came) {
				continue
			}
			if done++; sent < l.requests {
				if err := rawWrite(fd, request); err != nil {
					return err
				}
				sent++
			}
		}
	}
	fmt.Println(tokens)
	return nil
}

// ends says whether an answer has come whole with these bytes.
func (c *floorConn) ends(came []byte) bool {
	if bytes.HasSuffix(came, []byte("0\r\n\r\n")) {
		return true
	}
	if c.whole == 0 {
		const name = "\r\nContent-Length: "
		at := bytes.Index(came, []byte(name))
		if at < 0 {
			return false
		}
		head, _, _ := bytes.Cut(came, []byte("\r\n\r\n"))
		value, _, _ := bytes.Cut(head[at+len(name):], []byte("\r\n"))
		length, _ := strconv.Atoi(string(value))
		c.whole = len(head) + 4 + length
	}
	if c.got += len(came); c.got < c.whole {
		return false
	}
	c.got = 0
	return true
}

// rawWait waits until something came. Where nothing does for a while the scheduler is told,
// which otherwise looks after a thread that seems to be busy, at a price.
func rawWait(epoll int, events []unix.EpollEvent) (int, error) {
	const awhile, forever = uintptr(50), ^uintptr(0) // ms
	first, count := uintptr(unsafe.Pointer(&events[0])), uintptr(len(events))
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), first, count, awhile, 0, 0)
	if n == 0 && errno == 0 {
		n, _, errno = syscall.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), first, count, forever, 0, 0)
	}
	if errno == unix.EINTR {
		return 0, nil
	}
	if errno != 0 {
		return 0, os.NewSyscallError("epoll_pwait", errno)
	}
	return int(n), nil
}

func rawWrite(fd int, p []byte) error {
	for len(p) > 0 {
		n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
		if errno != 0 && errno != unix.EINTR {
			return os.NewSyscallError("write", errno)
		}
		if errno == 0 {
			p = p[n:]
		}
	}
	return nil
}

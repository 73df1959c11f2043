package alarm

import (
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A kernelTimer rings without a thread of ours: the kernel makes a file readable when
// the time has come, and the runtime's network poller waits for it as for a socket.
type kernelTimer struct {
	file    *os.File
	timer   syscall.RawConn // of the file
	nudged  atomic.Bool
	stopped atomic.Bool
}

// New is an alarm that rings through the poller; where the system has no timer left, through the
// runtime's own.
func New() Alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return Timed()
	}
	k := &kernelTimer{file: os.NewFile(uintptr(fd), "alarm")}
	if k.timer, err = k.file.SyscallConn(); err != nil {
		_ = k.file.Close() // nothing was written
		return Timed()
	}
	return k
}

// Wait may end early, by a nudge of the past. One who never rang would pass for one
// that has nothing to say: if the timer fails, the runtime's own has to do.
func (k *kernelTimer) Wait(d time.Duration) bool {
	if d <= 0 {
		runtime.Gosched()
		return !k.stopped.Load()
	}
	set, failed := false, error(nil)
	err := k.timer.Read(func(fd uintptr) (over bool) {
		if !set { // once the poller watches: there is nothing to read before
			set, failed = true, ringIn(fd, d)
			return failed != nil || k.nudged.Load()
		}
		failed = hear(fd)
		return !errors.Is(failed, unix.EAGAIN)
	})
	k.nudged.Store(false) // whoever nudged meanwhile is heard: the caller looks now
	if errors.Join(err, failed) != nil && !k.stopped.Load() {
		time.Sleep(min(d, shortNap))
	}
	return !k.stopped.Load()
}

func (k *kernelTimer) Nudge() {
	k.nudged.Store(true)
	_ = k.timer.Control(func(fd uintptr) { _ = ringIn(fd, 1) }) // it fails where nobody waits any more
}

func (k *kernelTimer) Stop() {
	k.stopped.Store(true)
	_ = k.file.Close() // wakes the reader
}

// shortNap is how long whoever waits sleeps at once where the timer fails.
const shortNap = 5 * time.Millisecond

// ringIn makes a timer ring once, in d.
func ringIn(fd uintptr, d time.Duration) error {
	once := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	return unix.TimerfdSettime(int(fd), 0, &once, nil)
}

// hear reads how often a timer has rung since it was read. That never blocks, and so
// Go's scheduler is not told: it would wake the thread that looks for blocked calls.
func hear(fd uintptr) error {
	var rings [8]byte
	_, _, errno := unix.RawSyscall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&rings)), uintptr(len(rings)))
	if errno != 0 {
		return errno
	}
	return nil
}

func through(w Watch, first time.Duration, ring func() time.Duration) (stop func(), ok bool) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, false
	}
	unwatch, ok := w(fd, func() {
		_ = hear(uintptr(fd))
		_ = ringIn(uintptr(fd), max(ring(), 1)) // 0 would turn it off
	})
	if !ok {
		_ = unix.Close(fd)
		return nil, false
	}
	stop = func() {
		unwatch()
		_ = unix.Close(fd)
	}
	if ringIn(uintptr(fd), max(first, 1)) != nil {
		stop()
		return nil, false
	}
	return stop, true
}

package bench

import (
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

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

// newAlarm rings through the poller; where the system has no timer left, through the
// runtime's own.
func newAlarm() alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newTimed()
	}
	k := &kernelTimer{file: os.NewFile(uintptr(fd), "alarm")}
	if k.timer, err = k.file.SyscallConn(); err != nil {
		_ = k.file.Close() // nothing was written
		return newTimed()
	}
	return k
}

// wait may end early, by a nudge of the past. One who never rang would pass for one
// that has nothing to say: if the timer fails, the runtime's own has to do.
func (k *kernelTimer) wait(d time.Duration) bool {
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
		var rings [8]byte
		_, failed = unix.Read(int(fd), rings[:])
		return !errors.Is(failed, unix.EAGAIN)
	})
	k.nudged.Store(false) // whoever nudged meanwhile is heard: the caller looks now
	if errors.Join(err, failed) != nil && !k.stopped.Load() {
		time.Sleep(min(d, tickEvery))
	}
	return !k.stopped.Load()
}

func (k *kernelTimer) nudge() {
	k.nudged.Store(true)
	_ = k.timer.Control(func(fd uintptr) { _ = ringIn(fd, 1) }) // it fails where nobody waits any more
}

func (k *kernelTimer) stop() {
	k.stopped.Store(true)
	_ = k.file.Close() // wakes the reader
}

// ringIn makes a timer ring once, in d.
func ringIn(fd uintptr, d time.Duration) error {
	once := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	return unix.TimerfdSettime(int(fd), 0, &once, nil)
}

// clockTime is what a clock of the system shows; 0 if it has no such clock.
func clockTime(id int32) time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(id, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// timeSlept is how long the machine has slept since it was started.
func timeSlept() time.Duration {
	mono := clockTime(unix.CLOCK_MONOTONIC)
	return clockTime(unix.CLOCK_BOOTTIME) - mono
}

package bench

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A kernelTimer beats without a thread of ours: the kernel makes a file readable
// at every tick, and the runtime's network poller waits for it as for a socket.
type kernelTimer struct {
	file   *os.File
	origin time.Duration // on CLOCK_MONOTONIC, as the ticks are
}

// newMetronome beats through the poller; where the system has no timer left,
// through the runtime's own.
func newMetronome() metronome {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return newTimed()
	}
	k := &kernelTimer{file: os.NewFile(uintptr(fd), "ticks"), origin: clockTime(unix.CLOCK_MONOTONIC)}
	beats := unix.ItimerSpec{
		Value:    unix.NsecToTimespec(int64(k.origin + tickEvery)),
		Interval: unix.NsecToTimespec(int64(tickEvery)),
	}
	if unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME, &beats, nil) != nil {
		_ = k.file.Close() // nothing was written
		return newTimed()
	}
	return k
}

func (k *kernelTimer) now() time.Duration { return clockTime(unix.CLOCK_MONOTONIC) - k.origin }

// wait reads how many ticks there were since the last time, which now tells better.
// A probe that went silent would pass for one that has nothing to say: if the timer
// cannot be read, the runtime's own has to do.
func (k *kernelTimer) wait() bool {
	var beats [8]byte
	_, err := io.ReadFull(k.file, beats[:])
	if err != nil && !errors.Is(err, os.ErrClosed) {
		time.Sleep(tickEvery)
		return true
	}
	return err == nil
}

// watched lets the ticks be read where streams are; nil: it cannot be done. The file
// itself is there as long as the metronome.
func (k *kernelTimer) watched(watch watcher, ready func()) (stop func()) {
	var beats [8]byte
	raw, err := k.file.SyscallConn()
	if err != nil {
		return nil
	}
	_ = raw.Control(func(fd uintptr) {
		file := int(fd) //nolint:gosec // a file
		stop, _ = watch(file, func() {
			_, _ = unix.Read(file, beats[:])
			ready()
		})
	})
	return stop
}

func (k *kernelTimer) stop() { _ = k.file.Close() } // wakes the reader

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

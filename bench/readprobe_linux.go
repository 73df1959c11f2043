package bench

import (
	"encoding/binary"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// probeEvery is the pause between two writes of the read probe.
const probeEvery = 5 * time.Millisecond

// A readProbe measures how late this process reads what has arrived: an OS
// thread writes its clock into a socket pair, and a goroutine reads it through
// the runtime's network poller, as every stream is read. What the poller and the
// scheduler add there, they add to TTFT and ITL as well.
type readProbe struct {
	in, out *os.File
	quit    chan struct{}
	running sync.WaitGroup
}

// startReadProbe calls observe with every lag, on one goroutine. It is nil where
// the system has no socket pair left.
func startReadProbe(observe func(lag time.Duration)) *readProbe {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	// Non-blocking before NewFile puts the reading end under the poller.
	if err := syscall.SetNonblock(fds[0], true); err != nil {
		return nil
	}
	p := &readProbe{in: os.NewFile(uintptr(fds[0]), "probe"), out: os.NewFile(uintptr(fds[1]), "probe"), quit: make(chan struct{})}
	epoch := time.Now()
	p.running.Go(func() { p.write(epoch) })
	p.running.Go(func() { p.read(epoch, observe) })
	return p
}

func (p *readProbe) write(epoch time.Time) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	pause := syscall.NsecToTimespec(int64(probeEvery))
	var stamp [8]byte
	for !closed(p.quit) {
		if err := syscall.Nanosleep(&pause, nil); err != nil && err != syscall.EINTR {
			break
		}
		binary.LittleEndian.PutUint64(stamp[:], uint64(time.Since(epoch)))
		if _, err := p.out.Write(stamp[:]); err != nil {
			break
		}
	}
	_ = p.out.Close() // ends the reader
}

func (p *readProbe) read(epoch time.Time, observe func(time.Duration)) {
	var stamp [8]byte
	for {
		if _, err := io.ReadFull(p.in, stamp[:]); err != nil {
			return
		}
		observe(time.Since(epoch) - time.Duration(binary.LittleEndian.Uint64(stamp[:])))
	}
}

// stop ends the probe and waits for it.
func (p *readProbe) stop() {
	close(p.quit)
	p.running.Wait()
	_ = p.in.Close()
}

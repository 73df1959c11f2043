package http1

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"unsafe"
)

// A Poller reads many plain connections on one goroutine. That waits for them
// through an epoll of its own, and for that through Go's: one wake-up reads all that
// have something to be read, where a goroutine for each connection would have to be
// woken, and the connection be read, by itself.
//
// It is safe for concurrent use.
type Poller struct {
	mu      sync.Mutex
	file    *os.File // the epoll, in Go's own; nil: it does not run
	fd      int      // of the file
	sources []source // by slot; nil: the slot is free
	stamps  []int32  // by slot: which of those who had it in turn has it
	free    []int32
	count   int
	closing bool

	// Of its goroutine alone.
	events [256]syscall.EpollEvent
	ready  [256]source
	n      int
	late   []*polled // those that have had their turn and are not done
	now    []*polled
	buf    [64 << 10]byte
}

// A source is something that can be read.
type source interface {
	// turn reads what there is, on the goroutine of the poller.
	turn(p *Poller, events uint32)
}

const (
	gone   = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
	edge   = 1 << 31 // EPOLLET, which package syscall has as a negative number
	wanted = syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edge
	// fair is how much of one connection is read before the others have their turn.
	fair = 256 << 10
)

// NewPollers makes pollers, which begin to run when they have something to read:
// one for every two cores. None: this system has none.
func NewPollers() []*Poller {
	all := make([]*Poller, max(1, min(runtime.GOMAXPROCS(0)/2, 16)))
	for i := range all {
		all[i] = new(Poller)
	}
	return all
}

// Close ends the poller when nothing is left to be read.
func (p *Poller) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = true
	p.rest()
}

// rest ends the goroutine of a closed poller that has nothing to read. p.mu is held.
func (p *Poller) rest() {
	if p.closing && p.count == 0 && p.file != nil {
		go func(file *os.File) { _ = file.Close() }(p.file) // which waits for the goroutine, that may be the one that asks
		p.file = nil
	}
}

// start starts the goroutine. p.mu is held.
func (p *Poller) start() error {
	if p.file != nil {
		return nil
	}
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil { // or else package os does not poll it
		_ = syscall.Close(fd)
		return os.NewSyscallError("fcntl", err)
	}
	file := os.NewFile(uintptr(fd), "epoll")
	wait, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return err
	}
	p.file, p.fd = file, fd
	go p.run(file, wait)
	return nil
}

// add begins to wait for a source, and says in which slot.
func (p *Poller) add(s source, fd int, events uint32) (slot int32, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing && p.file == nil {
		return 0, net.ErrClosed
	}
	if err := p.start(); err != nil {
		return 0, err
	}
	if n := len(p.free); n > 0 {
		slot = p.free[n-1]
		p.free = p.free[:n-1]
	} else {
		slot = int32(len(p.sources)) //nolint:gosec // there are fewer files
		p.sources, p.stamps = append(p.sources, nil), append(p.stamps, 0)
	}
	p.stamps[slot]++
	event := syscall.EpollEvent{Events: events, Fd: slot, Pad: p.stamps[slot]}
	if err := syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
		p.free = append(p.free, slot)
		return 0, os.NewSyscallError("epoll_ctl", err)
	}
	p.sources[slot] = s
	p.count++
	return slot, nil
}

// remove ends that. The file is closed, or about to be.
func (p *Poller) remove(slot int32, fd int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_DEL, fd, nil)
	p.sources[slot] = nil
	p.free = append(p.free, slot)
	p.count--
	p.rest()
}

// run reads until the file is closed.
func (p *Poller) run(file *os.File, wait syscall.RawConn) {
	defer runtime.KeepAlive(file)
	_ = wait.Read(func(fd uintptr) bool {
		for {
			p.poll(fd)
			p.turns()
			if p.n < len(p.events) && len(p.late) == 0 {
				return false // what comes from here on calls this again
			}
		}
	})
}

// poll takes the events that are there.
func (p *Poller) poll(fd uintptr) {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, fd, uintptr(unsafe.Pointer(&p.events[0])), uintptr(len(p.events)), 0, 0, 0)
	if p.n = int(n); errno != 0 { //nolint:gosec // a count
		p.n = 0
	}
}

// turns reads what the events tell of.
func (p *Poller) turns() {
	p.gather()
	p.now, p.late = p.late, p.now[:0]
	for i, s := range p.ready[:p.n] {
		if s != nil {
			s.turn(p, p.events[i].Events)
		}
		p.ready[i] = nil
	}
	for i, c := range p.now {
		c.turn(p, syscall.EPOLLIN|gone) // its end may have been told already, and is told once
		p.now[i] = nil
	}
}

// gather finds who the events are for. One that has lost its slot since is passed
// over.
func (p *Poller) gather() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.n {
		e := &p.events[i]
		if p.stamps[e.Fd] == e.Pad {
			p.ready[i] = p.sources[e.Fd]
		}
	}
}

// Watch calls ready on the goroutine that reads connections, whenever something can
// be read from a file; so that what delays them delays it. It must read the file
// empty. After stop has returned it is not called any more.
func (p *Poller) Watch(fd int, ready func()) (stop func(), err error) {
	w := &watched{ready: ready}
	slot, err := p.add(w, fd, syscall.EPOLLIN|edge)
	if err != nil {
		return nil, err
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ready = nil
		p.remove(slot, fd)
	}, nil
}

// watched is a file that somebody else reads.
type watched struct {
	mu    sync.Mutex
	ready func()
}

func (w *watched) turn(*Poller, uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ready != nil {
		w.ready()
	}
}

// String says what the poller does, for its tests.
func (p *Poller) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("%d sources, running %v", p.count, p.file != nil)
}

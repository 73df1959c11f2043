package http1

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// wantResting checks that pollers which were closed read nothing any more.
func wantResting(t *testing.T, pollers []*Poller) {
	t.Helper()
	for _, p := range pollers {
		if got := p.String(); got != "0 sources, running false" {
			t.Errorf("a closed poller has %s", got)
		}
	}
}

// A response that is larger than is fair, and whose connection ended before any of it was
// read, comes to its end: that is told to the poller once, with the first of it.
func TestTheEndBehindALargeResponse(t *testing.T) {
	t.Parallel()
	const size = 400 << 10
	over := make(chan struct{})
	addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
		defer close(over)
		asked(r)
		_ = c.(*net.TCPConn).SetWriteBuffer(4 * size)
		_ = c.SetWriteDeadline(time.Now().Add(time.Second)) // where this system lets nobody have so large a buffer
		say(c, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", size))
		_ = c.Close()
	})
	tr := dialling(t, addr)
	dial := tr.Dial
	tr.Dial = func(ctx context.Context) (net.Conn, time.Duration, time.Duration, error) {
		c, dns, connect, err := dial(ctx)
		if err == nil {
			_ = c.(*net.TCPConn).SetReadBuffer(4 * size)
		}
		return c, dns, connect, err
	}
	tr.Pollers = []*Poller{new(Poller)}
	defer tr.Pollers[0].Close()
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = unix.Close(pipe[0]), unix.Close(pipe[1]) }()
	held := make(chan struct{}, 1)
	stop, err := tr.Pollers[0].Watch(pipe[0], func() { // holds the poller up until all has come
		_, _ = unix.Read(pipe[0], make([]byte, 8))
		held <- struct{}{}
		<-over
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	x := new(talk)
	if _, err := unix.Write(pipe[1], []byte{1}); err != nil {
		t.Fatal(err)
	}
	<-held
	if err := tr.Do(t.Context(), []byte(request), x, true); err != nil || len(x.body) != size {
		t.Errorf("%v, %d bytes", err, len(x.body))
	}
}

// Many streams at once are each told in order, and to the end, whoever is stalled or
// large.
func TestManyStreams(t *testing.T) {
	t.Parallel()
	const tokens = 40
	addr := listening(t, func(n int, c net.Conn, r *bufio.Reader) {
		for asked(r) {
			switch n % 10 {
			case 0: // large, and as fast as it is read
				say(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat("x", 1e6))
				continue
			case 1: // says nothing, and goes
				return
			case 2: // stops within
				say(c, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na")
				_, _ = io.Copy(io.Discard, r)
				return
			}
			say(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for range tokens {
				say(c, "8\r\ndata: x\n\r\n")
				time.Sleep(time.Millisecond)
			}
			say(c, "0\r\n\r\n")
		}
	})
	tr := dialling(t, addr)
	tr.Pollers = NewPollers()
	var calls sync.WaitGroup
	var whole, large, cuts atomic.Int32
	for range 100 {
		calls.Go(func() {
			for range 3 {
				x := new(impatient)
				err := tr.Do(t.Context(), []byte(request), x, false)
				switch {
				case err == nil && len(x.body) == 1e6:
					large.Add(1)
				case err == nil && string(x.body) == strings.Repeat("data: x\n", tokens):
					whole.Add(1)
					for i, s := range x.stamps[1:] {
						if s.Read < x.stamps[i].Read {
							t.Error("stamps go back")
						}
					}
				case err != nil:
					cuts.Add(1)
				default:
					t.Errorf("%v, status %d, %d bytes", err, x.status, len(x.body))
				}
			}
		})
	}
	calls.Wait()
	if whole.Load() < 100 || large.Load() == 0 || cuts.Load() == 0 || whole.Load()+large.Load()+cuts.Load() != 300 {
		t.Errorf("%d whole, %d large, %d cut", whole.Load(), large.Load(), cuts.Load())
	}
	tr.Close()
	for _, p := range tr.Pollers {
		p.Close()
	}
	wantResting(t, tr.Pollers)
}

// impatient is an exchange that is broken when an answer stops within.
type impatient struct{ talk }

func (x *impatient) Body(p []byte, at Stamp) bool {
	x.talk.Body(p, at)
	if string(x.body) == "a" {
		x.mu.Lock()
		c := x.conn
		x.conn = nil
		x.mu.Unlock()
		go c.Break() // which waits for us
	}
	return true
}

// Of a large answer only so much is read before the others have their turn.
func TestTurnsAreFair(t *testing.T) {
	t.Parallel()
	near, far, err := pair()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(far) }()
	var x talk
	p := new(Poller)
	c := &polled{epoch: time.Now(), poller: p, fd: near, parser: parser{limit: 1 << 10}, busy: true}
	defer func() { _ = syscall.Close(near) }()
	c.parser.await(&x)
	sent, _ := tryWrite(uintptr(far), []byte("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"+strings.Repeat("x", 4*fair)))
	if sent < 2*fair {
		t.Skipf("the system takes only %d bytes", sent)
	}
	c.turn(p, unix.EPOLLIN)
	if len(p.late) != 1 || len(x.body) < fair/2 || len(x.body) > fair+len(p.buf) {
		t.Errorf("%d bytes in a turn, %d connections to be read on", len(x.body), len(p.late))
	}
	for len(p.late) > 0 {
		p.late = p.late[:0]
		c.turn(p, unix.EPOLLIN)
	}
	if head := sent - len(x.body); head < 40 || head > 60 {
		t.Errorf("%d bytes of %d", len(x.body), sent)
	}
}

// pair is two ends of a connection that do not block and take much.
func pair() (near, far int, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, 0, err
	}
	_ = unix.SetsockoptInt(fds[1], unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, 8<<20)
	return fds[0], fds[1], nil
}

// watching has a poller watch a file. Write makes it say something; what is read of it is
// told as a number of bytes.
func watching(t *testing.T, p *Poller) (write func(), told chan int, stop func()) {
	t.Helper()
	near, far, err := pair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = syscall.Close(near), syscall.Close(far) })
	told = make(chan int, 10)
	stop, err = p.Watch(near, func() {
		var b [10]byte
		n, _ := tryRead(uintptr(near), b[:])
		told <- n
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() { _, _ = syscall.Write(far, []byte("abc")) }, told, stop
}

// A file that is watched is told of on the goroutine of the connections: whatever
// holds that up holds up the watching, too.
func TestWatch(t *testing.T) {
	t.Parallel()
	p, free := new(Poller), new(Poller)
	write, told, stop := watching(t, p)
	writeFree, toldFree, stopFree := watching(t, free)
	t.Cleanup(p.Close)
	t.Cleanup(free.Close)
	for range 3 {
		write()
		if n := <-told; n != 3 {
			t.Errorf("%d bytes", n)
		}
	}

	addr := listening(t, func(_ int, c net.Conn, r *bufio.Reader) {
		for asked(r) {
			say(c, answer)
		}
	})
	tr := dialling(t, addr)
	tr.Pollers = []*Poller{p}
	stalled := &stall{held: make(chan struct{}), began: make(chan struct{})}
	ended := make(chan error)
	go func() { ended <- tr.Do(context.Background(), []byte(request), stalled, false) }()
	<-stalled.began
	write()
	for range 10 { // meanwhile others are told of much that came later
		writeFree()
		<-toldFree
	}
	if len(told) > 0 {
		t.Error("it was read while the reading was held up")
	}
	close(stalled.held)
	if n := <-told; n != 3 {
		t.Errorf("%d bytes", n)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	stop()
	writeAgain, toldAgain, stopAgain := watching(t, p)
	write()
	writeAgain()
	<-toldAgain
	if len(told) > 0 {
		t.Error("it was told after it was stopped")
	}
	stopAgain()
	stopFree()
}

// stall is an exchange that takes its time for its body.
type stall struct {
	talk
	began, held chan struct{}
}

func (s *stall) Body(p []byte, at Stamp) bool {
	close(s.began)
	<-s.held
	return s.talk.Body(p, at)
}

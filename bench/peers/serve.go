//go:build linux

package main

import (
	"bytes"
	"container/heap"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A serving says how the target answers. Every completion is the same, whatever is asked.
type serving struct {
	Tokens int           // token events of an answer; 0: the answer comes in one piece
	First  time.Duration // from a request's last byte to the first byte of its answer
	Gap    time.Duration // between two token events
	Gather int           // answers end soon after so many were open at once, or patience is over; 0: by themselves
}

// Stamps are what the target saw.
type stamps struct {
	Tokens   int     // token events that it wrote
	Most     int     // the most answers that were open at once
	Arrivals []int64 // the instants at which requests had come whole, in their order, in ns
}

func (s serving) args() []string {
	return []string{
		"-tokens", strconv.Itoa(s.Tokens), "-first", s.First.String(),
		"-gap", s.Gap.String(), "-gather", strconv.Itoa(s.Gather),
	}
}

// serve is the target as a process of its own: it prints its address, answers until its
// input ends, and prints its stamps.
func serve(args []string) error {
	var s serving
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	fs.IntVar(&s.Tokens, "tokens", 0, "")
	fs.DurationVar(&s.First, "first", 0, "")
	fs.DurationVar(&s.Gap, "gap", 0, "")
	fs.IntVar(&s.Gather, "gather", 0, "")
	if err := fs.Parse(args); err != nil {
		return err
	}
	t, at, err := listen(s)
	if err != nil {
		return err
	}
	fmt.Println(at)
	if err := t.loop(int(os.Stdin.Fd())); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(t.seen)
}

// A target is an HTTP/1.1 server that costs next to nothing, so that what is measured
// beside it is measured alone: one thread, one epoll, answers made beforehand.
type target struct {
	serving
	epoll, listener int

	conns     map[int32]*conn
	open      int  // answers begun or due
	gathered  bool // so many were open as shall be
	due       queue
	buf       []byte
	seen      stamps
	beginning []byte // of an answer, up to and with its first token event
	stamp     []byte // the place of the two instants in it
	event     []byte
	ending    []byte
	models    []byte // the answer to whoever asks which models there are
}

// A conn is a connection, and the answer it waits for.
type conn struct {
	fd     int32
	head   []byte // what came of a request's head
	body   int    // bytes that are to come of its body
	came   int64  // when the request had come whole
	due    int64
	left   int // token events
	begun  bool
	closed bool
}

// A queue is of answers, the one that is due first at its head.
type queue []*conn

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].due < q[j].due }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(c any)        { *q = append(*q, c.(*conn)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	c := (*q)[last]
	*q = (*q)[:last]
	return c
}

const (
	gathers  = 2                // for how many more events an answer stays open when all were gathered
	patience = 10 * time.Second // how long an answer waits for the others at most
)

func listen(s serving) (*target, netip.AddrPort, error) {
	t := &target{serving: s, conns: map[int32]*conn{}, buf: make([]byte, 256<<10)}
	t.compose()
	var err error
	if t.listener, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
		return nil, netip.AddrPort{}, err
	}
	if err := errors.Join(
		unix.Bind(t.listener, &unix.SockaddrInet4{Addr: loopback.As4()}),
		unix.Listen(t.listener, 10000)); err != nil {
		return nil, netip.AddrPort{}, err
	}
	name, err := unix.Getsockname(t.listener)
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	if t.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, netip.AddrPort{}, err
	}
	return t, netip.AddrPortFrom(loopback, uint16(name.(*unix.SockaddrInet4).Port)), t.watch(t.listener)
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// compose makes the pieces of every answer. Its head says, as x-request-id, when the
// request had come whole and when the answer began, two instants of one clock.
func (t *target) compose() {
	const list = `{"object":"list","data":[{"id":"m","object":"model"}]}`
	t.models = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(list), list)
	const head = "HTTP/1.1 200 OK\r\nX-Request-Id: %s\r\nContent-Type: %s\r\n%s\r\n\r\n"
	place := fmt.Sprintf("%016d-%016d", 0, 0)
	chunk := func(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }
	event := func(choices, usage string) string {
		return `data: {"id":"chatcmpl-9f86d081884c7d65","object":"chat.completion.chunk","created":1790000000,"model":"m","system_fingerprint":"fp_44709d6fcb","choices":[` + choices + `]` + usage + "}\n\n"
	}
	usage := func(tokens int) string {
		return fmt.Sprintf(`,"usage":{"prompt_tokens":64,"completion_tokens":%d,"total_tokens":%d}`, tokens, 64+tokens)
	}
	if t.Tokens == 0 {
		body := `{"id":"chatcmpl-9f86d081884c7d65","object":"chat.completion","created":1790000000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"A phone that lasts two days."},"finish_reason":"stop"}]` + usage(7) + "}"
		t.beginning = fmt.Appendf(nil, head+"%s", place, "application/json", "Content-Length: "+strconv.Itoa(len(body)), body)
	} else {
		t.event = []byte(chunk(event(`{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}`, "")))
		t.beginning = fmt.Appendf(nil, head+"%s", place, "text/event-stream", "Transfer-Encoding: chunked", t.event)
		t.ending = []byte(chunk(event(`{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}`, "")+event("", usage(t.Tokens))+"data: [DONE]\n\n") + "0\r\n\r\n")
	}
	at := bytes.Index(t.beginning, []byte(place))
	t.stamp = t.beginning[at : at+len(place)]
}

func (t *target) watch(fd int) error {
	return unix.EpollCtl(t.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// loop answers until input can be read, which is its end.
func (t *target) loop(input int) error {
	if err := t.watch(input); err != nil {
		return err
	}
	events := make([]unix.EpollEvent, 512)
	for {
		n, err := t.wait(events)
		if err != nil {
			return err
		}
		for _, e := range events[:n] {
			switch int(e.Fd) {
			case input:
				return nil
			case t.listener:
				t.accept()
			default:
				t.read(t.conns[e.Fd])
			}
		}
		t.write()
	}
}

// wait blocks until something came or an answer is due, to the nanosecond: rounded to
// milliseconds, the events of many streams would leave in bundles.
func (t *target) wait(events []unix.EpollEvent) (int, error) {
	var limit *unix.Timespec
	if len(t.due) > 0 {
		l := unix.NsecToTimespec(max(0, t.due[0].due-monotonic()))
		limit = &l
	}
	n, _, errno := syscall.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(t.epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), uintptr(unsafe.Pointer(limit)), 0, 0)
	if errno == unix.EINTR {
		return 0, nil
	}
	if errno != 0 {
		return 0, os.NewSyscallError("epoll_pwait2", errno)
	}
	return int(n), nil
}

func (t *target) accept() {
	for {
		fd, _, err := unix.Accept4(t.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		if err := t.watch(fd); err != nil {
			_ = unix.Close(fd)
			continue
		}
		t.conns[int32(fd)] = &conn{fd: int32(fd)}
	}
}

// read takes what came of a request; when it is whole, its answer is due.
func (t *target) read(c *conn) {
	if c == nil {
		return
	}
	n, err := unix.Read(int(c.fd), t.buf)
	if err == unix.EAGAIN || err == unix.EINTR {
		return
	}
	if n <= 0 {
		t.drop(c)
		return
	}
	came := t.buf[:n]
	if c.body == 0 {
		c.head = append(c.head, came...)
		end := bytes.Index(c.head, []byte("\r\n\r\n"))
		if end < 0 {
			return
		}
		if bytes.HasPrefix(c.head, []byte("GET ")) {
			c.head = c.head[:0]
			if n, err := unix.Write(int(c.fd), t.models); err != nil || n < len(t.models) {
				t.drop(c)
			}
			return
		}
		c.body = lengthIn(c.head[:end])
		came = c.head[end+4:]
		c.head = c.head[:0]
	}
	if c.body -= len(came); c.body > 0 {
		return
	}
	c.body, c.left, c.begun = 0, max(t.Tokens, 1), false
	c.came = monotonic()
	c.due = c.came + int64(t.First) + int64(phase(len(t.seen.Arrivals))*float64(t.Gap))
	t.seen.Arrivals = append(t.seen.Arrivals, c.came)
	t.open++
	t.seen.Most = max(t.seen.Most, t.open)
	t.gathered = t.gathered || t.open >= t.Gather
	heap.Push(&t.due, c)
}

// phase is by which part of a gap the answer to a request begins later. Streams that
// began together would else send their tokens in one moment, as many do that a client
// starts at once and few of one that starts them in turn; so they are spread evenly,
// whoever asks.
func phase(request int) float64 {
	_, part := math.Modf(float64(request) / math.Phi)
	return part
}

// lengthIn is how long the body is that follows a head.
func lengthIn(head []byte) int {
	const name = "content-length:"
	for l := range bytes.Lines(head) {
		if len(l) > len(name) && bytes.EqualFold(l[:len(name)], []byte(name)) {
			n, _ := strconv.Atoi(string(bytes.TrimSpace(l[len(name):])))
			return n
		}
	}
	return 0
}

// write sends everything that is due.
func (t *target) write() {
	for now := monotonic(); len(t.due) > 0 && t.due[0].due <= now; {
		c := heap.Pop(&t.due).(*conn)
		if !c.closed && !t.answer(c) {
			t.drop(c)
		}
	}
}

// answer writes the next piece of an answer. False: the connection is of no more use.
func (t *target) answer(c *conn) bool {
	piece := t.event
	if !c.begun {
		c.begun = true
		putInstant(t.stamp[:16], c.came)
		putInstant(t.stamp[17:], monotonic())
		piece = t.beginning
	}
	if n, err := unix.Write(int(c.fd), piece); err != nil || n < len(piece) {
		return false
	}
	if t.Tokens > 0 {
		t.seen.Tokens++
	}
	if t.gathered || c.came+int64(patience) < c.due {
		c.left--
		if t.Gather > 0 {
			c.left = min(c.left, gathers)
		}
	}
	if c.left > 0 {
		c.due += int64(t.Gap)
		heap.Push(&t.due, c)
		return true
	}
	t.open--
	n, err := unix.Write(int(c.fd), t.ending)
	return err == nil && n == len(t.ending)
}

func (t *target) drop(c *conn) {
	if c.left > 0 {
		c.left = 0
		t.open--
	}
	c.closed = true
	delete(t.conns, c.fd)
	_ = unix.Close(int(c.fd))
}

// putInstant writes an instant into its place, digit by digit.
func putInstant(place []byte, at int64) {
	for i := len(place) - 1; i >= 0; i-- {
		place[i] = byte('0' + at%10)
		at /= 10
	}
}

// monotonic is the instant now, in nanoseconds of the clock that all processes share.
func monotonic() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return t.Nano()
}

// waited is what the target says of an answer in its x-request-id: how long it was from
// the request's last byte to the answer's first.
func waited(id string) (time.Duration, error) {
	var came, began int64
	if _, err := fmt.Sscanf(id, "%d-%d", &came, &began); err != nil {
		return 0, fmt.Errorf("%q holds no stamps: %w", id, err)
	}
	return time.Duration(began - came), nil
}

// readStamps reads what the target printed at its end.
func readStamps(r io.Reader) (stamps, error) {
	var s stamps
	err := json.NewDecoder(r).Decode(&s)
	return s, err
}

//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A call is how a program is called.
type call struct {
	argv  []string
	env   []string
	stdin string
	files map[string]string // to be written before, by their paths
}

// A cost is what a process took.
type cost struct {
	cpu    time.Duration // user and system, with the processes that it waited for
	peak   int64         // the most memory it was seen to hold, in bytes
	stdout []byte
	exit   int
}

// lookEvery is how often a process is asked for its memory. What the kernel tells when it
// is gone will not do: it counts from before the program was loaded, when the memory was
// this one's.
const lookEvery = 50 * time.Millisecond

// child prepares a process that ends with ctx, and with this one, and its own children
// with it: they are a group, and a group is ended by its id.
func child(ctx context.Context, argv []string) *exec.Cmd {
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 2 * time.Second
	return c
}

// run runs a program to its end. A code other than 0 is for the caller to judge.
func run(ctx context.Context, what call) (cost, error) {
	for path, text := range what.files {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return cost{}, err
		}
	}
	c := child(ctx, what.argv)
	var out, complaints bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaints
	c.Stdin = strings.NewReader(what.stdin)
	c.Env = append(os.Environ(), what.env...)
	if err := c.Start(); err != nil {
		return cost{}, err
	}
	peak := watchMemory(c.Process.Pid)
	err := c.Wait()
	spent := cost{peak: peak(), stdout: out.Bytes(), exit: c.ProcessState.ExitCode()}
	spent.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if ctx.Err() != nil {
		return spent, fmt.Errorf("%s was ended: %w", filepath.Base(what.argv[0]), context.Cause(ctx))
	}
	if err != nil {
		return spent, fmt.Errorf("%w: %s", err, lastLine(complaints.Bytes(), out.Bytes()))
	}
	return spent, nil
}

// lastLine is the last line of what a program said that says anything.
func lastLine(said ...[]byte) string {
	for _, text := range said {
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
			return last[:min(len(last), 200)]
		}
	}
	return "it said nothing"
}

// watchMemory looks at the memory of a process until the answer is asked for.
func watchMemory(pid int) func() int64 {
	stop, most := make(chan struct{}), make(chan int64)
	go func() {
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		var peak int64
		for {
			select {
			case <-ticker.C:
				status, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
				peak = max(peak, peakIn(status))
			case <-stop:
				most <- peak
				return
			}
		}
	}()
	return func() int64 {
		close(stop)
		return <-most
	}
}

// peakIn is the most memory a process held so far, by its status; 0: it does not say.
func peakIn(status []byte) int64 {
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(string(rest)), " kB"), 10, 64)
			return kib << 10
		}
	}
	return 0
}

// An endpoint is a server that runs beside what is measured.
type endpoint struct {
	at    string // HOST:PORT
	cmd   *exec.Cmd
	input io.Closer // it ends with its input
	out   *bufio.Reader
}

// startTarget starts this program's own target.
func startTarget(ctx context.Context, s serving) (*endpoint, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := child(ctx, append([]string{self, "serve"}, s.args()...))
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	e := &endpoint{cmd: c, out: bufio.NewReader(out)}
	if err := e.start(); err != nil {
		return nil, err
	}
	line, err := e.out.ReadString('\n')
	e.at = strings.TrimSpace(line)
	return e, err
}

// startMock starts flashwave's own endpoint, fast enough to be no limit.
func startMock(ctx context.Context, flashwave string) (*endpoint, error) {
	c := child(ctx, []string{
		flashwave, "mock", "--addr", "127.0.0.1:0", "--until-stdin-ends",
		"--batch", "10000", "--step", "500us", "--prefill-tps", "10000000",
	})
	says, err := c.StderrPipe()
	if err != nil {
		return nil, err
	}
	e := &endpoint{cmd: c, out: bufio.NewReader(says)}
	if err := e.start(); err != nil {
		return nil, err
	}
	line, err := e.out.ReadString('\n')
	_, rest, _ := strings.Cut(line, "http://")
	e.at, _, _ = strings.Cut(rest, "/")
	go func() { _, _ = io.Copy(io.Discard, e.out) }()
	return e, err
}

func (e *endpoint) start() (err error) {
	if e.input, err = e.cmd.StdinPipe(); err != nil {
		return err
	}
	return e.cmd.Start()
}

// stop ends the endpoint.
func (e *endpoint) stop() error {
	_ = e.input.Close()
	return e.cmd.Wait()
}

// stamps ends the target and is what it saw.
func (e *endpoint) stamps() (stamps, error) {
	_ = e.input.Close()
	s, err := readStamps(e.out)
	return s, errors.Join(err, e.cmd.Wait())
}

package doctor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"flashwave/client/mock"
)

// An endpoint is the built-in one, serving on a free loopback port.
type endpoint struct {
	base    string // its URL, with /v1
	process bool   // it has a process of its own
	stop    func() // ends it and waits for that
}

const (
	announceTime = 5 * time.Second // for a process to say where it serves
	endTime      = 2 * time.Second // for a process to end once it is asked to
)

// launch starts the endpoint in a process of its own, which ends with this one however
// that ends: it reads a pipe, of which this process has the other end, and where the
// system can tell it of the death of its parent it does.
func launch(ctx context.Context, executable string, c mock.Config) (*endpoint, error) {
	ctx, cancel := context.WithCancel(ctx)
	process := exec.CommandContext(ctx, executable, mockArgs(c)...)
	process.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "FLASHWAVE_") })
	process.Cancel = func() error { return process.Process.Signal(os.Interrupt) }
	process.WaitDelay = endTime // after which it is killed
	process.SysProcAttr = bereaved()
	lines, err := process.StderrPipe()
	if err == nil {
		_, err = process.StdinPipe()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	started, announced, ended := make(chan error, 1), make(chan string, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the parent that it must not outlive is this thread
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := process.Start()
		if started <- err; err == nil {
			listen(lines, announced)
			_ = process.Wait() // it was interrupted: that is no news
		}
	}()
	if err := <-started; err != nil {
		cancel()
		return nil, err
	}
	stop := func() {
		cancel()
		<-ended
	}
	select {
	case base, ok := <-announced:
		if ok {
			return &endpoint{base: base, process: true, stop: stop}, nil
		}
		err = errors.New("it ended at once")
	case <-time.After(announceTime):
		err = errors.New("it did not say where it serves")
	}
	stop()
	return nil, err
}

// mockArgs are the arguments of `flashwave mock` for a configuration.
func mockArgs(c mock.Config) []string {
	return []string{
		"mock", "--addr", "127.0.0.1:0", "--until-stdin-ends",
		"--batch", strconv.Itoa(c.Batch), "--step", c.Step.String(),
		"--prefill-tps", strconv.FormatFloat(c.PrefillTPS, 'f', -1, 64),
		"--queue", strconv.Itoa(c.Queue), "--tokens", strconv.Itoa(c.Tokens), "--seed", strconv.FormatUint(c.Seed, 10),
	}
}

var servingLine = regexp.MustCompile(`^serving (http://127\.0\.0\.1:\d+/v1)\b`)

// listen sends the address that a process announces, and reads on until it ends;
// a process that announces none closes the channel.
func listen(lines io.Reader, announced chan<- string) {
	defer close(announced)
	said := false
	for scan := bufio.NewScanner(lines); scan.Scan(); {
		if m := servingLine.FindStringSubmatch(scan.Text()); m != nil && !said {
			announced <- m[1]
			said = true
		}
	}
}

// host starts the endpoint in this process.
func host(c mock.Config) (*endpoint, error) {
	server, err := mock.New(c)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = server.Close()
		return nil, fmt.Errorf("the self-test's endpoint found no port: %w", err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends with Close
	}()
	return &endpoint{base: "http://" + listener.Addr().String() + "/v1", stop: func() {
		_ = server.Close()
		<-served
	}}, nil
}

// startable reports whether an executable can be flashwave itself: a test's binary
// would run its tests instead of a command.
func startable(executable string) bool {
	return executable != "" && !strings.HasSuffix(strings.TrimSuffix(filepath.Base(executable), ".exe"), ".test")
}

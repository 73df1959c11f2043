//go:build unix

package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"flashwave/bench/result"
	"flashwave/tui"
)

// A tty is a real terminal with flashwave on it.
type tty struct {
	t       *testing.T
	master  *os.File
	slave   *os.File // keeps the terminal's state readable after the process
	before  *term.State
	process *exec.Cmd

	marks int // how often everything written so far was waited for

	mu   sync.Mutex
	text bytes.Buffer
}

// onTTY starts this test binary as flashwave, or as what as says, on a terminal.
func onTTY(t *testing.T, as string, args ...string) *tty {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 36, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	x := &tty{t: t, master: master, slave: slave}
	if x.before, err = term.GetState(slave.Fd()); err != nil {
		t.Fatal(err)
	}
	x.process = exec.Command(os.Args[0], args...)
	x.process.Env = append(os.Environ(), actAs+"="+as, "TERM=xterm-256color", "CI=", "XDG_STATE_HOME="+t.TempDir())
	x.process.Stdin, x.process.Stdout, x.process.Stderr = slave, slave, slave
	x.process.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := x.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(x, master) }()
	t.Cleanup(func() {
		_ = x.process.Process.Kill()
		_ = master.Close()
		_ = slave.Close()
	})
	return x
}

// Write takes what the process writes.
func (x *tty) Write(b []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.text.Write(b)
}

func (x *tty) seen() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.text.String()
}

// awaits blocks until the terminal was shown a text.
func (x *tty) awaits(what string) {
	x.t.Helper()
	x.awaitsTimes(what, 1)
}

// awaitsTimes blocks until the terminal was shown a text so often.
func (x *tty) awaitsTimes(what string, n int) {
	x.t.Helper()
	for range 12000 { // two minutes, for a busy machine
		if strings.Count(x.seen(), what) >= n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	x.t.Fatalf("%q was never shown; the last was %q", what, tail(x.seen()))
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

func (x *tty) types(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.master, keys); err != nil {
		x.t.Fatal(err)
	}
}

func (x *tty) signals(s os.Signal) {
	x.t.Helper()
	if err := x.process.Process.Signal(s); err != nil {
		x.t.Fatal(err)
	}
}

// ends waits for the process and holds that it left with a code, -1 for a signal.
func (x *tty) ends(code int) {
	x.t.Helper()
	err := x.process.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		x.t.Fatal(err)
	}
	if got := x.process.ProcessState.ExitCode(); got != code {
		x.t.Errorf("exit code %d, want %d; the last was %q", got, code, tail(x.seen()))
	}
}

// drain waits until all that was written to the terminal was read from it: what is
// written last is read last.
func (x *tty) drain() {
	x.t.Helper()
	x.marks++
	mark := fmt.Sprintf("[all before mark %d was read]", x.marks)
	if _, err := io.WriteString(x.slave, mark); err != nil {
		x.t.Fatal(err)
	}
	x.awaits(mark)
}

// orderly holds that the terminal is as it was found.
func (x *tty) orderly() {
	x.t.Helper()
	x.drain()
	after, err := term.GetState(x.slave.Fd())
	if err != nil {
		x.t.Fatal(err)
	}
	if !reflect.DeepEqual(after, x.before) {
		x.t.Errorf("the terminal's state is not what it was: %v, was %v", after, x.before)
	}
	text := x.seen()
	for name, mode := range map[string][2]string{
		"the alternate screen was not left": {"\x1b[?1049h", "\x1b[?1049l"},
		"the cursor stays hidden":           {"\x1b[?25l", "\x1b[?25h"},
		"pastes stay bracketed":             {"\x1b[?2004h", "\x1b[?2004l"},
		"clicks stay with the screen":       {"\x1b[?1002h", "\x1b[?1002l"},
		"clicks are still written as SGR":   {"\x1b[?1006h", "\x1b[?1006l"},
	} {
		if on := strings.LastIndex(text, mode[0]); on >= 0 && strings.LastIndex(text, mode[1]) < on {
			x.t.Error(name)
		}
	}
}

// After the screen the scroll-back holds the summary, and the terminal is in order,
// whatever ended it.
func TestTerminalAfterwards(t *testing.T) {
	t.Parallel()
	sale := []string{"run", "--rate", "50/s", "--for", "60s", "--max-tokens", "4", "--ascii"}
	for name, c := range map[string]struct {
		args    []string
		act     func(*tty)
		code    int
		summary string
	}{
		"its own end": {
			[]string{"run", "-n", "5", "-c", "5", "--max-tokens", "2", "--max-lag", "10s"}, // on a busy machine, too
			func(x *tty) { x.awaits("PASS"); x.types("q") }, 0, "verdict",
		},
		"q":       {sale, func(x *tty) { x.types("q"); x.awaits("ABORTED"); x.types("q") }, 105, "interrupted"},
		"ctrl-c":  {sale, func(x *tty) { x.types("\x03"); x.awaits("ABORTED"); x.types("\x03") }, 105, "interrupted"},
		"SIGTERM": {sale, func(x *tty) { x.signals(syscall.SIGTERM) }, 105, "interrupted"},
		"SIGHUP":  {sale, func(x *tty) { x.signals(syscall.SIGHUP) }, 105, "interrupted"},
		"SIGKILL": {sale, func(x *tty) { x.signals(syscall.SIGKILL) }, -1, "flashwave report latest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := onTTY(t, "flashwave", c.args...)
			if name != "its own end" { // which may come before anything else is drawn
				x.awaits("done")
			}
			c.act(x)
			x.ends(c.code)
			x.awaits(c.summary)
			x.orderly()
			if !strings.Contains(x.seen(), "\x1b[?1002h") {
				t.Error("the screen never had the mouse")
			}
		})
	}
}

// A monitor leaves the terminal in order, with its report, whatever ended it.
func TestTerminalAfterMonitors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		act  func(*tty)
		code int
	}{
		"its own end": {[]string{"--for", "3s"}, func(*tty) {}, 0},
		"q":           {nil, func(x *tty) { x.types("q") }, 105},
		"ctrl-c":      {nil, func(x *tty) { x.types("\x03") }, 105},
		"SIGTERM":     {nil, func(x *tty) { x.signals(syscall.SIGTERM) }, 105},
		"SIGHUP":      {nil, func(x *tty) { x.signals(syscall.SIGHUP) }, 105},
		"SIGKILL":     {nil, func(x *tty) { x.signals(syscall.SIGKILL) }, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := onTTY(t, "flashwave", append([]string{"monitor", "--every", "500ms", "--ascii"}, c.args...)...)
			x.awaits("TTFT p50")
			c.act(x)
			x.ends(c.code)
			if c.code >= 0 {
				x.awaits("kept the objective")
			} else {
				x.awaits("What it had recorded is kept: the next flashwave monitor of that name goes on with it")
			}
			x.orderly()
		})
	}
}

// A panic anywhere ends the process; its terminal is put right from outside, and
// the trace can be read.
func TestTerminalAfterPanics(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"goroutine", "snapshot"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			x := onTTY(t, "panic-in-"+where)
			_ = x.process.Wait()
			x.awaits("the floor gave way in a " + where)
			if where == "goroutine" {
				x.awaits("What it had recorded is kept")
			}
			x.orderly()
		})
	}
}

// A stopped flashwave leaves the terminal in order, and takes it again when it goes
// on.
func TestTerminalWhileStopped(t *testing.T) {
	t.Parallel()
	x := onTTY(t, "shell")
	x.awaits("done")
	for i, stop := range []func(){
		func() { x.types("\x1a") },
		func() { x.signals(syscall.SIGUSR1) }, // the shell passes it on as SIGTSTP
	} {
		stop()
		x.awaitsTimes("stopped by a signal", i+1)
		x.orderly()
		taken := strings.Count(x.seen(), "\x1b[?1049h")
		x.signals(syscall.SIGUSR2) // fg
		x.awaitsTimes("\x1b[?1049h", taken+1)
	}
	x.types("q")
	x.awaits("ABORTED")
	x.types("q")
	x.ends(0)
	x.orderly()
}

// The run of a terminal that is gone ends, and is kept.
func TestTerminalGone(t *testing.T) {
	t.Parallel()
	x := onTTY(t, "flashwave", "run", "--rate", "50/s", "--for", "60s", "--max-tokens", "4")
	x.awaits("done")
	state := ""
	for _, e := range x.process.Env {
		if dir, ok := strings.CutPrefix(e, "XDG_STATE_HOME="); ok {
			state = dir
		}
	}
	_ = x.slave.Close()
	_ = x.master.Close()
	x.ends(105)
	kept, err := filepath.Glob(filepath.Join(state, "flashwave", "runs", "*", "run.json"))
	if err != nil || len(kept) != 1 {
		t.Errorf("kept %q, %v", kept, err)
	}
}

func init() {
	parts["flashwave"] = func() int { return Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr) }
	parts["panic-in-goroutine"] = func() int {
		return panicking(func() { panic("the floor gave way in a goroutine") }, nil)
	}
	parts["panic-in-snapshot"] = func() int {
		return panicking(nil, func() { panic("the floor gave way in a snapshot") })
	}
	parts["shell"] = shell
}

// panicking shows a screen of which something breaks after a moment.
func panicking(outside, inside func()) int {
	if len(os.Args) > 1 {
		return parts["flashwave"]() // the watcher
	}
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv}
	release := p.guard()
	defer release()
	if outside != nil {
		time.AfterFunc(time.Second, outside)
	}
	_ = tui.Run(context.Background(), still{time.Now(), inside}, tui.Options{Input: os.Stdin, Output: os.Stdout})
	return 1
}

// A still is a run in which nothing happens but that it breaks.
type still struct {
	began time.Time
	broke func()
}

func (s still) Snapshot(v result.View) result.Snapshot {
	if s.broke != nil && time.Since(s.began) > time.Second {
		s.broke()
	}
	return result.Snapshot{Name: "still", State: result.Running, At: time.Since(s.began), View: v}
}
func (still) TogglePause(int)    {}
func (still) Scale(int, float64) {}
func (still) Burst(int, int)     {}
func (still) NextWave(int)       {}
func (still) Stop()              {}

// shell runs flashwave as an interactive shell does, in a process group of its own,
// says when it has stopped, and continues it on SIGUSR2.
func shell() int {
	if len(os.Args) > 1 {
		return parts["flashwave"]() // the watcher
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	job := exec.Command(os.Args[0], "run", "--rate", "50/s", "--for", "60s", "--max-tokens", "4")
	job.Env = append(os.Environ(), actAs+"=flashwave")
	job.Stdin, job.Stdout, job.Stderr = os.Stdin, os.Stdout, os.Stderr
	job.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Foreground: true, Ctty: 0}
	if err := job.Start(); err != nil {
		panic(err)
	}
	go func() {
		for s := range signals {
			if s == syscall.SIGUSR1 {
				_ = syscall.Kill(job.Process.Pid, syscall.SIGTSTP)
			} else {
				_ = syscall.Kill(-job.Process.Pid, syscall.SIGCONT)
			}
		}
	}()
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(job.Process.Pid, &status, syscall.WUNTRACED, nil); err != nil && !errors.Is(err, syscall.EINTR) {
			panic(err)
		}
		if !status.Stopped() {
			return 0
		}
		fmt.Print("stopped by a signal\r\n")
	}
}

package doctor

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/scenario"
	"flashwave/client/mock"
)

// TestMain lets the test's binary be the endpoint's process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "mock" {
		serveMock()
		return
	}
	if os.Getenv(parentEnv) != "" {
		parent()
		return
	}
	os.Exit(m.Run())
}

func serveMock() {
	e, err := host(mock.Default())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Fprintf(os.Stderr, "serving %s · ceiling about 1 requests/s\n", e.base)
	if os.Getenv(deafEnv) == "" {
		_, _ = io.Copy(io.Discard, os.Stdin) // until its parent is gone
		return
	}
	time.Sleep(time.Minute) // until it is interrupted
}

// deafEnv is set where an endpoint does not look whether its parent is there, and parentEnv
// where the test's binary plays the parent of one.
const deafEnv, parentEnv = "DOCTOR_TEST_DEAF", "DOCTOR_TEST_PARENT"

// parent launches an endpoint, says where, and waits to be killed.
func parent() {
	e, err := launch(context.Background(), os.Args[0], mock.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.base)
	time.Sleep(time.Minute)
}

// An endpoint ends with the process that launched it, whatever ends that: by the pipe
// that it reads, and by the kernel where that can tell.
func TestEndpointEndsWithItsParent(t *testing.T) {
	for _, deaf := range []string{"", "1"} {
		if deaf != "" && bereaved() == nil {
			continue // only the pipe tells
		}
		for _, s := range []os.Signal{os.Kill, syscall.SIGQUIT, syscall.SIGHUP} {
			t.Run(fmt.Sprintf("deaf %q, %s", deaf, s), func(t *testing.T) {
				t.Parallel()
				c := exec.Command(os.Args[0])
				c.Env = append(os.Environ(), parentEnv+"=1", deafEnv+"="+deaf)
				out, err := c.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				base, err := bufio.NewReader(out).ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
				at := address(t, scenario.Target{URL: strings.TrimSpace(base)})
				if conn, err := net.Dial("tcp", at); err != nil {
					t.Fatal(err)
				} else {
					_ = conn.Close()
				}
				_ = c.Process.Signal(s)
				_ = c.Wait() // it was killed
				for range 600 {
					conn, err := net.Dial("tcp", at)
					if err != nil {
						return
					}
					_ = conn.Close()
					time.Sleep(50 * time.Millisecond)
				}
				t.Error("the endpoint outlives its parent")
			})
		}
	}
}

func address(t *testing.T, target scenario.Target) string {
	t.Helper()
	u, err := url.Parse(target.URL)
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := dialled(target, u)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestLaunchEndsItsProcess(t *testing.T) {
	e, err := launch(t.Context(), os.Args[0], mock.Default())
	if err != nil {
		t.Fatal(err)
	}
	at := address(t, scenario.Target{URL: e.base})
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	e.stop()
	if conn, err := net.Dial("tcp", at); err == nil {
		_ = conn.Close()
		t.Error("the endpoint outlives its stop")
	}
}

func TestLaunchFails(t *testing.T) {
	executables := []string{os.Args[0] + ".none"}
	if idle, err := exec.LookPath("true"); err == nil {
		executables = append(executables, idle)
	}
	for _, executable := range executables {
		if e, err := launch(t.Context(), executable, mock.Default()); err == nil {
			e.stop()
			t.Errorf("%s serves nothing", executable)
		}
	}
	l := &lab{executable: os.Args[0] + ".none", tokens: 4}
	e, err := l.endpoint(t.Context(), mock.Default())
	if err != nil {
		t.Fatal(err)
	}
	e.stop()
	if e.process || l.executable != "" || !strings.Contains(l.note, "could not be started") {
		t.Errorf("%+v %+v", e, l)
	}
}

func TestStartable(t *testing.T) {
	for executable, want := range map[string]bool{
		"/usr/bin/flashwave": true, `flashwave.exe`: true, "": false, "/tmp/doctor.test": false, "doctor.test.exe": false,
	} {
		if startable(executable) != want {
			t.Errorf("%q: %v", executable, !want)
		}
	}
}

func TestListen(t *testing.T) {
	announced := make(chan string, 1)
	listen(strings.NewReader("warning: x\nserving http://127.0.0.1:8123/v1 · ceiling\nserving http://127.0.0.1:1/v1\n"), announced)
	if base := <-announced; base != "http://127.0.0.1:8123/v1" {
		t.Error(base)
	}
	announced = make(chan string, 1)
	listen(strings.NewReader("error: cannot listen\nserving http://10.0.0.1:80/v1\n"), announced)
	if base, ok := <-announced; ok {
		t.Error(base)
	}
}

// The endpoint's model must have at least twice what a step asks of it.
func TestEndpointIsNotTheBottleneck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &lab{tokens: rapid.IntRange(1, 2000).Draw(t, "tokens"), length: time.Second}
		rate := rapid.Float64Range(leastRate, 10_000).Draw(t, "rate")
		w, c := l.openStep(rate)
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		if float64(w.Rate.To) != rate {
			t.Fatalf("%v, want %v", w.Rate.To, rate)
		}
		ceiling, _ := c.Capacity(150, l.tokens)
		if exact := 32 / (rate * float64(l.tokens)); exact > 1e-6 && ceiling < 1.9*rate {
			t.Fatalf("the endpoint bears %v/s of %v", ceiling, rate)
		}
		n := rapid.IntRange(1, 10_000).Draw(t, "streams")
		_, c = l.closedStep(n)
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		if gap := float64(c.Step) * (1 + float64(n)/64); math.Abs(gap/float64(tokenGap)-1) > 0.01 {
			t.Fatalf("%d streams have a token every %v", n, time.Duration(gap))
		}
	})
}

package doctor

import (
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
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
	os.Exit(m.Run())
}

func serveMock() {
	e, err := host(mock.Default())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Fprintf(os.Stderr, "serving %s · ceiling about 1 requests/s\n", e.base)
	time.Sleep(time.Minute) // until it is interrupted
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

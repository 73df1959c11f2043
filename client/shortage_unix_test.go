//go:build unix

package client

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"flashwave/client/outcome"
)

// A process that has no file left says so, in words of its own. The limit holds
// for a whole process, so that a child runs into it.
func TestWithoutFiles(t *testing.T) {
	const child = "FLASHWAVE_TEST_WITHOUT_FILES"
	if os.Getenv(child) == "" {
		t.Parallel()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWithoutFiles$", "-test.v", "-test.timeout=30s") //nolint:gosec // the test itself
		cmd.Env = append(os.Environ(), child+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestWithoutFiles") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	c, err := New(Config{URL: "http://127.0.0.1:1/v1", Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	wantOutcome(t, c.Do(t.Context(), question(), nil), Connect) // what the runtime needs is open now
	limit := syscall.Rlimit{Cur: 64, Max: 64}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	var open []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		open = append(open, f)
	}
	got := c.Do(t.Context(), question(), nil)
	for _, f := range open {
		_ = f.Close()
	}
	wantOutcome(t, got, Connect)
	if got.Shortage != outcome.Files {
		t.Errorf("a shortage of %q (%s)", got.Shortage, got.Err)
	}
	c.Close()
}

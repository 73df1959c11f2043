//go:build unix

package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// A process that is stopped in turns measures its own stops: whatever the load, its
// run proves nothing and says why. The same run undisturbed is valid: on a machine that
// starves it now and then, one of some is.
func TestAStoppedRunProvesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		load    []string
		stopped bool
	}{
		{"undisturbed", []string{"--wave", "w:c3:2s"}, false},
		{"open", []string{"--wave", "w:10/s:2s"}, true},
		{"closed", []string{"--wave", "w:c3:2s"}, true},
		{"closed, so many requests", []string{"-c", "3", "-n", "12"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"run", "--json", "--no-save", "--max-tokens", "200", "--max-lag", "500ms"}, c.load...)
			doc, exit := runStopped(t, c.stopped, args...)
			for try := 1; !c.stopped && !doc.Generator.Valid && try < 5; try++ {
				doc, exit = runStopped(t, c.stopped, args...)
			}
			g := doc.Generator
			if !c.stopped {
				if exit != verdict.ExitPass || !g.Valid {
					t.Errorf("exit %d, valid %t: %q", exit, g.Valid, g.Warnings)
				}
				return
			}
			if exit != verdict.ExitInconclusive || doc.Verdict.ExitCode != exit || g.Valid {
				t.Errorf("exit %d, valid %t: %q", exit, g.Valid, g.Warnings)
			}
			for _, kind := range []result.FindingKind{result.FoundReadLag, result.FoundStopped} {
				if !slices.ContainsFunc(g.Findings, func(f result.Finding) bool { return f.Kind == kind && f.Wave == doc.Waves[0].Name }) {
					t.Errorf("%s is not found: %v", kind, g.Findings)
				}
			}
			if g.ReadLagMS == nil || g.ReadLagMS.P99 < 500 {
				t.Errorf("read lag %+v", g.ReadLagMS)
			}
			if said := strings.Join(doc.Verdict.Reasons, "\n"); !strings.Contains(said, "late") {
				t.Errorf("reasons: %s", said)
			}
		})
	}
}

// runStopped runs the program to its end, stopped for more than half of the time
// if that is asked for.
func runStopped(t *testing.T, stopped bool, args ...string) (*result.Run, int) {
	t.Helper()
	var out, errs bytes.Buffer
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), actAs+"=flashwave", "CI=true", "XDG_STATE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = c.Wait() // the exit code is looked at
	}()
	running := func(d time.Duration) bool {
		select {
		case <-over:
			return false
		case <-time.After(d):
			return true
		}
	}
	for began := time.Now(); running(500 * time.Millisecond); {
		if stopped {
			_ = c.Process.Signal(syscall.SIGSTOP)
			time.Sleep(700 * time.Millisecond)
			_ = c.Process.Signal(syscall.SIGCONT)
		}
		if time.Since(began) > time.Minute {
			_ = c.Process.Kill()
			t.Fatalf("it does not end: %s", errs.String())
		}
	}
	var doc result.Run
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatalf("%v: %s%s", err, out.String(), errs.String())
	}
	return &doc, c.ProcessState.ExitCode()
}

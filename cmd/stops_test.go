//go:build unix

package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
)

// silent is an endpoint that lists a model and then answers nobody.
func silent(t *testing.T) (url string) {
	t.Helper()
	over := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprint(w, `{"data":[{"id":"m"}]}`)
			return
		}
		select {
		case <-r.Context().Done():
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		srv.CloseClientConnections()
		srv.Close()
	})
	return srv.URL
}

// At the terminal a stop ends what is asked, shown or over, whatever the screen is at.
func TestStopsAtTheTerminal(t *testing.T) {
	t.Parallel()
	endpoint := silent(t)
	hangs := []string{"run", "--url", endpoint + "/v1", "-c", "5", "-n", "50"}
	for name, c := range map[string]struct {
		args []string
		act  func(*tty)
		code int
		last string
	}{
		"the question": {
			[]string{"run", "--url", "http://shop.test/v1", "--proxy", endpoint, "-n", "5"},
			func(x *tty) { x.awaits("go on?"); x.signals(os.Interrupt) }, 105, "before anything was sent",
		},
		"the question, hung up": {
			[]string{"run", "--url", "http://shop.test/v1", "--proxy", endpoint, "-n", "5"},
			func(x *tty) { x.awaits("go on?"); x.signals(syscall.SIGHUP) }, 105, "before anything was sent",
		},
		"the result": {
			[]string{"run", "-n", "5", "-c", "5", "--max-tokens", "2", "--max-lag", "10s"},
			func(x *tty) { x.awaits("PASS"); x.signals(os.Interrupt) }, 0, "verdict",
		},
		"the result, hung up": {
			[]string{"run", "-n", "5", "-c", "5", "--max-tokens", "2", "--max-lag", "10s"},
			func(x *tty) { x.awaits("PASS"); x.signals(syscall.SIGHUP) }, 0, "verdict",
		},
		"a run, twice": {
			hangs,
			func(x *tty) {
				x.awaits("done")
				x.signals(os.Interrupt)
				x.awaits("draining")
				x.signals(os.Interrupt)
			}, 105, "interrupted",
		},
		"a run, by key and signal": {
			hangs,
			func(x *tty) {
				x.awaits("done")
				x.types("q")
				x.awaits("draining")
				x.signals(syscall.SIGTERM)
				x.signals(syscall.SIGTERM)
			}, 105, "interrupted",
		},
		"the home screen": {nil, func(x *tty) { x.awaits("earlier runs"); x.signals(os.Interrupt) }, 0, ""},
		"a search from the home screen": {nil, func(x *tty) {
			x.awaits("earlier runs")
			x.types("\x1bOR") // f3
			x.awaits("looking")
			x.signals(syscall.SIGTERM)
		}, 105, "interrupted"},
		"a search from the home screen, by signal and key": {nil, func(x *tty) {
			x.awaits("earlier runs")
			x.types("\x1bOR")
			x.awaits("looking")
			x.signals(os.Interrupt)
			x.awaits("ABORTED")
			x.types("q")
			x.awaitsTimes("earlier runs", 2)
			x.types("q")
		}, 105, "interrupted"},
		"a search": {
			[]string{"capacity", "--url", endpoint + "/v1", "--no-save"},
			func(x *tty) { x.awaits("looking"); x.signals(syscall.SIGTERM) }, 105, "interrupted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := onTTY(t, "flashwave", c.args...)
			c.act(x)
			x.ends(c.code)
			x.awaits(c.last)
			x.orderly()
		})
	}
}

// Nobody needs to hear of the progress for a second stop to end a run with its document.
func TestSecondStopWithoutListeners(t *testing.T) {
	t.Parallel()
	unread, stderr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unread.Close() }()
	for full := false; !full; { // it takes nothing more
		_ = stderr.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		_, err := stderr.Write(bytes.Repeat([]byte{'x'}, 4096))
		full = err != nil
	}
	state := t.TempDir()
	var out bytes.Buffer
	c := exec.Command(os.Args[0], "run", "--json", "--url", silent(t)+"/v1", "-c", "5", "-n", "50")
	c.Env = append(os.Environ(), actAs+"=flashwave", "CI=true", "XDG_STATE_HOME="+state)
	c.Stdout, c.Stderr = &out, stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for begun, tries := false, 0; !begun && tries < 6000; tries++ { // its journal alone tells; two minutes, for a busy machine
		time.Sleep(20 * time.Millisecond)
		kept, _ := filepath.Glob(filepath.Join(state, "flashwave", "runs", "*", "events.jsonl"))
		for _, name := range kept {
			info, err := os.Stat(name)
			begun = err == nil && info.Size() > 0
		}
	}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} { // two of a kind may count as one
		if err := c.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	slow := time.AfterFunc(30*time.Second, func() { _ = c.Process.Kill() }) // the machine may be busy
	defer slow.Stop()
	_ = c.Wait() // its exit code is looked at
	t.Logf("it ended after %v", time.Since(began))
	var doc result.Run
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if code := c.ProcessState.ExitCode(); code != 105 || doc.Verdict.ExitCode != 105 {
		t.Errorf("exit code %d, the document says %d: %s", code, doc.Verdict.ExitCode, doc.Verdict.Headline)
	}
}

// What has its time is not cut short: what came before it began counts, what is over is
// not waited for.
func TestStopsHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := listenForStops()
		defer s.close()
		s.stop(false)
		if s.ctx.Err() == nil {
			t.Error("the first does not end what has not begun")
		}
		var heard []int
		release := s.under(func(n int, _ bool) { heard = append(heard, n) })
		time.Sleep(2 * notBegun)
		select {
		case <-s.tooLate:
			t.Fatal("what is under way has its time")
		default:
		}
		s.stop(false)
		release()
		s.stop(true)
		if len(heard) != 2 || heard[0] != 1 || heard[1] != 2 {
			t.Errorf("heard %v", heard)
		}
		select {
		case <-s.tooLate:
		case <-time.After(lastRest + time.Second):
			t.Error("there is no end")
		}
	})
}

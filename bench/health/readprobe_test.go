//go:build unix

package health

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// probed is the environment variable by which this test binary is the process that
// is stopped, which rests or works as it says.
const probed = "FLASHWAVE_TEST_PROBED"

// lags is what that process says of itself.
type lags struct {
	Ticks   int64
	Elapsed time.Duration
	P99     time.Duration
	Max     time.Duration
	Valid   bool
}

// TestProbed is that process: it measures itself until its input ends.
func TestProbed(t *testing.T) {
	if os.Getenv(probed) == "" {
		t.Skip("run by TestAStopIsSeenByTheProbe")
	}
	p := result.NewPart()
	began := time.Now()
	probe := startReadProbe(func(o Overdue) {
		for d := range o.all() {
			p.Record(result.ReadLag, d)
		}
	}, nil)
	var over atomic.Bool
	if os.Getenv(probed) == "works" {
		go func() {
			for !over.Load() {
				runtime.Gosched()
			}
		}()
		time.Sleep(2 * effortEvery) // until it is known
	}
	fmt.Println("started")
	_, _ = io.Copy(io.Discard, os.Stdin)
	over.Store(true)
	probe.stop()
	h := p.Hists[result.ReadLag]
	_ = json.NewEncoder(os.Stdout).Encode(lags{
		h.Count(), time.Since(began), h.Quantile(0.99), h.Max(), verdict.Generator("", p, 20*time.Millisecond).Valid(),
	})
}

// A process that is stopped knows how long it was gone, in proportion: the ticks go
// on without it. One that rests looks at few of them.
func TestAStopIsSeenByTheProbe(t *testing.T) {
	for state, ticks := range map[string]time.Duration{"rests": sparsely, "works": 1} {
		t.Run(state, func(t *testing.T) { stopProbed(t, state, ticks*TickEvery) })
	}
}

// stopProbed stops a process that looks at ticks so far apart.
func stopProbed(t *testing.T, state string, apart time.Duration) {
	t.Parallel()
	child := exec.Command(os.Args[0], "-test.run=^TestProbed$", "-test.v")
	child.Env = append(os.Environ(), probed+"="+state)
	in, _ := child.StdinPipe()
	out, _ := child.StdoutPipe()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Process.Kill() })
	lines := bufio.NewReader(out)
	for line := ""; line != "started\n"; {
		var err error
		if line, err = lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	const stop = 300 * time.Millisecond
	for range 3 {
		time.Sleep(150 * time.Millisecond)
		_ = child.Process.Signal(syscall.SIGSTOP)
		time.Sleep(stop)
		_ = child.Process.Signal(syscall.SIGCONT)
	}
	_ = in.Close()
	var got lags
	if err := json.NewDecoder(lines).Decode(&got); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	if got.Valid || got.P99 < 100*time.Millisecond || got.Max < stop-apart-TickEvery {
		t.Errorf("stopped three times for %s: %+v", stop, got)
	}
	if want := int64(got.Elapsed / TickEvery); got.Ticks < want*9/10 || got.Ticks > want+1 {
		t.Errorf("%d ticks in %s, want one every %s, taken or missed", got.Ticks, got.Elapsed, TickEvery)
	}
}

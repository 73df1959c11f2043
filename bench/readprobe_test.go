//go:build unix

package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// probed is the environment variable by which this test binary is the process that
// is stopped.
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
	probe := startReadProbe(func(o overdue) {
		for d := range o.all() {
			p.Record(result.ReadLag, d)
		}
	})
	fmt.Println("started")
	_, _ = io.Copy(io.Discard, os.Stdin)
	probe.stop()
	h := p.Hists[result.ReadLag]
	_ = json.NewEncoder(os.Stdout).Encode(lags{
		h.Count(), time.Since(began), h.Quantile(0.99), h.Max(), verdict.Generator("", p, 20*time.Millisecond).Valid(),
	})
}

// A process that is stopped knows how long it was gone, in proportion: the ticks go
// on without it.
func TestAStopIsSeenByTheProbe(t *testing.T) {
	t.Parallel()
	child := exec.Command(os.Args[0], "-test.run=^TestProbed$", "-test.v")
	child.Env = append(os.Environ(), probed+"=1")
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
	const stop = 400 * time.Millisecond
	for range 3 {
		time.Sleep(300 * time.Millisecond)
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
	if got.Valid || got.P99 < 100*time.Millisecond || got.Max < stop-2*tickEvery {
		t.Errorf("stopped three times for %s: %+v", stop, got)
	}
	if want := int64(got.Elapsed / tickEvery); got.Ticks < want*9/10 || got.Ticks > want+1 {
		t.Errorf("%d ticks in %s, want one every %s, taken or missed", got.Ticks, got.Elapsed, tickEvery)
	}
}

// Both metronomes beat, and stop when they are told to.
func TestMetronomes(t *testing.T) {
	for name, clock := range map[string]metronome{"of the system": newMetronome(), "of the runtime": newTimed()} {
		t.Run(name, func(t *testing.T) {
			var taken ticks
			var n int64
			for n < 20 && clock.wait() {
				o := taken.take(clock.now())
				n += o.last - o.first + 1
			}
			if now := clock.now(); n < 20 || now < time.Duration(n)*tickEvery {
				t.Errorf("%d ticks in %s", n, now)
			}
			time.AfterFunc(tickEvery, clock.stop)
			for clock.wait() {
			}
		})
	}
}

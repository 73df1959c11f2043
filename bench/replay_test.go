package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/scenario"
)

// recordedTrace is a trace of requests at uneven instants, several at once among them, the
// i-th with a prompt of 100 + i tokens.
func recordedTrace(t *testing.T) (path string, at []time.Duration) {
	var b strings.Builder
	now := 5 * time.Second
	for i := range 60 {
		now += time.Duration(i*i%7) * 37 * ms
		at = append(at, now-5*time.Second)
		fmt.Fprintf(&b, `{"timestamp": %d, "input_length": %d, "output_length": 5}`+"\n", now.Milliseconds(), 100+i)
	}
	path = filepath.Join(t.TempDir(), "trace.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, at
}

// Recorded requests are sent at their instants with prompts of their lengths, whatever
// stands before them, and however long they wait for a slot.
func TestReplaysAreExact(t *testing.T) {
	path, at := recordedTrace(t)
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		before []string
		starts time.Duration
		queued bool
	}{
		{"alone", nil, nil, 0, false},
		{"after a warm-up", warm(3 * time.Second), nil, 3 * time.Second, false},
		{"after another wave", nil, []string{"calm:7/s:2s"}, 2 * time.Second, false},
		{"after a closed wave", nil, []string{"calm:c3:2s"}, 2 * time.Second, false},
		{"with random arrivals", func(sc *scenario.Scenario) { sc.Arrivals = "poisson" }, nil, 0, false},
		{"through one slot", func(sc *scenario.Scenario) { sc.MaxInFlight = 1 }, nil, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					sc.Workload.Prompts = "trace:" + path
					if c.change != nil {
						c.change(sc)
					}
				}, append(c.before, "night:trace="+path)...)
				f := &fake{epoch: time.Now(), answer: always(reply{wait: 20 * ms, tokens: 5, gap: 10 * ms})}
				r, err := Start(options(t, sc, f, f.epoch))
				if err != nil {
					t.Fatal(err)
				}
				doc := r.Wait()
				conserved(t, doc)
				if n := doc.Waves[len(doc.Waves)-1].Requests.Scheduled; n != int64(len(at)) {
					t.Fatalf("%d requests, want %d", n, len(at))
				}
				first := len(f.sent) - len(at)
				lengths := map[int]int{} // of prompts in tokens
				for i := range at {
					lengths[len(f.prompts[first+i])/4]++
					if want := c.starts + at[i]; !c.queued && f.sent[first+i] != want {
						t.Errorf("request %d at %v, want %v", i, f.sent[first+i], want)
					}
				}
				for i := range at {
					if lengths[100+i] != 1 {
						t.Errorf("%d prompts of %d tokens", lengths[100+i], 100+i)
					}
				}
			})
		})
	}
}

//go:build unix

package cmd

import (
	"fmt"
	"os"
	"testing"
	"time"

	"flashwave/client/queue"
	"flashwave/client/queue/worker"
)

// How a queue that is watched stands is on the page, by class.
func TestPromOfAQueue(t *testing.T) {
	t.Parallel()
	address, end, err := worker.Embed()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	conn, err := queue.Dial(t.Context(), queue.Address{Host: address}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the test is over
	for i := range 5 {
		if _, err := conn.Do("ZADD", "copy:queue:8", time.Now().Add(-time.Minute).Unix(), fmt.Sprint("t", i)); err != nil {
			t.Fatal(err)
		}
	}
	p := serving(t, "monitor", "--api", "queue", "--url", "redis://"+address, "--name", "shop", "--prom", "127.0.0.1:0", "--prom-linger", "1h", "--once", "--no-save")
	page := p.until(t, func(page string) bool { return sum(page, "flashwave_run_state", `"done"`) == 4 })
	for _, c := range []struct {
		metric, of string
		want       float64
	}{
		{"flashwave_queue_depth", `class="bulk"`, 5},
		{"flashwave_queue_depth", `class="urgent"`, 0},
		{"flashwave_queue_depth", `class=""`, 5},
		{"flashwave_queue_dead_letters", "", 0},
		{"flashwave_queue_starved_seconds", `class="bulk"`, 0},
	} {
		if got := sum(page, c.metric, c.of); got != c.want {
			t.Errorf("%s of %s is %v, want %v", c.metric, c.of, got, c.want)
		}
	}
	if age := sum(page, "flashwave_queue_oldest_seconds", `class="bulk"`); age < 59 {
		t.Errorf("the oldest is %v s old", age)
	}
	_ = p.cmd.Process.Signal(os.Interrupt) // it ends the wait
	<-p.ended
}

// What the probes of a monitor came to is on the page, by target, and whether each keeps
// its objective.
func TestPromOfAMonitor(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/m.yaml"
	text := "targets:\n  - {name: well, url: \"mock:\"}\n  - {name: late, url: \"mock:\", slo: [\"e2e < 1us\"]}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := serving(t, "monitor", file, "--prom", "127.0.0.1:0", "--prom-linger", "1h", "--once", "--no-save")
	page := p.until(t, func(page string) bool { return sum(page, "flashwave_run_state", `"done"`) == 2 })
	for _, c := range []struct {
		metric, of string
		want       float64
	}{
		{"flashwave_requests_total", `outcome="ok",target="well"`, 1},
		{"flashwave_requests_total", `outcome="ok",target="late"`, 1},
		{"flashwave_requests_good_total", `target="well"`, 1},
		{"flashwave_requests_good_total", `target="late"`, 0},
		{"flashwave_slo_met", `target="well"`, 1},
		{"flashwave_slo_met", `target="late"`, 0},
		{"flashwave_ttft_seconds_count", "", 2},
	} {
		if got := sum(page, c.metric, c.of); got != c.want {
			t.Errorf("%s of %s is %v, want %v", c.metric, c.of, got, c.want)
		}
	}
	_ = p.cmd.Process.Signal(os.Interrupt) // it ends the wait
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 99 {
		t.Errorf("exit code %d: %q", code, p.stderr)
	}
}

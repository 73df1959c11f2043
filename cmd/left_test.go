package cmd

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Tasks that Redis does not let go of are told of, whatever put them into the queue.
func TestTasksLeftAreTold(t *testing.T) {
	for _, args := range [][]string{
		{"run", "--rate", "20/s", "--for", "500ms", "--grace", "100ms"},
		{"capacity", "--slo", "wait.p95 < 2s"},
	} {
		t.Run(args[0], func(t *testing.T) {
			t.Setenv("XDG_STATE_HOME", t.TempDir())
			m := miniredis.RunT(t)
			var said bytes.Buffer
			p := &program{stdout: io.Discard, stderr: &said, stops: listenForStops(), env: func(string) string { return "" }}
			t.Cleanup(p.stops.close)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				root := p.root()
				root.SetArgs(append(args, "--api", "queue", "--url", "redis://"+m.Addr(), "--timeout", "1s", "--no-save", "--quiet"))
				root.SetOut(io.Discard)
				root.SetErr(io.Discard)
				_ = root.ExecuteContext(ctx) // nobody works on the tasks
			}()
			for len(m.Keys()) < 3 {
				select {
				case <-ended:
					t.Fatalf("it put nothing into the queue: %s", said.String())
				case <-time.After(time.Millisecond):
				}
			}
			m.SetError("READONLY You can't write against a read only replica.")
			if args[0] == "capacity" {
				cancel()
			}
			<-ended
			cancel()
			if n := strings.Count(said.String(), "warning: tasks that begin with fw-"); n != 1 {
				t.Errorf("told %d times: %s", n, said.String())
			}
		})
	}
}

package queue_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"

	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
)

// What waits is taken back, with its data, and what a worker has in hand goes on: nobody
// works on the former, and the latter is done.
func TestWhatWaitsIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"shop", "list", "bullmq", "stream"} {
		m := miniredis.RunT(t)
		synctest.Test(t, func(t *testing.T) {
			s := open(t, m, func(c *queue.Config, w *worker.Config) {
				var err error
				c.Layout, err = spec.ParseLayout(layout)
				must(t, err)
				w.Workers = 0
				if layout == "shop" {
					w.Workers = 1
				}
			})
			time.Sleep(100 * time.Millisecond)
			s.ask(1, 25)
			time.Sleep(700 * time.Millisecond) // the worker took its batch
			held := 0
			if layout == "shop" {
				held = 9 // of one priority of three
			}
			if waiting, running := s.client.Unfinished(); waiting != 25-held || running != held {
				t.Errorf("%s: %d wait and %d run", layout, waiting, running)
			}
			n, err := s.client.Withdraw(t.Context())
			if err != nil || n != 25-held {
				t.Errorf("%s: %d were taken back: %v", layout, n, err)
			}
			time.Sleep(3 * time.Second)
			if waiting, running := s.client.Unfinished(); waiting+running != 0 {
				t.Errorf("%s: %d wait and %d run in the end", layout, waiting, running)
			}
			s.asked.Wait()
			if got := s.outcomes(); got[outcome.OK] != held || got[outcome.Cancelled] != 25-held {
				t.Errorf("%s: %v", layout, got)
			}
			if n, err := s.client.Withdraw(t.Context()); n != 0 || err != nil {
				t.Errorf("%s: %d were taken back of nothing: %v", layout, n, err)
			}
			s.close(t)
		})
		m.Close()
	}
}

package tier

import (
	"context"
	"time"

	"flashwave/bench/result"
	"flashwave/client/queue"
)

// A Tier is a queue that is ready: what enqueues tasks, and what counts them.
type Tier struct {
	*queue.Client
	*Tally

	epoch time.Time
}

// Open opens a queue. The watcher of the configuration is the tier's own.
func Open(ctx context.Context, c queue.Config) (*Tier, error) {
	tally := New(c.Layout.Name, c.Classes)
	c.Watch = tally
	client, err := queue.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	return &Tier{client, tally, c.Epoch}, nil
}

// Report is what became of the tasks so far.
func (t *Tier) Report() *result.Tier {
	return t.Document(time.Since(t.epoch), t.Stats())
}

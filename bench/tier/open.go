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
	// Workers is how many take tasks from it, where that is known; else 0.
	Workers int

	board     *board
	layout    string
	classes   []queue.Class
	epoch     time.Time
	listening *listening // nil: to no tap
}

// Open opens a queue. The watcher of the configuration is the tier's own.
func Open(ctx context.Context, c queue.Config) (*Tier, error) {
	tally := New(c.Layout.Name, c.Classes)
	b := &board{counts: []count{{tally, 0, forever}}}
	c.Watch = b
	client, err := queue.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	tally.looks = client.Stats
	return &Tier{Client: client, Tally: tally, board: b, layout: c.Layout.Name, classes: c.Classes, epoch: c.Epoch}, nil
}

// Report is what became of the tasks so far.
func (t *Tier) Report() *result.Tier {
	_, q := t.Final(time.Since(t.epoch))
	return q
}

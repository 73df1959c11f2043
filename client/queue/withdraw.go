package queue

import (
	"container/heap"
	"context"
	"slices"

	"flashwave/client/outcome"
)

// Unfinished are the tasks that were enqueued and have not ended: how many wait, those among
// them that Redis has yet to confirm, and how many a worker has in hand.
func (q *Client) Unfinished() (wait, run int) {
	b := &q.book
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.all {
		switch t.state {
		case asked, doubted, waiting:
			wait++
		case running:
			run++
		}
	}
	return wait, run
}

// Withdraw takes back the tasks that wait, and says how many were: nobody is to work on
// them any more. What a worker takes meanwhile it has, with its data.
func (q *Client) Withdraw(ctx context.Context) (n int, err error) {
	conn, err := q.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close() //nolint:errcheck // what was to be said was said
	b := &q.book
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []*task
	for i := range b.lines {
		list = append(list, b.lines[i]...)
	}
	for part := range slices.Chunk(list, chunk) {
		gone, err := q.unplace(conn, part)
		if err != nil {
			return n, err
		}
		for _, id := range gone {
			b.withdrawn(b.all[id])
		}
		n += len(gone)
		if len(gone) == 0 {
			continue
		}
		if err := q.drop(conn, gone); err != nil {
			return n, err
		}
	}
	return n, nil
}

// withdrawn: a task that waited was taken back.
func (b *book) withdrawn(t *task) {
	heap.Remove(&b.lines[t.line], t.index)
	t.state = ended
	delete(b.all, t.ID)
	b.answer(t, outcome.Cancelled, "the task was taken back before a worker had it", b.now())
}

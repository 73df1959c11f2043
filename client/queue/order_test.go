package queue

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"

	"flashwave/client"
	"flashwave/client/queue/spec"
)

// A log of what was taken.
type takings struct{ ids []string }

func (w *takings) Taken(t Task, _ bool)        { w.ids = append(w.ids, t.ID) }
func (*takings) Enqueued(Task)                 {}
func (*takings) Requeued(Task, time.Duration)  {}
func (*takings) Ended(Task, Fate)              {}
func (*takings) Duplicate(Task, time.Duration) {}
func (*takings) Depths(time.Duration, []int64) {}

// Tasks that are asked for at once are written in an order that is not that of their
// numbers, many of them within a microsecond: none is taken to be gone while nobody takes
// any, and what was written first is taken first, and seen to be.
func TestOrderIsThatOfWriting(t *testing.T) {
	for _, name := range []string{"shop", "list", "stream", "bullmq"} {
		t.Run(name, func(t *testing.T) {
			m := miniredis.RunT(t)
			synctest.Test(t, func(t *testing.T) {
				layout, err := spec.ParseLayout(name)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				seen := &takings{}
				q, err := Open(ctx, Config{
					Address: Address{Host: m.Addr()}, Layout: layout, Classes: []Class{{Name: "all", Low: 1, High: 1}},
					Timeout: time.Minute, Epoch: time.Now(), Watch: seen,
				})
				if err != nil {
					t.Fatal(err)
				}
				asked := make([]*task, 12) // of whose numbers 10 sorts before 9
				for i := range asked {
					asked[i] = q.task(ctx, &client.Request{}, nil)
				}
				slices.Reverse(asked)
				for _, t := range asked {
					q.todo <- t
				}
				time.Sleep(50 * time.Millisecond)
				q.book.mu.Lock()
				if len(seen.ids) > 0 {
					t.Errorf("%v were taken", seen.ids)
				}
				q.book.mu.Unlock()
				if take := map[string][]any{"shop": {"ZPOPMIN", layout.QueueKey(1)}, "list": {"RPOP", layout.QueueKey(1)}}[name]; take != nil {
					conn, err := Dial(ctx, q.config.Address, "", nil)
					if err != nil {
						t.Fatal(err)
					}
					for range 2 {
						if _, err := conn.Do(take[0].(string), take[1:]...); err != nil {
							t.Fatal(err)
						}
						time.Sleep(50 * time.Millisecond)
					}
					q.book.mu.Lock()
					if want := []string{asked[0].ID, asked[1].ID}; !slices.Equal(seen.ids, want) {
						t.Errorf("%v were taken, want %v", seen.ids, want)
					}
					q.book.mu.Unlock()
					_ = conn.Close()
				}
				cancel()
				if err := q.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

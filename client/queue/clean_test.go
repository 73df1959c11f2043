package queue_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
)

// Tasks that nobody took are taken back.
func TestWaitingTasksAreTakenBack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"shop", "list", "stream", "bullmq"} {
		for _, keep := range []bool{false, true} {
			t.Run(fmt.Sprint(name, keep), func(t *testing.T) {
				t.Parallel()
				m := miniredis.RunT(t)
				layout, err := spec.ParseLayout(name)
				if err != nil {
					t.Fatal(err)
				}
				c := queue.Config{Address: queue.Address{Host: m.Addr()}, Layout: layout, Classes: classes[:1], Timeout: time.Second, Keep: keep, Epoch: time.Now(), Watch: &census{ids: map[string]queue.Fate{}}}
				q, err := queue.Open(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
				defer cancel()
				if r := q.Do(ctx, &client.Request{}, silent{}); r.Outcome != outcome.Cancelled || r.Sent == client.Never {
					t.Errorf("%+v", r)
				}
				if err := q.Close(); err != nil {
					t.Error(err)
				}
				held := 0
				switch key := layout.QueueKey(1); layout.Kind {
				case spec.SortedSet, spec.BullMQ:
					all, _ := m.ZMembers(key)
					held = len(all)
				case spec.List:
					all, _ := m.List(key)
					held = len(all)
				case spec.Stream:
					all, _ := m.Stream(key)
					held = len(all)
				}
				if want := map[bool]int{true: 1}[keep]; held != want {
					t.Errorf("the queue holds %d, want %d", held, want)
				}
			})
		}
	}
}

// A server that refuses to take tasks back has them still, and whoever closes hears it.
func TestRefusedToTakeBack(t *testing.T) {
	for _, word := range []string{"READONLY You can't write against a read only replica.", "MISCONF Errors writing to the AOF file", "LOADING Redis is loading the dataset in memory", "NOPERM this user has no permissions"} {
		for _, waits := range []bool{true, false} {
			m := miniredis.RunT(t)
			seen := &census{ids: map[string]queue.Fate{}}
			c := queue.Config{Address: queue.Address{Host: m.Addr()}, Layout: spec.Shop(), Classes: classes[:1], Timeout: time.Second, Epoch: time.Now(), Watch: seen}
			q, err := queue.Open(t.Context(), c)
			must(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			asked := make(chan struct{})
			go func() {
				defer close(asked)
				q.Do(ctx, &client.Request{}, silent{})
			}()
			for enqueued := 0; enqueued == 0; seen.at(func() { enqueued = seen.enqueued[0] }) {
				time.Sleep(time.Millisecond)
			}
			if !waits { // its data alone is to be taken back
				all, _ := m.ZMembers("copy:queue:1")
				_, _ = m.ZRem("copy:queue:1", all[0])
				_ = m.Set("copy:result:"+all[0], `{"status": "done"}`)
				<-asked
			}
			m.SetError(word)
			if waits {
				if _, err := q.Withdraw(t.Context()); err == nil {
					t.Errorf("%s: nothing is said of what was not withdrawn", word)
				}
			}
			if err := q.Close(); err == nil || !strings.Contains(err.Error(), "may be left in Redis") {
				t.Errorf("%s, it waits: %v: said is %v", word, waits, err)
			}
			cancel()
			<-asked
			m.Close()
		}
	}
}

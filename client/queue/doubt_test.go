package queue

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"

	"flashwave/client"
	"flashwave/client/outcome"
)

var layouts = []string{"shop", "list", "stream", "bullmq", "list,task=copy:task:{id}", "stream,task=copy:task:{id}", `shop,task=,payload={"id": "{id}"}`}

// A ledger counts what a watcher hears.
type ledger struct {
	takings
	enqueued map[string]int
	ended    map[string]Fate
	requeued int
}

func newLedger() *ledger { return &ledger{enqueued: map[string]int{}, ended: map[string]Fate{}} }

func (l *ledger) Enqueued(t Task)              { l.enqueued[t.ID]++ }
func (l *ledger) Ended(t Task, fate Fate)      { l.ended[t.ID] = fate }
func (l *ledger) Requeued(Task, time.Duration) { l.requeued++ }

// A torn connection takes so many commands, and then breaks: what was written reaches Redis,
// and what Redis says to that is lost.
type torn struct {
	redis.Conn
	left int
}

func (c *torn) Send(command string, args ...any) error {
	if c.left--; c.left < 0 {
		return errMute
	}
	return c.Conn.Send(command, args...)
}
func (c *torn) Receive() (any, error) { return nil, errMute }
func (c *torn) Err() error            { return errMute }

// Wherever a connection breaks while tasks are written: those that Redis has are enqueued, once,
// in their places, and the others are answered. Nobody waits for ever, and nothing is left behind.
func TestTasksInDoubt(t *testing.T) {
	t.Parallel()
	const n = 2
	for _, name := range layouts {
		t.Run(name, func(t *testing.T) {
			for left := range 6*n + 1 {
				m := miniredis.RunT(t)
				synctest.Test(t, func(t *testing.T) {
					seen := newLedger()
					q := opened(t, m, name, time.Minute, seen)
					conn, err := q.dial(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					var list []*task
					for range n {
						list = append(list, q.task(t.Context(), &client.Request{}, nil))
					}
					p := &pipe{conn: &torn{conn, left}, replies: make(chan written, n), done: make(chan struct{})}
					go q.receive(p)
					q.send(p, list)
					for range min(left, n*commandsOf(q)) {
						if _, err := conn.Receive(); err != nil { // Redis has it, if not the client
							t.Fatal(err)
						}
					}
					p.end()
					time.Sleep(3 * time.Second)
					q.book.mu.Lock()
					for i, of := range list {
						switch {
						case i < left/commandsOf(q) && (seen.enqueued[of.ID] != 1 || of.over || of.state != waiting):
							t.Errorf("broken after %d commands: task %d is in Redis, and enqueued %d times", left, i, seen.enqueued[of.ID])
						case i >= left/commandsOf(q) && (seen.enqueued[of.ID] != 0 || !of.over || of.result.Outcome != outcome.Reset):
							t.Errorf("broken after %d commands: task %d is not in Redis, and enqueued %d times: %+v", left, i, seen.enqueued[of.ID], of.result)
						}
					}
					if len(seen.ids) > 0 {
						t.Errorf("broken after %d commands: %v were taken by nobody", left, seen.ids)
					}
					q.book.mu.Unlock()
					if err := q.Close(); err != nil {
						t.Error(err)
					}
				})
				for _, key := range m.Keys() {
					if of := held(m, key); len(of) > 0 {
						t.Errorf("broken after %d commands: left behind is %s: %v", left, key, of)
					}
				}
				m.Close()
			}
		})
	}
}

// commandsOf is how many commands enqueue a task.
func commandsOf(q *Client) int {
	n := 3
	if l := &q.config.Layout; l.Task != "" && l.Kind != "bullmq" {
		n++
	}
	if q.config.Layout.Stats != "" {
		n++
	}
	return n
}

// held is what a key of tasks holds; nil of those that count, or say what happened.
func held(m *miniredis.Miniredis, key string) []string {
	switch key {
	case "copy:stats", "bull:copy:pc", "bull:copy:marker", "bull:copy:events":
		return nil
	}
	switch m.Type(key) {
	case "zset":
		all, _ := m.ZMembers(key)
		return all
	case "list":
		all, _ := m.List(key)
		return all
	case "stream":
		var all []string
		entries, _ := m.Stream(key)
		for _, e := range entries {
			all = append(all, fmt.Sprint(e))
		}
		return all
	}
	return []string{m.Type(key)}
}

// Who waits for tasks of a Redis that is gone for good is told so, and the tasks stay what they were.
func TestGoneForGood(t *testing.T) {
	for _, name := range layouts {
		t.Run(name, func(t *testing.T) {
			m := miniredis.RunT(t)
			synctest.Test(t, func(t *testing.T) {
				seen := newLedger()
				q := opened(t, m, name, 5*time.Second, seen)
				results := make(chan client.Result, 2)
				go func() { results <- q.Do(t.Context(), &client.Request{}, nil) }()
				time.Sleep(100 * time.Millisecond)
				m.Close()
				if r := <-results; r.Outcome != outcome.Connect && r.Outcome != outcome.Reset || r.Done < 5*time.Second || r.Done > 6*time.Second {
					t.Errorf("%+v", r)
				}
				if r := q.Do(t.Context(), &client.Request{}, nil); r.Outcome != outcome.Connect && r.Outcome != outcome.Reset {
					t.Errorf("%+v", r)
				}
				_ = q.Close() // it says that nothing could be taken back
				if len(seen.ended)+len(seen.ids) > 0 {
					t.Errorf("%v ended and %v were taken, and nobody saw it", seen.ended, seen.ids)
				}
			})
		})
	}
}

// A Redis that answers nothing but that it cannot is not one that has nothing: what comes to
// light afterwards counts.
func TestRefusalsAreNotSeen(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"LOADING Redis is loading the dataset in memory", "BUSY a script runs", "MASTERDOWN no link", "NOPERM no"} {
		t.Run(word, func(t *testing.T) {
			m := miniredis.RunT(t)
			synctest.Test(t, func(t *testing.T) {
				seen := newLedger()
				q := opened(t, m, "shop", time.Second, seen)
				result := make(chan client.Result, 2)
				go func() { result <- q.Do(t.Context(), &client.Request{}, nil) }()
				time.Sleep(100 * time.Millisecond)
				all, _ := m.ZMembers("copy:queue:1")
				_, _ = m.ZRem("copy:queue:1", all[0])
				time.Sleep(100 * time.Millisecond)
				m.SetError(word)
				time.Sleep(time.Minute)
				_ = m.Set("copy:result:"+all[0], `{"status": "done"}`)
				m.SetError("")
				time.Sleep(time.Second)
				<-result
				if err := q.Close(); err != nil {
					t.Error(err)
				}
				if seen.ended[all[0]] != Done {
					t.Errorf("the task ended as %q, want done", seen.ended[all[0]])
				}
			})
		})
	}
}

// A result that came just in time is read before the task is given up.
func TestLastLookBeforeLost(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		seen := newLedger()
		q := opened(t, m, "shop", time.Minute, seen)
		result := make(chan client.Result, 1)
		go func() { result <- q.Do(t.Context(), &client.Request{}, nil) }()
		time.Sleep(105 * time.Millisecond)
		all, _ := m.ZMembers("copy:queue:1")
		_, _ = m.ZRem("copy:queue:1", all[0])
		time.Sleep(time.Minute - 10*time.Millisecond)
		_ = m.Set("copy:result:"+all[0], `{"status": "done"}`)
		if r := <-result; r.Outcome != outcome.OK {
			t.Errorf("%+v", r)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Tasks that are taken from the other end are seen when they are done, while the head stands.
func TestTakenFromTheOtherEnd(t *testing.T) {
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		seen := newLedger()
		q := opened(t, m, "list", time.Minute, seen)
		results := make(chan client.Result, 100)
		for range 100 {
			go func() { results <- q.Do(t.Context(), &client.Request{}, nil) }()
		}
		time.Sleep(100 * time.Millisecond)
		for range 99 {
			payload, _ := m.Lpop("copy:list:1")
			_ = m.Set("copy:result:"+idOf([]byte(payload)), `{"status": "done"}`)
		}
		time.Sleep(time.Second)
		q.book.mu.Lock()
		if len(seen.ended) != 99 || len(seen.ids) != 99 {
			t.Errorf("%d ended and %d were taken, want 99", len(seen.ended), len(seen.ids))
		}
		q.book.mu.Unlock()
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		for range 100 {
			<-results
		}
	})
}

// A counter that cannot count does not keep a task from its queue, and one of a wrong type is
// found before.
func TestCounterOfAWrongType(t *testing.T) {
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		seen := newLedger()
		q := opened(t, m, "shop", time.Minute, seen)
		_ = m.Set("copy:stats", "none")
		result := make(chan client.Result, 1)
		go func() { result <- q.Do(t.Context(), &client.Request{}, nil) }()
		time.Sleep(100 * time.Millisecond)
		q.book.mu.Lock()
		if len(seen.enqueued) != 1 {
			t.Errorf("%d tasks were enqueued, want 1", len(seen.enqueued))
		}
		q.book.mu.Unlock()
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		<-result
		for thing, key := range map[string]string{"the hash of counters is a hash": "copy:stats", "the hash of dead letters is a hash": "copy:dead"} {
			m.FlushAll()
			_ = m.Set(key, "none")
			if _, err := Open(t.Context(), q.config); err == nil || err.Error() != "key "+key+" holds a string, and "+thing {
				t.Errorf("%v", err)
			}
		}
	})
}

// Who took a task at the last moment finds its data.
func TestTakenAtTheLastMoment(t *testing.T) {
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		q := opened(t, m, "shop", time.Minute, newLedger())
		for range 2 {
			go q.Do(t.Context(), &client.Request{}, nil)
		}
		time.Sleep(100 * time.Millisecond)
		q.cancel() // nobody looks any more
		q.wait.Wait()
		all, _ := m.ZMembers("copy:queue:1")
		_, _ = m.ZRem("copy:queue:1", all[0])
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		if !m.Exists("copy:task:"+all[0]) || m.Exists("copy:task:"+all[1]) {
			t.Errorf("left are %v, want the data of %s", m.Keys(), all[0])
		}
	})
}

// Whoever asks while the client is closed is answered.
func TestClosedWhileAsked(t *testing.T) {
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		q := opened(t, m, "shop", time.Minute, newLedger())
		results := make(chan client.Result)
		for range 300 {
			go func() { results <- q.Do(t.Context(), &client.Request{}, nil) }()
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		for range 300 {
			if r := <-results; r.Outcome != outcome.Cancelled {
				t.Errorf("%+v", r)
			}
		}
		if r := q.Do(t.Context(), &client.Request{}, nil); r.Outcome != outcome.Cancelled {
			t.Errorf("%+v", r)
		}
		if all, _ := m.ZMembers("copy:queue:1"); len(all) > 0 {
			t.Errorf("%v are left", all)
		}
	})
}

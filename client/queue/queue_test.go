package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"

	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
)

// A census counts what a watcher hears, by class.
type census struct {
	sync.Mutex
	enqueued, waiting, running, done, dead, lost, requeued, inverted, twice [3]int
	ids                                                                     map[string]queue.Fate
	waits                                                                   []time.Duration
}

func (c *census) Enqueued(t queue.Task) { c.at(func() { c.enqueued[t.Class]++; c.waiting[t.Class]++ }) }

func (c *census) Taken(t queue.Task, inverted bool) {
	c.at(func() {
		c.waiting[t.Class]--
		c.running[t.Class]++
		c.waits = append(c.waits, t.Taken-t.Enqueued)
		if inverted {
			c.inverted[t.Class]++
		}
	})
}

func (c *census) Requeued(t queue.Task, _ time.Duration) {
	c.at(func() { c.requeued[t.Class]++; c.running[t.Class]--; c.waiting[t.Class]++ })
}

func (c *census) Ended(t queue.Task, fate queue.Fate) {
	c.at(func() {
		c.running[t.Class]--
		c.ids[t.ID] = fate
		switch fate {
		case queue.Done:
			c.done[t.Class]++
		case queue.Dead:
			c.dead[t.Class]++
		case queue.Lost:
			c.lost[t.Class]++
		}
	})
}
func (c *census) Duplicate(t queue.Task, _ time.Duration) { c.at(func() { c.twice[t.Class]++ }) }
func (c *census) Depths(time.Duration, []int64)           {}
func (c *census) at(f func())                             { c.Lock(); defer c.Unlock(); f() }

// conserved checks that each task is in one place.
func (c *census) conserved(t *testing.T) {
	t.Helper()
	c.Lock()
	defer c.Unlock()
	for i, n := range c.enqueued {
		if sum := c.done[i] + c.dead[i] + c.lost[i] + c.waiting[i] + c.running[i]; n != sum || c.waiting[i] < 0 || c.running[i] < 0 {
			t.Errorf("class %d: %d enqueued, and %d done + %d dead + %d lost + %d waiting + %d running = %d", i, n, c.done[i], c.dead[i], c.lost[i], c.waiting[i], c.running[i], sum)
		}
	}
}

// fixed is an endpoint that answers after a time.
type fixed struct {
	after time.Duration
	of    outcome.Outcome
}

func (f fixed) Do(ctx context.Context, _ *client.Request, _ client.Sink) client.Result {
	select {
	case <-ctx.Done():
	case <-time.After(f.after):
	}
	return client.Result{Outcome: f.of, Text: "fine", Usage: client.Usage{Prompt: 7, Output: 5, From: client.FromUsage}}
}

type silent struct{}

func (silent) Sent(time.Duration)               {}
func (silent) Token(time.Duration, client.Kind) {}

var classes = []queue.Class{{Name: "urgent", Low: 1, High: 3}, {Name: "normal", Low: 4, High: 6}, {Name: "bulk", Low: 7, High: 10}}

// A shop is a client and the built-in worker at one Redis, in virtual time.
type shop struct {
	*census
	client  *queue.Client
	results []client.Result
	lock    sync.Mutex
	asked   sync.WaitGroup
	ctx     context.Context
	stop    context.CancelFunc
	worker  sync.WaitGroup
	config  queue.Config
}

// open opens a shop at a Redis that was started outside the bubble of virtual time.
func open(t *testing.T, m *miniredis.Miniredis, change func(*queue.Config, *worker.Config)) *shop {
	t.Helper()
	s := &shop{census: &census{ids: map[string]queue.Fate{}}}
	s.ctx, s.stop = context.WithCancel(t.Context())
	at := queue.Address{Host: m.Addr()}
	s.config = queue.Config{Address: at, Layout: spec.Shop(), Classes: classes, Timeout: 10 * time.Second, Epoch: time.Now(), Watch: s.census}
	w := worker.Default()
	w.Dial = func(ctx context.Context) (redis.Conn, error) { return queue.Dial(ctx, at, "", nil) }
	w.Ask = fixed{time.Second, outcome.OK}
	change(&s.config, &w)
	var err error
	if s.client, err = queue.Open(s.ctx, s.config); err != nil {
		t.Fatal(err)
	}
	if w.Workers > 0 {
		s.worker.Go(func() { _ = worker.Run(s.ctx, w) })
	}
	return s
}

// ask asks n tasks of a class at once.
func (s *shop) ask(class, n int) {
	for range n {
		s.asked.Go(func() {
			r := s.client.Do(s.ctx, &client.Request{Class: class, Messages: []client.Message{{Role: "user", Content: "áo dài"}}, MaxTokens: 9}, silent{})
			s.lock.Lock()
			defer s.lock.Unlock()
			s.results = append(s.results, r)
		})
	}
}

func (s *shop) close(t *testing.T) {
	t.Helper()
	s.stop()
	s.asked.Wait()
	s.worker.Wait()
	if err := s.client.Close(); err != nil {
		t.Error(err)
	}
}

func (s *shop) outcomes() map[outcome.Outcome]int {
	s.lock.Lock()
	defer s.lock.Unlock()
	m := map[outcome.Outcome]int{}
	for _, r := range s.results {
		m[r.Outcome]++
	}
	return m
}

// The shop's worker takes ten at once, and rests: what the client sees of it is exact to
// half of the time between two looks, at either end; a result is asked for less often the longer
// it takes.
func TestTasksAreTakenAndDone(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		s := open(t, m, func(*queue.Config, *worker.Config) {})
		time.Sleep(100 * time.Millisecond)
		s.ask(0, 10)
		s.ask(2, 10)
		s.asked.Wait()
		if got := s.outcomes(); got[outcome.OK] != 20 {
			t.Errorf("%v", got)
		}
		for _, r := range s.results {
			if service := r.Done - r.FirstByte; (service - time.Second).Abs() > 15*time.Millisecond {
				t.Errorf("service time %v, want 1s", service)
			}
			if r.Usage.Output != 5 || r.Usage.Prompt != 7 || r.Usage.From != client.FromUsage || r.Text != "fine" {
				t.Errorf("%+v", r.Usage)
			}
		}
		s.conserved(t)
		if s.inverted != [3]int{} || s.twice != [3]int{} {
			t.Errorf("%+v", s.census)
		}
		s.close(t)
	})
	if keys := m.Keys(); len(keys) != 21 || m.Exists("copy:task:1") {
		t.Errorf("left behind are %d keys: results and the counters should be, and no more: %v", len(keys), keys)
	}
	if got := m.HGet("copy:stats", "enqueued") + " " + m.HGet("copy:stats", "completed"); got != "20 20" {
		t.Errorf("counted %s", got)
	}
}

// noting is an endpoint that answers after a time, and notes when each task was asked for and
// answered.
type noting struct {
	sync.Mutex
	epoch       time.Time
	asked, told map[string]time.Duration
}

// note notes when something happened to a task, and returns to how many it has.
func (n *noting) note(to map[string]time.Duration, id string) int {
	n.Lock()
	defer n.Unlock()
	to[id] = time.Since(n.epoch)
	return len(to)
}

func (n *noting) Do(ctx context.Context, r *client.Request, sink client.Sink) client.Result {
	others := n.note(n.asked, r.TaskID)
	res := fixed{23700*time.Microsecond + time.Duration(others%7)*time.Millisecond, outcome.OK}.Do(ctx, r, sink)
	n.note(n.told, r.TaskID)
	return res
}

// Instants between two looks are off by half of the time between them at most, and on average
// by next to nothing, however short the waits are.
func TestInstantsAreOffByNothingOnAverage(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		n := &noting{epoch: time.Now(), asked: map[string]time.Duration{}, told: map[string]time.Duration{}}
		s := open(t, m, func(_ *queue.Config, w *worker.Config) { w.Ask, w.Pause, w.Workers = n, 11130*time.Microsecond, 3 })
		for range 300 {
			s.ask(0, 1)
			time.Sleep(7310 * time.Microsecond)
		}
		s.asked.Wait()
		const poll = 10 * time.Millisecond
		var taken, done, wait time.Duration
		for _, r := range s.results {
			early, late := r.FirstByte-n.asked[r.RequestID], r.Done-n.told[r.RequestID]
			if early.Abs() > poll/2 || late.Abs() > poll/2 || r.FirstByte < r.Sent || r.Done < r.FirstByte {
				t.Errorf("taken at %v and seen at %v, done at %v and seen at %v", n.asked[r.RequestID], r.FirstByte, n.told[r.RequestID], r.Done)
			}
			taken, done, wait = taken+early, done+late, wait+n.asked[r.RequestID]-r.Sent
		}
		all := time.Duration(len(s.results))
		if all != 300 || (taken/all).Abs() > poll/20 || (done/all).Abs() > poll/20 || wait/all < poll/2 {
			t.Errorf("%d tasks waited %v, taken %v and done %v late, on average", all, wait/all, taken/all, done/all)
		}
		s.close(t)
	})
}

// What workers do wrong is seen for what it is.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		faults worker.Faults
		of     outcome.Outcome
		check  func(s *shop) error
	}{
		{"a class is lost", worker.Faults{Lose: "7-10"}, outcome.OK, func(s *shop) error {
			return want(s.lost, [3]int{0, 0, 20}, s.done, [3]int{20, 20, 0}, s.outcomes()[outcome.Timeout], 20)
		}},
		{"a class starves", worker.Faults{Starve: "7-10"}, outcome.OK, func(s *shop) error {
			return want(s.waiting, [3]int{0, 0, 20}, s.lost, [3]int{}, s.done, [3]int{20, 20, 0})
		}},
		{"all is done twice", worker.Faults{Duplicate: 1}, outcome.OK, func(s *shop) error {
			return want(s.done, [3]int{20, 20, 20}, s.twice, [3]int{20, 20, 20})
		}},
		{"workers die with what they took", worker.Faults{Die: 1}, outcome.OK, func(s *shop) error {
			return want(s.lost, [3]int{20, 20, 20}, s.outcomes()[outcome.Timeout], 60)
		}},
		{"the endpoint fails", worker.Faults{}, outcome.Overloaded, func(s *shop) error {
			return want(s.dead, [3]int{20, 20, 20}, s.outcomes()[outcome.ServerError], 60, s.results[0].Retries, 3)
		}},
		{"the least urgent first", worker.Faults{Invert: 1}, outcome.OK, func(s *shop) error {
			return want(s.done, [3]int{20, 20, 20}, s.inverted[0], 0, s.inverted[2] > 10, true, s.inverted[1] > 10, true)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			synctest.Test(t, func(t *testing.T) {
				s := open(t, m, func(of *queue.Config, w *worker.Config) {
					of.Poll = 250 * time.Millisecond
					w.Faults, w.Ask = c.faults, fixed{time.Second, c.of}
				})
				for class := range 3 {
					s.ask(class, 20)
				}
				time.Sleep(150 * time.Second)
				if err := c.check(s); err != nil {
					t.Error(err)
				}
				s.conserved(t)
				s.close(t)
			})
			if n, _ := m.ZMembers("copy:queue:7"); len(n) > 0 {
				t.Errorf("%d tasks are left in the queue", len(n))
			}
		})
	}
}

// want compares pairs.
func want(pairs ...any) error {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] != pairs[i+1] {
			return fmt.Errorf("pair %d: got %v, want %v", i/2, pairs[i], pairs[i+1])
		}
	}
	return nil
}

// A queue that is not empty, or none, is refused, and nothing in it is touched.
func TestOthersAreLeftAlone(t *testing.T) {
	m := miniredis.RunT(t)
	_, _ = m.ZAdd("copy:queue:7", 1, "theirs")
	c := queue.Config{Address: queue.Address{Host: m.Addr()}, Layout: spec.Shop(), Classes: classes, Timeout: time.Second, Epoch: time.Now(), Watch: &census{ids: map[string]queue.Fate{}}}
	if _, err := queue.Open(t.Context(), c); !errors.Is(err, queue.ErrNotEmpty) {
		t.Errorf("%v", err)
	}
	c.Join = true
	q, err := queue.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := q.Do(ctx, &client.Request{Class: 2}, silent{}); r.Outcome != outcome.Cancelled {
		t.Errorf("%+v", r)
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
	if all, _ := m.ZMembers("copy:queue:7"); len(all) != 1 {
		t.Errorf("%v", all)
	}
	_ = m.Set("copy:queue:4", "no queue")
	if _, err := queue.Open(t.Context(), c); err == nil || err.Error() != "key copy:queue:4 holds a string, and the queue is a zset" {
		t.Errorf("%v", err)
	}
}

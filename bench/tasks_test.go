package bench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/bench/tier"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue"
)

// A shop is a queue in virtual time, whose worker takes a task each pause, the most urgent
// first, and has it for some time. What lose says is never done.
type shop struct {
	*tier.Tally
	epoch          time.Time
	pause, service time.Duration
	patience       time.Duration // with a task that a worker does not finish
	lose           func(n int) bool
	shuns          bool // workers do not take what is not urgent

	mu     sync.Mutex
	queues [2][]*shopTask
	n      int
	stop   chan struct{}
	ended  sync.WaitGroup
}

type shopTask struct {
	queue.Task
	done chan client.Outcome
}

func openShop(pause, service time.Duration) *shop {
	s := &shop{
		Tally: tier.New("shop", []queue.Class{{Name: "urgent", Low: 1, High: 3}, {Name: "bulk", Low: 7, High: 10}}),
		epoch: time.Now(), pause: pause, service: service, patience: 2 * time.Second, stop: make(chan struct{}),
	}
	s.ended.Go(s.work)
	s.ended.Go(s.look)
	return s
}

func (s *shop) now() time.Duration { return time.Since(s.epoch) }

// Do enqueues a task and waits for it.
func (s *shop) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	s.mu.Lock()
	s.n++
	t := &shopTask{queue.Task{ID: "t" + strconv.Itoa(s.n), Class: req.Class, Enqueued: s.now(), Taken: client.Never, Done: client.Never}, make(chan client.Outcome, 1)}
	sink.Sent(t.Enqueued)
	s.queues[t.Class] = append(s.queues[t.Class], t)
	s.Enqueued(t.Task)
	s.mu.Unlock()
	res := client.Result{Sent: t.Enqueued, FirstByte: client.Never, FirstToken: client.Never, FirstAnswer: client.Never, LastToken: client.Never}
	select {
	case res.Outcome = <-t.done:
	case <-ctx.Done():
		res.Outcome = outcome.Cancelled
	}
	res.Done = s.now()
	return res
}

func (s *shop) work() {
	for n := 0; ; {
		select {
		case <-s.stop:
			return
		case <-time.After(s.pause):
		}
		s.mu.Lock()
		for class, list := range s.queues {
			if len(list) == 0 || s.shuns && class > 0 {
				continue
			}
			t := list[0]
			s.queues[class] = list[1:]
			t.Taken = s.now()
			s.Taken(t.Task, false)
			n++
			takes, fate, of := s.service, queue.Done, outcome.OK
			if s.lose != nil && s.lose(n) {
				takes, fate, of = s.patience, queue.Lost, outcome.Timeout
			}
			s.ended.Go(func() { s.finish(t, takes, fate, of) })
			break
		}
		s.mu.Unlock()
	}
}

func (s *shop) finish(t *shopTask, takes time.Duration, fate queue.Fate, of client.Outcome) {
	select {
	case <-s.stop:
		return
	case <-time.After(takes):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Done = s.now()
	s.Ended(t.Task, fate)
	t.done <- of
}

func (s *shop) look() {
	for wait := 700 * ms; ; wait = time.Second { // between the seconds of a run
		select {
		case <-s.stop:
			return
		case <-time.After(wait):
		}
		s.mu.Lock()
		s.Depths(s.now(), []int64{int64(len(s.queues[0])), int64(len(s.queues[1]))})
		s.mu.Unlock()
	}
}

func (s *shop) close() {
	close(s.stop)
	s.ended.Wait()
}

// ofTasks makes the requests of a scenario tasks of two classes, in equal shares.
func ofTasks(sc *scenario.Scenario) {
	sharesOf(sc, "urgent", "bulk")
	sc.Target.API = scenario.QueueAPI
	sc.Mix[0].Priorities, sc.Mix[1].Priorities = "1-3", "7-10"
	sc.Arrivals = "constant"
	sc.Grace = scenario.Duration(2 * time.Second)
}

// startShop starts a run against a shop. It must be called inside a bubble.
func startShop(t *testing.T, s *shop, sc *scenario.Scenario, j *store.Journal) *Run {
	t.Helper()
	o := options(t, sc, s, s.epoch)
	o.Tier = &tier.Tier{Tally: s.Tally}
	if j != nil {
		o.Journal, o.ID = j, j.ID()
	}
	r, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Workers that serve the urgent alone let the others starve: that is said while the run goes
// on, by SLOs, by an event and by whoever looks.
func TestStarvingIsSaidLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, func(sc *scenario.Scenario) {
			ofTasks(sc)
			sc.SLO = []string{"wait.p95 < 1s in urgent", "starved < 5s in bulk", "wait.p95 < 3s in bulk"}
		}, "w:8/s:20s")
		s := openShop(100*ms, 100*ms)
		s.shuns = true
		defer s.close()
		r := startShop(t, s, sc, nil)
		look := func(at time.Duration) result.Snapshot {
			time.Sleep(at + 10*ms - s.now())
			return r.Snapshot(result.View{Window: 10 * time.Second, Wave: -1})
		}
		held := func(shot result.Snapshot) (list []bool) {
			for _, o := range shot.SLOs[:3] {
				list = append(list, o.LiveOK != nil && *o.LiveOK)
			}
			return list
		}
		early, late := look(4*time.Second), look(12*time.Second)
		if got := held(early); !slices.Equal(got, []bool{true, true, false}) && !slices.Equal(got, []bool{true, true, true}) {
			t.Errorf("after 4 s held %v", got)
		}
		if got := held(late); !slices.Equal(got, []bool{true, false, false}) {
			t.Errorf("after 12 s held %v", got)
		}
		if n := early.Queue.Now; n[1].Starving || n[0].Starving || n[1].Waiting == 0 {
			t.Errorf("after 4 s %+v", n)
		}
		n := late.Queue.Now
		if !n[1].Starving || n[0].Starving || n[1].Taken != 0 || n[0].Taken < 3 || n[0].Wait == nil || n[1].Wait != nil || *n[1].Hungry < 10*time.Second || n[1].Depth < 40 {
			t.Errorf("after 12 s %+v", n)
		}
		if rows := late.Queue.Timeline; len(rows) < 10 || !rows[len(rows)-1].Classes[1].Starving || rows[2].Classes[1].Starving {
			t.Errorf("rows %+v", late.Queue.Timeline)
		}
		for _, part := range []string{"urgent tasks waited", "bulk got nothing for 1"} {
			if !strings.Contains(late.Customers, part) {
				t.Errorf("customers: %q lacks %q", late.Customers, part)
			}
		}
		if q := late.Queue.Tier; q.Total.Latency.Wait == nil || q.Total.Latency.Wait.HDR != "" || q.LostIDs != nil {
			t.Errorf("%+v", q.Total)
		}
		doc := r.Wait()
		var events []string
		for _, e := range doc.Events {
			if e.Kind == result.Starving {
				events = append(events, e.Text)
			}
		}
		if len(events) != 1 || !strings.HasPrefix(events[0], "bulk starves: ") || !strings.Contains(events[0], "nothing taken for ") {
			t.Errorf("events %q", events)
		}
		if now := r.Snapshot(result.View{Wave: -1}).Queue.Now; now != nil {
			t.Errorf("a run that is over has a present: %+v", now)
		}
	})
}

// A run stops when what it is to abort on is so of its tasks, and not before.
func TestAbortOnTasks(t *testing.T) {
	for _, c := range []struct {
		on   string
		lose func(n int) bool
		from time.Duration // when it is so
	}{
		{"starved > 5s in bulk", nil, 5 * time.Second},
		{"wait.p95 > 4s in bulk", nil, 4 * time.Second},
		{"lost > 2", func(n int) bool { return n <= 12 }, 2 * time.Second},
		{"starved > 5s in urgent", nil, 0},
		{"dead > 0", nil, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) {
				ofTasks(sc)
				sc.AbortOn = []string{c.on}
			}, "w:8/s:20s")
			s := openShop(250*ms, 100*ms)
			defer s.close()
			s.lose = c.lose
			r := startShop(t, s, sc, nil)
			doc := r.Wait()
			i := slices.IndexFunc(doc.Events, func(e result.Event) bool { return e.Kind == result.Stopped })
			if c.from == 0 {
				if i >= 0 {
					t.Errorf("%s: %+v", c.on, doc.Events[i])
				}
				return
			}
			if i < 0 || doc.Verdict.ExitCode != verdict.ExitStopped {
				t.Fatalf("%s: it did not stop: %+v", c.on, doc.Verdict)
			}
			if at := doc.Events[i].TS; at < c.from.Seconds() || at > c.from.Seconds()+3 {
				t.Errorf("%s: stopped at %v s, want about %v", c.on, at, c.from)
			}
		})
	}
}

// What workers take and never finish is an event, with the first that were lost by name.
func TestLostTasksAreAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, ofTasks, "w:3/s:20s")
		s := openShop(250*ms, 100*ms)
		defer s.close()
		s.lose = func(n int) bool { return n >= 5 && n < 9 }
		doc := startShop(t, s, sc, nil).Wait()
		var events []result.Event
		for _, e := range doc.Events {
			if e.Kind == result.TasksLost {
				events = append(events, e)
			}
		}
		var lost int64
		for _, e := range events {
			first, _, _ := strings.Cut(e.Text, " ")
			n, _ := strconv.ParseInt(first, 10, 64)
			lost += n
		}
		if len(events) != 2 || doc.Queue.Total.Tasks.Lost != 4 || len(doc.Queue.LostIDs) != 4 || !strings.Contains(events[0].Text, doc.Queue.LostIDs[0]) || events[1].TS-events[0].TS < 10 {
			t.Errorf("%d lost in %+v, and %q", lost, events, doc.Queue.LostIDs)
		}
	})
}

// A run that was killed has its queue up to its last second, conserved, and is judged by its
// tasks as it would have been.
func TestKilledRunHasItsQueue(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Duration // of the kill
		warm time.Duration
		load string
	}{
		{"in the middle", 9500 * ms, 0, "w:8/s:20s"},
		{"after a warm-up", 9500 * ms, 3 * time.Second, "w:8/s:20s"},
		{"with minutes in its logs", 12*time.Minute + 500*ms, 0, "w:2/s:15m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, func(sc *scenario.Scenario) {
					ofTasks(sc)
					sc.Warmup = scenario.Duration(c.warm)
					sc.SLO = []string{"wait.p95 < 1s in urgent", "starved < 5s in bulk", "wait.p95 < 3s in bulk", "dead <= 0", "inversions <= 0", "wait.p50 < 2s"}
				}, c.load)
				s := openShop(250*ms, 100*ms)
				defer s.close()
				s.lose = func(n int) bool { return n%10 == 3 }
				_, j := kept(t)
				r := startShop(t, s, sc, j)
				time.Sleep(c.at - s.now())
				shot := r.Snapshot(result.View{Wave: -1}) // as of the last full second
				synctest.Wait()
				killed := copied(t, j)
				r.Stop()
				r.Wait()
				doc, err := killed.Load("latest")
				if err != nil {
					t.Fatal(err)
				}
				want, got := shot.Queue.Tier, *doc.Queue
				for i, c := range got.Classes {
					n := c.Tasks
					if n.Enqueued == 0 || n.Enqueued != n.Done+n.Dead+n.Lost+n.Waiting+n.Running {
						t.Errorf("%s: %+v", c.Name, n)
					}
					got.Classes[i].Latency.Wait = plainLatency(c.Latency.Wait)
					got.Classes[i].Latency.Service = plainLatency(c.Latency.Service)
				}
				got.Total.Latency.Wait, got.Total.Latency.Service = plainLatency(got.Total.Latency.Wait), plainLatency(got.Total.Latency.Service)
				if len(got.LostIDs) == 0 {
					t.Error("nothing is known to be lost")
				}
				got.LostIDs = nil
				if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0), cmpopts.IgnoreFields(result.TierLatency{}, "E2E")); diff != "" {
					t.Error(diff)
				}
				for i, o := range doc.Verdict.SLOs {
					live := shot.SLOs[i]
					if o.Expr != live.Expr || !cmp.Equal(o.OK, live.RunOK) {
						t.Errorf("%s: %v, and live it was %v", o.Expr, said(o.OK), said(live.RunOK))
					}
				}
			})
		})
	}
}

func said(ok *bool) string {
	if ok == nil {
		return "unknown"
	}
	return strconv.FormatBool(*ok)
}

// copied is a store with the run of a journal as it is on disk now.
func copied(t *testing.T, j *store.Journal) *store.Store {
	t.Helper()
	dir := t.TempDir()
	into := filepath.Join(dir, j.ID())
	if err := os.CopyFS(into, os.DirFS(j.Dir())); err != nil {
		t.Fatal(err)
	}
	runs, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func plainLatency(l *result.Latency) *result.Latency {
	if l == nil {
		return nil
	}
	b := *l
	b.HDR = ""
	return &b
}

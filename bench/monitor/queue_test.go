package monitor

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/monitor/alert"
	"flashwave/bench/monitor/history"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/client/outcome"
	"flashwave/client/queue"
)

// A fakeQueue is a queue of two classes in virtual time: of each so much waits since so long
// after the start as see says.
type fakeQueue struct {
	began time.Time
	last  time.Time
	see   func(at time.Duration, s *queue.Sight)
}

func (f *fakeQueue) Look(context.Context) queue.Sight {
	now := time.Now()
	s := queue.Sight{At: now, Seen: empty(), Classes: []queue.Seen{empty(), empty()}, Dead: new(int64(7))}
	if !f.last.IsZero() {
		s.Over = now.Sub(f.last)
	}
	f.last = now
	time.Sleep(2 * time.Millisecond)
	f.see(now.Sub(f.began), &s)
	if s.Outcome != outcome.OK {
		for i := range s.Classes {
			s.Classes[i] = queue.Seen{Outcome: s.Outcome, Err: s.Err}
		}
		return queue.Sight{Seen: queue.Seen{Outcome: s.Outcome, Err: s.Err}, Classes: s.Classes}
	}
	return s
}

func empty() queue.Seen { return queue.Seen{Outcome: outcome.OK, Depth: new(int64(0))} }

// waits is a class of which n wait, the oldest and all in vain for so long.
func waits(n int64, oldest, starved time.Duration) queue.Seen {
	return queue.Seen{Outcome: outcome.OK, Depth: &n, Oldest: &oldest, Starved: &starved, Arrived: &queue.Count{N: 3}, Taken: &queue.Count{N: 2, AtLeast: true}}
}

// queueTargets are those of a queue of two classes.
func queueTargets(t testing.TB, f *fakeQueue, slos ...string) []*Target {
	t.Helper()
	w := scenario.DefaultWatched()
	w.Name, w.Ask.Target.API, w.Ask.Target.URL, w.Ask.SLO = "shop", "queue", "redis://shop.test", slos
	if err := w.Ask.SetClasses("urgent=1-3, bulk=7-10"); err != nil {
		t.Fatal(err)
	}
	plan := &scenario.Monitor{Targets: []scenario.Watched{w}}
	if err := plan.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	list, err := NewQueue(plan.Targets[0], f)
	if err != nil {
		t.Fatal(err)
	}
	f.began, f.last = time.Now(), time.Time{}
	return list
}

// A queue that is given no objective has the usual ones; each is a bound of the class that
// it names, or of the whole.
func TestQueueTargets(t *testing.T) {
	for _, c := range []struct {
		slos []string
		want string
	}{
		{nil, "shop [dead <= 0]; shop/urgent [starved < 60s in urgent]; shop/bulk [starved < 60s in bulk]"},
		{[]string{"oldest < 30s in urgent", "depth < 1000"}, "shop [depth < 1000]; shop/urgent [oldest < 30s in urgent]; shop/bulk []"},
	} {
		var got []string
		for _, of := range queueTargets(t, &fakeQueue{}, c.slos...) {
			got = append(got, fmt.Sprint(of.Name, " ", of.Bounds()))
			if of.Every != time.Second {
				t.Errorf("it is looked at every %v", of.Every)
			}
		}
		if got := strings.Join(got, "; "); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// Every way in which a queue ends up, and what is said of it: the verdict, its words, and
// the row of the target that it is about.
func TestQueueVerdicts(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		why   string
		slos  []string
		see   func(at time.Duration, s *queue.Sight)
		code  int
		says  string // in the headline at the end of the minute
		state map[string]State
	}{
		{"nothing waits", nil, func(time.Duration, *queue.Sight) {}, 0, "nothing waits", map[string]State{"shop": Up, "shop/urgent": Up, "shop/bulk": Up}},
		{"bulk gets nothing", []string{"starved < 10s in bulk"}, func(at time.Duration, s *queue.Sight) {
			s.Classes[1] = waits(310, at, at)
			s.Seen = s.Classes[1]
		}, 99, "bulk gets nothing for 59 s while 310 wait", map[string]State{"shop": Up, "shop/urgent": Up, "shop/bulk": Degraded}},
		{"one of the whole, and it is bulk", []string{"starved < 10s"}, func(at time.Duration, s *queue.Sight) {
			s.Classes[0], s.Classes[1] = waits(4, second, 0), waits(310, at, at)
			s.Seen = waits(314, at, at)
		}, 99, "bulk gets nothing for 59 s while 310 wait", map[string]State{"shop": Degraded, "shop/bulk": Up}},
		{"the oldest is too old", []string{"oldest < 30s in urgent"}, func(at time.Duration, s *queue.Sight) {
			s.Classes[0] = waits(3, at, 0)
			s.Seen = s.Classes[0]
		}, 99, "the oldest task of urgent waits for 59 s, not < 30 s", map[string]State{"shop/urgent": Degraded}},
		{"too many wait", []string{"depth < 1000 in bulk", "depth < 5000"}, func(_ time.Duration, s *queue.Sight) {
			s.Classes[1] = waits(1310, second, 0)
			s.Seen = s.Classes[1]
		}, 99, "1,310 tasks of bulk wait, not < 1,000", map[string]State{"shop": Up, "shop/bulk": Degraded}},
		{"what is not known is not judged", []string{"oldest < 30s in bulk"}, func(_ time.Duration, s *queue.Sight) {
			s.Classes[1] = waits(3, 0, 0)
			s.Classes[1].Oldest = nil
			s.Seen = s.Classes[1]
		}, 120, "", map[string]State{"shop/bulk": Up}},
		{"one dead letter in the last second", []string{"dead <= 0"}, func(at time.Duration, s *queue.Sight) {
			if at > 58*second {
				s.Dead = new(int64(8))
			}
		}, 99, "1 task is new among the dead letters, not <= 0", map[string]State{"shop": Degraded}},
		{"old dead letters are cleared away", []string{"dead <= 0"}, func(at time.Duration, s *queue.Sight) {
			if at > 30*second {
				s.Dead = new(int64(0))
			}
		}, 0, "nothing waits", map[string]State{"shop": Up}},
		{"Redis is down", nil, func(at time.Duration, s *queue.Sight) {
			if at > 30*second {
				s.Outcome, s.Err = outcome.Connect, "redis cannot be reached: refused"
			}
		}, 99, "shop cannot be seen: connect: redis cannot be reached: refused", map[string]State{"shop": Down, "shop/urgent": Unknown, "shop/bulk": Unknown}},
		{"it wants a password", nil, func(_ time.Duration, s *queue.Sight) {
			s.Outcome, s.Err = outcome.Auth, "redis: NOAUTH Authentication required."
		}, 104, "cannot be seen: auth: redis: NOAUTH", map[string]State{"shop": Down}},
		{"a class is something else", nil, func(_ time.Duration, s *queue.Sight) {
			s.Classes[0] = queue.Seen{Outcome: outcome.BadRequest, Err: "key copy:queue:2 holds something else: redis: WRONGTYPE"}
			s.Depth = nil
		}, 104, "urgent cannot be seen: bad_request: key copy:queue:2", map[string]State{"shop": Up, "shop/urgent": Down, "shop/bulk": Up}},
	} {
		t.Run(c.why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeQueue{see: c.see}
				var mu sync.Mutex
				var lines []Probed
				m := Start(Options{Name: "x", Seed: 1, Targets: queueTargets(t, f, c.slos...), For: time.Minute, Probed: func(p Probed) {
					schematest.Values(t, "probe", p)
					mu.Lock()
					defer mu.Unlock()
					lines = append(lines, p)
				}})
				time.Sleep(59*time.Second + 900*time.Millisecond)
				s := m.Snapshot(View{})
				if said := s.Headline(); !strings.Contains(said, c.says) {
					t.Errorf("it says %q, want %q", said, c.says)
				}
				for _, r := range s.Rows {
					if want, ok := c.state[r.Name]; ok && r.State != want {
						t.Errorf("%s is %s, want %s", r.Name, r.State, want)
					}
					if strings.HasPrefix(c.says, "the oldest") && r.Class == "urgent" && !slices.Contains(r.Queue.Broken, "oldest") {
						t.Errorf("what is broken: %v", r.Queue.Broken)
					}
				}
				d := m.Wait()
				schematest.Values(t, "monitor", d)
				if d.Verdict.ExitCode != c.code {
					t.Errorf("%+v", d.Verdict)
				}
				if n := len(lines); n < 58 || n > 61 || len(lines[0].Queue.Classes) != 2 {
					t.Errorf("%d lines", n)
				}
				if last := lines[len(lines)-1].Queue; c.why == "Redis is down" && (last.NewDead != nil || d.Targets[0].Queue.Dead != nil || lines[0].Queue.NewDead == nil) {
					t.Errorf("%+v, %+v: dead letters that nobody sees", last, d.Targets[0].Queue)
				}
				if q := d.Targets[2].Queue; c.why == "too many wait" && (q.Arrived == nil || *q.Arrived != 3*int64(len(lines)-1) || !q.AtLeast || *q.DepthMax != 1310) {
					t.Errorf("in all %+v", q)
				}
				for _, r := range d.Targets {
					if p := r.Probes; p.Scheduled != p.Good+p.Bad+p.Unjudged+p.Void+p.Unfinished || p.Missed != 0 || p.Scheduled != int64(len(lines)) {
						t.Errorf("%s: %+v, %d lines", r.Name, p, len(lines))
					}
				}
				var text bytes.Buffer
				if err := d.WriteText(&text); err != nil || !strings.Contains(text.String(), "shop/urgent") {
					t.Errorf("%v: %s", err, text.String())
				}
			})
		})
	}
}

// A queue that is too deep every other second is told of once, and that it is well again
// when it has been for a while.
func TestQueueFlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeQueue{see: func(at time.Duration, s *queue.Sight) {
			n := int64(900)
			if at > 2*time.Minute && at < 3*time.Minute && at/time.Second%2 == 0 {
				n = 1100
			}
			s.Classes[1] = waits(n, time.Second, 0)
			s.Seen = s.Classes[1]
		}}
		list := queueTargets(t, f, "depth < 1000 in bulk")
		list[2].Objective = 0.5 // no incident opens, which would be told of
		m := Start(Options{Name: "x", Seed: 1, Targets: list, For: 4 * time.Minute})
		var told []string
		for _, e := range m.Wait().Events {
			told = append(told, e.Text)
		}
		if want := []string{"1,100 tasks of bulk wait, not < 1,000", "bulk is well again"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

// What starves at night is told once, and what was seen is there again after a restart.
func TestQueueHistory(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		const hour = time.Hour
		began := time.Now()
		f := &fakeQueue{}
		see := func(_ time.Duration, s *queue.Sight) {
			at := time.Since(began)
			n := int64(at / time.Minute)
			s.Classes[1] = waits(n, time.Minute, 0)
			if at > 2*hour && at < 2*hour+20*time.Minute {
				s.Classes[1] = waits(n, at-2*hour, at-2*hour)
			}
			s.Seen = s.Classes[1]
		}
		mail := &mailbox{}
		begin := func() *Monitor {
			log, past, err := history.Open(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			list := queueTargets(t, f)
			f.see = see
			return Start(Options{Name: "q", Seed: 1, Log: log, Past: past, Alerts: []alert.Channel{mail}, Targets: list})
		}
		m := begin()
		time.Sleep(2*hour + 10*time.Minute)
		r := rowOf(t, m, "shop/bulk")
		if r.Incident == nil || r.State != Degraded || !strings.HasPrefix(r.LastError, "bulk gets nothing for 9 min") {
			t.Errorf("%s, %+v, %q", r.State, r.Incident, r.LastError)
		}
		if r.Queue.Arrived == nil || r.Queue.Arrived.PerSecond < 2.7 || r.Queue.Arrived.AtLeast || !r.Queue.Taken.AtLeast {
			t.Errorf("rates %+v %+v", r.Queue.Arrived, r.Queue.Taken)
		}
		end(t, m)
		m = begin()
		time.Sleep(2 * time.Second)
		r = rowOf(t, m, "shop/bulk")
		if r.Incident == nil || r.Hour[HourMinutes-20] == nil || *r.Hour[HourMinutes-20] != 111 {
			t.Errorf("after a restart: %+v, %v", r.Incident, r.Hour)
		}
		if d := m.Snapshot(View{Target: "shop/bulk", Last: hour}).Detail; d.Columns[20].Depth == nil || d.Columns[58].Oldest == nil || *d.Columns[58].Oldest < 400 {
			t.Errorf("its columns: %+v", d.Columns[58])
		}
		time.Sleep(3 * hour)
		end(t, m)
		if kinds := mail.of("shop/bulk"); fmt.Sprint(kinds) != "[breach recovery]" || len(mail.of("shop")) != 0 {
			t.Errorf("told %v, and of the whole %v", kinds, mail.of("shop"))
		}
	})
}

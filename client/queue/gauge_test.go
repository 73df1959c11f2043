package queue_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"
	"pgregory.net/rapid"

	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
)

// noon is the server's time where a test begins.
var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// gauged is a gauge of a layout at a Redis whose clock stands still.
func gauged(t testing.TB, m *miniredis.Miniredis, layout string, change func(*queue.GaugeConfig)) *queue.Gauge {
	t.Helper()
	l, err := spec.ParseLayout(layout)
	if err != nil {
		t.Fatal(err)
	}
	c := queue.GaugeConfig{Address: queue.Address{Host: m.Addr()}, Layout: l, Classes: classes, Timeout: 5 * time.Second}
	if change != nil {
		change(&c)
	}
	g, err := queue.NewGauge(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func started(t testing.TB) *miniredis.Miniredis {
	t.Helper()
	m := miniredis.NewMiniRedis()
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	m.SetTime(noon)
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put enqueues a task as a layout has it, created so long before noon.
func put(t testing.TB, m *miniredis.Miniredis, layout string, priority, n int, age time.Duration) {
	t.Helper()
	id, at := fmt.Sprintf("t%06d", n), noon.Add(-age)
	payload := fmt.Sprintf(`{"id":%q,"created_at":%q}`, id, at.Format(time.RFC3339Nano))
	var err error
	switch layout {
	case "shop":
		_, err = m.ZAdd(fmt.Sprintf("copy:queue:%d", priority), float64(at.UnixMicro())/1e6, id)
	case "list":
		_, err = m.Lpush(fmt.Sprintf("copy:list:%d", priority), payload)
	case "stream":
		_, err = m.XAdd(fmt.Sprintf("copy:stream:%d", priority), fmt.Sprintf("%d-%d", at.UnixMilli(), n), []string{"id", id, "task", payload})
	case "bullmq":
		m.HSet("bull:copy:"+id, "timestamp", fmt.Sprint(at.UnixMilli()))
		_, err = m.ZAdd("bull:copy:prioritized", float64(priority)*(1<<32)+float64(n), id)
	}
	must(t, err)
}

// group makes the consumer groups of the streams.
func group(t testing.TB, m *miniredis.Miniredis) {
	t.Helper()
	conn, err := redis.Dial("tcp", m.Addr())
	must(t, err)
	defer conn.Close() //nolint:errcheck // the test is over
	for priority := 1; priority <= 10; priority++ {
		_, err := conn.Do("XGROUP", "CREATE", fmt.Sprintf("copy:stream:%d", priority), "workers", "0", "MKSTREAM")
		must(t, err)
	}
}

// is compares what may not be known; want is -1 for that.
func is(t testing.TB, what string, got *int64, want int64) {
	t.Helper()
	switch {
	case got == nil && want >= 0:
		t.Errorf("%s is not known, want %d", what, want)
	case got != nil && *got != want:
		t.Errorf("%s is %d, want %d", what, *got, want)
	}
}

// Of each layout depth and age are what lies in the queue, no key is changed, and what
// cannot be known is not told.
func TestGaugeLayouts(t *testing.T) {
	for _, layout := range []string{"shop", "list", "stream", "bullmq"} {
		t.Run(layout, func(t *testing.T) {
			m := started(t)
			if layout == "stream" {
				group(t, m)
			}
			g := gauged(t, m, layout, nil)
			empty := g.Look(t.Context())
			if empty.Outcome != outcome.OK || empty.Oldest != nil || empty.Starved != nil || empty.Dead == nil || *empty.Dead != 0 {
				t.Errorf("of an empty queue: %+v", empty)
			}
			is(t, "depth of nothing", empty.Depth, 0)
			put(t, m, layout, 8, 1, 90*time.Second)
			for i := range 5 {
				put(t, m, layout, 2, 2+i, time.Duration(40-i)*time.Second)
			}
			m.HSet("copy:stats", "enqueued", "106", "completed", "100", "failed", "2")
			m.HSet("copy:dead", "a", "1", "b", "2")
			if layout == "bullmq" {
				_, _ = m.ZAdd("bull:copy:failed", 1, "a")
				_, _ = m.ZAdd("bull:copy:failed", 2, "b")
			}
			before := m.Dump()
			s := g.Look(t.Context())
			m.SetTime(noon.Add(2 * time.Second))
			later := g.Look(t.Context())
			if now := m.Dump(); now != before {
				t.Errorf("what was\n%s\nis\n%s", before, now)
			}
			for i, want := range []int64{5, 0, 1} {
				is(t, classes[i].Name, s.Classes[i].Depth, want)
			}
			is(t, "the whole", s.Depth, 6)
			is(t, "dead", s.Dead, 2)
			if o := s.Classes[0].Oldest; o == nil || *o != 40*time.Second {
				t.Errorf("the oldest urgent one is %v old, want 40 s; %v", o, s.Words)
			}
			if o := later.Oldest; o == nil || *o != 92*time.Second || s.Classes[1].Oldest != nil {
				t.Errorf("the oldest is %v old, want 92 s; and where nothing waits %v", o, s.Classes[1].Oldest)
			}
			if later.Over != 2*time.Second || later.Starved == nil || *later.Starved != 2*time.Second {
				t.Errorf("over %v, starved for %v", later.Over, later.Starved)
			}
			if unknown := layout == "list" || layout == "stream"; (s.Classes[0].Arrived == nil) != unknown {
				t.Errorf("arrived %+v", s.Classes[0].Arrived) // this Redis does not count what a stream got
			}
			if layout != "bullmq" {
				is(t, "completed", s.Completed, 100)
			}
		})
	}
}

// Whatever comes and goes between two looks, oldest first: the depth is what there is,
// depth and flows agree, what is told exactly is so, and what is told at least is no more.
func TestGaugeFlows(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"shop", "seconds", "bullmq"} {
		t.Run(layout, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				m := miniredis.NewMiniRedis()
				if err := m.Start(); err != nil {
					r.Fatal(err)
				}
				defer m.Close()
				m.SetTime(noon)
				spec := strings.Replace(layout, "seconds", "shop", 1)
				one := []queue.Class{{Name: "all", Low: 3, High: 3}}
				g := gauged(t, m, spec, func(c *queue.GaugeConfig) { c.Classes = one })
				defer g.Close()
				var waiting []string
				n := 0
				depth := int64(0)
				first := true
				for look := range rapid.IntRange(2, 12).Draw(r, "looks") {
					var arrived, taken int64
					for range rapid.IntRange(0, 6).Draw(r, "steps") {
						if rapid.Bool().Draw(r, "take") && len(waiting) > 0 {
							key := "copy:queue:3"
							if spec == "bullmq" {
								key = "bull:copy:prioritized"
							}
							_, _ = m.ZRem(key, waiting[0])
							waiting, taken = waiting[1:], taken+1
							continue
						}
						n++
						id := fmt.Sprintf("t%06d", n)
						switch layout {
						case "seconds": // many of one second
							_, _ = m.ZAdd("copy:queue:3", float64(noon.Unix()+int64(look/3)), id)
						case "shop":
							_, _ = m.ZAdd("copy:queue:3", float64(noon.UnixMicro()+int64(n))/1e6, id)
						default:
							_, _ = m.ZAdd("bull:copy:prioritized", 3*(1<<32)+float64(n), id)
						}
						waiting, arrived = append(waiting, id), arrived+1
					}
					s := g.Look(r.Context())
					c := s.Classes[0]
					if c.Depth == nil || *c.Depth != int64(len(waiting)) {
						r.Fatalf("depth %v, want %d", c.Depth, len(waiting))
					}
					if first {
						if c.Arrived != nil || c.Taken != nil {
							r.Fatalf("a first look knows of flows: %+v", c)
						}
						first, depth = false, *c.Depth
						continue
					}
					seen := func(c *queue.Count) int64 {
						if c == nil {
							return 0
						}
						return c.N
					}
					if a, b := seen(c.Arrived), seen(c.Taken); depth+a-b != *c.Depth || a > arrived || b > taken {
						r.Fatalf("%d + %d − %d is not %d; in truth %d came and %d went", depth, a, b, *c.Depth, arrived, taken)
					}
					if a := c.Arrived; a != nil && !a.AtLeast && a.N != arrived || c.Taken != nil && !c.Taken.AtLeast && c.Taken.N != taken {
						r.Fatalf("%+v %+v, and in truth %d came and %d went", c.Arrived, c.Taken, arrived, taken)
					}
					depth = *c.Depth
				}
			})
		})
	}
}

// A backlog that is worked off in order is counted exactly, by microseconds and by seconds.
func TestGaugeBacklog(t *testing.T) {
	m := started(t)
	g := gauged(t, m, "shop", func(c *queue.GaugeConfig) { c.Classes = []queue.Class{{Name: "bulk", Low: 7, High: 7}} })
	n := 0
	var arrived, taken int64
	for look := range 20 {
		for range 30 {
			n++
			_, _ = m.ZAdd("copy:queue:7", float64(noon.UnixMicro()+int64(n))/1e6, fmt.Sprintf("t%06d", n))
		}
		for i := range 10 {
			_, _ = m.ZRem("copy:queue:7", fmt.Sprintf("t%06d", look*10+i+1))
		}
		m.SetTime(noon.Add(time.Duration(look) * time.Second))
		s := g.Look(t.Context())
		if look == 0 {
			continue
		}
		bulk := s.Classes[0]
		if bulk.Arrived == nil || bulk.Arrived.AtLeast || bulk.Taken == nil || bulk.Taken.AtLeast {
			t.Fatalf("look %d: %+v, %+v", look, bulk.Arrived, bulk.Taken)
		}
		arrived, taken = arrived+bulk.Arrived.N, taken+bulk.Taken.N
		if bulk.Starved == nil || *bulk.Starved != 0 {
			t.Errorf("starved for %v", bulk.Starved)
		}
	}
	if arrived != 19*30 || taken != 19*10 {
		t.Errorf("%d came and %d went, want 570 and 190", arrived, taken)
	}
}

// A score is a time in whatever unit it is one, and else no age is told, but why.
func TestGaugeAges(t *testing.T) {
	born := noon.Add(-42 * time.Second)
	for _, c := range []struct {
		why   string
		score float64
		want  time.Duration // -1: it is not known
		says  string
	}{
		{"seconds", float64(born.Unix()), 42 * time.Second, ""},
		{"seconds with a fraction", float64(born.UnixMicro())/1e6 - 0.25, 42250 * time.Millisecond, ""},
		{"milliseconds", float64(born.UnixMilli()), 42 * time.Second, ""},
		{"microseconds", float64(born.UnixMicro()), 42 * time.Second, ""},
		{"nanoseconds", float64(born.UnixNano()), 42 * time.Second, ""},
		{"a priority", 3, -1, "says no time"},
		{"nothing", 0, -1, "says no time"},
		{"a counter of 32 bits", 3 * (1 << 32), -1, "says no time"},
		{"the end of time", math.Inf(1), -1, "says no time"},
		{"a clock that is a little ahead", float64(noon.UnixMilli() + 300), 0, ""},
		{"a clock that is far ahead", float64(noon.Add(time.Minute).Unix()), -1, "ahead of that of Redis"},
	} {
		m := started(t)
		_, _ = m.ZAdd("copy:queue:1", c.score, "a")
		s := gauged(t, m, "shop", nil).Look(t.Context())
		got, words := s.Classes[0].Oldest, strings.Join(s.Words, "\n")
		switch {
		case c.want < 0 && (got != nil || !strings.Contains(words, c.says)):
			t.Errorf("%s: %v, %q", c.why, got, words)
		case c.want >= 0 && (got == nil || (*got-c.want).Abs() > time.Millisecond || words != ""):
			t.Errorf("%s: %v, want %v; %q", c.why, got, c.want, words)
		}
		is(t, c.why, s.Depth, 1)
	}
}

// Where the head of a queue does not say its age, its payload or its data does, and where
// those do not either it is said that they do not.
func TestGaugeHeads(t *testing.T) {
	ms := fmt.Sprint(noon.Add(-42 * time.Second).UnixMilli())
	for _, c := range []struct {
		why, layout string
		fill        func(m *miniredis.Miniredis)
		known       bool
	}{
		{"a list of payloads", `list,payload={"id": "{id}", "at": "{created_ms}"}`, func(m *miniredis.Miniredis) {
			_, _ = m.Lpush("copy:list:1", `{"id":"a","at":`+ms+`}`)
			_, _ = m.Lpush("copy:list:1", `{"id":"b","at":1}`)
		}, true},
		{"a list of ids, whose data says it", `list,task=copy:task:{id},payload={"id": "{id}", "at": "{created_ms}"}`, func(m *miniredis.Miniredis) {
			_, _ = m.Lpush("copy:list:1", "a")
			_ = m.Set("copy:task:a", `{"id":"a","at":`+ms+`}`)
		}, true},
		{"a list of payloads that do not", `list,payload={"id": "{id}"}`, func(m *miniredis.Miniredis) {
			_, _ = m.Lpush("copy:list:1", `{"id":"a","created_at":`+ms+`}`)
		}, false},
		{"a list of something else", `list`, func(m *miniredis.Miniredis) { _, _ = m.Lpush("copy:list:1", "not JSON") }, false},
		{"a job whose data is no hash", `bullmq`, func(m *miniredis.Miniredis) {
			_, _ = m.ZAdd("bull:copy:prioritized", 1<<32, "a")
			_ = m.Set("bull:copy:a", "text")
		}, false},
	} {
		m := started(t)
		c.fill(m)
		g := gauged(t, m, c.layout, nil)
		for range 2 { // the second look has the first one's head
			s := g.Look(t.Context())
			o := s.Classes[0].Oldest
			if (o != nil && *o == 42*time.Second) != c.known || (len(s.Words) > 0) == c.known {
				t.Errorf("%s: %v, %q", c.why, o, s.Words)
			}
		}
	}
}

// What whoever looks may not read is not known, and everything else is.
func TestGaugeDenied(t *testing.T) {
	m := started(t)
	put(t, m, "shop", 2, 1, time.Minute)
	_ = m.Set("copy:stats", "text")
	_ = m.Set("copy:dead", "text")
	s := gauged(t, m, "shop", nil).Look(t.Context())
	if s.Outcome != outcome.OK || s.Dead != nil || s.Enqueued != nil || len(s.Words) != 2 || !strings.Contains(s.Words[0], "key copy:stats holds something else") {
		t.Errorf("%+v", s)
	}
	is(t, "the whole", s.Depth, 1)
}

// Each thing that is wrong is told for what it is, of whom it is, and the next look sees
// again.
func TestGaugeFaults(t *testing.T) {
	for _, c := range []struct {
		why    string
		do     func(m *miniredis.Miniredis)
		undo   func(m *miniredis.Miniredis)
		of     outcome.Outcome // of the whole
		urgent outcome.Outcome
		says   string
	}{
		{"a key of another type", func(m *miniredis.Miniredis) { _ = m.Set("copy:queue:2", "text") }, func(m *miniredis.Miniredis) { m.Del("copy:queue:2") }, outcome.OK, outcome.BadRequest, "key copy:queue:2 holds something else: redis: WRONGTYPE"},
		{"a password is asked for", func(m *miniredis.Miniredis) { m.RequireAuth("secret") }, func(m *miniredis.Miniredis) { m.RequireAuth("") }, outcome.Auth, outcome.Auth, "NOAUTH"},
		{"it loads", func(m *miniredis.Miniredis) { m.SetError("LOADING Redis is loading the dataset in memory") }, func(m *miniredis.Miniredis) { m.SetError("") }, outcome.Overloaded, outcome.Overloaded, "LOADING"},
		{"its master is gone", func(m *miniredis.Miniredis) { m.SetError("MASTERDOWN Link with MASTER is down") }, func(m *miniredis.Miniredis) { m.SetError("") }, outcome.ServerError, outcome.ServerError, "MASTERDOWN"},
		{"it is down", func(m *miniredis.Miniredis) { m.Close() }, func(m *miniredis.Miniredis) { _ = m.Restart() }, outcome.Reset, outcome.Reset, "broke"},
	} {
		t.Run(c.why, func(t *testing.T) {
			m := started(t)
			put(t, m, "shop", 9, 1, time.Second)
			m.HSet("copy:stats", "enqueued", "1000")
			g := gauged(t, m, "shop", nil)
			g.Look(t.Context())
			c.do(m)
			m.SetTime(noon.Add(2 * time.Second))
			s := g.Look(t.Context())
			urgent := s.Classes[0]
			if s.Outcome != c.of || urgent.Outcome != c.urgent || !strings.Contains(urgent.Err, c.says) || urgent.Depth != nil {
				t.Errorf("%s %q; urgent %s %q, %v", s.Outcome, s.Err, urgent.Outcome, urgent.Err, urgent.Depth)
			}
			if c.of == outcome.OK {
				is(t, "bulk", s.Classes[2].Depth, 1)
				is(t, "the whole", s.Depth, -1)
			}
			c.undo(m)
			m.HSet("copy:stats", "enqueued", "1001")
			put(t, m, "shop", 9, 2, 0)
			m.SetTime(noon.Add(3 * time.Second))
			over := 3 * time.Second // a look that saw nothing is none
			if c.of == outcome.OK {
				over = time.Second
			}
			if s := g.Look(t.Context()); s.Outcome != outcome.OK || s.Depth == nil || *s.Depth != 2 || s.Over != over || s.Arrived == nil || s.Arrived.N != 1 {
				t.Errorf("and then: %s %q %v, arrived %+v in %v", s.Outcome, s.Err, s.Depth, s.Arrived, s.Over)
			}
		})
	}
	gone := started(t)
	at := gone.Addr()
	gone.Close()
	g := gauged(t, started(t), "shop", func(c *queue.GaugeConfig) { c.Address.Host = at })
	if s := g.Look(t.Context()); s.Outcome != outcome.Connect {
		t.Errorf("nobody there: %s %q", s.Outcome, s.Err)
	}
}

// What was counted in all is not what came since a look at which the counters were refused.
func TestGaugeCountersRefused(t *testing.T) {
	m := started(t)
	put(t, m, "shop", 9, 1, time.Minute)
	g := gauged(t, m, "shop", nil)
	_ = m.Set("copy:stats", "text")
	g.Look(t.Context())
	if s := g.Look(t.Context()); s.Failed != nil || s.Done != nil || len(s.Words) == 0 {
		t.Errorf("refused: %+v %+v %q", s.Failed, s.Done, s.Words)
	}
	m.Del("copy:stats")
	m.HSet("copy:stats", "enqueued", "1000", "completed", "900", "failed", "50")
	if s := g.Look(t.Context()); s.Failed != nil || s.Done != nil || s.Arrived != nil && s.Arrived.N > 0 {
		t.Errorf("told again: arrived %+v, done %+v, failed %+v", s.Arrived, s.Done, s.Failed)
	}
	m.HSet("copy:stats", "failed", "51")
	if s := g.Look(t.Context()); s.Failed == nil || s.Failed.N != 1 {
		t.Errorf("and one more failed: %+v", s.Failed)
	}
}

// A look costs the same however much waits.
func TestGaugeCost(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"shop", "list", "stream", "bullmq"} {
		m := started(t)
		if layout == "stream" {
			group(t, m)
		}
		g := gauged(t, m, layout, nil)
		cost := func() int {
			for range 2 {
				g.Look(t.Context())
			}
			before := m.CommandCount()
			g.Look(t.Context())
			return m.CommandCount() - before
		}
		put(t, m, layout, 2, 1, time.Minute)
		few := cost()
		for n := range 5000 {
			put(t, m, layout, 2, n+2, time.Second-time.Duration(n)*time.Microsecond)
		}
		if many := cost(); many != few {
			t.Errorf("%s: %d commands where one waits, %d where 5001 do", layout, few, many)
		}
	}
}

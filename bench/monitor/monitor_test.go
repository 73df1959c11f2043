package monitor

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/ledger"
	"flashwave/bench/monitor/alert"
	"flashwave/bench/monitor/history"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A fake is an endpoint in virtual time: answer says what happens to a request that is
// sent so long after the epoch.
type fake struct {
	epoch  time.Time
	answer func(at time.Duration) reply

	mu   sync.Mutex
	sent []time.Duration
	open int
	most int
}

// A reply is how a fake answers: after wait the first token, then four more, each after
// gap; or a failure after wait. One that hangs ends with its context alone.
type reply struct {
	wait, gap time.Duration
	outcome   client.Outcome // "" is ok
	text      string
	hangs     bool
	short     outcome.Shortage
}

func (f *fake) Do(ctx context.Context, _ *client.Request, sink client.Sink) client.Result {
	at := time.Since(f.epoch)
	f.mu.Lock()
	if len(f.sent) < 1000 {
		f.sent = append(f.sent, at)
	}
	f.open++
	f.most = max(f.most, f.open)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.open--
		f.mu.Unlock()
	}()
	r := f.answer(at)
	res := ledger.NeverSent
	res.Sent, res.Outcome = at, r.outcome
	sink.Sent(at)
	if r.hangs {
		<-ctx.Done()
		res.Done, res.Outcome, res.Err = time.Since(f.epoch), client.Cancelled, "stopped"
		return res
	}
	time.Sleep(r.wait)
	if r.outcome != "" {
		res.Done, res.Err, res.Shortage = time.Since(f.epoch), "as it was told to", r.short
		return res
	}
	res.Outcome, res.Status, res.Text, res.Finish = outcome.OK, 200, r.text, "stop"
	res.FirstToken = time.Since(f.epoch)
	sink.Token(res.FirstToken, client.Content)
	for range 4 {
		time.Sleep(r.gap)
		res.LastToken = time.Since(f.epoch)
		sink.Token(res.LastToken, client.Content)
	}
	res.FirstByte, res.FirstAnswer, res.Done, res.Events, res.Stall = res.FirstToken, res.FirstToken, res.LastToken, 5, r.gap
	res.Usage = client.Usage{Prompt: 20, Output: 5, From: client.FromUsage}
	res.Phases = client.Phases{Connect: time.Millisecond}
	return res
}

// target is one that a fake answers for.
func target(t testing.TB, name string, f *fake, change func(*scenario.Watched)) *Target {
	t.Helper()
	w := scenario.DefaultWatched()
	w.Name, w.Ask.Target.URL, w.Ask.Target.Model = name, "http://"+name+".test/v1", "m"
	if change != nil {
		change(&w)
	}
	plan := &scenario.Monitor{Targets: []scenario.Watched{w}}
	if err := plan.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	made, err := NewTarget(plan.Targets[0], f)
	if err != nil {
		t.Fatal(err)
	}
	f.epoch = time.Now()
	made.Epoch = f.epoch
	made.Price = &price.Price{Input: 1, Output: 2}
	return made
}

func always(r reply) *fake { return &fake{answer: func(time.Duration) reply { return r }} }

// A mailbox is a channel of alerts that keeps what it is told.
type mailbox struct {
	mu   sync.Mutex
	list []alert.Message
	tell func(context.Context) error // nil: it is told at once
}

func (*mailbox) Name() string { return "mailbox" }

func (m *mailbox) Tell(ctx context.Context, msg alert.Message) error {
	if m.tell != nil {
		if err := m.tell(ctx); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, msg)
	return nil
}

func (m *mailbox) of(name string) (kinds []alert.Kind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, msg := range m.list {
		if msg.Target == name {
			kinds = append(kinds, msg.Kind)
		}
	}
	return kinds
}

// rowOf is the row of a target. One whose incident goes on is not up, however its last
// probe ended.
func rowOf(t testing.TB, m *Monitor, name string) Row {
	t.Helper()
	for _, r := range m.Snapshot(View{}).Rows {
		if r.Incident != nil && r.State == Up {
			t.Errorf("%s is up although an incident is open: %+v", r.Name, r.Incident)
		}
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no row of %s", name)
	return Row{}
}

func end(t testing.TB, m *Monitor) *Document {
	t.Helper()
	m.Stop()
	d := m.Wait()
	schematest.Values(t, "monitor", d)
	return d
}

// A week of three endpoints, of which one is well, one slow for two days and one down for
// ten minutes every twelve hours: what each window shows is what happened, each incident is told once
// and its recovery once, a restart in the middle changes nothing, and memory does not grow.
func TestWeek(t *testing.T) {
	dir := t.TempDir()
	var heap [2]uint64
	synctest.Test(t, func(t *testing.T) {
		const hour = time.Hour
		began := time.Now()
		now := func() time.Duration { return time.Since(began) }
		healthy := &fake{answer: func(time.Duration) reply { return reply{wait: 200 * time.Millisecond, gap: 20 * time.Millisecond} }}
		slow := &fake{answer: func(time.Duration) reply {
			if at := now(); at >= 48*hour && at < 96*hour {
				return reply{wait: 3 * time.Second, gap: 20 * time.Millisecond}
			}
			return reply{wait: 400 * time.Millisecond, gap: 20 * time.Millisecond}
		}}
		flapping := &fake{answer: func(time.Duration) reply {
			if now()%(12*hour) >= 11*hour && now()%(12*hour) < 11*hour+10*time.Minute {
				return reply{wait: 10 * time.Millisecond, outcome: outcome.ServerError}
			}
			return reply{wait: 100 * time.Millisecond, gap: 20 * time.Millisecond}
		}}
		mail := &mailbox{}
		begin := func() *Monitor {
			log, past, err := history.Open(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			bound := func(w *scenario.Watched) {
				w.Every, w.Ask.SLO = scenario.Duration(time.Minute), []string{"ttft < 2s"}
			}
			return Start(Options{Name: "week", Seed: 7, Log: log, Past: past, Alerts: []alert.Channel{mail}, Targets: []*Target{
				target(t, "healthy", healthy, bound), target(t, "slow", slow, bound), target(t, "flapping", flapping, bound),
			}})
		}
		measure := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		m := begin()
		time.Sleep(47 * hour)
		heap[0] = measure()
		time.Sleep(hour + 30*time.Minute)
		if r := rowOf(t, m, "slow"); r.State != Degraded || r.Incident == nil || r.TTFT.P50 < 2900 {
			t.Errorf("half an hour of slowness: %s, %+v, %+v", r.State, r.Incident, r.TTFT)
		}
		if r := rowOf(t, m, "healthy"); r.State != Up || *r.Availability.Day != 1 || r.Burn == nil || *r.Burn != 0 || len(r.Beats) != Beats {
			t.Errorf("a healthy endpoint: %+v", r)
		}
		end(t, m)
		time.Sleep(5 * time.Minute)
		m = begin()
		if r := rowOf(t, m, "slow"); r.Incident == nil {
			t.Error("the incident is forgotten")
		}
		time.Sleep(7*24*hour - now())
		heap[1] = measure()
		for name, want := range map[string]Spans{
			"healthy":  {new(1.0), new(1.0), new(1.0)},
			"slow":     {new(1.0), new(1.0), new(1 - 48.0/168)},
			"flapping": {new(5.0 / 6), new(1 - 20.0/1440), new(1 - 20.0/1440)},
		} {
			got := rowOf(t, m, name).Availability
			for _, c := range [][2]*float64{{got.Day, want.Day}, {got.Week, want.Week}} {
				if c[0] == nil || math.Abs(*c[0]-*c[1]) > 0.002 {
					t.Errorf("%s: availability %v %v, want %v %v", name, *got.Day, *got.Week, *want.Day, *want.Week)
				}
			}
		}
		if kinds := mail.of("healthy"); len(kinds) != 0 {
			t.Errorf("healthy: %v", kinds)
		}
		if kinds := mail.of("slow"); fmt.Sprint(kinds) != "[breach recovery]" {
			t.Errorf("slow: %v", kinds)
		}
		// Ten minutes of outage burn an hour at 33 times the budget; and they are 1.4 % of
		// the day, more than the budget, so that the slowest pair holds the incident open
		// from one to the next.
		kinds := mail.of("flapping")
		for i, k := range kinds {
			if want := []alert.Kind{alert.Breach, alert.Recovery}[i%2]; k != want {
				t.Errorf("flapping: %v", kinds)
				break
			}
		}
		if len(kinds) < 1 || len(kinds) > 14*2 {
			t.Errorf("flapping: %v", kinds)
		}
		d := end(t, m)
		if d.Verdict.ExitCode != 105 {
			t.Errorf("stopped by hand: %+v", d.Verdict)
		}
	})
	if heap[1] > heap[0]*13/10+8<<20 {
		t.Errorf("the heap grew from %d to %d bytes", heap[0], heap[1])
	}
}

// One probe at a time, at its instants, whatever the endpoint does; one that hangs ends in
// time and holds up nobody else.
func TestHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := &fake{}
		stuck.answer = func(time.Duration) reply { // as the client ends a call that nothing answers
			return reply{wait: 30 * time.Second, outcome: outcome.Timeout}
		}
		well := always(reply{wait: 100 * time.Millisecond, gap: time.Millisecond})
		m := Start(Options{Name: "x", Seed: 1, Targets: []*Target{target(t, "stuck", stuck, nil), target(t, "well", well, nil)}})
		time.Sleep(time.Hour)
		r, w := rowOf(t, m, "stuck"), rowOf(t, m, "well")
		if r.State != Down || stuck.most != 1 || r.Counts.Missed == 0 || r.Counts.Bad < 70 {
			t.Errorf("stuck: %s, %d at once, %+v", r.State, stuck.most, r.Counts)
		}
		if n := r.Counts.Scheduled + r.Counts.Missed; n < 239 || n > 242 {
			t.Errorf("stuck: %d instants in an hour", n)
		}
		if w.Counts.Missed != 0 || w.Counts.Good < 239 {
			t.Errorf("well: %+v", w.Counts)
		}
		for i := 2; i < len(well.sent)-1; i++ {
			if gap := well.sent[i+1] - well.sent[i]; gap < 12*time.Second || gap > 18*time.Second {
				t.Errorf("%v between probes %d and %d", gap, i, i+1)
			}
		}
		end(t, m)
	})
}

// Probes follow from the seed, and not two targets keep step.
func TestSchedule(t *testing.T) {
	const every = 15 * time.Second
	a, b := scheduleOf("a", every, 1, 0, 2), scheduleOf("b", every, 1, 1, 2)
	differ := false
	for k := range int64(1000) {
		if a.at(k) != scheduleOf("a", every, 1, 0, 2).at(k) {
			t.Fatal("the same seed gives other instants")
		}
		differ = differ || a.at(k) != scheduleOf("a", every, 2, 0, 2).at(k)
		if k > 0 {
			if gap := a.at(k+1) - a.at(k); gap < 8*every/10 || gap > 12*every/10 {
				t.Fatalf("%v after probe %d", gap, k)
			}
			if apart := (b.at(k) - a.at(k)).Abs(); apart < 3*every/10 {
				t.Fatalf("%v between the probes of two targets", apart)
			}
		}
	}
	if !differ {
		t.Error("another seed gives the same instants")
	}
	if a.at(0) != 0 || a.at(1) < every/3 {
		t.Errorf("it begins at %v, %v", a.at(0), a.at(1))
	}
	for _, now := range []time.Duration{0, time.Second, time.Hour + 7*time.Second, 1000 * time.Hour} {
		next, missed := a.next(0, now)
		if a.at(next) < now || next > 1 && a.at(next-1) >= now || missed != next-1 {
			t.Errorf("at %v the next is %d at %v, %d missed", now, next, a.at(next), missed)
		}
	}
}

// The time of day may be set as one likes: probes keep their time, windows and the day's
// budget what they knew, nobody is alarmed, and it is said.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{-25 * time.Hour, -time.Hour, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var off time.Duration
			f := always(reply{wait: 100 * time.Millisecond, gap: time.Millisecond})
			mail := &mailbox{}
			m := Start(Options{
				Name: "x", Seed: 1, Targets: []*Target{target(t, "a", f, nil)}, Alerts: []alert.Channel{mail},
				wall: func() time.Time {
					mu.Lock()
					defer mu.Unlock()
					return time.Now().Add(off)
				},
			})
			time.Sleep(2 * time.Hour)
			before := rowOf(t, m, "a")
			mu.Lock()
			off = jump
			mu.Unlock()
			time.Sleep(10 * time.Minute)
			after := rowOf(t, m, "a")
			if n := after.Counts.Scheduled - before.Counts.Scheduled; n < 39 || n > 41 {
				t.Errorf("%v: %d probes in ten minutes", jump, n)
			}
			if jump < 0 && *after.SpentToday < *before.SpentToday {
				t.Errorf("%v: spent %v, and then %v", jump, *before.SpentToday, *after.SpentToday)
			}
			if after.Availability.Hour == nil || *after.Availability.Hour != 1 || len(mail.list) != 0 {
				t.Errorf("%v: %+v, %v", jump, after.Availability, mail.list)
			}
			said := 0
			for _, e := range m.Snapshot(View{}).Events {
				if e.Kind == ClockJumped {
					said++
				}
			}
			if said != 1 {
				t.Errorf("%v: it is said %d times", jump, said)
			}
			end(t, m)
		})
	}
}

// The clock never goes back, follows what nudges it, and tells of a jump once.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		off := time.Duration(0)
		c := newClock(func() time.Time { return time.Now().Add(off) })
		last := c.now()
		step := func(by, want time.Duration) {
			t.Helper()
			off += by
			time.Sleep(10 * time.Second)
			now := c.now()
			if now.Before(last) || (now.Sub(last)-10*time.Second-want).Abs() > 0 {
				t.Errorf("after a step of %v it went on by %v, want 10s and %v", by, now.Sub(last), want)
			}
			last = now
		}
		step(0, 0)
		step(time.Second, time.Second)   // nudged
		step(-time.Second, -time.Second) // and back
		step(time.Hour, time.Hour)       // slept
		step(-3*time.Hour, 0)            // set back
		step(2*time.Hour, 0)             // and half-way again
		step(2*time.Hour, time.Hour)     // and beyond
		step(-2*time.Second, -2*time.Second)
		if jump := c.jumped(); jump != 2*time.Hour {
			t.Errorf("it jumped by %v in all", jump)
		}
		if jump := c.jumped(); jump != 0 {
			t.Errorf("and again by %v", jump)
		}
	})
}

// A webhook that hangs delays no probe and no other channel; it is said, and when it
// answers again the message arrives.
func TestHangingAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := always(reply{wait: time.Millisecond, outcome: outcome.ServerError})
		hangs, works := &hungChannel{until: time.Now().Add(time.Hour)}, &mailbox{}
		m := Start(Options{Name: "x", Seed: 1, Targets: []*Target{target(t, "a", broken, nil)}, Alerts: []alert.Channel{hangs, works}})
		time.Sleep(5 * time.Minute)
		s := m.Snapshot(View{})
		if len(works.of("a")) != 1 || s.Rows[0].Counts.Scheduled < 20 || s.Rows[0].Counts.Missed != 0 {
			t.Errorf("%v, %+v", works.of("a"), s.Rows[0].Counts)
		}
		if len(s.Notices) != 1 || !strings.Contains(s.Notices[0].Text, "hung") {
			t.Errorf("notices %+v", s.Notices)
		}
		time.Sleep(2 * time.Hour)
		if s := m.Snapshot(View{}); len(s.Notices) != 0 || len(hangs.of("a")) != 1 || len(works.of("a")) != 1 {
			t.Errorf("an hour after it answers: %+v, %v, %v", s.Notices, hangs.of("a"), works.of("a"))
		}
		end(t, m)
	})
}

type hungChannel struct {
	mailbox
	until time.Time
}

func (*hungChannel) Name() string { return "hung" }

func (h *hungChannel) Tell(ctx context.Context, m alert.Message) error {
	if time.Now().Before(h.until) {
		<-ctx.Done()
		return ctx.Err()
	}
	return h.mailbox.Tell(ctx, m)
}

// A monitor that was killed before a breach was told tells it when it is started again;
// one that was told is not told again.
func TestToldOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		broken := always(reply{wait: time.Millisecond, outcome: outcome.ServerError})
		begin := func(c alert.Channel) *Monitor {
			log, past, err := history.Open(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return Start(Options{Name: "x", Seed: 1, Log: log, Past: past, Targets: []*Target{target(t, "a", broken, nil)}, Alerts: []alert.Channel{c}})
		}
		deaf := &mailbox{tell: func(context.Context) error { return errors.New("nobody is there") }}
		m := begin(deaf)
		time.Sleep(5 * time.Minute)
		end(t, m)
		hears := &mailbox{}
		m = begin(hears)
		time.Sleep(time.Minute)
		end(t, m)
		again := &mailbox{}
		m = begin(again)
		time.Sleep(time.Minute)
		end(t, m)
		if len(hears.of("a")) != 1 || len(again.of("a")) != 0 {
			t.Errorf("told %v, and then %v", hears.of("a"), again.of("a"))
		}
	})
}

// The budget of a day is never exceeded, also across restarts, and begins anew at midnight.
func TestBudget(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		f := always(reply{wait: time.Millisecond, gap: time.Millisecond})
		const each = 20*1e-6 + 5*2e-6
		begin := func() *Monitor {
			log, past, err := history.Open(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return Start(Options{Name: "x", Seed: 1, Log: log, Past: past, Targets: []*Target{
				target(t, "a", f, func(w *scenario.Watched) { w.Ask.Budget = 0.01 }), // of which a probe reserves more than it comes to
			}})
		}
		m := begin()
		time.Sleep(4 * time.Hour)
		r := rowOf(t, m, "a")
		if r.State != Paused || *r.SpentToday > 0.01 || r.Counts.OverBudget == 0 || r.Counts.Good < 300 {
			t.Errorf("%s, spent %v, %+v", r.State, *r.SpentToday, r.Counts)
		}
		if want := float64(r.Counts.Good) * each; math.Abs(*r.SpentToday-want) > 1e-9 {
			t.Errorf("spent %v, want %v", *r.SpentToday, want)
		}
		end(t, m)
		m = begin()
		time.Sleep(time.Hour)
		if r := rowOf(t, m, "a"); r.Counts.Good != 0 {
			t.Errorf("after a restart: %+v", r.Counts)
		}
		time.Sleep(22 * time.Hour)
		if r := rowOf(t, m, "a"); r.Counts.Good < 300 || *r.SpentToday > 0.01 {
			t.Errorf("the next day: %+v", r.Counts)
		}
		end(t, m)
	})
}

// The verdict over the probes of a monitor, and its exit code.
func TestVerdict(t *testing.T) {
	ok := reply{wait: 100 * time.Millisecond, gap: time.Millisecond, text: "one two three"}
	failed := func(o client.Outcome) *fake { return always(reply{wait: time.Millisecond, outcome: o}) }
	every := func(k int, good, bad reply) *fake {
		n := 0
		return &fake{answer: func(time.Duration) reply {
			if n++; n%k == 0 {
				return bad
			}
			return good
		}}
	}
	for _, c := range []struct {
		why    string
		f      []*fake
		change func(*scenario.Watched)
		code   int
		says   string
	}{
		{"all is well", []*fake{always(ok)}, nil, 0, "1 of 1 target kept"},
		{"a probe in ten fails", []*fake{every(10, ok, reply{outcome: outcome.ServerError})}, nil, 99, "good, which should be"},
		{"a probe in ten fails, and that is allowed", []*fake{every(10, ok, reply{outcome: outcome.ServerError})}, func(w *scenario.Watched) { w.Objective = 0.85 }, 0, "kept"},
		{"every probe is late", []*fake{always(ok)}, func(w *scenario.Watched) { w.Ask.SLO = []string{"ttft < 50ms"} }, 99, "ttft was 100 ms, not < 50 ms"},
		{"a percentile is late, and no bound is on single ones but by it", []*fake{always(ok)}, func(w *scenario.Watched) { w.Ask.SLO = []string{"ttft.p95 < 50ms"} }, 99, "ttft.p95 < 50ms: 100 ms"},
		{"the answer is as expected", []*fake{always(ok)}, func(w *scenario.Watched) { w.Expect = "(?i)TWO" }, 0, "kept"},
		{"the answer is another one", []*fake{always(ok)}, func(w *scenario.Watched) { w.Expect = "four" }, 99, "not as expected"},
		{"the key is wrong", []*fake{failed(outcome.Auth)}, nil, 104, "refused every probe"},
		{"no gap to judge by", []*fake{every(1, ok, reply{wait: time.Millisecond})}, func(w *scenario.Watched) { w.Ask.SLO = []string{"tpot < 1s"} }, 120, "no data"},
		{"of two one fails", []*fake{always(ok), failed(outcome.ServerError)}, nil, 99, "1 of 2 targets kept"},
		{"this machine has no file left", []*fake{always(reply{outcome: outcome.Connect, short: outcome.Files})}, nil, 120, "void"},
	} {
		t.Run(c.why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var list []*Target
				for i, f := range c.f {
					list = append(list, target(t, fmt.Sprint("t", i), f, c.change))
				}
				probes := 0
				var mu sync.Mutex
				m := Start(Options{Name: "x", Seed: 1, Targets: list, For: 10 * time.Minute, Probed: func(p Probed) {
					schematest.Values(t, "probe", p)
					mu.Lock()
					defer mu.Unlock()
					probes++
				}})
				<-m.Done()
				m.Stop() // as whoever leaves its screen does
				d := m.Wait()
				schematest.Values(t, "monitor", d)
				if d.Verdict.ExitCode != c.code || !strings.Contains(d.Verdict.Headline+strings.Join(d.Verdict.Reasons, "\n"), c.says) {
					t.Errorf("%+v", d.Verdict)
				}
				if want := 41 * len(list); probes < want-2*len(list) || probes > want {
					t.Errorf("%d probes in ten minutes, want %d", probes, want)
				}
				for _, r := range d.Targets {
					p := r.Probes
					if p.Scheduled != p.Good+p.Bad+p.Unjudged+p.Void+p.Unfinished+p.OverBudget {
						t.Errorf("%+v do not add up", p)
					}
				}
				var text, line bytes.Buffer
				if err := errors.Join(d.WriteText(&text), d.WriteJSON(&line)); err != nil || strings.Count(line.String(), "\n") != 1 {
					t.Errorf("%v: %q", err, line.String())
				}
				if !strings.Contains(text.String(), d.Verdict.Headline) {
					t.Errorf("the text lacks its headline:\n%s", text.String())
				}
			})
		})
	}
}

// What fails on time while the monitor itself stood still is void; what the endpoint
// answered is not.
func TestStoodStill(t *testing.T) {
	var r rests
	r.look(0)
	r.look(250 * time.Millisecond)
	r.look(2 * time.Second) // 1.5 s late
	for _, c := range []struct{ from, until, want time.Duration }{
		{0, 400 * time.Millisecond, 0},
		{0, 3 * time.Second, 2250 * time.Millisecond}, // it has not looked since 2.25 s either
		{600 * time.Millisecond, 1100 * time.Millisecond, 500 * time.Millisecond},
		{2010 * time.Millisecond, 2200 * time.Millisecond, 0},
	} {
		if got := r.between(c.from, c.until); got != c.want {
			t.Errorf("%v to %v: %v, want %v", c.from, c.until, got, c.want)
		}
	}
}

// Everything a document and a probe hold is JSON that is read back, and NaN never.
func TestRefusal(t *testing.T) {
	d := Refusal(result.Tool{}, 104, "no such target", "name one")
	schematest.Values(t, "monitor", d)
	if text, err := json.Marshal(d); err != nil || !bytes.Contains(text, []byte(`"exit_code":104`)) {
		t.Errorf("%s, %v", text, err)
	}
}

// serves answers every request with a short stream, over TLS with a certificate that
// expires after so long; 0: without TLS.
func serves(t testing.TB, expires time.Duration) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprint(w, `{"data":[{"id":"quick"}]}`)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for _, word := range []string{"one", "two"} {
			fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", word)
			w.(http.Flusher).Flush()
		}
		fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	if expires == 0 {
		server.Start()
	} else {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		of := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(expires), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
		der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

// prepared are targets at URLs.
func prepared(t testing.TB, every time.Duration, change func(*scenario.Watched), urls ...string) []*Target {
	t.Helper()
	plan := scenario.DefaultMonitor()
	for i, url := range urls {
		w := scenario.DefaultWatched()
		w.Name, w.Every, w.Ask.Target.URL = fmt.Sprintf("t%03d", i), scenario.Duration(every), url
		if change != nil {
			change(&w)
		}
		plan.Targets = append(plan.Targets, w)
	}
	if err := plan.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	list, err := Prepare(t.Context(), plan, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(list) })
	return list
}

// What is open when the time of a monitor is over is unfinished, and no failure, wherever
// it stands: here it is connecting.
func TestEndsWhileConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := scenario.DefaultWatched()
		w.Name, w.Ask.Target.URL, w.Ask.Target.Model = "a", "http://a.test/v1", "m"
		plan := &scenario.Monitor{Targets: []scenario.Watched{w}}
		if err := plan.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		epoch := time.Now()
		c, err := client.New(client.Config{
			URL: w.Ask.Target.URL, Timeout: time.Minute, IdleTimeout: time.Minute, ConnectTimeout: time.Minute, Epoch: epoch,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				at, _ := ctx.Deadline() // which a dialler takes for itself, and meets a little before the context
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-time.After(time.Until(at) - time.Millisecond):
					return nil, os.ErrDeadlineExceeded
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		connecting, err := NewTarget(plan.Targets[0], c)
		if err != nil {
			t.Fatal(err)
		}
		connecting.Epoch = epoch
		d := Start(Options{Name: "x", Seed: 1, Targets: []*Target{connecting}, For: 10 * time.Second}).Wait()
		if p := d.Targets[0].Probes; p.Unfinished != 1 || p.Bad != 0 {
			t.Errorf("%+v, %s", p, d.Targets[0].LastError)
		}
	})
}

// A certificate that expires soon is told once, over restarts too; each probe opens a
// connection of its own, and says until when the certificate is good.
func TestCertificate(t *testing.T) {
	dir, mail := t.TempDir(), &mailbox{}
	insecure := func(w *scenario.Watched) { w.Ask.Target.Insecure = true }
	urls := []string{serves(t, 5*24*time.Hour), serves(t, 100*24*time.Hour), serves(t, 0)}
	for range 2 {
		log, past, err := history.Open(dir, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		connected := 0
		m := Start(Options{Name: "x", Seed: 1, Once: true, Log: log, Past: past, Alerts: []alert.Channel{mail}, Targets: prepared(t, time.Second, insecure, urls...), Probed: func(p Probed) {
			mu.Lock()
			defer mu.Unlock()
			if p.ConnectMS != nil {
				connected++
			}
			if (p.Expires != nil) != (p.Target != "t002") {
				t.Errorf("%s: its certificate expires at %v", p.Target, p.Expires)
			}
		}})
		d := m.Wait()
		if d.Verdict.ExitCode != 0 || connected != 3 {
			t.Errorf("%+v, %d connections", d.Verdict, connected)
		}
	}
	if got := mail.of("t000"); len(got) != 1 || got[0] != alert.Certificate || len(mail.list) != 1 {
		t.Errorf("told %+v", mail.list)
	}
}

// An endpoint that is down when the monitor begins, and says nothing of its models, is
// probed all the same, and is up when it answers.
func TestDownAtFirst(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	var mu sync.Mutex
	var outcomes []outcome.Outcome
	changed := make(chan struct{}, 100)
	m := Start(Options{Name: "x", Seed: 1, Targets: prepared(t, 100*time.Millisecond, nil, "http://"+address+"/v1"), Probed: func(p Probed) {
		mu.Lock()
		outcomes = append(outcomes, p.Outcome)
		mu.Unlock()
		changed <- struct{}{}
	}})
	<-changed
	if r := rowOf(t, m, "t000"); r.State != Down || r.Model != "" {
		t.Errorf("at first: %s, %q", r.State, r.Model)
	}
	listener, err = net.Listen("tcp", address)
	if err != nil {
		t.Skip("somebody else has the port now")
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprint(w, `{"data":[{"id":"quick"}]}`)
			return
		}
		fmt.Fprint(w, `{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}`)
	})}
	go func() { _ = server.Serve(listener) }()
	defer server.Close() //nolint:errcheck // the test is over
	for range 50 {
		<-changed
		if r := rowOf(t, m, "t000"); r.State == Up {
			if r.Model != "quick" {
				t.Errorf("its model is %q", r.Model)
			}
			m.Stop()
			m.Wait()
			return
		}
	}
	m.Stop()
	m.Wait()
	t.Errorf("it stays down: %v", outcomes)
}

// 200 targets, a probe a second each, with history and a screen that polls: run it with
// GOMAXPROCS=1. The endpoint shares the process.
func BenchmarkTargets(b *testing.B) {
	const targets = 200
	url := serves(b, 0)
	for b.Loop() {
		dir := b.TempDir()
		log, past, err := history.Open(dir, time.Now())
		if err != nil {
			b.Fatal(err)
		}
		list := prepared(b, time.Second, nil, slices.Repeat([]string{url}, targets)...)
		m := Start(Options{Name: "x", Seed: 1, Targets: list, Log: log, Past: past, For: 10 * time.Second})
		ticker := time.NewTicker(250 * time.Millisecond)
		for done := false; !done; {
			select {
			case <-m.Done():
				done = true
			case <-ticker.C:
				m.Snapshot(View{})
			}
		}
		ticker.Stop()
		d := m.Wait()
		var missed, bad, sent int64
		for _, r := range d.Targets {
			missed += r.Probes.Missed
			bad += r.Probes.Bad + r.Probes.Void
			if r.LastError != "" {
				b.Logf("%s: %s", r.Name, r.LastError)
			}
			sent += r.Probes.Scheduled
		}
		b.ReportMetric(float64(sent)/10, "probes/s")
		b.ReportMetric(float64(missed), "missed")
		b.ReportMetric(float64(bad), "bad")
		if info, err := os.Stat(filepath.Join(dir, "history.jsonl")); err == nil {
			b.ReportMetric(float64(info.Size())/float64(sent), "B/probe")
		}
	}
}

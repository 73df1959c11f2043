package monitor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/monitor/alert"
	"flashwave/bench/monitor/history"
	"flashwave/bench/scenario"
	"flashwave/client/outcome"
)

// Three days of three endpoints, of which one is well, one slow for twelve hours and one down
// for ten minutes every twelve hours: what each window shows is what happened, each incident is told once
// and its recovery once, a restart in the middle changes nothing, and memory does not grow.
func TestThreeDays(t *testing.T) {
	dir := t.TempDir()
	var heap [2]uint64
	synctest.Test(t, func(t *testing.T) {
		const hour = time.Hour
		began := time.Now()
		now := func() time.Duration { return time.Since(began) }
		healthy := &fake{answer: func(time.Duration) reply { return reply{wait: 200 * time.Millisecond, gap: 20 * time.Millisecond} }}
		slow := &fake{answer: func(time.Duration) reply {
			if at := now(); at >= 24*hour && at < 36*hour {
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
				w.Every, w.Ask.SLO = scenario.Duration(2*time.Minute), []string{"ttft < 2s"}
			}
			return Start(Options{Name: "days", Seed: 7, Log: log, Past: past, Alerts: []alert.Channel{mail}, Targets: []*Target{
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
		time.Sleep(23 * hour)
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
		time.Sleep(72*hour - now())
		heap[1] = measure()
		for name, want := range map[string]Spans{
			"healthy":  {new(1.0), new(1.0), new(1.0)},
			"slow":     {new(1.0), new(1.0), new(1 - 12.0/72)},
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
		if len(kinds) < 1 || len(kinds) > 6*2 {
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

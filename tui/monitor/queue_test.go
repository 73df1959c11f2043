package monitor

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/monitor"
	"flashwave/bench/slo"
	"flashwave/client/outcome"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// queued is a monitor of a queue whose bulk gets nothing.
func queued() monitor.Snapshot {
	row := func(class string, depth int64, oldest, starved time.Duration) monitor.Row {
		r := monitor.Row{
			Name: "shop", Host: "redis.shop.example", Class: class, Every: time.Second, State: monitor.Up, Objective: 0.995,
			Counts: monitor.Counts{Scheduled: 7200, Good: 7190, Bad: 10}, Availability: monitor.Spans{Hour: ptr(1.0), Day: ptr(0.9986), Week: ptr(0.9986)},
			Burn: ptr(0.3), BudgetLeft: ptr(0.97),
			Queue: &monitor.QueueRow{
				Depth: &depth, Oldest: &oldest, Starved: &starved, Arrived: &monitor.Rate{PerSecond: 31.4, AtLeast: true}, Taken: &monitor.Rate{PerSecond: 28, AtLeast: true},
			},
		}
		if class != "" {
			r.Name += "/" + class
		}
		for m := range monitor.HourMinutes {
			r.Hour = append(r.Hour, ptr(float64(depth)*(0.6+0.4*math.Sin(float64(m)/7))))
		}
		r.Hour[11] = nil
		for b := range monitor.Beats {
			r.Beats = append(r.Beats, monitor.Beat{At: at, Outcome: outcome.OK, Good: ptr(true), Depth: ptr(float64(depth) * float64(b) / monitor.Beats)})
		}
		return r
	}
	whole, urgent, normal, bulk := row("", 310+4, 95*time.Second, 42*time.Second), row("urgent", 0, 0, 0), row("normal", 4, 800*time.Millisecond, 0), row("bulk", 310, 95*time.Second, 42*time.Second)
	whole.Queue.Arrived.AtLeast, whole.Queue.Done = false, &monitor.Rate{PerSecond: 27.8}
	whole.Queue.Dead, whole.Queue.NewDead = ptr(int64(12)), ptr(int64(0))
	urgent.Queue.Oldest, urgent.Queue.Starved, urgent.Queue.Arrived, urgent.Queue.Taken = nil, nil, nil, nil
	bulk.State, bulk.LastError = monitor.Degraded, "bulk gets nothing for 42 s while 310 wait"
	bulk.Queue.Taken, bulk.Queue.Broken = nil, []slo.Metric{slo.Starved}
	bulk.Queue.Words = []string{"the age of the oldest is not known: what stands at the head says no time at which it was created"}
	bulk.Incident = &monitor.Incident{ID: "1", Target: "shop/bulk", OpenedAt: at.Add(-20 * time.Second), BurnRate: 14.4}
	return monitor.Snapshot{
		Name: "shop", At: at, Running: 2 * time.Hour, Keeps: true, Rows: []monitor.Row{whole, urgent, normal, bulk},
		Incidents: []monitor.Incident{{ID: "1", Target: "shop/bulk", OpenedAt: at.Add(-20 * time.Second), BurnRate: 14.4, Why: bulk.LastError}},
		Events:    []monitor.Event{{At: at.Add(-20 * time.Second), Kind: monitor.Changed, Target: "shop/bulk", Text: bulk.LastError}},
	}
}

// The screen of a queue says first who waits in vain, its classes go by their own names, and
// what opens one shows how much waited.
func TestQueueKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &still{snap: queued()}
		s := screentest.Start(t, alone{New(1, src, draw.Theming{})}, nil, 120, 36)
		s.Shows("bulk gets nothing for 42 s while 310 wait")
		s.Shows("≥31.4")
		s.Press("up", "enter")
		s.Rest()
		s.Shows("tasks that wait, last 1 h")
		s.Shows("nothing taken")
		s.Press("tab")
		s.Rest()
		s.Shows("age of the oldest, last 1 h, s")
		s.Press("esc", "q")
		s.Rest()
		s.Ends()
	})
}

// What breaks its bound is red, and nothing else of its row is.
func TestBrokenIsRed(t *testing.T) {
	s := scene("queue", 120, 36, draw.Theming{})
	red := map[string]bool{}
	for _, c := range s.queueColumns() {
		plain := ansi.Strip(c.of(s.snap.Rows[3]))
		red[c.title] = plain != "" && c.of(s.snap.Rows[3]) == s.pen.Style.Bad.Render(plain)
	}
	for title, is := range red {
		if is != (title == "starved") {
			t.Errorf("%s is red: %v", title, is)
		}
	}
}

package monitor

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/monitor"
	"flashwave/client/outcome"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// A still is a monitor that stands still.
type still struct {
	mu      sync.Mutex
	snap    monitor.Snapshot
	stopped int
	views   []monitor.View
}

func (s *still) Snapshot(v monitor.View) monitor.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.views = append(s.views, v)
	snap := s.snap
	if v.Target != "" {
		snap.Detail = detailOf(v)
	}
	return snap
}

func (s *still) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped++
	s.snap.Ended = true
}

var at = time.Date(2026, 11, 27, 0, 12, 30, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

// detailOf is a target whose latencies rise towards now.
func detailOf(v monitor.View) *monitor.Detail {
	d := &monitor.Detail{Target: v.Target, Last: v.Last}
	for i := range monitor.DetailColumns {
		c := monitor.Column{From: at.Add(-v.Last + v.Last*time.Duration(i)/monitor.DetailColumns), Probes: 4}
		if i%13 != 7 {
			v := 200 + 3*float64(i) + 40*math.Sin(float64(i)/4)
			c.Depth, c.Oldest = ptr(v), ptr(v/10)
			c.TTFT, c.E2E = &monitor.Quantiles{P50: v, P95: 1.6 * v, Max: 2 * v}, &monitor.Quantiles{P50: 9 * v, P95: 11 * v, Max: 12 * v}
		}
		d.Columns = append(d.Columns, c)
	}
	return d
}

// rowOf is the i-th target, in a state.
func rowOf(i int, name string, state monitor.State) monitor.Row {
	r := monitor.Row{
		Name: name, Host: "llm.shop.example:443", Model: "deepseek-v3.2", Every: 15 * time.Second, State: state, Objective: 0.995,
		Counts: monitor.Counts{Scheduled: 5760, Good: 5741, Bad: 19}, TTFT: &monitor.Quantiles{P50: 212, P95: 610, Max: 803},
		E2E: &monitor.Quantiles{P50: 2100, P95: 5400, Max: 7700}, ITL: &monitor.Quantiles{P50: 18, P95: 31, Max: 120},
		Availability: monitor.Spans{Hour: ptr(1.0), Day: ptr(0.9967), Week: ptr(0.9991)}, Burn: ptr(0.4), BudgetLeft: ptr(0.81), SpentToday: ptr(0.0421), BudgetToday: 1,
		Expires: ptr(at.Add(40 * 24 * time.Hour)),
	}
	for m := range monitor.HourMinutes {
		r.Hour = append(r.Hour, ptr(200+80*math.Sin(float64(m+i)/5)))
	}
	r.Hour[20] = nil
	for b := range monitor.Beats {
		beat := monitor.Beat{At: at, Outcome: outcome.OK, Good: ptr(true)}
		if b%29 == 5 {
			beat.Good = ptr(false)
		}
		if b == 40 {
			beat.Good = nil
		}
		r.Beats = append(r.Beats, beat)
	}
	switch state {
	case monitor.Degraded:
		r.LastError, r.Burn, r.BudgetLeft = "ttft was 2.41 s, not < 2 s", ptr(16.2), ptr(0.12)
		r.Availability.Hour = ptr(0.919)
		r.Incident = &monitor.Incident{ID: "x", Target: name, OpenedAt: at.Add(-12 * time.Minute), BurnRate: 14.4}
	case monitor.Down:
		r.LastError, r.BudgetLeft, r.Availability.Hour = "connect: dial tcp 10.0.0.7:8000: connect: connection refused", ptr(-2.1), ptr(0.0)
		r.TTFT, r.E2E, r.ITL, r.Expires = nil, nil, nil, nil
		for b := 60; b < monitor.Beats; b++ {
			r.Beats[b] = monitor.Beat{At: at, Outcome: outcome.Connect, Good: ptr(false)}
		}
		r.Unresolved = []monitor.Unresolved{{Rate: 14.4, Long: time.Hour, Finest: 0.9913, Needs: 864 * time.Millisecond}}
		r.Objective = 0.9999
	case monitor.Unknown:
		r = monitor.Row{Name: name, Host: r.Host, Every: r.Every, State: state, Objective: r.Objective, Hour: make([]*float64, monitor.HourMinutes)}
	}
	return r
}

// watched is a monitor of some targets in every state.
func watched() monitor.Snapshot {
	return monitor.Snapshot{
		Name: "endpoints", At: at, Running: 51*time.Hour + 15*time.Minute, Keeps: true,
		Rows: []monitor.Row{
			rowOf(0, "gateway", monitor.Up), rowOf(5, "behind the gateway", monitor.Degraded), rowOf(11, "eu-west", monitor.Down),
			rowOf(17, "tàu hoả 🙂 đêm", monitor.Paused), rowOf(3, "new", monitor.Unknown),
		},
		Incidents: []monitor.Incident{
			{ID: "1", Target: "eu-west", OpenedAt: at.Add(-8 * time.Minute), BurnRate: 14.4, Why: "connect: dial tcp 10.0.0.7:8000: connect: connection refused"},
			{ID: "2", Target: "behind the gateway", OpenedAt: at.Add(-12 * time.Minute), BurnRate: 14.4, Why: "ttft was 2.41 s, not < 2 s"},
			{ID: "3", Target: "gateway", OpenedAt: at.Add(-30 * time.Hour), ClosedAt: ptr(at.Add(-29 * time.Hour)), BurnRate: 6, Why: "server_error: HTTP 502"},
		},
		Events: []monitor.Event{
			{At: at.Add(-12 * time.Minute), Kind: monitor.Opened, Target: "behind the gateway", Text: "behind the gateway breaks its objective of 99.5 %: 20 of 240 probes in 1 h were bad, ×16.2 the budget"},
			{At: at.Add(-9 * time.Minute), Kind: monitor.Changed, Target: "eu-west", Text: "eu-west is down: connect: connection refused"},
			{At: at.Add(-8 * time.Minute), Kind: monitor.Troubled, Text: "the history is not written: no space left on device"},
		},
		Notices: []monitor.Notice{{About: "history", Text: "the history is not written: no space left on device", Since: at}},
	}
}

var scenes = map[string]func(Model) Model{
	"all":  func(s Model) Model { return s },
	"up":   func(s Model) Model { return opened(s, "gateway") },
	"down": func(s Model) Model { return opened(s, "eu-west") },
	"queue": func(s Model) Model {
		s.snap = queued()
		return s
	},
	"queue bulk": func(s Model) Model {
		s.snap = queued()
		return opened(s, "shop/bulk")
	},
	"queue down": func(s Model) Model {
		s.snap = queued()
		for i := range s.snap.Rows {
			r := &s.snap.Rows[i]
			r.State, r.Queue = monitor.Unknown, &monitor.QueueRow{}
		}
		s.snap.Rows[0].State, s.snap.Rows[0].LastError = monitor.Down, "connect: redis cannot be reached: dial: connect: connection refused"
		return s
	},
	"queue and endpoint": func(s Model) Model {
		s.snap.Rows = append(s.snap.Rows[:2], queued().Rows...)
		return s
	},
	"begun": func(s Model) Model {
		s.snap = monitor.Snapshot{Name: "endpoints", At: at, Rows: []monitor.Row{rowOf(0, "new", monitor.Unknown)}}
		return s
	},
	"many": func(s Model) Model {
		s.snap.Rows = nil
		for i := range 200 {
			s.snap.Rows = append(s.snap.Rows, rowOf(i, fmt.Sprintf("endpoint %03d", i), monitor.Up))
		}
		s.selected = 120
		return s
	},
}

func opened(s Model, name string) Model {
	s.opened = name
	s.snap.Detail = detailOf(monitor.View{Target: name, Last: time.Hour})
	return s
}

// scene is one in a window.
func scene(name string, w, h int, look draw.Theming) Model {
	s := New(1, &still{}, look)
	s.size, s.snap = tea.WindowSizeMsg{Width: w, Height: h}, watched()
	return scenes[name](s)
}

func TestMonitorScreens(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.UTC
	for name := range scenes {
		for _, size := range screentest.WindowSizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(t *testing.T) {
				frame := scene(name, size.W, size.H, draw.Theming{}).View()
				screentest.Fits(t, frame, size.W, size.H)
				golden.RequireEqual(t, screentest.Drawn(frame, size.W, size.H))
			})
		}
		for width := 0; width <= 210; width += 35 {
			for height := 0; height <= 66; height += 11 {
				for _, look := range []draw.Theming{{}, {ASCII: true, NoColor: true}} {
					s := scene(name, width, height, look)
					screentest.Fits(t, s.View(), width, height)
				}
			}
		}
	}
}

func TestMonitorThemes(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.UTC
	for theme, look := range map[string]draw.Theming{"dark": {}, "light": {Theme: draw.Light}, "ascii": {ASCII: true, NoColor: true}} {
		t.Run(theme, func(t *testing.T) { golden.RequireEqual(t, scene("all", 120, 36, look).View()) })
	}
}

// alone is the screen as a program of its own.
type alone struct{ Model }

func (a alone) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	s, cmd := a.Model.Update(msg)
	return alone{s}, cmd
}

func (a alone) View() tea.View { return tea.NewView(a.Model.View()) }

// Every key of the screen does what the help says.
func TestMonitorKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &still{snap: watched()}
		s := screentest.Start(t, alone{New(1, src, draw.Theming{})}, nil, 120, 36)
		s.Shows("2 open")
		s.Shows("no space left on device")
		s.Press("down", "enter")
		s.Rest()
		s.Shows("breaks its objective of 99.5 %")
		s.Shows("time to first token, last 1 h")
		s.Press("w", "tab")
		s.Rest()
		s.Shows("end to end, last 6 h")
		src.mu.Lock()
		if v := src.views[len(src.views)-1]; v.Target != "behind the gateway" || v.Last != 6*time.Hour {
			t.Errorf("it looks at %+v", v)
		}
		src.mu.Unlock()
		s.Press("down")
		s.Rest()
		s.Shows("99.99 % needs a probe every")
		s.Press("esc")
		s.Shows("24 h")
		s.Press("ctrl+z")
		s.Suspended()
		s.Press("q")
		s.Rest()
		if src.stopped != 1 {
			t.Errorf("q stopped it %d times", src.stopped)
		}
		s.Ends()
	})
}

// A click on a row chooses its target, another one opens it; the keys below can be clicked,
// and the wheel goes from one to the next. What is clicked is what is drawn there.
func TestMonitorMouse(t *testing.T) {
	for _, size := range screentest.WindowSizes {
		s := scene("all", size.W, size.H, draw.Theming{})
		lines := strings.Split(ansi.Strip(s.View()), "\n")
		y := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "eu-west") && !strings.Contains(l, "open for") })
		click := tea.MouseClickMsg{X: 6, Y: y, Button: tea.MouseLeft}
		for i, want := range []string{"", "eu-west"} {
			action, ok := s.Targets().For(click)
			if !ok {
				t.Fatalf("%v: a click on line %d asks for nothing:\n%s", size, y, strings.Join(lines, "\n"))
			}
			if s, _ = s.Update(action); s.selected != 2 || s.opened != want {
				t.Errorf("%v: after click %d target %d is chosen, and %q open", size, i+1, s.selected, s.opened)
			}
		}
		s = scene("all", size.W, size.H, draw.Theming{})
		action, _ := s.Targets().For(tea.MouseWheelMsg{X: 1, Y: 3, Button: tea.MouseWheelDown})
		if s, _ = s.Update(action); s.selected != 1 {
			t.Errorf("%v: the wheel chose target %d", size, s.selected)
		}
		x := strings.Index(lines[size.H-1], "enter")
		action, _ = s.Targets().For(tea.MouseClickMsg{X: x, Y: size.H - 1, Button: tea.MouseLeft})
		if s, _ = s.Update(action); s.opened != "behind the gateway" {
			t.Errorf("%v: the key opened %q", size, s.opened)
		}
	}
}

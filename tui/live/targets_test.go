package live

import (
	"math"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// mouse does what the mouse asks for.
func (m Model) mouse(msg tea.MouseMsg) Model {
	if a, ok := m.Targets().For(msg); ok {
		m, _ = m.Do(a)
	}
	return m
}

// TestClicks holds that a click on a chart points at the instant of its column, that one
// on a panel focuses it, and that the wheel moves the time in view and the events.
func TestClicks(t *testing.T) {
	m := scene{at: 262}.open(120, 36, draw.Theming{})
	shown := func() string { return ansi.Strip(m.View().Content) }
	chart := m.layout.charts[0]
	x := chart.X + 2 + draw.Gutter + 2 + 20
	m = m.mouse(tea.MouseClickMsg{X: x, Y: chart.Y + 2, Button: tea.MouseLeft})
	if !m.pointed || m.cursor < 110 || m.cursor > 125 || !m.panels.Has(panelChart) {
		t.Errorf("the cursor is at %g s, the focus on %v", m.cursor, m.panels)
	}
	if line := strings.Split(shown(), "\n")[chart.Y+1]; []rune(line)[x] != '│' {
		t.Errorf("the column is not marked in %q", line)
	}
	if !strings.Contains(shown(), "▸ 02:0") && !strings.Contains(shown(), "▸ 01:5") {
		t.Errorf("nothing is told of it:\n%s", shown())
	}
	wheel := func(at draw.Rect, button tea.MouseButton) {
		m = m.mouse(tea.MouseWheelMsg{X: at.X + 3, Y: at.Y + 1, Button: button})
	}
	wheel(chart, tea.MouseWheelUp)
	if from, to := chartSpan(m.shown, m.outlook()); to-from != 120 || m.cursor < from || m.cursor > to {
		t.Errorf("%g to %g s are in view", from, to)
	}
	wheel(chart, tea.MouseWheelDown)
	if from, to := chartSpan(m.shown, m.outlook()); from != 0 || to != 262 {
		t.Errorf("%g to %g s are in view", from, to)
	}
	m = m.mouse(tea.MouseClickMsg{X: m.layout.events.X + 5, Y: m.layout.events.Y, Button: tea.MouseLeft})
	if !strings.Contains(shown(), "▸ events") {
		t.Error("the events have no focus")
	}
	wheel(m.layout.events, tea.MouseWheelDown)
	if m.scrolled != 1 {
		t.Errorf("%d events are scrolled away", m.scrolled)
	}
}

// TestTimeInView holds that what is in view is a part of the run, with the cursor in it.
func TestTimeInView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := scene{at: float64(rapid.IntRange(1, 490).Draw(t, "at"))}.open(120, 36, draw.Theming{})
		for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"]", "[", "left", "shift+left", "right", "shift+right", "2", "0", "m", "tab"}), 0, 6).Draw(t, "keys") {
			m, _ = m.Update(screentest.KeyOf(k))
			m = settle(m)
		}
		from, to := chartSpan(m.shown, m.outlook())
		end := m.shown.At.Seconds()
		if from < 0 || to > end+1e-9 && m.wave < 0 || from > to || math.IsNaN(from+to) {
			t.Fatalf("%g to %g s of %g s are in view", from, to, end)
		}
		if m.pointed && m.wave < 0 && (m.cursor < from-1e-9 || m.cursor > to+1e-9) {
			t.Fatalf("the cursor is at %g s, %g to %g s are in view", m.cursor, from, to)
		}
	})
}

// TestZoomInSmallWindows holds that what has no room gets the window, panel by panel.
func TestZoomInSmallWindows(t *testing.T) {
	for _, size := range []struct{ w, h int }{{40, 12}, {60, 16}} {
		m := scene{at: 262}.open(size.w, size.h, draw.Theming{})
		press := func(keys ...string) string {
			for _, k := range keys {
				m, _ = m.Update(screentest.KeyOf(k))
			}
			return ansi.Strip(m.View().Content)
		}
		if text := press("tab"); strings.Contains(text, "▸") || m.panels != (draw.Panels{}) {
			t.Errorf("a focus that nobody sees: %v", m.panels)
		}
		for i, want := range []string{"▸ latency", "▸ outcomes", "▸ cost", "▸ SLOs", "▸ waves", "▸ events", " 0 ┤"} {
			keys := []string{"tab"}
			if i == 0 {
				keys = []string{"z"}
			}
			if text := press(keys...); !strings.Contains(text, want) {
				t.Errorf("%d×%d lacks %q:\n%s", size.w, size.h, want, text)
			}
		}
		if text := press("esc"); strings.Contains(text, "▸") {
			t.Errorf("the zoom stays:\n%s", text)
		}
	}
}

// TestTheLanesOfAQueueAreAPanel holds that they are reached by the keys and the mouse as any
// panel is, point at an instant and share the time in view, and that a run without a queue has
// none.
func TestTheLanesOfAQueueAreAPanel(t *testing.T) {
	m := scene{at: 262, edit: screentest.Queued}.open(120, 36, draw.Theming{})
	shown := func() string { return ansi.Strip(m.View().Content) }
	press := func(names ...string) {
		for _, k := range keys(names...) {
			m, _ = m.Update(k)
		}
	}
	press("tab")
	if !m.panels.Has(panelQueue) || !strings.Contains(shown(), "▸ queue") {
		t.Errorf("the first panel is %v", m.panels)
	}
	press("z")
	if !strings.Contains(shown(), "running ") || strings.Contains(shown(), "outcomes") || !m.charted() {
		t.Errorf("zoomed:\n%s", shown())
	}
	press("left")
	if !m.pointed || !strings.Contains(shown(), "queue · at 04:2") {
		t.Errorf("nothing is pointed at:\n%s", shown())
	}
	press("esc", "esc", "esc")
	at := m.layout.queue
	m = m.mouse(tea.MouseClickMsg{X: at.X + 2 + 10 + 20, Y: at.Y + 3, Button: tea.MouseLeft})
	if !m.pointed || m.cursor < 80 || m.cursor > 130 || !m.panels.Has(panelQueue) {
		t.Errorf("the cursor is at %g s, the focus on %v", m.cursor, m.panels)
	}
	m = m.mouse(tea.MouseWheelMsg{X: at.X + at.W - 3, Y: at.Y + 1, Button: tea.MouseWheelUp})
	if from, to := chartSpan(m.shown, m.outlook()); to-from != 120 {
		t.Errorf("%g to %g s are in view", from, to)
	}
	for _, b := range m.Bindings() {
		for _, k := range b.Keys {
			if k == "m" && b.Off {
				t.Error("no other chart can be shown")
			}
		}
	}
	m = scene{at: 262}.open(120, 36, draw.Theming{})
	if m.open(panelQueue) {
		t.Error("a run without a queue has its lanes")
	}
}

// TestAKeptQueue holds that a run that was kept shows the queue that it had.
func TestAKeptQueue(t *testing.T) {
	run := screentest.FrozenRun("20261126-190000")
	shot := screentest.At(262*time.Second, screentest.Queued).Snapshot(result.View{Wave: -1})
	run.Queue = &shot.Queue.Tier
	for _, size := range []tea.WindowSizeMsg{{Width: 40, Height: 12}, {Width: 80, Height: 24}, {Width: 120, Height: 36}} {
		m, _ := New(1, Keep(run), Offers{}, draw.Theming{}).Update(size)
		text := ansi.Strip(settle(m).View().Content)
		for _, word := range []string{"deepest", "urgent", "bulk", "8,044"} {
			if !strings.Contains(text, word) {
				t.Errorf("%d×%d lacks %q:\n%s", size.Width, size.Height, word, text)
			}
		}
	}
}

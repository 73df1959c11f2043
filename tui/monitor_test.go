package tui

import (
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/monitor"
	"flashwave/tui/screentest"
)

// A quiet monitor has one target, of which nothing is known.
type quiet struct{ stopped bool }

func (q *quiet) Snapshot(monitor.View) monitor.Snapshot {
	return monitor.Snapshot{
		Name: "endpoints", At: time.Now(), Ended: q.stopped,
		Rows: []monitor.Row{{Name: "gateway", State: monitor.Down, LastError: "connect: refused", Hour: make([]*float64, monitor.HourMinutes)}},
	}
}

func (q *quiet) Stop() { q.stopped = true }

// A monitor has what every screen has: the help, the palette, the clipboard.
func TestMonitorInTheProgram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &quiet{}
		s := screentest.Start(t, newMonitorApp(t.Context(), src, Options{}), nil, 120, 36)
		s.Shows("gateway")
		s.Press("?")
		s.Shows("look at one target")
		s.Press("esc", ":")
		s.Shows("what to do")
		s.Press("esc", "y")
		s.Shows("copied the last error of the target")
		s.Press("enter")
		s.Rest()
		s.Shows("time to first token, last 1 h")
		s.Press("esc", "q")
		s.Rest()
		s.Ends()
		if !src.stopped {
			t.Error("q did not stop it")
		}
	})
}

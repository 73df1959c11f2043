package live

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// title is what the terminal's window is called: the run, how far it is, and how.
func (m Model) title() string {
	s := m.live
	if s.Name == "" {
		return "flashwave"
	}
	state := string(s.State)
	if s.Verdict != nil {
		state = string(s.Verdict.Status)
	}
	return fmt.Sprintf("%s %s %s - flashwave", draw.Clean(s.Name), units.Clock(max(0, s.At)), state)
}

// progress is how far the run is, for terminals that show it with their window;
// nil once it is over.
func (m Model) progress() *tea.ProgressBar {
	s := m.live
	state := tea.ProgressBarDefault
	for _, o := range s.SLOs {
		if o.RunOK != nil && !*o.RunOK {
			state = tea.ProgressBarError
		}
	}
	switch share, known := reached(s); {
	case s.State == result.Done || s.State == "":
		return nil
	case !known || s.State == result.Warming:
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	case s.State == result.Paused:
		return tea.NewProgressBar(tea.ProgressBarWarning, share)
	default:
		return tea.NewProgressBar(state, share)
	}
}

// reached is how much of the run is done, in percent: of its time, or of its
// requests where its time is unknown.
func reached(s result.Snapshot) (percent int, known bool) {
	switch {
	case s.Planned > 0:
		return clampPercent(float64(s.At) / float64(s.Planned)), true
	case s.PlannedRequests > 0:
		return clampPercent(float64(s.Total.Requests.Ended()) / float64(s.PlannedRequests)), true
	}
	return 0, false
}

func clampPercent(share float64) int { return int(100 * min(1, max(0, share))) }

package draw

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// PollEvery is how long a screen rests after one snapshot before it asks for the next.
const PollEvery = 250 * time.Millisecond

// Later looks again after that rest.
func Later(look func() tea.Msg) tea.Cmd {
	return tea.Tick(PollEvery, func(time.Time) tea.Msg { return look() })
}

// Stopping ends what a screen looks at, when it is asked for the first time; whoever insists
// leaves the screen, whatever that does.
func Stopping(times int, of interface{ Stop() }) tea.Cmd {
	if times > 1 {
		return tea.Quit
	}
	return func() tea.Msg {
		of.Stop()
		return nil
	}
}

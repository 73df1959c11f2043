package tui

import tea "charm.land/bubbletea/v2"

// A wish is something that a screen of a run asks of the program around it.
type wish int

const (
	wishAgain   wish = iota // run the same scenario again
	wishCompare             // hold this run against an earlier one
	wishReport              // write a report
	wishSave                // write the session as a scenario
	wishHome                // leave for the home screen
)

// wishFor is a key that makes a wish.
func wishFor(w wish) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) { return m, func() tea.Msg { return w } }
}

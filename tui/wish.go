package tui

import (
	tea "charm.land/bubbletea/v2"

	"flashwave/bench/scenario"
)

// A wish is something that a screen asks of the program around it, which grants it
// before it looks at the next key. The zero wish is none.
type wish struct {
	what     wishKind
	scenario *scenario.Scenario // to start
	base, id string             // kept runs: to open id, to compare it with base
}

type wishKind int

const (
	_            wishKind = iota
	toStart               // a run of a scenario
	toRepeat              // the scenario of this run again
	toOpen                // a kept run
	toCompare             // this run with an earlier one
	toCompareTwo          // two kept runs
	toReport              // write a report
	toSave                // write the session as a scenario
	toLeave               // for the screen before
)

// wishFor is a key that makes a wish.
func wishFor(what wishKind) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) {
		m.wants = wish{what: what}
		return m, nil
	}
}

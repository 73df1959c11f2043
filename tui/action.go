package tui

import (
	tea "charm.land/bubbletea/v2"

	"flashwave/bench/scenario"
)

// An action is something that a screen asks of the program around it, which performs it
// before it looks at the next key. The zero action is none.
type action struct {
	what     actionKind
	scenario *scenario.Scenario // to start
	base, id string             // kept runs: to open id, to compare it with base
}

type actionKind int

const (
	_            actionKind = iota
	toStart                 // a run of a scenario
	toRepeat                // the scenario of this run again
	toOpen                  // a kept run
	toCompare               // this run with an earlier one
	toCompareTwo            // two kept runs
	toReport                // write a report
	toSave                  // write the session as a scenario
	toLeave                 // for the screen before
)

// actionKey is a key that asks for an action.
func actionKey(what actionKind) func(Model, string) (Model, tea.Cmd) {
	return func(m Model, _ string) (Model, tea.Cmd) {
		m.wants = action{what: what}
		return m, nil
	}
}

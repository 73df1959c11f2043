package tui

import (
	tea "charm.land/bubbletea/v2"

	"flashwave/bench/result"
)

// A comparison is the screen of two runs side by side.
type comparison struct {
	pen           pen
	width, height int
	base, other   *result.Run
	fromRun       bool // it was opened from the screen of other
}

// A backMsg leaves a screen for the one before.
type backMsg struct{}

// newComparison compares a run with an earlier one.
func newComparison(base, other *result.Run) comparison { return comparison{base: base, other: other} }

// dress gives the screen its colours.
func (c comparison) dress(p pen) comparison {
	c.pen = p
	return c
}

// resize fits the screen to a window.
func (c comparison) resize(width, height int) comparison {
	c.width, c.height = width, height
	return c
}

// update takes one message.
func (c comparison) update(msg tea.Msg) (comparison, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc", "q":
			return c, func() tea.Msg { return backMsg{} }
		case "ctrl+c":
			return c, tea.Quit
		}
	}
	return c, nil
}

// view draws the screen.
func (c comparison) view() string {
	lines := []string{c.pen.ends(c.pen.figure(clean(c.base.ID)), c.pen.figure(clean(c.other.ID)), c.width)}
	return compose(c.width, c.height, []block{{rect{0, 0, c.width, c.height}, c.pen.fit(lines, c.width, c.height)}})
}

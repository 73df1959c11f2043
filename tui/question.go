package tui

import (
	tea "charm.land/bubbletea/v2"

	"flashwave/tui/draw"
	"flashwave/tui/live"
)

// A question is a line in which a path is typed.
type question struct {
	about       live.Request
	label, text string
	note        string
}

// newQuestion asks for a path and suggests one.
func newQuestion(about live.Request, label, suggested, note string) *question {
	return &question{about, label, suggested, note}
}

// update edits the answer. done says that it is over, given that there is an answer.
func (q *question) update(msg tea.Msg) (next *question, done, given bool) {
	edited := *q
	switch msg := msg.(type) {
	case tea.PasteMsg:
		edited.text += draw.Clean(msg.Content)
	case tea.KeyPressMsg:
		switch msg.String() {
		case "enter":
			return q, true, q.text != ""
		case "esc", "ctrl+c":
			return q, true, false
		case "backspace":
			if r := []rune(q.text); len(r) > 0 {
				edited.text = string(r[:len(r)-1])
			}
		case "ctrl+u":
			edited.text = ""
		default:
			edited.text += msg.Text
		}
	}
	return &edited, false, false
}

// view is the question in one line.
func (q *question) view() string {
	return q.label + ": " + q.text + "_   enter writes, esc does not; " + q.note
}

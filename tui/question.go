package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"flashwave/tui/draw"
)

// A question is a line in which a path is typed.
type question struct {
	label, text string
	note        string
	of          any                     // the document that it is about
	write       func(path string) error // what the answer is for
}

// newQuestion asks for a path that something of a document is written to, and suggests one.
func newQuestion(of any, write func(path string) error, label, suggested, note string) *question {
	return &question{label, suggested, note, of, write}
}

// reportQuestion asks for the path of a report, whose ending is one of some.
func reportQuestion(of any, write func(path string) error, name string, endings []string) *question {
	suggested := ".txt"
	if slices.Contains(endings, ".html") {
		suggested = ".html"
	}
	return newQuestion(of, write, "report to", name+suggested, "the ending says the format: "+strings.Join(endings, " "))
}

// update edits the answer. done says that it is over, given that there is an answer.
func (q *question) update(msg tea.Msg) (next *question, done, given bool) {
	edited := *q
	switch msg := msg.(type) {
	case tea.PasteMsg:
		edited.text += draw.Clean(msg.Content)
	case tea.KeyPressMsg:
		switch action, ok := questionBindings.For(msg.String()); {
		case !ok:
			edited.text += msg.Text
		case action == writeAnswer:
			return q, true, q.text != ""
		case action == dropQuestion:
			return q, true, false
		case action == rubOutAnswer:
			edited.text = draw.RubOut(q.text)
		case action == clearAnswer:
			edited.text = ""
		}
	}
	return &edited, false, false
}

// A questionAction is something that a question can do.
type questionAction int

const (
	_ questionAction = iota
	writeAnswer
	dropQuestion
	rubOutAnswer
	clearAnswer
)

// questionBindings are what a question can do; any other key is text.
var questionBindings = draw.Bindings[questionAction]{
	{Keys: []string{"enter"}, Group: draw.Keeping, Action: writeAnswer},
	{Keys: []string{"esc", "ctrl+c"}, Group: draw.Leaving, Action: dropQuestion},
	{Keys: []string{"backspace"}, Group: draw.Choosing, Action: rubOutAnswer},
	{Keys: []string{"ctrl+u"}, Group: draw.Choosing, Action: clearAnswer},
}

// view is the question in one line.
func (q *question) view() string {
	return q.label + ": " + q.text + "_   enter writes, esc does not; " + q.note
}

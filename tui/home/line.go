package home

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/history"
	"flashwave/tui/draw"
)

// A line is what is typed at the foot of the screen about a run or a search that was
// kept: its name, or labels. The zero line is none.
type line struct {
	about Action // renameKept or labelKept
	of    history.Kept
	text  string
	wrong string // with it, as far as was found out
}

// ask begins a line about what is selected.
func (h Model) ask(about Action) Model {
	k, ok := h.list.selected()
	switch {
	case !ok:
		return h
	case k.Broken != nil:
		h.notice = k.ID + " cannot be read: d deletes it"
		return h
	}
	h.line = line{about: about, of: k}
	if about == renameKept {
		h.line.text = k.Name
	}
	return h
}

// lineBindings are what can be done with a line; any other key is text.
var lineBindings = append(draw.Bindings[Action]{
	{Keys: []string{"enter"}, Group: draw.Keeping, Action: takeLine},
	{Keys: []string{"esc"}, Group: draw.Choosing, Action: dropLine},
	{Keys: []string{"backspace"}, Group: draw.Choosing, Action: rubOutLine},
	{Keys: []string{"ctrl+u"}, Group: draw.Choosing, Action: clearLine},
}, always...)

// edit performs an action of the line.
func (h Model) edit(a Action) (Model, tea.Cmd) {
	switch a {
	case rubOutLine:
		h.line.text = draw.RubOut(h.line.text)
	case clearLine:
		h.line.text = ""
	case dropLine:
		h.line, h.notice = line{}, "nothing was changed"
	case takeLine:
		l := h.line
		h.line = line{}
		return h.take(l)
	}
	return h, nil
}

// take does what a line says.
func (h Model) take(l line) (Model, tea.Cmd) {
	backend, id := h.backend, l.of.ID
	if l.about == renameKept {
		return h, func() tea.Msg { return changedMsg{"renamed", backend.Rename(id, l.text)} }
	}
	labels, err := history.Labels(strings.Fields(l.text))
	switch {
	case err != nil:
		l.wrong = err.Error()
		h.line = l
		return h, nil
	case len(labels) == 0:
		h.notice = "nothing was changed"
		return h, nil
	}
	return h, func() tea.Msg { return changedMsg{"labelled", backend.Label(id, labels)} }
}

// doom asks whether to remove what is selected.
func (h Model) doom() Model {
	k, ok := h.list.selected()
	if !ok {
		return h
	}
	h.doomed = k.ID
	return h.sure(removeKept, "The "+nameOf(k)+", goes for good.")
}

// remove removes what was asked about.
func (h Model) remove() (Model, tea.Cmd) {
	backend, id := h.backend, h.doomed
	return h, func() tea.Msg { return changedMsg{"deleted", backend.Remove(id)} }
}

// view is the line where it is typed.
func (l line) view(p draw.Pen, width int) string {
	label, note := "name: ", "enter renames, esc does not"
	if l.about == labelKept {
		label, note = "labels: ", "k=v sets, k- takes away; enter, or esc"
		if has := labels(l.of); has != "" {
			note += "; it has " + has
		}
	}
	if l.wrong != "" {
		note = l.wrong
	}
	text := draw.Clean(l.text)
	if room := width - len(label) - 2; draw.Cells(text) > room { // its end is where one types
		for draw.Cells(text) > max(0, room) {
			text = string([]rune(text)[1:])
		}
	}
	return p.Cut(p.Figure(label)+p.Style.Mark.Render(text+"_")+"   "+p.Label(note), width)
}

package search

import (
	tea "charm.land/bubbletea/v2"

	"flashwave/bench/capacity"
	"flashwave/tui/draw"
)

// A Searcher is a search for capacity that can be watched. Its methods return
// quickly and may be called from several goroutines.
type Searcher interface {
	// Snapshot is the search at this instant; it is polled about four times a second.
	Snapshot() capacity.Snapshot
	// Stop ends the search: what is known becomes its document.
	Stop()
}

// A Model is the screen of a search for capacity, as a Bubble Tea model.
type Model struct {
	id      int
	src     Searcher
	subject string // what is searched: name, model and target
	began   string // the command that began it; "": it is not known
	reports bool   // the program around it writes them
	pen     draw.Pen
	size    tea.WindowSizeMsg

	snap   capacity.Snapshot
	ring   draw.Panels
	tops   [panels]int // by panel: the first line in view
	picked int         // the step with the cursor, from 1; 0: the newest
	finder draw.Finder
	stops  int
	notice string // in place of the keys until the next one is pressed

	asks    draw.Ask
	command bool // a command is what is copied
	wants   Request
	gone    bool
}

// A Request is something that the screen alone asks of the program around it.
type Request int

// The requests; the zero one is none.
const (
	Report Request = iota + 1 // write one of the document
)

// New returns the screen of a search; subject says of what. No other one of the program
// has its id: what another one still looks up is stale.
func New(id int, src Searcher, subject string, look draw.Theming) Model {
	return Model{id: id, src: src, subject: subject}.Restyle(look)
}

// Restyle gives the screen its looks.
func (s Model) Restyle(look draw.Theming) Model {
	s.pen = look.Pen()
	return s
}

// Began is the screen of a search that a command began, as a shell is told it; "": it is
// not known.
func (s Model) Began(command string) Model {
	s.began = command
	return s
}

// Reporting is the screen in a program that writes reports.
func (s Model) Reporting() Model {
	s.reports = true
	return s
}

// Left reports whether the user has left the screen of a search that is over. Where
// nothing is behind it, the program ends.
func (s Model) Left() bool { return s.gone }

// A SnapshotMsg is a poll of the search, with the screen that asked for it.
type SnapshotMsg struct {
	id       int
	snapshot capacity.Snapshot
}

func (s Model) look() tea.Msg { return SnapshotMsg{s.id, s.src.Snapshot()} }

// Init asks for the first snapshot.
func (s Model) Init() tea.Cmd { return s.look }

// done reports whether the search has its document.
func (s Model) done() bool { return s.snap.Document != nil }

// Document is what the search found; nil until it is over.
func (s Model) Document() *capacity.Document { return s.snap.Document }

// Asks is what the last message made the screen ask of the program around it.
func (s Model) Asks() draw.Ask { return s.asks }

// Wants is what the last message made this screen alone ask for.
func (s Model) Wants() Request { return s.wants }

// Tell says something in place of the keys, until the next one is pressed.
func (s Model) Tell(text string) Model {
	s.notice = text
	return s
}

// Copied is what the screen hands to the clipboard: what it is, and the text.
func (s Model) Copied() (what, text string) {
	if s.command {
		return "the command that searches again", s.began
	}
	return "the answer", s.told().sentence
}

// Update takes one message; an [Action] is one, too.
func (s Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	s.asks, s.wants = 0, 0
	switch msg := msg.(type) {
	case SnapshotMsg:
		if msg.id != s.id {
			return s, nil
		}
		s.snap = msg.snapshot
		if s.done() {
			return s, nil
		}
		return s, draw.Later(s.look)
	case tea.WindowSizeMsg:
		s.size = msg
	case Action:
		return s.Do(msg)
	case tea.PasteMsg:
		if s.finder.Typing() {
			return s.typed(msg), nil
		}
	case tea.KeyPressMsg:
		action, ok := s.Bindings().For(msg.String())
		if !ok && s.finder.Typing() {
			return s.typed(msg), nil
		}
		return s.Do(action)
	}
	return s, nil
}

// typed is the screen after text for the finder: the cursor is on what matches.
func (s Model) typed(msg tea.Msg) Model {
	s.finder, _ = s.finder.Take(msg)
	return s.seek(0)
}

// seek moves the cursor to a step that matches, in a direction.
func (s Model) seek(by int) Model {
	if i, ok := s.finder.Seek(s.cursor(), by, len(s.snap.Steps), s.stepText); ok {
		s.picked = i + 1
	}
	return s
}

// cursor is the step with the cursor; -1: there is none.
func (s Model) cursor() int {
	if s.picked > 0 {
		return min(s.picked, len(s.snap.Steps)) - 1
	}
	return len(s.snap.Steps) - 1
}

// Do performs an action.
func (s Model) Do(a Action) (Model, tea.Cmd) {
	s.notice, s.asks, s.command = "", a.ask, false
	s.ring = s.ring.Move(a.move, panels, s.open)
	if a.find != 0 {
		s = s.found(a.find)
	}
	switch a.verb {
	case up:
		s = s.scroll(a.of, -1)
	case down:
		s = s.scroll(a.of, 1)
	case pickStep:
		s.picked = a.of
		s.ring = s.ring.Move(draw.FocusOn(stepsPanel), panels, s.open)
	case writeReport:
		s.wants = Report
	case copyCommand:
		s.asks, s.command = draw.Copy, true
	case suspend:
		return s, tea.Suspend
	case leave:
		s.gone = true
		return s, tea.Quit
	case stop:
		s.stops++
		return s, draw.Stopping(s.stops, s.src)
	}
	return s, nil
}

// found does what is asked of the finder.
func (s Model) found(a draw.Finding) Model {
	s.finder = s.finder.Do(a)
	switch a {
	case draw.OpenFinder:
		s.ring = s.ring.Move(draw.FocusOn(stepsPanel), panels, s.open)
	case draw.NextFound:
		s = s.seek(1)
	case draw.FoundBefore:
		s = s.seek(-1)
	}
	return s
}

// scroll moves the cursor of the steps, or what a text shows; of is the panel, from 1; 0:
// the one with the focus, or the steps.
func (s Model) scroll(of, by int) Model {
	i := s.scrolls()
	if of > 0 {
		i = of - 1
	}
	if i == stepsPanel {
		s.picked = max(0, min(s.cursor()+by, len(s.snap.Steps)-1)) + 1
		if s.picked >= len(s.snap.Steps) {
			s.picked = 0 // with the newest, whichever comes
		}
		return s
	}
	s.tops[i] = max(0, min(s.tops[i]+by, s.lastTop(i)))
	return s
}

// scrolls is the panel that the keys scroll.
func (s Model) scrolls() int {
	if i, ok := s.ring.Focus(); ok && s.open(i) && !isChart(i) {
		return i
	}
	if l := s.layout(); len(l.slots) > 0 && !isChart(l.slots[0].panel) {
		return l.slots[0].panel
	}
	return stepsPanel
}

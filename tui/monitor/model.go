package monitor

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/monitor"
	"flashwave/tui/draw"
)

// A Source is a monitor that can be watched. Its methods return quickly and may be called
// from several goroutines.
type Source interface {
	// Snapshot is the monitor at this instant; it is polled about four times a second.
	Snapshot(monitor.View) monitor.Snapshot
	// Stop ends the monitor.
	Stop()
}

// A Model is the screen of a monitor, as a Bubble Tea model.
type Model struct {
	id   int
	src  Source
	pen  draw.Pen
	size tea.WindowSizeMsg

	snap     monitor.Snapshot
	selected int
	opened   string // the target that is looked at; "": all are
	span     int    // of spans
	chart    int    // of charts
	stops    int
	notice   string // in place of the keys until the next one is pressed
	asks     draw.Ask
}

// spans are the times that the charts of a target show.
var spans = []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour}

// New returns the screen of a monitor. No other one of the program has its id: what
// another one still looks up is stale.
func New(id int, src Source, look draw.Theming) Model { return Model{id: id, src: src}.Restyle(look) }

// Restyle gives the screen its looks.
func (s Model) Restyle(look draw.Theming) Model {
	s.pen = look.Pen()
	return s
}

// A SnapshotMsg is a poll of the monitor, with the screen that asked for it.
type SnapshotMsg struct {
	id       int
	snapshot monitor.Snapshot
}

// look polls what is looked at now.
func (s Model) look() tea.Msg {
	return SnapshotMsg{s.id, s.src.Snapshot(monitor.View{Target: s.opened, Last: spans[s.span]})}
}

// Init asks for the first snapshot.
func (s Model) Init() tea.Cmd { return s.look }

// An Action is something that the screen can do.
type Action int

const (
	_ Action = iota
	up
	down
	open
	back
	nextSpan
	nextChart
	suspend
	stop
	leave
	asking // and the asks, above it
)

// choosing and those above it are a click on a target: the first chooses it, another
// opens it.
const choosing Action = 1 << 10

// Bindings are all that the screen can do.
func (s Model) Bindings() draw.Bindings[Action] {
	one, all := s.opened != "", s.opened == ""
	over := s.snap.Ended
	list := draw.Bindings[Action]{
		{Keys: []string{"enter"}, Shown: "enter", Label: "open", Help: "look at one target", Group: draw.Choosing, Action: open, Off: one},
		{Keys: []string{"up", "k"}, Shown: "up", Label: "target", Help: "target before", Group: draw.Choosing, Action: up},
		{Keys: []string{"down", "j"}, Shown: "down", Label: "target", Help: "next target", Group: draw.Choosing, Action: down},
		{Keys: []string{"esc", "enter", "backspace"}, Shown: "esc", Label: "all", Help: "back to all targets", Group: draw.Choosing, Action: back, Off: all},
		{Keys: []string{"w"}, Shown: "w", Label: "window", Help: "time of the charts: an hour, six, a day", Group: draw.Seeing, Action: nextSpan, Off: all},
		{Keys: []string{"tab"}, Shown: "tab", Label: "chart", Help: "next chart: TTFT, E2E", Group: draw.Seeing, Action: nextChart, Off: all},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave, the probes too; fg resumes it", Group: draw.Leaving, Action: suspend},
	}
	what, _ := s.Copied()
	list = append(list, draw.Lift(draw.AskBindings(false, what), func(a draw.Ask) Action { return asking + Action(a) })...)
	return append(list, draw.Bindings[Action]{
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "stop", Help: "end the monitor (also ctrl+c)", Group: draw.Leaving, Action: stop, Off: over, Last: true},
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave; the report stays on the terminal", Group: draw.Leaving, Action: leave, Off: !over, Last: true},
	}...)
}

// Copied is what the screen hands to the clipboard: what it is, and the text.
func (s Model) Copied() (what, text string) {
	r, ok := s.row()
	if !ok && s.selected < len(s.snap.Rows) {
		r = s.snap.Rows[s.selected]
	}
	if r.LastError == "" {
		return "", ""
	}
	return "the last error of the target", draw.Clean(r.LastError)
}

// Asks is what the last message made the screen ask of the program around it.
func (s Model) Asks() draw.Ask { return s.asks }

// Tell says something in place of the keys, until the next one is pressed.
func (s Model) Tell(text string) Model {
	s.notice = text
	return s
}

// Targets are where the mouse asks for something: a row, and the keys.
func (s Model) Targets() (list draw.Targets[Action]) {
	w, h := max(0, s.size.Width), max(0, s.size.Height)
	list = append(list, draw.Target[Action]{At: draw.At(0, 0, w, max(0, h-1)), Up: up, Down: down})
	if _, one := s.row(); !one {
		l := s.layout()
		for i := l.from; i < l.to; i++ {
			list = append(list, draw.Target[Action]{At: draw.At(l.table.X, l.firstY+(i-l.from)*l.each, l.table.W, l.each), Click: choosing + Action(i)})
		}
	}
	if s.notice == "" {
		list = append(list, draw.FooterTargets(s.Bindings().Possible(), s.pen, draw.At(0, h-1, w, min(1, h)))...)
	}
	return list
}

// Update takes one message; an [Action] is one, too.
func (s Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	s.asks = 0
	switch msg := msg.(type) {
	case SnapshotMsg:
		if msg.id != s.id {
			return s, nil
		}
		s.snap = msg.snapshot
		s.selected = max(0, min(s.selected, len(s.snap.Rows)-1))
		if s.snap.Ended {
			return s, tea.Quit
		}
		return s, draw.Later(s.look)
	case tea.WindowSizeMsg:
		s.size = msg
	case Action:
		return s.Do(msg)
	case tea.KeyPressMsg:
		action, _ := s.Bindings().For(msg.String())
		return s.Do(action)
	}
	return s, nil
}

// Do performs an action. What is shown changes with the next poll, of which one is always
// on its way.
func (s Model) Do(a Action) (Model, tea.Cmd) {
	s.notice = ""
	switch {
	case a >= choosing:
		return s.click(int(a - choosing)), nil
	case a > asking:
		s.asks = draw.Ask(a - asking)
		return s, nil
	}
	switch a {
	case up, down:
		return s.choose(map[Action]int{up: -1, down: 1}[a]), nil
	case open:
		if s.selected < len(s.snap.Rows) {
			s.opened = s.snap.Rows[s.selected].Name
		}
	case back:
		s.opened = ""
	case nextSpan:
		s.span = (s.span + 1) % len(spans)
	case nextChart:
		s.chart = (s.chart + 1) % len(charts)
	case suspend:
		return s, tea.Suspend
	case leave:
		return s, tea.Quit
	case stop:
		s.stops++
		return s, draw.Stopping(s.stops, s.src)
	}
	return s, nil
}

// click chooses a target, and opens the one that is chosen.
func (s Model) click(i int) Model {
	switch {
	case i >= len(s.snap.Rows):
	case i == s.selected:
		s.opened = s.snap.Rows[i].Name
	default:
		s.selected = i
	}
	return s
}

// choose goes to another target, and looks at that if one is looked at.
func (s Model) choose(by int) Model {
	n := len(s.snap.Rows)
	if n == 0 {
		return s
	}
	s.selected = (s.selected + by + n) % n
	if s.opened != "" {
		s.opened = s.snap.Rows[s.selected].Name
	}
	return s
}

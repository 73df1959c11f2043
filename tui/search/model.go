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
	src     Searcher
	subject string // what is searched: name, model and target
	pen     draw.Pen
	size    tea.WindowSizeMsg

	id     int
	snap   capacity.Snapshot
	chart  chartKind
	stops  int
	notice string // in place of the keys until the next one is pressed
	asks   draw.Ask
}

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

// An Action is something that the screen can do.
type Action int

const (
	_ Action = iota
	nextChart
	chartBefore
	suspend
	stop
	leave
	asking // and the asks, above it
)

// Bindings are all that the screen can do.
func (s Model) Bindings() draw.Bindings[Action] {
	over, searching := s.done(), !s.done()
	list := draw.Bindings[Action]{
		{Keys: []string{"tab"}, Shown: "tab", Label: "chart", Help: "next chart: latency, served, in flight by rate; the backlog as forecast", Group: draw.Seeing, Action: nextChart},
		{Keys: []string{"shift+tab"}, Shown: "shift+tab", Help: "previous chart", Group: draw.Seeing, Action: chartBefore},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave, the load too; fg resumes it", Group: draw.Leaving, Action: suspend},
	}
	list = append(list, draw.Lift(draw.AskBindings(false, s.copies()), func(a draw.Ask) Action { return asking + Action(a) })...)
	return append(list, draw.Bindings[Action]{
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "stop", Help: "end the search with what is known; again: leave (also ctrl+c)", Group: draw.Leaving, Action: stop, Off: over, Last: true},
		{Keys: []string{"q", "enter", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave; the answer stays on the terminal (also enter)", Group: draw.Leaving, Action: leave, Off: searching, Last: true},
	}...)
}

// copies is what of the screen there is to copy now.
func (s Model) copies() string {
	if !s.done() {
		return ""
	}
	return "the verdict"
}

// Copied is what the screen hands to the clipboard: what it is, and the text.
func (s Model) Copied() (what, text string) {
	if s.done() {
		text = s.snap.Document.Verdict.Headline
	}
	return s.copies(), text
}

// Asks is what the last message made the screen ask of the program around it.
func (s Model) Asks() draw.Ask { return s.asks }

// Tell says something in place of the keys, until the next one is pressed.
func (s Model) Tell(text string) Model {
	s.notice = text
	return s
}

// Targets are where the mouse asks for something.
func (s Model) Targets() draw.Targets[Action] {
	if s.notice != "" {
		return nil
	}
	return draw.FooterTargets(s.Bindings().Possible(), s.pen, s.layout().keys)
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
		if s.done() {
			return s, nil
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

// Do performs an action.
func (s Model) Do(a Action) (Model, tea.Cmd) {
	s.notice = ""
	if a > asking {
		s.asks = draw.Ask(a - asking)
		return s, nil
	}
	n := chartKind(len(charts))
	switch a {
	case nextChart:
		s.chart = (s.chart + 1) % n
	case chartBefore:
		s.chart = (s.chart + n - 1) % n
	case suspend:
		return s, tea.Suspend
	case leave:
		return s, tea.Quit
	case stop:
		if s.stops++; s.stops > 1 {
			return s, tea.Quit
		}
		src := s.src
		return s, func() tea.Msg {
			src.Stop()
			return nil
		}
	}
	return s, nil
}

// A layout is where the parts go; what has no room has no height.
type layout struct {
	header, headline, now, steps, demand, price, models, keys draw.Rect
	charts                                                    []draw.Rect
	bare                                                      bool // no frames
}

func (s Model) layout() layout {
	w, h := max(0, s.size.Width), max(0, s.size.Height)
	l := layout{bare: w < draw.ColumnWidth || h < draw.ColumnHeight}
	area := draw.NewArea(0, 0, w, max(0, h-1))
	l.header = area.Take(1)
	l.headline = area.Take(min(2, max(1, h/10)))
	l.now = area.Take(min(2, max(1, h/8)))
	l.keys = draw.At(0, h-1, w, min(1, h))
	if l.bare {
		l.steps = area.Take(area.Left)
		return l
	}
	if s.done() && s.snap.Document.Forecast != nil && area.Left >= 20 {
		l.below(&area, w)
	}
	body := area.Take(area.Left)
	switch {
	case w >= draw.FullWidth:
		left, right := body.Split(max(w*11/20, w-70))
		l.steps = right
		l.stack(left)
	case body.H >= 16:
		l.charts = []draw.Rect{draw.At(body.X, body.Y, w, body.H*6/10)}
		l.steps = draw.At(body.X, body.Y+l.charts[0].H, w, body.H-l.charts[0].H)
	default:
		l.charts = []draw.Rect{body}
	}
	return l
}

// below puts what the demand comes to under the charts.
func (l *layout) below(s *draw.Area, w int) {
	const rows = 11
	foot := draw.At(s.X, s.Y+s.Left-rows, w, rows)
	s.Left -= rows
	if w < draw.FullWidth {
		l.demand = foot
		return
	}
	l.demand, foot = foot.Split(w * 9 / 20)
	l.price, l.models = foot.Split(foot.W / 2)
}

// stack fills a column with charts.
func (l *layout) stack(at draw.Rect) {
	if at.H < 24 {
		l.charts = []draw.Rect{at}
		return
	}
	first := at.H * 6 / 10
	l.charts = []draw.Rect{draw.At(at.X, at.Y, at.W, first), draw.At(at.X, at.Y+first, at.W, at.H-first)}
}

// View draws the screen.
func (s Model) View() string {
	l, p := s.layout(), s.pen
	blocks := []draw.Block{{At: l.header, Lines: []string{s.header(l.header.W)}}}
	put := func(at draw.Rect, lines []string) {
		if at.W > 0 && at.H > 0 {
			blocks = append(blocks, draw.Block{At: at, Lines: p.Fit(lines, at.W, at.H)})
		}
	}
	put(l.headline, s.headline(l.headline.W))
	put(l.now, s.now(l.now.W))
	for i, at := range l.charts {
		put(at, s.rateChart((s.chart+chartKind(i))%chartKind(len(charts)), at.W, at.H))
	}
	put(l.steps, s.steps(l.steps.W, l.steps.H, l.bare))
	if s.done() {
		put(l.demand, s.demand(l.demand.W, l.demand.H))
		put(l.price, s.price(l.price.W, l.price.H))
		put(l.models, s.models(l.models.W, l.models.H))
	}
	put(l.keys, []string{s.bottom(l.keys.W)})
	return p.Compose(s.size.Width, s.size.Height, blocks)
}

// bottom is the last line: the keys, or what there is to say.
func (s Model) bottom(width int) string {
	if s.notice != "" {
		return s.pen.Style.Mark.Render(draw.Clean(s.notice))
	}
	return s.Bindings().Footer(s.pen, width)
}

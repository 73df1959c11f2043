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

	snap  capacity.Snapshot
	chart chartKind
	help  bool
	stops int
}

// New returns the screen of a search; subject says of what.
func New(src Searcher, subject string, look draw.Theming) Model {
	return Model{src: src, subject: subject}.Restyle(look)
}

// Restyle gives the screen its looks.
func (s Model) Restyle(look draw.Theming) Model {
	s.pen = look.Pen()
	return s
}

// A SnapshotMsg is a poll of the search.
type SnapshotMsg struct{ snapshot capacity.Snapshot }

func (s Model) look() tea.Msg { return SnapshotMsg{s.src.Snapshot()} }

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
	showHelp
	closeHelp
	stop
	leave
)

// Bindings are all that the screen can do.
func (s Model) Bindings() draw.Bindings[Action] {
	over, searching := s.done(), !s.done()
	return draw.Bindings[Action]{
		{Keys: []string{"tab"}, Shown: "tab", Label: "chart", Help: "next chart: latency, served, in flight by rate; the backlog as forecast", Group: draw.Seeing, Action: nextChart},
		{Keys: []string{"shift+tab"}, Shown: "shift+tab", Help: "previous chart", Group: draw.Seeing, Action: chartBefore},
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave, the load too; fg resumes it", Group: draw.Leaving, Action: suspend},
		{Keys: []string{"?", "h"}, Shown: "?", Label: "help", Help: "this help", Group: draw.Leaving, Action: showHelp, Last: true},
		{Keys: []string{"q", "ctrl+c"}, Shown: "q", Label: "stop", Help: "end the search with what is known; again: leave (also ctrl+c)", Group: draw.Leaving, Action: stop, Off: over, Last: true},
		{Keys: []string{"q", "enter", "ctrl+c"}, Shown: "q", Label: "leave", Help: "leave; the answer stays on the terminal (also enter)", Group: draw.Leaving, Action: leave, Off: searching, Last: true},
	}
}

// helpBindings are what the screen can do while its help is open; any other key closes
// it.
func (s Model) helpBindings() draw.Bindings[Action] {
	return draw.Bindings[Action]{
		{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: suspend},
		{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: stop, Off: s.done()},
		{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: leave, Off: !s.done()},
	}
}

// Update takes one message.
func (s Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	switch msg := msg.(type) {
	case SnapshotMsg:
		s.snap = msg.snapshot
		if s.done() {
			return s, nil
		}
		return s, draw.Later(s.look)
	case tea.WindowSizeMsg:
		s.size = msg
	case tea.KeyPressMsg:
		return s.press(msg.String())
	}
	return s, nil
}

// press does what a key asks for.
func (s Model) press(key string) (Model, tea.Cmd) {
	bindings := s.Bindings()
	if s.help {
		bindings = s.helpBindings()
	}
	action, ok := bindings.For(key)
	if !ok && s.help {
		action = closeHelp
	}
	return s.Do(action)
}

// Do performs an action.
func (s Model) Do(a Action) (Model, tea.Cmd) {
	n := chartKind(len(charts))
	switch a {
	case nextChart:
		s.chart = (s.chart + 1) % n
	case chartBefore:
		s.chart = (s.chart + n - 1) % n
	case showHelp:
		s.help = true
	case closeHelp:
		s.help = false
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
	keys := s.Bindings().Possible()
	put(l.keys, []string{keys.Footer(p, l.keys.W)})
	if s.help {
		blocks = append(blocks, draw.Centred(keys.Help(p, 0, s.size.Width, s.size.Height), s.size.Width, s.size.Height))
	}
	return p.Compose(s.size.Width, s.size.Height, blocks)
}

package comparison

import (
	tea "charm.land/bubbletea/v2"

	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/tui/draw"
)

// A Pair is two runs and what a comparison found.
type Pair struct {
	base, other *result.Run
	doc         *compare.Document
	curves      map[*result.Run]result.Curves
}

// Compare holds one run against another. It may take a second.
func Compare(base, other *result.Run) *Pair {
	return &Pair{
		base, other, compare.Compare([]*result.Run{base}, []*result.Run{other}, compare.Options{Tool: other.Tool}),
		map[*result.Run]result.Curves{base: result.StoredCurves(base.Total.Latency), other: result.StoredCurves(other.Total.Latency)},
	}
}

// A Model is the screen of two runs side by side.
type Model struct {
	*Pair
	pen           draw.Pen
	width, height int

	chart chartKind
	wave  int // index into stretches
	top   int // the first row of the table in view
	help  bool
	left  bool // the user asked for the screen before
}

// New is the screen of a comparison.
func New(p *Pair, look draw.Theming) Model { return Model{Pair: p}.Restyle(look) }

// Restyle gives the screen its looks.
func (c Model) Restyle(look draw.Theming) Model {
	c.pen = look.Pen()
	return c
}

// resize fits the screen to a window.
func (c Model) resize(width, height int) Model {
	c.width, c.height = max(0, width), max(0, height)
	c.top = c.scrolled(0)
	return c
}

// stretches are what the table can show: the whole run, and each wave.
func (c Model) stretches() []string {
	waves := c.doc.Waves()
	if len(waves) < 2 {
		return []string{""} // the only wave is the run
	}
	return append([]string{""}, waves...)
}

// rows are those of the stretch in view that have data.
func (c Model) rows() (list []compare.Row) {
	for _, r := range c.doc.Rows {
		if r.Wave == c.stretches()[c.wave] && r.HasData() {
			list = append(list, r)
		}
	}
	return list
}

// scrolled is the first row of the table after a move of the view.
func (c Model) scrolled(by int) int {
	return max(0, min(c.top+by, len(c.rows())-c.layout().tableRows()))
}

// An Action is something that the screen can do.
type Action int

const (
	_ Action = iota
	nextChart
	chartBefore
	nextStretch
	scrollUp
	scrollDown
	showHelp
	closeHelp
	leave
	suspend
	quit
)

// Bindings are all that the screen can do.
func (c Model) Bindings() draw.Bindings[Action] {
	still := len(c.rows()) <= c.layout().tableRows()
	return draw.Bindings[Action]{
		{Keys: []string{"tab"}, Shown: "tab", Label: "chart", Help: "next chart: time to first token and end to end over time and by percentile, requests, errors", Group: draw.Seeing, Action: nextChart},
		{Keys: []string{"shift+tab"}, Shown: "shift+tab", Help: "previous chart", Group: draw.Seeing, Action: chartBefore},
		{Keys: []string{"w"}, Shown: "w", Label: "wave", Help: "figures of the next wave, then of the whole run again", Group: draw.Seeing, Action: nextStretch, Off: len(c.stretches()) == 1},
		{Keys: []string{"up", "k"}, Shown: "up", Label: "scroll", Help: "scroll the table (also k and j)", Group: draw.Seeing, Action: scrollUp, Off: still},
		{Keys: []string{"down", "j"}, Shown: "down", Label: "scroll", Group: draw.Seeing, Action: scrollDown, Off: still},
		{Keys: []string{"?", "h"}, Shown: "?", Label: "help", Help: "this help", Group: draw.Leaving, Action: showHelp, Last: true},
		{Keys: []string{"esc", "q"}, Shown: "esc", Label: "back", Help: "back to where you came from (also q)", Group: draw.Leaving, Action: leave, Last: true},
		{Keys: []string{"ctrl+c"}, Shown: "ctrl+c", Help: "leave flashwave", Group: draw.Leaving, Action: quit},
		{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: suspend},
	}
}

// helpBindings are what the screen can do while its help is open; any other key closes
// it.
func (c Model) helpBindings() draw.Bindings[Action] {
	return draw.Bindings[Action]{{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: quit}}
}

// Update takes one message.
func (c Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	c.left = false
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return c.resize(msg.Width, msg.Height), nil
	case tea.KeyPressMsg:
		return c.press(msg.String())
	}
	return c, nil
}

// press does what a key asks for.
func (c Model) press(key string) (Model, tea.Cmd) {
	bindings := c.Bindings()
	if c.help {
		bindings = c.helpBindings()
	}
	action, ok := bindings.For(key)
	if !ok && c.help {
		action = closeHelp
	}
	return c.Do(action)
}

// Do performs an action.
func (c Model) Do(a Action) (Model, tea.Cmd) {
	n := chartKind(len(charts))
	switch a {
	case nextChart:
		c.chart = (c.chart + 1) % n
	case chartBefore:
		c.chart = (c.chart + n - 1) % n
	case nextStretch:
		c.wave, c.top = (c.wave+1)%len(c.stretches()), 0
	case scrollUp:
		c.top = c.scrolled(-1)
	case scrollDown:
		c.top = c.scrolled(1)
	case showHelp:
		c.help = true
	case closeHelp:
		c.help = false
	case leave:
		c.left = true
	case suspend:
		return c, tea.Suspend
	case quit:
		return c, tea.Quit
	}
	return c, nil
}

// Left reports whether the last message made the screen ask for the one before.
func (c Model) Left() bool { return c.left }

// A layout is where the parts go; what has no room has no height.
type layout struct {
	header, headline, table, keys draw.Rect
	charts                        []draw.Rect
	bare                          bool // no frames
}

// tableRows is how many metrics the table shows.
func (l layout) tableRows() int {
	if l.bare {
		return max(0, l.table.H-1)
	}
	return max(0, l.table.H-3)
}

// layout divides the window: the table above, as high as it needs, charts below it.
func (c Model) layout() layout {
	w, h := c.width, c.height
	l := layout{bare: w < draw.ColumnWidth || h < draw.ColumnHeight}
	s := draw.NewArea(0, 0, w, max(0, h-1))
	l.header = s.Take(1)
	told := 1
	if h >= draw.ColumnHeight {
		told = min(len(c.headline(w)), max(2, h/7))
	}
	l.headline = s.Take(told)
	if h >= 30 {
		s.Take(1)
	}
	l.keys = draw.At(0, h-1, w, min(1, h))
	room := s.Left
	const chart = 9
	table := min(room, len(c.rows())+3)
	switch {
	case l.bare:
		table = room
	case room-table < chart && room >= 2*chart+4:
		table = max(room-11, 12)
	case room-table < chart:
		table = room
	}
	l.table = s.Take(table)
	if s.Left >= chart && !l.bare {
		all := s.Take(s.Left)
		n := 1 + min(2, max(0, (w-40)/60))
		for i := range n {
			width := (all.W - (n-1)*1) / n
			at := draw.At(all.X+i*(width+1), all.Y, width, all.H)
			if i == n-1 {
				at.W = all.X + all.W - at.X
			}
			l.charts = append(l.charts, at)
		}
	}
	return l
}

// View draws the screen.
func (c Model) View() string {
	l, p := c.layout(), c.pen
	blocks := []draw.Block{{At: l.header, Lines: []string{c.header(l.header.W)}}}
	blocks = append(blocks, draw.Block{At: l.headline, Lines: p.Fit(c.headline(l.headline.W), l.headline.W, l.headline.H)})
	if c.chart > 0 && len(l.charts) == 0 && !l.bare { // tab leads from the table to the charts
		blocks = append(blocks, draw.Block{At: l.table, Lines: c.pairChart(c.chart, l.table.W, l.table.H)})
	} else {
		blocks = append(blocks, draw.Block{At: l.table, Lines: p.Fit(c.table(l), l.table.W, l.table.H)})
	}
	for i, at := range l.charts {
		kind := (c.chart + chartKind(i)) % chartKind(len(charts))
		blocks = append(blocks, draw.Block{At: at, Lines: c.pairChart(kind, at.W, at.H)})
	}
	blocks = append(blocks, draw.Block{At: l.keys, Lines: []string{c.Bindings().Footer(p, l.keys.W)}})
	if c.help {
		blocks = append(blocks, draw.Centred(c.Bindings().Help(p, 0, c.width, c.height), c.width, c.height))
	}
	return p.Compose(c.width, c.height, blocks)
}

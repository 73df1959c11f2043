package comparison

import (
	"slices"

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

	panels draw.Panels // the table, then every chart
	chart  chartKind   // the first one in view
	wave   int         // index into stretches
	top    int         // the first row of the table in view
	notice string      // in place of the keys until the next one is pressed
	asks   draw.Ask
	left   bool // the user asked for the screen before
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
	return c.settle()
}

// settle brings the chart with the focus into view, and keeps the table full.
func (c Model) settle() Model {
	if i, ok := c.panels.Focus(); ok && i > 0 && !slices.Contains(c.shown(), chartKind(i-1)) {
		c.chart = chartKind(i - 1)
	}
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

// An Action is something that the screen can do: one of these.
type Action struct {
	verb  verb
	panel draw.PanelMove
	ask   draw.Ask
}

// A verb is what the screen alone can do.
type verb int

const (
	_ verb = iota
	nextStretch
	scrollUp
	scrollDown
	leave
	suspend
	quit
)

// Bindings are all that the screen can do.
func (c Model) Bindings() draw.Bindings[Action] {
	l := c.layout()
	still := l.table.H == 0 || len(c.rows()) <= l.tableRows()
	_, zoomed := c.panels.Zoomed()
	out := []string{"q", "esc"}
	if zoomed {
		out = out[:1]
	}
	var list draw.Bindings[Action]
	if !l.bare {
		list = draw.Lift(c.panels.Bindings("the figures, then charts of TTFT and E2E over time and by percentile, requests, errors"), func(m draw.PanelMove) Action { return Action{panel: m} })
	}
	list = append(list, draw.Bindings[Action]{
		{Keys: []string{"w"}, Shown: "w", Label: "wave", Help: "figures of the next wave, then of the whole run again", Group: draw.Seeing, Action: Action{verb: nextStretch}, Off: len(c.stretches()) == 1},
		{Keys: []string{"up", "k"}, Shown: "up", Label: "scroll", Help: "scroll the table (also k and j)", Name: "scroll up", Group: draw.Seeing, Action: Action{verb: scrollUp}, Off: still},
		{Keys: []string{"down", "j"}, Shown: "down", Label: "scroll", Name: "scroll down", Group: draw.Seeing, Action: Action{verb: scrollDown}, Off: still},
	}...)
	list = append(list, draw.Lift(draw.AskBindings(false, "the verdict"), func(a draw.Ask) Action { return Action{ask: a} })...)
	return append(list, draw.Bindings[Action]{
		{Keys: []string{"ctrl+z"}, Shown: "ctrl+z", Help: "suspend flashwave; fg resumes it", Group: draw.Leaving, Action: Action{verb: suspend}},
		{Keys: []string{"ctrl+c"}, Shown: "ctrl+c", Help: "leave flashwave", Group: draw.Leaving, Action: Action{verb: quit}},
		{Keys: out, Shown: out[len(out)-1], Label: "back", Help: "back to where you came from (also q)", Group: draw.Leaving, Action: Action{verb: leave}, Last: true},
	}...)
}

// Targets are where the mouse asks for something.
func (c Model) Targets() draw.Targets[Action] {
	l := c.layout()
	var list draw.Targets[Action]
	if c.notice == "" {
		list = draw.FooterTargets(c.Bindings(), c.pen, l.keys)
	}
	if l.bare {
		return append(list, draw.Target[Action]{At: l.table, Up: Action{verb: scrollUp}, Down: Action{verb: scrollDown}})
	}
	for i, at := range c.places(l) {
		one := draw.Target[Action]{At: at, Click: Action{panel: draw.FocusOn(i)}}
		if c.panels.Has(i) {
			one.Click.panel = draw.Zoom
		}
		if i == 0 {
			one.Up, one.Down = Action{verb: scrollUp}, Action{verb: scrollDown}
		}
		list = append(list, one)
	}
	return list
}

// Update takes one message; an [Action] is one, too.
func (c Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	c.left, c.asks = false, 0
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return c.resize(msg.Width, msg.Height), nil
	case Action:
		return c.Do(msg)
	case tea.KeyPressMsg:
		action, _ := c.Bindings().For(msg.String())
		return c.Do(action)
	}
	return c, nil
}

// Do performs an action.
func (c Model) Do(a Action) (Model, tea.Cmd) {
	c.notice = ""
	c.asks = a.ask
	c.panels = c.panels.Move(a.panel, 1+len(charts), nil)
	switch a.verb {
	case nextStretch:
		c.wave, c.top = (c.wave+1)%len(c.stretches()), 0
	case scrollUp:
		c.top = c.scrolled(-1)
	case scrollDown:
		c.top = c.scrolled(1)
	case leave:
		c.left = true
	case suspend:
		return c, tea.Suspend
	case quit:
		return c, tea.Quit
	}
	return c.settle(), nil
}

// shown are the charts in view, from the left.
func (c Model) shown() (list []chartKind) {
	for i := range c.layout().charts {
		list = append(list, (c.chart+chartKind(i))%chartKind(len(charts)))
	}
	return list
}

// places are where the panels in view are, by their numbers.
func (c Model) places(l layout) map[int]draw.Rect {
	places := map[int]draw.Rect{}
	if l.table.H > 0 {
		places[0] = l.table
	}
	for i, kind := range c.shown() {
		places[1+int(kind)] = l.charts[i]
	}
	return places
}

// Asks is what the last message made the screen ask of the program around it.
func (c Model) Asks() draw.Ask { return c.asks }

// Copied is what the screen hands to the clipboard: what it is, and the text.
func (c Model) Copied() (what, text string) { return "the verdict", c.doc.Gate.Headline }

// Tell says something in place of the keys, until the next one is pressed.
func (c Model) Tell(text string) Model {
	c.notice = text
	return c
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

// layout divides the window: the table above, as high as it needs, charts below it; or
// all of it to one of them.
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
	if l.bare {
		l.table = s.Take(s.Left)
		return l
	}
	focus, _ := c.panels.Focus()
	if _, zoomed := c.panels.Zoomed(); zoomed {
		l.give(focus, s.Take(s.Left))
		return l
	}
	room, table := s.Left, min(s.Left, len(c.rows())+3)
	const chart = 9
	switch {
	case room-table >= chart:
	case room >= 2*chart+4:
		table = max(room-11, 12)
	default:
		l.give(focus, s.Take(room)) // the focus leads from the table to the charts
		return l
	}
	l.table = s.Take(table)
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
	return l
}

// give gives a place to one panel alone.
func (l *layout) give(panel int, at draw.Rect) {
	if panel > 0 {
		l.charts = []draw.Rect{at}
	} else {
		l.table = at
	}
}

// View draws the screen.
func (c Model) View() string {
	l, p := c.layout(), c.pen
	blocks := []draw.Block{
		{At: l.header, Lines: []string{c.header(l.header.W)}},
		{At: l.headline, Lines: p.Fit(c.headline(l.headline.W), l.headline.W, l.headline.H)},
	}
	if l.table.H > 0 {
		blocks = append(blocks, draw.Block{At: l.table, Lines: p.Fit(c.table(l), l.table.W, l.table.H)})
	}
	for i, kind := range c.shown() {
		at := l.charts[i]
		blocks = append(blocks, draw.Block{At: at, Lines: c.pairChart(kind, at.W, at.H)})
	}
	blocks = append(blocks, draw.Block{At: l.keys, Lines: []string{c.bottom(l.keys.W)}})
	return p.Compose(c.width, c.height, blocks)
}

// bottom is the last line: the keys, or what there is to say.
func (c Model) bottom(width int) string {
	if c.notice != "" {
		return c.pen.Cut(c.pen.Style.Mark.Render(draw.Clean(c.notice)), width)
	}
	return c.Bindings().Footer(c.pen, width)
}

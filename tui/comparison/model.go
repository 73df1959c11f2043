package comparison

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/compare"
	"flashwave/bench/report/answer"
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

	reports bool        // the program around it writes them
	panels  draw.Panels // the table, then every chart
	chart   chartKind   // the first one in view
	wave    int         // index into stretches
	row     int         // the one with the cursor
	instant int         // where the cursor of the charts stands, from 1 to instants; 0: nowhere
	notice  string      // in place of the keys until the next one is pressed
	asks    draw.Ask
	wants   Request
	left    bool // the user asked for the screen before
}

// A Request is something that the screen alone asks of the program around it.
type Request int

// The requests; the zero one is none.
const (
	Report Request = iota + 1 // write one of the document
)

// instants are the places of the cursor of the charts, over the longer of both runs.
const instants = 60

// New is the screen of a comparison.
func New(p *Pair, look draw.Theming) Model {
	c := Model{Pair: p}.Restyle(look)
	if r := answer.Deciding(p.doc); r != nil {
		c.row = max(0, slices.IndexFunc(c.rows(), func(other compare.Row) bool { return other.Name() == r.Name() }))
	}
	return c
}

// Reporting is the screen in a program that writes reports.
func (c Model) Reporting() Model {
	c.reports = true
	return c
}

// Document is what the comparison found.
func (c Model) Document() *compare.Document { return c.doc }

// Wants is what the last message made this screen alone ask for.
func (c Model) Wants() Request { return c.wants }

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

// settle brings the chart with the focus into view, and keeps the cursor within the table.
func (c Model) settle() Model {
	if i, ok := c.panels.Focus(); ok && i > 0 && !slices.Contains(c.shown(), chartKind(i-1)) {
		c.chart = chartKind(i - 1)
	}
	c.row = c.chosen(0)
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

// rows are those of the stretch in view that have data: what decides, then what informs.
func (c Model) rows() (list []compare.Row) {
	for _, decides := range []bool{true, false} {
		for _, r := range c.doc.Rows {
			if r.Wave == c.stretches()[c.wave] && r.Gates == decides && r.HasData() {
				list = append(list, r)
			}
		}
	}
	return list
}

// chosen is the row with the cursor after a move of it.
func (c Model) chosen(by int) int { return max(0, min(c.row+by, len(c.rows())-1)) }

// inView are the first row of the table in view and the one after the last.
func (c Model) inView(rows int) (from, to int) {
	n := len(c.rows())
	from = max(0, min(c.row-rows/2, n-rows))
	return from, min(n, from+max(0, rows))
}

// An Action is something that the screen can do: one of these.
type Action struct {
	verb  verb
	of    int // the row that is picked
	panel draw.PanelMove
	ask   draw.Ask
}

// A verb is what the screen alone can do.
type verb int

const (
	_ verb = iota
	nextStretch
	rowUp
	rowDown
	pickRow
	earlier
	later
	writeReport
	leave
	suspend
	quit
)

// Bindings are all that the screen can do.
func (c Model) Bindings() draw.Bindings[Action] {
	l := c.layout()
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
		{Keys: []string{"up", "k"}, Shown: "up", Label: "row", Help: "the metric before, told in full under the table (also k and j)", Name: "the metric before", Group: draw.Seeing, Action: Action{verb: rowUp}, Off: l.table.H == 0},
		{Keys: []string{"down", "j"}, Shown: "down", Label: "row", Name: "the next metric", Group: draw.Seeing, Action: Action{verb: rowDown}, Off: l.table.H == 0},
		{Keys: []string{"left"}, Shown: "left", Label: "instant", Help: "what both runs had at an instant, earlier or later", Name: "an earlier instant of both runs", Group: draw.Seeing, Action: Action{verb: earlier}, Off: len(l.charts) == 0},
		{Keys: []string{"right"}, Shown: "right", Label: "instant", Name: "a later instant of both runs", Group: draw.Seeing, Action: Action{verb: later}, Off: len(l.charts) == 0},
		{Keys: []string{"o"}, Shown: "o", Label: "report", Help: "write a report of the comparison to a file", Group: draw.Keeping, Action: Action{verb: writeReport}, Off: !c.reports},
	}...)
	list = append(list, draw.Lift(draw.AskBindings(false, "the answer"), func(a draw.Ask) Action { return Action{ask: a} })...)
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
		return append(append(list, c.rowTargets(l)...), draw.Target[Action]{At: l.table, Up: Action{verb: rowUp}, Down: Action{verb: rowDown}})
	}
	for i, at := range c.places(l) {
		one := draw.Target[Action]{At: at, Click: Action{panel: draw.FocusOn(i)}}
		if c.panels.Has(i) {
			one.Click.panel = draw.Zoom
		}
		if i == 0 {
			one.Up, one.Down = Action{verb: rowUp}, Action{verb: rowDown}
		}
		list = append(list, one)
	}
	return append(list, c.rowTargets(l)...)
}

// rowTargets are the rows of the table: a click takes the cursor there.
func (c Model) rowTargets(l layout) (list draw.Targets[Action]) {
	if l.table.H == 0 {
		return nil
	}
	y, x, w := l.table.Y+1, l.table.X, l.table.W
	if !l.bare {
		y, x, w = l.table.Y+2, l.table.X+1, l.table.W-2
	}
	from, to := c.inView(l.tableRows())
	for i := from; i < to; i++ {
		list = append(list, draw.Target[Action]{At: draw.At(x, y+i-from, w, 1), Click: Action{verb: pickRow, of: i, panel: draw.FocusOn(0)}})
	}
	return list
}

// Update takes one message; an [Action] is one, too.
func (c Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	c.left, c.asks, c.wants = false, 0, 0
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
		c.wave = (c.wave + 1) % len(c.stretches())
	case rowUp:
		c.row = c.chosen(-1)
	case rowDown:
		c.row = c.chosen(1)
	case pickRow:
		c.row = a.of
	case earlier:
		c.instant = (c.instant + instants) % (instants + 1)
	case later:
		c.instant = (c.instant + 1) % (instants + 1)
	case writeReport:
		c.wants = Report
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
func (c Model) Copied() (what, text string) { return "the answer", c.sentence() }

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

// under is how many lines there are under the rows of the table: the one with the cursor in
// full, and what the marks mean.
func (l layout) under() int {
	switch {
	case l.table.H >= 16:
		return 4
	case l.table.H >= 7:
		return 2
	}
	return 0
}

// tableRows is how many metrics the table shows.
func (l layout) tableRows() int {
	if l.bare {
		return max(0, l.table.H-1-l.under())
	}
	return max(0, l.table.H-3-l.under())
}

// layout divides the window: the table above, as high as it needs, charts below it; or
// all of it to one of them.
func (c Model) layout() layout {
	w, h := c.width, c.height
	l := layout{bare: w < draw.ColumnWidth || h < draw.ColumnHeight}
	s := draw.NewArea(0, 0, w, max(0, h-1))
	l.header = s.Take(1)
	if h >= 34 {
		s.Take(1)
	}
	l.headline = s.Take(draw.AnswerRows(w, h))
	if h >= 34 {
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
	room, table := s.Left, min(s.Left, max(len(c.rows())+7, 16))
	const chart = 9
	switch {
	case room-table >= chart:
	case room >= 2*chart+4:
		table = max(room-11, 13)
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
		{At: l.headline, Lines: p.Fit(c.answer(l.headline.W, l.headline.H), l.headline.W, l.headline.H)},
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

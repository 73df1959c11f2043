package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/tui/draw"
)

// A pair is two runs and what a comparison found.
type pair struct {
	base, other *result.Run
	doc         *compare.Document
	curves      map[*result.Run]result.Curves
}

// compared holds one run against another. It may take a second.
func compared(base, other *result.Run) *pair {
	return &pair{
		base, other, compare.Compare([]*result.Run{base}, []*result.Run{other}, compare.Options{Tool: other.Tool}),
		map[*result.Run]result.Curves{base: result.StoredCurves(base.Total.Latency), other: result.StoredCurves(other.Total.Latency)},
	}
}

// A comparison is the screen of two runs side by side.
type comparison struct {
	*pair
	pen           pen
	width, height int
	fromRun       bool // it was opened from the screen of other

	chart pairChartKind
	wave  int // index into stretches
	top   int // the first row of the table in view
	help  bool
	wants action // of the program around the screen
}

// newComparison is the screen of a comparison.
func newComparison(p *pair) comparison { return comparison{pair: p} }

// restyle gives the screen its colours.
func (c comparison) restyle(p pen) comparison {
	c.pen = p
	return c
}

// resize fits the screen to a window.
func (c comparison) resize(width, height int) comparison {
	c.width, c.height = max(0, width), max(0, height)
	c.top = c.scrolled(0)
	return c
}

// stretches are what the table can show: the whole run, and each wave.
func (c comparison) stretches() []string {
	waves := c.doc.Waves()
	if len(waves) < 2 {
		return []string{""} // the only wave is the run
	}
	return append([]string{""}, waves...)
}

// rows are those of the stretch in view that have data.
func (c comparison) rows() (list []compare.Row) {
	for _, r := range c.doc.Rows {
		if r.Wave == c.stretches()[c.wave] && r.HasData() {
			list = append(list, r)
		}
	}
	return list
}

// scrolled is the first row of the table after a move of the view.
func (c comparison) scrolled(by int) int {
	return max(0, min(c.top+by, len(c.rows())-c.layout().tableRows()))
}

// comparisonKeys are the keys of the screen, for its bar and its help.
var comparisonKeys = []binding{
	{keys: []string{"tab"}, shown: "tab", short: "chart", help: "next chart: time to first token and end to end over time and by percentile, requests, errors"},
	{keys: []string{"shift+tab"}, shown: "shift+tab", help: "previous chart"},
	{keys: []string{"w"}, shown: "w", short: "wave", help: "figures of the next wave, then of the whole run again"},
	{keys: []string{"down", "j"}, shown: "up down", short: "scroll", help: "scroll the table (also k and j)"},
	{keys: []string{"?", "h"}, shown: "?", short: "help", help: "this help"},
	{keys: []string{"esc", "q"}, shown: "esc", short: "back", help: "back to where you came from (also q)"},
	{keys: []string{"ctrl+c"}, shown: "ctrl+c", help: "leave flashwave"},
}

// update takes one message.
func (c comparison) update(msg tea.Msg) (comparison, tea.Cmd) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return c, nil
	}
	name := key.String()
	if c.help && name != "ctrl+c" {
		c.help = false
		return c, nil
	}
	switch name {
	case "esc", "q":
		c.wants = action{what: toLeave}
		return c, nil
	case "ctrl+c":
		return c, tea.Quit
	case "ctrl+z":
		return c, tea.Suspend
	case "tab":
		c.chart = (c.chart + 1) % pairChartKind(len(pairCharts))
	case "shift+tab":
		c.chart = (c.chart + pairChartKind(len(pairCharts)) - 1) % pairChartKind(len(pairCharts))
	case "w":
		c.wave, c.top = (c.wave+1)%len(c.stretches()), 0
	case "down", "j":
		c.top = c.scrolled(1)
	case "up", "k":
		c.top = c.scrolled(-1)
	case "?", "h":
		c.help = true
	}
	return c, nil
}

// A comparisonLayout is where the parts go; what has no room has no height.
type comparisonLayout struct {
	header, headline, table, keys draw.Rect
	charts                        []draw.Rect
	bare                          bool // no frames
}

// tableRows is how many metrics the table shows.
func (l comparisonLayout) tableRows() int {
	if l.bare {
		return max(0, l.table.H-1)
	}
	return max(0, l.table.H-3)
}

// layout divides the window: the table above, as high as it needs, charts below it.
func (c comparison) layout() comparisonLayout {
	w, h := c.width, c.height
	l := comparisonLayout{bare: w < draw.ColumnWidth || h < draw.ColumnHeight}
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

// view draws the screen.
func (c comparison) view() string {
	l, p := c.layout(), c.pen
	blocks := []draw.Block{{At: l.header, Lines: []string{c.header(l.header.W)}}}
	blocks = append(blocks, draw.Block{At: l.headline, Lines: p.Fit(c.headline(l.headline.W), l.headline.W, l.headline.H)})
	if c.chart > 0 && len(l.charts) == 0 && !l.bare { // tab leads from the table to the charts
		blocks = append(blocks, draw.Block{At: l.table, Lines: c.pairChart(c.chart, l.table.W, l.table.H)})
	} else {
		blocks = append(blocks, draw.Block{At: l.table, Lines: p.Fit(c.table(l), l.table.W, l.table.H)})
	}
	for i, at := range l.charts {
		kind := (c.chart + pairChartKind(i)) % pairChartKind(len(pairCharts))
		blocks = append(blocks, draw.Block{At: at, Lines: c.pairChart(kind, at.W, at.H)})
	}
	keys := slices.DeleteFunc(slices.Clone(comparisonKeys), func(b binding) bool {
		return b.short == "wave" && len(c.stretches()) == 1 || b.short == "scroll" && len(c.rows()) <= l.tableRows()
	})
	blocks = append(blocks, draw.Block{At: l.keys, Lines: []string{p.keyBar(keys, l.keys.W)}})
	if c.help {
		over := p.help(comparisonKeys, 0, c.width, c.height)
		width := 0
		for _, line := range over {
			width = max(width, draw.Cells(line))
		}
		blocks = append(blocks, draw.Block{At: draw.At(max(0, (c.width-width)/2), max(0, (c.height-len(over))/2), width, len(over)), Lines: over})
	}
	text := draw.Compose(c.width, c.height, blocks)
	if p.Glyph.Dot == draw.ASCIIGlyphs.Dot {
		return draw.ToASCII(text)
	}
	return text
}

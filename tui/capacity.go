package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

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

// RunCapacity shows a search on the terminal until the user leaves, which they can do
// once it is over, or until ctx is cancelled. See [Run].
func RunCapacity(ctx context.Context, src Searcher, subject string, opts Options) error {
	return show(ctx, newSearch(src, subject, opts), opts)
}

// A search is the screen of a search for capacity, as a Bubble Tea model.
type search struct {
	src     Searcher
	subject string // what is searched: name, model and target
	opts    Options
	dark    bool
	profile colorprofile.Profile
	pen     pen
	size    tea.WindowSizeMsg

	snap  capacity.Snapshot
	chart stepChartKind
	help  bool
	stops int
}

func newSearch(src Searcher, subject string, opts Options) search {
	s := search{src: src, subject: subject, opts: opts, dark: opts.Theme != Light}
	if opts.mono() {
		s.profile = colorprofile.ASCII
	}
	s.restyle()
	return s
}

func (s *search) restyle() {
	s.pen = pen{draw.Pen{Style: draw.NewStyles(s.dark, s.profile), Glyph: draw.UnicodeGlyphs}}
	if s.opts.ASCII {
		s.pen.Glyph = draw.ASCIIGlyphs
	}
}

// A searchMsg is a poll of the search.
type searchMsg struct{ snapshot capacity.Snapshot }

func (s search) look() tea.Msg { return searchMsg{s.src.Snapshot()} }

// Init asks for the first snapshot and for the terminal's background.
func (s search) Init() tea.Cmd { return tea.Batch(tea.RequestBackgroundColor, s.look) }

// done reports whether the search has its document.
func (s search) done() bool { return s.snap.Document != nil }

// searchKeys are the keys of the screen, for its bar and its help.
var searchKeys = []binding{
	{keys: []string{"tab"}, shown: "tab", short: "chart", help: "next chart: latency, served, in flight by rate; the backlog as forecast"},
	{keys: []string{"shift+tab"}, shown: "shift+tab", help: "previous chart"},
	{keys: []string{"ctrl+z"}, shown: "ctrl+z", help: "suspend flashwave, the load too; fg resumes it"},
	{keys: []string{"?", "h"}, shown: "?", short: "help", help: "this help"},
	{keys: []string{"q", "ctrl+c"}, shown: "q", short: "stop", help: "end the search with what is known; again: leave (also ctrl+c)", live: true},
	{keys: []string{"q", "enter", "ctrl+c"}, shown: "q", short: "leave", help: "leave; the answer stays on the terminal (also enter)", over: true},
}

// Update takes one message.
func (s search) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case searchMsg:
		s.snap = msg.snapshot
		if s.done() {
			return s, nil
		}
		return s, tea.Tick(pollEvery, func(time.Time) tea.Msg { return s.look() })
	case tea.WindowSizeMsg:
		s.size = msg
	case tea.ColorProfileMsg:
		if !s.opts.mono() {
			s.profile = msg.Profile
			s.restyle()
		}
	case tea.BackgroundColorMsg:
		if s.opts.Theme == Auto || s.opts.Theme == "" {
			s.dark = msg.IsDark()
			s.restyle()
		}
	case tea.KeyPressMsg:
		return s.press(msg.String())
	}
	return s, nil
}

func (s search) press(name string) (tea.Model, tea.Cmd) {
	if s.help && name != "ctrl+c" && name != "ctrl+z" {
		s.help = false
		return s, nil
	}
	switch name {
	case "tab":
		s.chart = (s.chart + 1) % stepChartKind(len(stepCharts))
	case "shift+tab":
		s.chart = (s.chart + stepChartKind(len(stepCharts)) - 1) % stepChartKind(len(stepCharts))
	case "?", "h":
		s.help = true
	case "ctrl+z":
		return s, tea.Suspend
	case "enter":
		if s.done() {
			return s, tea.Quit
		}
	case "q", "ctrl+c":
		if s.stops++; s.done() || s.stops > 1 {
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

// View draws the screen.
func (s search) View() tea.View {
	v := tea.NewView(s.render())
	v.AltScreen, v.WindowTitle = true, "flashwave capacity"
	return v
}

// A searchLayout is where the parts go; what has no room has no height.
type searchLayout struct {
	header, headline, now, steps, demand, price, models, keys draw.Rect
	charts                                                    []draw.Rect
	bare                                                      bool // no frames
}

func (s search) layout() searchLayout {
	w, h := max(0, s.size.Width), max(0, s.size.Height)
	l := searchLayout{bare: w < draw.ColumnWidth || h < draw.ColumnHeight}
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
func (l *searchLayout) below(s *draw.Area, w int) {
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
func (l *searchLayout) stack(at draw.Rect) {
	if at.H < 24 {
		l.charts = []draw.Rect{at}
		return
	}
	first := at.H * 6 / 10
	l.charts = []draw.Rect{draw.At(at.X, at.Y, at.W, first), draw.At(at.X, at.Y+first, at.W, at.H-first)}
}

// render is the screen as text.
func (s search) render() string {
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
		put(at, s.stepChart((s.chart+stepChartKind(i))%stepChartKind(len(stepCharts)), at.W, at.H))
	}
	put(l.steps, s.steps(l.steps.W, l.steps.H, l.bare))
	if s.done() {
		put(l.demand, s.demand(l.demand.W, l.demand.H))
		put(l.price, s.price(l.price.W, l.price.H))
		put(l.models, s.models(l.models.W, l.models.H))
	}
	var keys []binding
	for _, b := range searchKeys {
		if s.done() && !b.live || !s.done() && !b.over {
			keys = append(keys, b)
		}
	}
	put(l.keys, []string{p.keyBar(keys, l.keys.W)})
	if s.help {
		over, width := p.help(keys, 0, s.size.Width, s.size.Height), 0
		for _, line := range over {
			width = max(width, draw.Cells(line))
		}
		blocks = append(blocks, draw.Block{At: draw.At(max(0, (s.size.Width-width)/2), max(0, (s.size.Height-len(over))/2), width, len(over)), Lines: over})
	}
	text := draw.Compose(s.size.Width, s.size.Height, blocks)
	if s.opts.ASCII {
		return draw.ToASCII(text)
	}
	return text
}

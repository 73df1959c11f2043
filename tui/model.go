package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
)

// pollEvery is how long the screen rests after one snapshot before it asks for
// the next.
const pollEvery = 200 * time.Millisecond

// The windows that w cycles through; the last two are as long as their wave or
// the run.
const (
	windowWave time.Duration = -iota - 1
	windowRun
)

var windows = []time.Duration{time.Second, 10 * time.Second, time.Minute, windowWave, windowRun}

// defaultWindow is the index of 10 s, long enough for a p99 and short enough to
// follow a sale.
const defaultWindow = 1

// An overlay is what lies above the screen.
type overlay int

const (
	overlayNone overlay = iota
	overlayHelp
	overlayErrors
	overlayVerdict
)

// An outlook is what the user has chosen to see: it changes no figure of the
// run.
type outlook struct {
	service bool   // service time leads
	frozen  string // says so, and since when; "": the screen follows the run
}

// Model is the screen as a Bubble Tea model: a value, whose View is pure.
type Model struct {
	src  Source
	opts Options

	dark    bool
	profile colorprofile.Profile
	pen     pen
	layout  layout
	size    tea.WindowSizeMsg

	live   result.Snapshot // the newest
	shown  result.Snapshot // what is drawn: live, unless frozen
	tag    int             // of the poll under way; what older ones bring is stale
	frozen bool

	window   int // index into windows
	wave     int // the picked wave; -1: none
	lane     int
	service  bool
	chart    chartKind
	overlay  overlay
	selected int // in the error browser; how far the help is scrolled
	filter   string
	typing   bool
	stops    int // how often the user asked to stop
}

// New returns the screen of a run.
func New(src Source, opts Options) Model {
	m := Model{src: src, opts: opts, dark: true, wave: -1, window: defaultWindow}
	if opts.NoColor {
		m.profile = colorprofile.ASCII
	}
	m.restyle()
	return m
}

// Init asks for the first snapshot and for the terminal's background.
func (m Model) Init() tea.Cmd { return tea.Batch(tea.RequestBackgroundColor, m.look()) }

// A snapshotMsg is a snapshot, and the poll that brought it.
type snapshotMsg struct {
	tag      int
	snapshot result.Snapshot
}

// look takes a snapshot now, of what the user wants to see.
func (m Model) look() func() tea.Msg {
	src, tag, view := m.src, m.tag, m.view()
	return func() tea.Msg { return snapshotMsg{tag, src.Snapshot(view)} }
}

// again takes a snapshot at once, in place of the poll under way.
func (m Model) again() (Model, tea.Cmd) {
	m.tag++
	return m, m.look()
}

// view is what to ask of the source: after the end, always whole waves or the
// whole run.
func (m Model) view() result.View {
	w := windows[m.window]
	switch {
	case w > 0 && m.live.State != result.Done:
		return result.View{Window: w, Wave: m.wave}
	case w == windowWave && m.wave < 0 && m.live.State != result.Done:
		return result.View{Wave: m.liveWave()}
	default:
		return result.View{Wave: m.wave}
	}
}

// liveWave is the wave of the lane in view; -1 if none is live.
func (m Model) liveWave() int {
	if m.lane < len(m.live.Lanes) {
		return m.live.Lanes[m.lane].Wave
	}
	return -1
}

// done reports whether the run is over and judged.
func (m Model) done() bool { return m.live.State == result.Done && m.live.Verdict != nil }

// Update takes one message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case snapshotMsg:
		return m.apply(msg)
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		if m.typing {
			return m.addFilter(msg.Content), nil
		}
	case tea.WindowSizeMsg:
		m.size = msg
		m.place()
	case tea.ColorProfileMsg:
		if !m.opts.NoColor {
			m.profile = msg.Profile
			m.restyle()
		}
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.restyle()
	}
	return m, nil
}

// apply takes a snapshot over, and asks for the next one unless nothing can
// change any more.
func (m Model) apply(msg snapshotMsg) (Model, tea.Cmd) {
	if msg.tag != m.tag {
		return m, nil
	}
	m.live = settled(msg.snapshot)
	m.lane = min(m.lane, max(0, len(m.live.Lanes)-1))
	if !m.frozen {
		m.shown = m.live
		m.place()
	}
	if m.done() {
		if m.live.View == m.view() {
			return m, nil
		}
		return m.again()
	}
	look := m.look()
	return m, tea.Tick(pollEvery, func(time.Time) tea.Msg { return look() })
}

// place divides the window.
func (m *Model) place() { m.layout = newLayout(m.size.Width, m.size.Height, m.shown.Verdict != nil) }

// restyle makes the pen for the terminal and its background.
func (m *Model) restyle() {
	m.pen = pen{newTheme(m.dark, m.profile), unicodeGlyphs}
	if m.opts.ASCII {
		m.pen.glyph = asciiGlyphs
	}
}

// View draws the screen.
func (m Model) View() tea.View {
	v := tea.NewView(m.render())
	v.AltScreen = true
	v.WindowTitle = "flashwave"
	if m.shown.Name != "" {
		v.WindowTitle = clean(m.shown.Name) + " - flashwave"
	}
	return v
}

// render is the screen as text: as many lines as the window has at most, none
// wider than it.
func (m Model) render() string {
	blocks := m.blocks()
	if m.frozen {
		m.stale(blocks[1:])
	}
	if over := m.over(); over.lines != nil {
		blocks = append(blocks, over)
	}
	text := compose(m.layout.width, m.layout.height, blocks)
	if m.opts.ASCII {
		return plain(text)
	}
	return text
}

// blocks draws every part that has room; the first says how the run is.
func (m Model) blocks() []block {
	l, p, s := m.layout, m.pen, m.shown
	if l.numbers {
		lines := p.fit(p.compact(s, outlook{m.service, m.frozenSince()}, l.width, l.height), l.width, l.height)
		first, rest := rect{0, 0, l.width, min(1, l.height)}, rect{0, 1, l.width, max(0, l.height-1)}
		return []block{{first, lines[:first.h]}, {rest, lines[first.h:]}}
	}
	blocks := []block{{l.header, []string{p.header(s, m.frozenSince(), l.width)}}}
	put := func(at rect, draw func(width, height int) []string) {
		if at.w > 0 && at.h > 0 {
			blocks = append(blocks, block{at, p.fit(draw(at.w, at.h), at.w, at.h)})
		}
	}
	put(l.ribbon, func(w, h int) []string { return p.newRibbon(s, m.lane, w).lines(h) })
	put(l.status, m.status)
	put(l.latency, func(w, h int) []string { return p.latency(s, m.service, w, h) })
	put(l.tally, func(w, h int) []string { return p.tallyLines(s, w, h) })
	put(l.outcomes, func(w, h int) []string { return p.outcomes(s, w, h) })
	put(l.cost, func(w, h int) []string { return p.cost(s, w, h) })
	put(l.slos, func(w, h int) []string { return p.slos(s, w, h) })
	put(l.waves, func(w, h int) []string { return p.waves(s, w, h) })
	for i, kind := range chartStack(m.chart, len(l.charts)) {
		put(l.charts[i], func(w, h int) []string { return p.drawChart(s, kind, m.service, w, h) })
	}
	put(l.events, func(w, h int) []string { return p.events(s, m.filter, m.typing, w, h) })
	put(l.keys, func(w, _ int) []string { return []string{m.bottom(w)} })
	return blocks
}

// status is the lines under the ribbon: rates and open requests, or the verdict.
func (m Model) status(width, height int) []string {
	p, s := m.pen, m.shown
	if s.Verdict != nil {
		return p.verdict(*s.Verdict, width, height)
	}
	return []string{p.flow(s, width), p.ends(p.open(s, width), p.steered(s, m.lane), width)}
}

// bottom is the last line: the keys, or what is being typed or waited for.
func (m Model) bottom(width int) string {
	p := m.pen
	switch {
	case m.typing && m.layout.events.h == 0:
		return p.label("filter events ") + p.filterNote(m.filter, true)
	case m.shown.State == result.Draining && !m.done():
		return p.label("draining: "+count(m.live.Now.InFlight)+" requests open   ") + p.figure("q") + " " + p.label("stop at once")
	default:
		return p.keyBar(m.done(), width)
	}
}

// frozenSince says that the screen is frozen, and what the run does meanwhile.
func (m Model) frozenSince() string {
	switch {
	case !m.frozen:
		return ""
	case m.done() && m.shown.Verdict == nil:
		return "frozen, the run is over: f shows it"
	default:
		return "frozen, the run is at " + clock(m.live.At)
	}
}

// stale takes the colours from blocks: what they show is the past.
func (m Model) stale(blocks []block) {
	for _, b := range blocks {
		for i, line := range b.lines {
			b.lines[i] = m.pen.style.faint.Render(ansi.Strip(line))
		}
	}
}

// over is the open overlay, in its place.
func (m Model) over() block {
	l, p := m.layout, m.pen
	var lines []string
	switch m.overlay {
	case overlayHelp:
		lines = p.help(m.done(), m.selected, l.width, l.height)
	case overlayErrors:
		lines = p.browser(m.shown, m.selected, l.width, max(0, l.height-1))
	case overlayVerdict:
		lines = p.verdictPage(m.shown, l.width, l.height)
	default:
		return block{}
	}
	width := 0
	for _, line := range lines {
		width = max(width, ansi.StringWidth(line))
	}
	return block{rect{max(0, (l.width-width)/2), max(0, (l.height-len(lines))/2), width, len(lines)}, lines}
}

package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"flashwave/bench/result"
	"flashwave/tui/draw"
)

// pollEvery is how long the screen rests after one snapshot before it asks for
// the next.
const pollEvery = 250 * time.Millisecond

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
	past    string // says why what is drawn is not how the run is now; "": it is
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
	stops    int    // how often the user asked to stop
	notice   string // in place of the keys until the next one is pressed
	wants    action // of the program around the screen
}

// New returns the screen of a run.
func New(src Source, opts Options) Model {
	m := Model{src: src, opts: opts, dark: opts.Theme != Light, wave: -1, window: defaultWindow}
	if opts.mono() {
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
	return func() tea.Msg { return snapshotMsg{tag, settled(src.Snapshot(view))} }
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
		if !m.opts.mono() {
			m.profile = msg.Profile
			m.restyle()
		}
	case tea.BackgroundColorMsg:
		if m.opts.Theme == Auto || m.opts.Theme == "" {
			m.dark = msg.IsDark()
			m.restyle()
		}
	}
	return m, nil
}

// apply takes a snapshot over, and asks for the next one unless nothing can
// change any more.
func (m Model) apply(msg snapshotMsg) (Model, tea.Cmd) {
	if msg.tag != m.tag {
		return m, nil
	}
	m.live = msg.snapshot
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
	m.pen = pen{draw.Pen{Style: draw.NewStyles(m.dark, m.profile), Glyph: draw.UnicodeGlyphs}}
	if m.opts.ASCII {
		m.pen.Glyph = draw.ASCIIGlyphs
	}
}

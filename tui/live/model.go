package live

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/result"
	"flashwave/tui/draw"
)

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
	overlayErrors
	overlayVerdict
)

// An outlook is what the user has chosen to see: it changes no figure of the
// run.
type outlook struct {
	service bool // service time leads
	seconds bool // latencies are in seconds

	stretch time.Duration // that charts show; 0: all
	pointed bool          // the cursor is somewhere
	cursor  float64       // the instant that is pointed at, in seconds
	leads   bool          // this chart tells what is there
}

// Model is the screen as a Bubble Tea model: a value, whose View is pure.
type Model struct {
	id     int
	src    Source
	offers Offers
	pen    pen
	layout layout
	size   tea.WindowSizeMsg

	live   result.Snapshot // the newest
	shown  result.Snapshot // what is drawn: live, unless frozen
	tag    int             // of the poll under way; what older ones bring is stale
	frozen bool

	window   int // index into windows
	wave     int // the picked wave; -1: none
	lane     int
	service  bool
	seconds  bool // the table of latencies is in them
	overlay  overlay
	selected int // in the error browser; how far the help is scrolled
	search   search
	scrolled int // events that are newer than the first in view
	panels   draw.Panels
	charts   [mostCharts]chartKind
	stretch  int // index into stretches
	pointed  bool
	cursor   float64   // the instant that is pointed at, in seconds
	acts     []steered // that can be undone
	stops    int       // how often the user asked to stop
	notice   string    // in place of the keys until the next one is pressed
	wants    Request
	asks     draw.Ask
}

// Offers are what the program around the screen of a run can do for it.
type Offers struct {
	Backend bool   // run it again, compare it, write files
	Home    bool   // go back to a home screen
	Command string // that repeats the run; "": there is none
}

// A Request is something that the screen of a run asks of the program around it, which
// performs it before it looks at the next key.
type Request int

// The requests; the zero one is none.
const (
	Again   Request = iota + 1 // the scenario of this run
	Compare                    // it with the run before
	Report                     // write one
	Save                       // the session as a scenario
	Leave                      // for the screen before
)

// New returns the screen of a run. No other one of the program has its id: what the
// screen before still looks up is stale.
func New(id int, src Source, offers Offers, look draw.Theming) Model {
	return Model{id: id, src: src, offers: offers, wave: -1, window: defaultWindow}.Restyle(look)
}

// Restyle gives the screen its looks.
func (m Model) Restyle(look draw.Theming) Model {
	m.pen = pen{look.Pen()}
	return m
}

// Init asks for the first snapshot.
func (m Model) Init() tea.Cmd { return m.look() }

// Wants is what the last message made the screen ask for.
func (m Model) Wants() Request { return m.wants }

// Asks is what the last message made the screen ask of the program around it.
func (m Model) Asks() draw.Ask { return m.asks }

// copies is what of the screen there is to copy: the command that repeats the run, or
// else its figures.
func (m Model) copies() string {
	if m.offers.Command != "" {
		return "the command that repeats the run"
	}
	return "the figures"
}

// Copied is what the screen hands to the clipboard: what it is, and the text.
func (m Model) Copied() (what, text string) {
	if m.offers.Command != "" {
		return m.copies(), m.offers.Command
	}
	return m.copies(), m.figures()
}

// Done reports whether the run is over and judged.
func (m Model) Done() bool { return m.done() }

// Live is the newest snapshot of the run.
func (m Model) Live() result.Snapshot { return m.live }

// Tell says something in place of the keys, until the next one is pressed.
func (m Model) Tell(text string) Model {
	m.notice = text
	return m
}

// Told is what is said in place of the keys; "" if nothing.
func (m Model) Told() string { return m.notice }

// A SnapshotMsg is a snapshot, with the screen and the poll that asked for it.
type SnapshotMsg struct {
	id, tag  int
	snapshot result.Snapshot
}

// look takes a snapshot now, of what the user wants to see.
func (m Model) look() func() tea.Msg {
	src, id, tag, view := m.src, m.id, m.tag, m.view()
	return func() tea.Msg { return SnapshotMsg{id, tag, settled(src.Snapshot(view))} }
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

// Update takes one message; an [Action] is one, too.
func (m Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	m.wants, m.asks = 0, 0
	switch msg := msg.(type) {
	case SnapshotMsg:
		return m.apply(msg)
	case Action:
		m.notice = ""
		return m.Do(msg)
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		if m.search.finder.Typing() {
			return m.typed(msg.Content), nil
		}
	case tea.WindowSizeMsg:
		m.size = msg
		m.place()
	}
	return m, nil
}

// apply takes a snapshot over, and asks for the next one unless nothing can
// change any more.
func (m Model) apply(msg SnapshotMsg) (Model, tea.Cmd) {
	if msg.id != m.id || msg.tag != m.tag {
		return m, nil
	}
	m.live = msg.snapshot
	m.lane = min(m.lane, max(0, len(m.live.Lanes)-1))
	if !m.frozen {
		m.shown = m.live
		m.place()
	}
	m.seconds = inSeconds(m.shown.Window.Latency, m.service, m.seconds)
	if m.done() {
		if m.live.View == m.view() {
			return m, nil
		}
		return m.again()
	}
	return m, draw.Later(m.look())
}

// place divides the window.
func (m *Model) place() {
	_, zoomed := m.zoomed()
	m.layout = newLayout(m.size.Width, m.size.Height, contents{
		classes: classCount(m.shown), tasks: taskClassCount(m.shown), done: m.shown.Verdict != nil, zoomed: zoomed,
	})
}

// outlook is what the user has chosen to see.
func (m Model) outlook() outlook {
	return outlook{service: m.service, seconds: m.seconds, stretch: stretches[m.stretch], pointed: m.pointed, cursor: m.cursor}
}

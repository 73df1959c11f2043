package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/tui/draw"
)

// A home is the screen on which runs are set up and earlier ones found.
type home struct {
	ctx     context.Context // of checks
	backend Backend
	opts    Options
	pen     pen
	size    tea.WindowSizeMsg

	draft   *draft
	form    *form
	plan    plan
	planned int // the tag of the newest draft that was resolved
	tag     int // of the newest draft
	list    runList

	reads   int // the newest reading of the list
	checks  int // the newest check; what older ones answer is stale
	probe   *bench.Probe
	failed  error              // of the check, before anything was sent
	probing context.CancelFunc // nil: no check is under way
	asking  bool               // whether to load a target that is not on this machine
	help    bool
	notice  string
	wants   action // of the program around the screen
}

func newHome(ctx context.Context, backend Backend, opts Options) home {
	h := home{ctx: ctx, backend: backend, opts: opts, draft: newDraft()}
	h.form = newForm(h.draft, backend.Targets())
	h.restyle(pen{draw.Pen{Style: draw.NewStyles(opts.Theme != Light, colorprofile.TrueColor), Glyph: draw.UnicodeGlyphs}}, opts.Theme != Light, colorprofile.TrueColor)
	return h
}

// The messages of the home screen: what came back from the backend.
type (
	planMsg struct {
		tag  int
		plan plan
	}
	runsMsg struct {
		id      int
		entries []store.Entry
		err     error
	}
	probeMsg struct {
		id    int
		probe bench.Probe
		err   error
	}
)

// begin puts the focus on the form and looks what there is.
func (h home) begin() tea.Cmd {
	return tea.Batch(h.form.focus(0), h.resolve(), h.listRuns())
}

// readRuns lists the kept runs once more.
func (h *home) readRuns() tea.Cmd {
	h.reads++
	return h.listRuns()
}

func (h home) listRuns() tea.Cmd {
	backend, id := h.backend, h.reads
	return func() tea.Msg {
		entries, err := backend.Runs()
		return runsMsg{id, entries, err}
	}
}

// resolve finds out what the draft amounts to.
func (h home) resolve() tea.Cmd {
	d, targets, tag := *h.draft, h.backend.Targets(), h.tag
	return func() tea.Msg { return planMsg{tag, d.resolve(targets)} }
}

// restyle gives the screen its colours.
func (h *home) restyle(p pen, dark bool, profile colorprofile.Profile) {
	h.pen = p
	h.form.restyle(dark, profile)
}

func (h home) update(msg tea.Msg) (home, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		h.size = msg
		h.form.resize(h.layout().form.W - 4)
	case planMsg:
		if msg.tag >= h.planned {
			h.plan, h.planned = msg.plan, msg.tag
		}
	case runsMsg:
		if msg.id != h.reads {
			return h, nil
		}
		h.list.entries, h.list.err, h.list.loaded = msg.entries, msg.err, true
		h.list.move(0)
	case probeMsg:
		if h.probing != nil && msg.id == h.checks {
			h.stopCheck() // it is over
			h.probe, h.failed = &msg.probe, msg.err
		}
	case tea.KeyPressMsg:
		return h.press(msg)
	case tea.PasteMsg:
		if h.list.typing {
			h.list.filter += draw.Clean(msg.Content)
			return h, nil
		}
		return h.typed(msg)
	default: // the blinking of a cursor
		_, cmd := h.form.update(msg)
		return h, cmd
	}
	return h, nil
}

// typed hands a message to the form.
func (h home) typed(msg tea.Msg) (home, tea.Cmd) {
	changed, cmd := h.form.update(msg)
	if !changed {
		return h, cmd
	}
	h.tag++
	h.stopCheck() // of what the draft was
	return h, tea.Batch(cmd, h.resolve())
}

// inForm reports whether keys are typed into the form.
func (h home) inForm() bool { return h.form.at >= 0 }

// press does what a key means where the focus is.
func (h home) press(key tea.KeyPressMsg) (home, tea.Cmd) {
	h.notice = ""
	name := key.String()
	switch {
	case name == "ctrl+c":
		return h, tea.Quit
	case name == "ctrl+z":
		return h, tea.Suspend
	case h.asking:
		return h.answer(name)
	case h.help:
		h.help = false
		return h, nil
	case name == "ctrl+k":
		return h.check()
	case name == "f1" || name == "?" && !h.inForm() && !h.list.typing:
		h.help = true
		return h, nil
	case name == "esc" && (h.probing != nil || h.probe != nil || h.failed != nil):
		h.stopCheck()
		return h, nil
	case h.inForm():
		return h.pressForm(key)
	case h.list.typing:
		return h.pressFilter(key)
	default:
		return h.pressList(name)
	}
}

func (h home) pressForm(key tea.KeyPressMsg) (home, tea.Cmd) {
	switch key.String() {
	case "enter":
		return h.start()
	case "tab", "down":
		if h.form.at == len(h.form.fields)-1 {
			return h, h.form.focus(-1)
		}
		return h, h.form.focus(h.form.at + 1)
	case "shift+tab", "up":
		if h.form.at == 0 {
			return h, h.form.focus(-1)
		}
		return h, h.form.focus(h.form.at - 1)
	case "esc":
		return h, h.form.focus(-1)
	}
	return h.typed(key)
}

func (h home) pressList(name string) (home, tea.Cmd) {
	switch name {
	case "tab", "esc":
		return h, h.form.focus(0)
	case "shift+tab":
		return h, h.form.focus(len(h.form.fields) - 1)
	case "up", "k":
		h.list.move(-1)
	case "down", "j":
		h.list.move(1)
	case "pgup":
		h.list.move(-10)
	case "pgdown":
		h.list.move(10)
	case "home", "g":
		h.list.at = 0
	case "end", "G":
		h.list.move(len(h.list.entries))
	case "space", "m":
		h.list.mark()
	case "/":
		h.list.typing = true
	case "enter":
		if e, ok := h.list.selected(); ok {
			h.wants = action{what: toOpen, id: e.ID}
		}
	case "c":
		base, other, ok := h.list.pair()
		if !ok {
			h.notice = "mark two runs with space, then c compares them"
			return h, nil
		}
		h.wants = action{what: toCompareTwo, base: base, id: other}
	case "q":
		return h, tea.Quit
	}
	return h, nil
}

// pressFilter edits the filter of the list.
func (h home) pressFilter(key tea.KeyPressMsg) (home, tea.Cmd) {
	switch key.String() {
	case "enter":
		h.list.typing = false
	case "esc":
		h.list.typing, h.list.filter = false, ""
	case "backspace":
		if r := []rune(h.list.filter); len(r) > 0 {
			h.list.filter = string(r[:len(r)-1])
		}
	default:
		h.list.filter += key.Text
	}
	h.list.at = 0
	return h, nil
}

// start begins the run of the form, or says what keeps it from that.
func (h home) start() (home, tea.Cmd) {
	switch {
	case h.planned != h.tag:
		h.notice = "one moment, the draft is still being looked at"
	case h.plan.scenario == nil:
		h.notice = "nothing was sent: " + h.problem()
	case !h.plan.estimate.Loopback:
		h.asking = true
	default:
		return h.launch()
	}
	return h, nil
}

// launch asks for the run of the form.
func (h home) launch() (home, tea.Cmd) {
	sc := h.handOver()
	h.wants = action{what: toStart, scenario: sc}
	return h, h.resolve()
}

// handOver is the scenario of the form, for one who may change it: the screen makes
// another one of the draft.
func (h *home) handOver() *scenario.Scenario {
	sc := h.plan.scenario
	h.plan = plan{}
	h.tag++
	return sc
}

// answer takes the answer to whether to load somebody else's machine.
func (h home) answer(name string) (home, tea.Cmd) {
	h.asking = false
	if name == "y" {
		return h.launch()
	}
	h.notice = "nothing was sent"
	return h, nil
}

// check sends one request.
func (h home) check() (home, tea.Cmd) {
	switch {
	case h.probing != nil:
		h.notice = "a check is under way, esc gives it up"
		return h, nil
	case h.plan.scenario == nil || h.planned != h.tag:
		h.notice = "nothing was sent: " + h.problem()
		return h, nil
	}
	h.stopCheck()
	h.checks++
	ctx, cancel := context.WithCancel(h.ctx)
	h.probing = cancel
	backend, sc, id := h.backend, h.handOver(), h.checks
	return h, tea.Batch(func() tea.Msg {
		probe, err := backend.Check(ctx, sc)
		return probeMsg{id, probe, err}
	}, h.resolve())
}

// stopCheck gives up the check under way, and forgets what the last one found.
func (h *home) stopCheck() {
	if h.probing != nil {
		h.probing()
	}
	h.probing, h.probe, h.failed = nil, nil, nil
}

// problem says what is wrong with the draft.
func (h home) problem() string {
	if h.plan.err == nil {
		return "the draft is still being looked at"
	}
	return h.plan.field + ": " + h.plan.err.Error()
}

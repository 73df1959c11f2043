package home

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/tui/draw"
)

// A Model is the screen on which runs are set up and earlier ones found.
type Model struct {
	ctx     context.Context // of checks
	backend Backend
	pen     draw.Pen
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
	notice  string
	asks    draw.Ask
	wants   Request
}

// A Backend is what the home screen needs of the rest of the program. Its methods may
// block: they are called off the screen.
type Backend interface {
	// Targets are the endpoints that the user has named.
	Targets() []scenario.NamedTarget
	// Check sends one request of a resolved scenario. It ends with ctx.
	Check(ctx context.Context, sc *scenario.Scenario) (bench.Probe, error)
	// Runs are the runs that were kept, the newest first.
	Runs() ([]store.Entry, error)
}

// A Request is something that the home screen asks of the program around it, which
// performs it before it looks at the next key. The zero request is none.
type Request struct {
	Start      *scenario.Scenario // a run of it
	Open       string             // a kept run
	Base, With string             // two kept runs, to compare
}

// New returns the home screen; ctx is of its checks.
func New(ctx context.Context, backend Backend, look draw.Theming) Model {
	h := Model{ctx: ctx, backend: backend, draft: newDraft()}
	h.form = newForm(h.draft, backend.Targets())
	return h.Restyle(look)
}

// Wants is what the last message made the screen ask for.
func (h Model) Wants() Request { return h.wants }

// Tell says something in place of the keys, until the next one is pressed.
func (h Model) Tell(text string) Model {
	h.notice = text
	return h
}

// Told is what is said in place of the keys; "" if nothing.
func (h Model) Told() string { return h.notice }

// Asks is what the last message made the screen ask of the program around it.
func (h Model) Asks() draw.Ask { return h.asks }

// copies is what of the screen there is to copy now.
func (h Model) copies() string {
	if _, ok := h.list.selected(); !ok || h.inForm() {
		return ""
	}
	return "the run's name"
}

// Copied is what the screen hands to the clipboard: what it is, and the text.
func (h Model) Copied() (what, text string) {
	e, _ := h.list.selected()
	return h.copies(), e.ID
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

// Init puts the focus on the form and looks what there is.
func (h Model) Init() tea.Cmd {
	return tea.Batch(h.form.focus(0), h.resolve(), h.listRuns())
}

// Back lists the kept runs once more: the screen is in front again.
func (h Model) Back() (Model, tea.Cmd) {
	h.reads++
	return h, h.listRuns()
}

// Away gives up what nobody sees any more.
func (h Model) Away() Model {
	h.stopCheck()
	return h
}

func (h Model) listRuns() tea.Cmd {
	backend, id := h.backend, h.reads
	return func() tea.Msg {
		entries, err := backend.Runs()
		return runsMsg{id, entries, err}
	}
}

// resolve finds out what the draft amounts to.
func (h Model) resolve() tea.Cmd {
	d, targets, tag := *h.draft, h.backend.Targets(), h.tag
	return func() tea.Msg { return planMsg{tag, d.resolve(targets)} }
}

// Restyle gives the screen its looks.
func (h Model) Restyle(look draw.Theming) Model {
	h.pen = look.Pen()
	h.form.restyle(look)
	return h
}

// Update takes one message; an [Action] is one, too.
func (h Model) Update(msg tea.Msg) (Model, tea.Cmd) {
	h.wants, h.asks = Request{}, 0
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
	case Action:
		h.notice = ""
		return h.Do(msg)
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
func (h Model) typed(msg tea.Msg) (Model, tea.Cmd) {
	changed, cmd := h.form.update(msg)
	if !changed {
		return h, cmd
	}
	h.tag++
	h.stopCheck() // of what the draft was
	return h, tea.Batch(cmd, h.resolve())
}

// inForm reports whether keys are typed into the form.
func (h Model) inForm() bool { return h.form.at >= 0 }

// start begins the run of the form, or says what keeps it from that.
func (h Model) start() (Model, tea.Cmd) {
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
func (h Model) launch() (Model, tea.Cmd) {
	sc := h.handOver()
	h.wants = Request{Start: sc}
	return h, h.resolve()
}

// handOver is the scenario of the form, for one who may change it: the screen makes
// another one of the draft.
func (h *Model) handOver() *scenario.Scenario {
	sc := h.plan.scenario
	h.plan = plan{}
	h.tag++
	return sc
}

// check sends one request.
func (h Model) check() (Model, tea.Cmd) {
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
func (h *Model) stopCheck() {
	if h.probing != nil {
		h.probing()
	}
	h.probing, h.probe, h.failed = nil, nil, nil
}

// problem says what is wrong with the draft.
func (h Model) problem() string {
	if h.plan.err == nil {
		return "the draft is still being looked at"
	}
	return h.plan.field + ": " + h.plan.err.Error()
}

package home

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench"
	"flashwave/bench/history"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
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
	sale    *sale // its questions, in place of the form; nil: they are not asked
	answer  answer
	line    line

	knownTarget string // of the newest draft without a fault
	newest      bool   // the next list that is read is pointed at its newest
	pending     Action // what waits for the draft; 0: nothing
	asked       string // what the question is about, in words
	about       Action // what yes does
	doomed      string // the id that it removes

	reads   int // the newest reading of the list
	checks  int // the newest check; what older ones answer is stale
	probe   *bench.Probe
	failed  error              // of the check, before anything was sent
	probing context.CancelFunc // nil: no check is under way
	asking  bool               // whether to do something that is not to be undone
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
	// Key is the environment variable whose key a target gets, and whether it is set.
	Key(t scenario.Target) (name string, set bool)
	// AppraiseSearch says what a search for the capacity of a resolved scenario's target
	// will ask of it. Nothing is connected to.
	AppraiseSearch(sc *scenario.Scenario) (string, error)
	// Kept are the runs and searches that were kept, the newest first.
	Kept() ([]history.Kept, error)
	// Load reads a kept run.
	Load(id string) (*result.Run, error)
	// Remove removes what was kept for good.
	Remove(id string) error
	// Rename gives what was kept another name.
	Rename(id, name string) error
	// Label sets labels of what was kept; nil takes one away.
	Label(id string, labels map[string]*string) error
}

// A Request is something that the home screen asks of the program around it, which
// performs it before it looks at the next key. The zero request is none.
type Request struct {
	Start      *scenario.Scenario // a run of it
	Search     *scenario.Scenario // a search for its capacity
	Save       *scenario.Scenario // a file of it
	Open       string             // a kept run
	Found      string             // a kept search
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
	k, ok := h.list.selected()
	if !ok || h.inForm() || h.sale != nil {
		return ""
	}
	return "the id of the " + string(k.Kind)
}

// Copied is what the screen hands to the clipboard: what it is, and the text.
func (h Model) Copied() (what, text string) {
	k, _ := h.list.selected()
	return h.copies(), k.ID
}

// The messages of the home screen: what came back from the backend.
type (
	planMsg struct {
		tag  int
		plan plan
	}
	runsMsg struct {
		id      int
		entries []history.Kept
		err     error
	}
	changedMsg struct {
		did string
		err error
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

// Back lists what was kept once more: the screen is in front again, and its list has the
// focus.
func (h Model) Back() (Model, tea.Cmd) {
	h.reads++
	return h, tea.Batch(h.form.focus(-1), h.listRuns())
}

// Away gives up what nobody sees any more.
func (h Model) Away() Model {
	h.stopCheck()
	return h
}

func (h Model) listRuns() tea.Cmd {
	backend, id := h.backend, h.reads
	return func() tea.Msg {
		entries, err := backend.Kept()
		return runsMsg{id, entries, err}
	}
}

// resolve finds out what the draft amounts to.
func (h Model) resolve() tea.Cmd {
	d, backend, tag := *h.draft, h.backend, h.tag
	return func() tea.Msg { return planMsg{tag, d.resolve(backend)} }
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
		if msg.tag < h.planned {
			return h, nil
		}
		h.plan, h.planned = msg.plan, msg.tag
		if sc := h.plan.scenario; sc != nil {
			h.knownTarget = hostOrMock(sc.Target.URL)
		}
		h, cmd := h.remember()
		if h.pending == 0 || h.planned != h.tag {
			return h, cmd
		}
		action := h.pending
		h.pending = 0
		h, more := h.Do(action)
		return h, tea.Batch(cmd, more)
	case runsMsg:
		if msg.id != h.reads {
			return h, nil
		}
		h.list.take(msg.entries, msg.err, h.newest)
		h.newest = false
		return h.remember()
	case answerMsg:
		if msg.id == h.answer.of.ID {
			h.answer.run = msg.run
		}
	case changedMsg:
		if h.notice = msg.did; msg.err != nil {
			h.notice = "nothing was changed: " + msg.err.Error()
		}
		h.reads++
		return h, h.listRuns()
	case Action:
		h.notice = ""
		return h.Do(msg)
	case probeMsg:
		if h.probing != nil && msg.id == h.checks {
			h.stopCheck() // it is over
			h.probe, h.failed = &msg.probe, msg.err
		}
	case tea.KeyPressMsg:
		return h.press(msg)
	case tea.PasteMsg:
		return h.written(draw.Clean(msg.Content), msg)
	default: // the blinking of a cursor
		_, cmd := h.form.update(msg)
		return h, cmd
	}
	return h, nil
}

// written hands text to whatever it is typed in; msg is the message that holds it.
func (h Model) written(text string, msg tea.Msg) (Model, tea.Cmd) {
	switch {
	case h.asking || h.pending != 0:
		return h, nil
	case h.line.about != 0:
		h.line.text, h.line.wrong = h.line.text+text, ""
	case h.sale != nil && !h.sale.over():
		s := *h.sale
		s.answers[s.at] += text
		h.sale = &s
		return h.answered()
	case h.sale != nil:
		return h, nil
	case h.inForm():
		return h.typed(msg)
	case h.list.finder.Typing():
		h.list.finder, h.list.at = h.list.finder.Type(text), 0
	}
	return h, nil
}

// typed hands a message to the form.
func (h Model) typed(msg tea.Msg) (Model, tea.Cmd) {
	changed, cmd := h.form.update(msg)
	if !changed {
		return h, cmd
	}
	h, more := h.changed()
	return h, tea.Batch(cmd, more)
}

// changed looks at a draft that is another one now.
func (h Model) changed() (Model, tea.Cmd) {
	h.tag++
	h.stopCheck() // of what the draft was
	return h, h.resolve()
}

// inForm reports whether keys are typed into the form.
func (h Model) inForm() bool { return h.form.at >= 0 }

// ready reports whether the draft can be sent. If it is still being looked at, the action
// waits for that; if something is wrong with it, that is said.
func (h Model) ready(a Action) (Model, bool) {
	switch {
	case h.planned != h.tag || h.plan.scenario == nil && h.plan.err == nil:
		h.pending = a
		return h, false
	case h.plan.scenario == nil:
		h.notice = "nothing was sent: " + h.problem()
		return h, false
	}
	return h, true
}

// start begins the run of the form, or says what keeps it from that.
func (h Model) start() (Model, tea.Cmd) {
	h, ok := h.ready(runForm)
	if !ok {
		return h, nil
	}
	if !h.plan.estimate.Loopback {
		return h.sure(runForm, h.foreign("It will get "+h.plan.estimate.String()+".")), nil
	}
	return h.launch()
}

// search begins a search for the capacity of the form's target, likewise.
func (h Model) search() (Model, tea.Cmd) {
	h, ok := h.ready(searchForm)
	if !ok {
		return h, nil
	}
	if h.plan.estimate.Loopback {
		return h.hunt()
	}
	return h.sure(searchForm, h.foreign("A search asks it "+h.plan.search+".")), nil
}

// foreign says what a target that is not on this machine will get.
func (h Model) foreign(load string) string {
	return draw.Clean(result.TargetName(h.plan.scenario.Target.URL)) + " is not on this machine. " + load
}

// sure asks before an action is done.
func (h Model) sure(about Action, asked string) Model {
	h.asking, h.about, h.asked = true, about, asked
	return h
}

// agreed does what was asked about.
func (h Model) agreed() (Model, tea.Cmd) {
	h.asking = false
	switch h.about {
	case searchForm:
		return h.hunt()
	case removeKept:
		return h.remove()
	}
	return h.launch()
}

// launch asks for the run of the form.
func (h Model) launch() (Model, tea.Cmd) {
	sc := h.handOver()
	h.wants, h.newest = Request{Start: sc}, true
	return h, h.resolve()
}

// hunt asks for the search of the form.
func (h Model) hunt() (Model, tea.Cmd) {
	sc := h.handOver()
	h.wants, h.newest = Request{Search: sc}, true
	return h, h.resolve()
}

// save asks for a file of what the form says.
func (h Model) save() (Model, tea.Cmd) {
	h, ok := h.ready(saveForm)
	if !ok {
		return h, nil
	}
	h.wants = Request{Save: h.handOver()}
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
	if h.probing != nil {
		h.notice = "a check is under way, esc gives it up"
		return h, nil
	}
	h, ok := h.ready(checkForm)
	if !ok {
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
	return h.plan.field + ": " + h.plan.err.Error()
}

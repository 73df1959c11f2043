package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/tui/draw"
)

// A place is which screen is in front.
type place int

const (
	atHome place = iota
	atRun
	atCompare
)

// An app is the whole program on the terminal: the home screen, the screen of one
// run, and that of two. It hands each message to whom it belongs and does what the
// screens ask for. They know nothing of one another.
type app struct {
	ctx     context.Context // of everything the backend is asked for
	backend Backend
	starts  *starts
	task    task
	opts    Options
	hasHome bool // there is a home screen to go back to

	at         place
	home       home
	run        Model
	session    Session     // of run; nil: it is a stored one
	stored     *result.Run // of run; nil: it is a session
	comparison comparison
	ask        *question
	env        []tea.Msg // the window and its colours, for screens to come
}

// newApp is the program with a run in front, or the home screen if src is nil. Once
// it is no more on the terminal, closeApp gives up what the backend is still at, and waits
// for it.
func newApp(ctx context.Context, src Source, opts Options) (a app, closeApp func()) {
	ctx, cancel := context.WithCancel(ctx)
	a = app{ctx: ctx, backend: opts.Backend, starts: newStarts(opts.Backend), opts: opts, hasHome: src == nil && opts.Backend != nil}
	if a.hasHome {
		a.home = newHome(ctx, opts.Backend, opts)
	} else {
		a, _ = a.show(src)
	}
	starts := a.starts
	return a, func() {
		cancel()
		starts.close()
	}
}

// show puts the screen of a run in front.
func (a app) show(src Source) (app, tea.Cmd) {
	opts := a.opts
	opts.backend, opts.home = a.backend != nil, a.hasHome
	a.session, _ = src.(Session)
	a.stored, a.ask = nil, nil
	if s, ok := src.(stored); ok {
		a.stored = s.run
	}
	newest := a.run.tag
	a.run, a.at = New(src, opts), atRun
	a.run.tag = newest + 1 // what the screen before still looks up is stale
	for _, msg := range a.env {
		m, _ := a.run.Update(msg)
		a.run = m.(Model)
	}
	return a, a.run.Init()
}

// Init begins with the screen that is in front.
func (a app) Init() tea.Cmd {
	if a.at == atHome {
		return tea.Batch(tea.RequestBackgroundColor, a.home.begin())
	}
	return a.run.Init()
}

// View draws the screen that is in front.
func (a app) View() tea.View {
	switch a.at {
	case atRun:
		if a.ask != nil {
			a.run.notice = a.ask.view()
		} else if a.run.notice == "" {
			a.run.notice = a.task.kind.String()
		}
		return a.run.View()
	case atCompare:
		return a.fullScreen(a.comparison.view())
	default:
		if a.home.notice == "" {
			a.home.notice = a.task.kind.String()
		}
		return a.fullScreen(a.home.view())
	}
}

func (a app) fullScreen(text string) tea.View {
	v := tea.NewView(text)
	v.AltScreen, v.WindowTitle = true, "flashwave"
	return v
}

// The messages of the program: what the backend answered.
type (
	startedMsg struct{ err error } // the run is among the starts
	loadedMsg  struct {
		run *result.Run
		err error
	}
	pairMsg struct {
		pair *pair
		err  error
	}
	wroteMsg struct {
		of   *result.Run
		path string
		err  error
	}
)

// Update takes one message.
func (a app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg, tea.ColorProfileMsg, tea.BackgroundColorMsg:
		return a.everywhere(msg)
	case answerMsg:
		return a.answered(msg)
	case wroteMsg:
		if msg.err != nil {
			return a.showError(msg.err)
		}
		if a.document() == msg.of {
			a.run.notice = "wrote " + msg.path
		}
		return a, nil
	case tea.KeyPressMsg, tea.PasteMsg:
		return a.input(msg)
	}
	return a.others(msg)
}

// everywhere hands what is true for every screen to all of them, and keeps it for
// those to come.
func (a app) everywhere(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.env = append(slices.DeleteFunc(slices.Clone(a.env), func(old tea.Msg) bool {
		return fmt.Sprintf("%T", old) == fmt.Sprintf("%T", msg)
	}), msg)
	var cmds []tea.Cmd
	m, cmd := a.runOrBare().Update(msg)
	a.run, cmds = m.(Model), append(cmds, cmd)
	if a.hasHome {
		a.home, cmd = a.home.update(msg)
		cmds = append(cmds, cmd)
		a.home.restyle(a.run.pen, a.run.dark, a.run.profile)
	}
	if a.at == atCompare {
		a.comparison = a.comparison.restyle(a.run.pen).resize(a.run.size.Width, a.run.size.Height)
	}
	return a, tea.Batch(cmds...)
}

// runOrBare is the screen of the run, or one of none that knows the terminal.
func (a app) runOrBare() Model {
	if a.run.window == 0 && a.run.src == nil {
		return New(nil, a.opts)
	}
	return a.run
}

// input hands a key to the question, or to the screen in front.
func (a app) input(msg tea.Msg) (tea.Model, tea.Cmd) {
	if a.ask != nil {
		return a.answer(msg)
	}
	if key, ok := msg.(tea.KeyPressMsg); ok && key.String() == "esc" && a.task.kind != idle && (a.at == atHome || !a.hasHome) {
		return a.give()
	}
	if a.at == atHome && a.task.kind == starting {
		return a.hold(msg)
	}
	return a.others(msg)
}

// give gives up the task under way, and stays.
func (a app) give() (tea.Model, tea.Cmd) {
	a.tell("given up")
	return a.giveUp(), nil
}

// hold takes the keys on the home screen while a run is being started. What is typed
// now would steer that run as soon as it is in front.
func (a app) hold(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.home.notice = ""
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "ctrl+c":
			return a.giveUp(), tea.Quit
		case "ctrl+z":
			return a, tea.Suspend
		}
	}
	a.home.notice = starting.String() + " esc gives it up"
	return a, nil
}

// others hands a message to the screen it can only be for, and performs what that
// screen asks for.
func (a app) others(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, key := msg.(tea.KeyPressMsg)
	_, paste := msg.(tea.PasteMsg)
	var cmd tea.Cmd
	switch _, snapshot := msg.(snapshotMsg); {
	case snapshot || a.at == atRun && (key || paste):
		var m tea.Model
		m, cmd = a.run.Update(msg)
		a.run = m.(Model)
	case a.at == atCompare && key:
		a.comparison, cmd = a.comparison.update(msg)
	case a.hasHome && (a.at == atHome || !key && !paste):
		a.home, cmd = a.home.update(msg)
	}
	wants := cmp.Or(a.run.wants, a.home.wants, a.comparison.wants)
	a.run.wants, a.home.wants, a.comparison.wants = action{}, action{}, action{}
	if wants == (action{}) {
		return a, cmd
	}
	m, more := a.perform(wants)
	return m, tea.Batch(cmd, more)
}

// start asks the backend for a run, unless it is already preparing one.
func (a app) start(sc *scenario.Scenario) (tea.Model, tea.Cmd) {
	if a.task.kind == starting {
		return a, nil
	}
	a.home.stopCheck()
	starts := a.starts
	return a.send(starting, func(ctx context.Context, id int) tea.Msg {
		return startedMsg{starts.start(ctx, id, sc)}
	})
}

// showError says what went wrong where the user is.
func (a app) showError(err error) (tea.Model, tea.Cmd) {
	text := draw.Clean(err.Error())
	var hinted *scenario.Error
	if errors.As(err, &hinted) && hinted.Hint != "" {
		text += "; " + draw.Clean(hinted.Hint)
	}
	a.tell(text)
	return a, nil
}

// tell says something where the user is.
func (a *app) tell(text string) {
	if a.at == atHome {
		a.home.notice = text
	} else {
		a.run.notice = text
	}
}

// document is the run in front as a document, once it is over.
func (a app) document() *result.Run {
	if a.stored != nil {
		return a.stored
	}
	if a.session != nil && a.run.done() {
		return a.session.Wait()
	}
	return nil
}

// perform does what a screen asks for. While a run is being started that is to leave,
// which gives it up, and nothing else.
func (a app) perform(w action) (tea.Model, tea.Cmd) {
	if w.what == toLeave {
		return a.back()
	}
	if a.task.kind == starting {
		return a, nil
	}
	switch w.what {
	case toStart:
		return a.start(w.scenario)
	case toOpen:
		return a.open(w.id)
	case toCompareTwo:
		return a.compareTwo(w.base, w.id)
	}
	doc := a.document()
	if doc == nil {
		return a, nil
	}
	switch w.what {
	case toRepeat:
		sc := *doc.Scenario
		return a.start(&sc)
	case toCompare:
		return a.compareWithLast(doc)
	case toReport:
		a = a.giveUp()
		a.ask = newQuestion(toReport, "report to", "flashwave-"+doc.ID+suggestedEnding(), "the ending says the format: "+strings.Join(report.Runs.Endings(), " "))
	case toSave:
		a = a.giveUp()
		a.ask = newQuestion(toSave, "scenario to", doc.Name+".yaml", "steering included")
	}
	return a, nil
}

// back leaves for where the user came from.
func (a app) back() (tea.Model, tea.Cmd) {
	a = a.giveUp()
	if a.at == atCompare && a.run.src != nil && a.comparison.fromRun {
		a.at = atRun
		return a, nil
	}
	if !a.hasHome {
		return a, tea.Quit
	}
	a.at = atHome
	return a, a.home.readRuns()
}

// open reads a kept run.
func (a app) open(id string) (tea.Model, tea.Cmd) {
	backend := a.backend
	return a.send(reading, func(context.Context, int) tea.Msg {
		run, err := backend.Load(id)
		return loadedMsg{run, err}
	})
}

// compareWithLast holds a run against the one before of the same name and target.
func (a app) compareWithLast(doc *result.Run) (tea.Model, tea.Cmd) {
	backend := a.backend
	return a.sendComparing(func() (base, other *result.Run, err error) {
		entries, err := backend.Runs()
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			if e.ID < doc.ID && e.Name == doc.Name && e.Complete && e.Broken == nil {
				base, err = backend.Load(e.ID)
				return base, doc, err
			}
		}
		return nil, nil, fmt.Errorf("no earlier run named %s was kept", doc.Name)
	})
}

// compareTwo holds two kept runs against one another.
func (a app) compareTwo(base, other string) (tea.Model, tea.Cmd) {
	backend := a.backend
	return a.sendComparing(func() (b, o *result.Run, err error) {
		if b, err = backend.Load(base); err == nil {
			o, err = backend.Load(other)
		}
		return b, o, err
	})
}

// sendComparing compares what read reads, unless that is being done.
func (a app) sendComparing(read func() (base, other *result.Run, err error)) (tea.Model, tea.Cmd) {
	if a.task.kind == comparing {
		return a, nil
	}
	return a.send(comparing, func(ctx context.Context, _ int) tea.Msg {
		base, other, err := read()
		if err == nil {
			err = ctx.Err() // it takes a while: not for nobody
		}
		if err != nil {
			return pairMsg{err: err}
		}
		return pairMsg{pair: compared(base, other)}
	})
}

// answer edits the answer to the question, and does what it answers.
func (a app) answer(msg tea.Msg) (tea.Model, tea.Cmd) {
	ask, done, given := a.ask.update(msg)
	a.ask = ask
	if !done {
		return a, nil
	}
	a.ask = nil
	doc := a.document()
	if !given || doc == nil {
		return a, nil
	}
	backend, path := a.backend, filepath.Clean(ask.text)
	if ask.about == toReport {
		return a, func() tea.Msg { return wroteMsg{doc, path, backend.Report(doc, path)} }
	}
	sc := result.Session(doc.Scenario, a.run.live)
	return a, func() tea.Msg { return wroteMsg{doc, path, backend.Save(sc, path)} }
}

// suggestedEnding is that of a page for people, or else of plain text.
func suggestedEnding() string {
	if endings := report.Runs.Endings(); slices.Contains(endings, ".html") {
		return ".html"
	}
	return ".txt"
}

// compare puts two runs in front.
func (a app) compare(p *pair) (tea.Model, tea.Cmd) {
	bare := a.runOrBare()
	a.comparison = newComparison(p).restyle(bare.pen).resize(bare.size.Width, bare.size.Height)
	a.comparison.fromRun = a.at == atRun
	a.at = atCompare
	return a, nil
}

package tui

import (
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
// screens wish for. They know nothing of one another.
type app struct {
	ctx    context.Context
	desk   Desk
	opts   Options
	homely bool // there is a home screen to go back to

	at      place
	home    home
	run     Model
	session Session     // of run; nil: it is a stored one
	stored  *result.Run // of run; nil: it is a session
	duel    comparison
	ask     *question
	env     []tea.Msg // the window and its colours, for screens to come
}

// newApp is the program with a run in front, or the home screen if src is nil.
func newApp(ctx context.Context, src Source, opts Options) app {
	a := app{ctx: ctx, desk: opts.Desk, opts: opts, homely: src == nil && opts.Desk != nil}
	if a.homely {
		a.home = newHome(opts.Desk, opts)
		return a
	}
	a, _ = a.show(src)
	return a
}

// show puts the screen of a run in front.
func (a app) show(src Source) (app, tea.Cmd) {
	opts := a.opts
	opts.desk, opts.home = a.desk != nil, a.homely
	a.session, _ = src.(Session)
	a.stored, a.ask = nil, nil
	if s, ok := src.(stored); ok {
		a.stored = s.run
	}
	a.run, a.at = New(src, opts), atRun
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
		}
		return a.run.View()
	case atCompare:
		return a.fullScreen(a.duel.view())
	default:
		return a.fullScreen(a.home.view())
	}
}

func (a app) fullScreen(text string) tea.View {
	v := tea.NewView(text)
	v.AltScreen, v.WindowTitle = true, "flashwave"
	return v
}

// The messages of the program: what the desk answered.
type (
	startedMsg struct {
		session Session
		err     error
	}
	loadedMsg struct {
		run *result.Run
		err error
	}
	pairMsg struct {
		pair *pair
		err  error
	}
	wroteMsg struct {
		path string
		err  error
	}
)

// Update takes one message.
func (a app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg, tea.ColorProfileMsg, tea.BackgroundColorMsg:
		return a.everywhere(msg)
	case beginMsg:
		return a, a.start(msg.scenario)
	case openMsg:
		desk := a.desk
		return a, func() tea.Msg {
			run, err := desk.Load(msg.id)
			return loadedMsg{run, err}
		}
	case compareMsg:
		return a, a.load(msg.base, msg.other)
	case wish:
		return a.grant(msg)
	case startedMsg:
		if msg.err != nil {
			return a.complain(msg.err)
		}
		return a.show(msg.session)
	case loadedMsg:
		if msg.err != nil {
			return a.complain(msg.err)
		}
		return a.show(newStored(msg.run))
	case pairMsg:
		if msg.err != nil {
			return a.complain(msg.err)
		}
		return a.compare(msg.pair)
	case wroteMsg:
		if msg.err != nil {
			return a.complain(msg.err)
		}
		a.run.notice = "wrote " + msg.path
		return a, nil
	case backMsg:
		return a.back()
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
	if a.homely {
		a.home, cmd = a.home.update(msg)
		cmds = append(cmds, cmd)
		a.home.dress(a.run.pen, a.run.dark, a.run.profile)
	}
	if a.at == atCompare {
		a.duel = a.duel.dress(a.run.pen).resize(a.run.size.Width, a.run.size.Height)
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
	return a.others(msg)
}

// others hands a message to the screen it can only be for.
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
		a.duel, cmd = a.duel.update(msg)
	case a.homely && (a.at == atHome || !key && !paste):
		a.home, cmd = a.home.update(msg)
	}
	return a, cmd
}

// start asks the desk for a run.
func (a app) start(sc *scenario.Scenario) tea.Cmd {
	desk, ctx := a.desk, a.ctx
	return func() tea.Msg {
		session, err := desk.Start(ctx, sc)
		return startedMsg{session, err}
	}
}

// complain says what went wrong where the user is.
func (a app) complain(err error) (tea.Model, tea.Cmd) {
	text := clean(err.Error())
	var hinted *scenario.Error
	if errors.As(err, &hinted) && hinted.Hint != "" {
		text += "; " + clean(hinted.Hint)
	}
	if a.at == atHome {
		a.home.notice = text
	} else {
		a.run.notice = text
	}
	return a, nil
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

// grant does what the screen of a run wishes for.
func (a app) grant(w wish) (tea.Model, tea.Cmd) {
	doc := a.document()
	if doc == nil && w != wishHome {
		return a, nil
	}
	switch w {
	case wishAgain:
		sc := *doc.Scenario
		a.run.notice = "starting again"
		return a, a.start(&sc)
	case wishCompare:
		return a, a.compareWithLast(doc)
	case wishReport:
		a.ask = newQuestion(wishReport, "report to", "flashwave-"+doc.ID+suggestedEnding(), "the ending says the format: "+strings.Join(report.Endings(), " "))
	case wishSave:
		a.ask = newQuestion(wishSave, "scenario to", doc.Name+".yaml", "steering included")
	case wishHome:
		return a.back()
	}
	return a, nil
}

// back leaves for where the user came from.
func (a app) back() (tea.Model, tea.Cmd) {
	if a.at == atCompare && a.run.src != nil && a.duel.fromRun {
		a.at = atRun
		return a, nil
	}
	if !a.homely {
		return a, tea.Quit
	}
	a.at = atHome
	return a, a.home.readRuns()
}

// compareWithLast loads the run before of the same name and target.
func (a app) compareWithLast(doc *result.Run) tea.Cmd {
	desk := a.desk
	return func() tea.Msg {
		entries, err := desk.Runs()
		if err != nil {
			return pairMsg{err: err}
		}
		for _, e := range entries {
			if e.ID < doc.ID && e.Name == doc.Name && e.Complete && e.Broken == nil {
				base, err := desk.Load(e.ID)
				if err != nil {
					return pairMsg{err: err}
				}
				return pairMsg{pair: compared(base, doc)}
			}
		}
		return pairMsg{err: fmt.Errorf("no earlier run named %s was kept", doc.Name)}
	}
}

// load reads two runs for comparing.
func (a app) load(base, other string) tea.Cmd {
	desk := a.desk
	return func() tea.Msg {
		a, err := desk.Load(base)
		if err != nil {
			return pairMsg{err: err}
		}
		b, err := desk.Load(other)
		if err != nil {
			return pairMsg{err: err}
		}
		return pairMsg{pair: compared(a, b)}
	}
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
	desk, path := a.desk, filepath.Clean(ask.text)
	if ask.about == wishReport {
		return a, func() tea.Msg { return wroteMsg{path, desk.Report(doc, path)} }
	}
	sc := result.Session(doc.Scenario, a.run.live)
	return a, func() tea.Msg { return wroteMsg{path, desk.Save(sc, path)} }
}

// suggestedEnding is that of a page for people, or else of plain text.
func suggestedEnding() string {
	if endings := report.Endings(); slices.Contains(endings, ".html") {
		return ".html"
	}
	return ".txt"
}

// compare puts two runs in front.
func (a app) compare(p *pair) (tea.Model, tea.Cmd) {
	bare := a.runOrBare()
	a.duel = newComparison(p).dress(bare.pen).resize(bare.size.Width, bare.size.Height)
	a.duel.fromRun = a.at == atRun
	a.at = atCompare
	return a, nil
}

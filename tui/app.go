package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/history"
	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/tui/comparison"
	"flashwave/tui/draw"
	"flashwave/tui/home"
	"flashwave/tui/live"
	"flashwave/tui/monitor"
	"flashwave/tui/search"
)

// A place is which screen is in front.
type place int

const (
	atHome place = iota
	atRun
	atCompare
	atSearch
	atMonitor
)

// An app is the whole program on the terminal: the home screen, the screen of one
// run, that of two, that of a search, or that of a monitor. It hands each message to whom it belongs and
// does what the screens ask for. They know nothing of one another.
type app struct {
	ctx     context.Context // of everything the backend is asked for
	backend Backend
	starts  *starts
	task    task
	hasHome bool // there is a home screen to go back to

	look draw.Theming
	size tea.WindowSizeMsg

	at         place
	home       home.Model
	run        live.Model
	screens    int         // of runs, so far
	session    Session     // of run; nil: it is a stored one
	stored     *result.Run // of run; nil: it is a session
	comparison comparison.Model
	fromRun    bool // the comparison was opened from the screen of a run
	search     search.Model
	monitor    monitor.Model
	ask        *question
	over       overlay // nil: the screen has the keys
	command    string  // that repeats the run; "": it is not known
	mouse      bool    // clicks and the wheel are the program's
}

// newApp is the program with a run in front, or the home screen if src is nil. Once
// it is no more on the terminal, closeApp gives up what the backend is still at, and waits
// for it.
func newApp(ctx context.Context, src live.Source, opts Options) (a app, closeApp func()) {
	ctx, cancel := context.WithCancel(ctx)
	a = app{ctx: ctx, backend: opts.Backend, starts: newStarts(opts.Backend), look: opts.look(), mouse: !opts.NoMouse, command: opts.Command, hasHome: src == nil && opts.Backend != nil}
	if a.hasHome {
		a.home = home.New(ctx, opts.Backend, a.look)
	} else {
		a, _ = a.show(src)
	}
	starts := a.starts
	return a, func() {
		cancel()
		starts.close()
	}
}

// newSearchApp is the program with a search in front.
func newSearchApp(ctx context.Context, src search.Searcher, subject string, opts Options) app {
	a := app{ctx: ctx, backend: opts.Backend, look: opts.look(), mouse: !opts.NoMouse, at: atSearch, search: search.New(1, src, subject, opts.look()).Began(opts.Command)}
	if a.backend != nil {
		a.search = a.search.Reporting()
	}
	return a
}

// show puts the screen of a run in front.
func (a app) show(src live.Source) (app, tea.Cmd) {
	a.session, _ = src.(Session)
	a.stored, a.ask = nil, nil
	a.screens++
	a.run, a.at = live.New(a.screens, src, a.offers(), a.look), atRun
	a.run, _ = a.run.Update(a.size)
	return a, a.run.Init()
}

// offers are what the program does for the screen of a run.
func (a app) offers() live.Offers {
	o := live.Offers{Backend: a.backend != nil, Home: a.hasHome}
	if !a.hasHome && a.session != nil {
		o.Command = a.command
	}
	return o
}

// showKept puts the screen of a kept run in front.
func (a app) showKept(run *result.Run) (app, tea.Cmd) {
	a, begin := a.show(live.Keep(run))
	a.stored = run
	return a, begin
}

// showSearch puts the screen of a search in front.
func (a app) showSearch(src search.Searcher, subject string) (app, tea.Cmd) {
	a.screens++
	a.search, a.at = search.New(a.screens, src, subject, a.look).Reporting(), atSearch
	a.search, _ = a.search.Update(a.size)
	return a, a.search.Init()
}

// Init begins with the screen that is in front, and asks for the terminal's background.
func (a app) Init() tea.Cmd {
	var begin tea.Cmd
	switch a.at {
	case atHome:
		begin = a.home.Init()
	case atSearch:
		begin = a.search.Init()
	case atMonitor:
		begin = a.monitor.Init()
	default:
		begin = a.run.Init()
	}
	return tea.Batch(tea.RequestBackgroundColor, begin)
}

// View draws the screen that is in front, and what lies above it.
func (a app) View() tea.View {
	v := a.drawn().screen()
	v.AltScreen = true
	if a.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if a.over != nil {
		v.Content = a.overlaid(v.Content)
	}
	return v
}

// drawn is the program with what there is to say in its place: the question, or what
// somebody waits for.
func (a app) drawn() app {
	switch {
	case a.ask != nil:
		a.tell(a.ask.view())
	case a.at == atRun && a.run.Told() == "":
		a.run = a.run.Tell(a.task.kind.String())
	case a.at == atHome && a.home.Told() == "":
		a.home = a.home.Tell(a.task.kind.String())
	}
	return a
}

// screen is that of the screen in front.
func (a app) screen() tea.View {
	titled := func(text, title string) tea.View {
		v := tea.NewView(text)
		v.WindowTitle = title
		return v
	}
	switch a.at {
	case atRun:
		return a.run.View()
	case atCompare:
		return titled(a.comparison.View(), "flashwave")
	case atSearch:
		return titled(a.search.View(), "flashwave capacity")
	case atMonitor:
		return titled(a.monitor.View(), "flashwave monitor")
	default:
		return titled(a.home.View(), "flashwave")
	}
}

// The messages of the program: what the backend answered.
type (
	startedMsg struct{ err error } // what was asked for is among the starts
	loadedMsg  struct {
		run *result.Run
		err error
	}
	foundMsg struct {
		doc *capacity.Document
		err error
	}
	pairMsg struct {
		pair *comparison.Pair
		err  error
	}
	wroteMsg struct {
		of   any // the document
		path string
		err  error
	}
)

// Update takes one message.
func (a app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if look, changed := a.look.Told(msg); changed {
		return a.restyle(look), nil
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return a.resize(msg)
	case answerMsg:
		return a.answered(msg)
	case wroteMsg:
		if msg.err != nil {
			return a.showError(msg.err)
		}
		if a.inFront() == msg.of {
			a.tell("wrote " + msg.path)
		}
		return a, nil
	case tea.KeyPressMsg, tea.PasteMsg, tea.MouseMsg:
		return a.input(msg)
	case appAction:
		return a.do(msg)
	case live.Action, home.Action, comparison.Action, search.Action, monitor.Action:
		return a.front(msg)
	case live.SnapshotMsg:
		var cmd tea.Cmd
		a.run, cmd = a.run.Update(msg)
		return a.forRun(cmd)
	case search.SnapshotMsg:
		var cmd tea.Cmd
		a.search, cmd = a.search.Update(msg)
		return a, cmd
	case monitor.SnapshotMsg:
		var cmd tea.Cmd
		a.monitor, cmd = a.monitor.Update(msg)
		return a, cmd
	}
	if !a.hasHome {
		return a, nil
	}
	var cmd tea.Cmd
	a.home, cmd = a.home.Update(msg)
	return a.forHome(cmd)
}

// restyle gives every screen other looks.
func (a app) restyle(look draw.Theming) app {
	a.look = look
	a.run, a.comparison, a.search = a.run.Restyle(look), a.comparison.Restyle(look), a.search.Restyle(look)
	a.monitor = a.monitor.Restyle(look)
	if a.hasHome {
		a.home = a.home.Restyle(look)
	}
	return a
}

// resize fits every screen to a window.
func (a app) resize(size tea.WindowSizeMsg) (tea.Model, tea.Cmd) {
	var cmds [3]tea.Cmd
	a.size = size
	a.run, cmds[0] = a.run.Update(size)
	a.search, cmds[1] = a.search.Update(size)
	if a.hasHome {
		a.home, cmds[2] = a.home.Update(size)
	}
	if a.at == atCompare {
		a.comparison, _ = a.comparison.Update(size)
	}
	a.monitor, _ = a.monitor.Update(size)
	return a, tea.Batch(cmds[:]...)
}

// input hands what the user did to the question, to the overlay, or to the screen in
// front. A question wants its answer first, and the mouse has none.
func (a app) input(msg tea.Msg) (tea.Model, tea.Cmd) {
	mouse, moved := msg.(tea.MouseMsg)
	key, pressed := msg.(tea.KeyPressMsg)
	switch {
	case a.ask != nil && moved:
		return a, nil
	case a.ask != nil:
		return a.answer(msg)
	case a.over != nil:
		next, do := a.over.take(a, msg)
		if a.over = next; do != nil {
			return a.Update(do)
		}
		return a, nil
	case moved:
		action, ok := a.drawn().targets().For(mouse)
		if !ok || a.held() {
			return a, nil
		}
		return a.front(action)
	case pressed:
		if action, ok := a.appBindings().For(key.String()); ok {
			return a.do(action)
		}
	}
	if a.held() {
		a.home = a.home.Tell(starting.String() + " esc gives it up")
		return a, nil
	}
	return a.front(msg)
}

// held reports whether the home screen gets no key at all, while a run is being started:
// what is typed now would steer that run as soon as it is in front.
func (a app) held() bool { return a.at == atHome && a.task.kind == starting }

// An appAction is something that the program can do whichever screen is in front.
type appAction int

const (
	_ appAction = iota
	giveUp
	giveUpAndQuit
	suspendProgram
)

// appBindings are what the program can do while the backend is at a task, before the
// screen in front looks at a key.
func (a app) appBindings() draw.Bindings[appAction] {
	return draw.Bindings[appAction]{
		{Keys: []string{"esc"}, Shown: "esc", Help: "give up what you wait for", Group: draw.Leaving, Action: giveUp, Off: a.task.kind == idle || a.at != atHome && a.hasHome},
		{Keys: []string{"ctrl+c"}, Group: draw.Leaving, Action: giveUpAndQuit, Off: !a.held()},
		{Keys: []string{"ctrl+z"}, Group: draw.Leaving, Action: suspendProgram, Off: !a.held()},
	}
}

// do performs an action of the program.
func (a app) do(action appAction) (tea.Model, tea.Cmd) {
	switch action {
	case giveUp:
		a.tell("given up")
		return a.giveUp(), nil
	case giveUpAndQuit:
		a.home = a.home.Tell("")
		return a.giveUp(), tea.Quit
	default:
		a.home = a.home.Tell("")
		return a, tea.Suspend
	}
}

// forHome does what the home screen asks for. While a run is being started that is
// nothing.
func (a app) forHome(cmd tea.Cmd) (tea.Model, tea.Cmd) {
	var m tea.Model
	var more tea.Cmd
	switch wants := a.home.Wants(); {
	case a.task.kind == starting:
		return a, cmd
	case wants.Start != nil:
		m, more = a.start(wants.Start)
	case wants.Search != nil:
		m, more = a.startSearch(wants.Search)
	case wants.Save != nil:
		backend, sc := a.backend, wants.Save
		a.ask = newQuestion(nil, func(path string) error { return backend.Save(sc, path) }, "scenario to", sc.Name+".yaml", "as the form says")
		return a, cmd
	case wants.Open != "":
		m, more = a.open(wants.Open)
	case wants.Found != "":
		m, more = a.openSearch(wants.Found)
	case wants.Base != "":
		m, more = a.compareTwo(wants.Base, wants.With)
	default:
		return a, cmd
	}
	return m, tea.Batch(cmd, more)
}

// forRun does what the screen of a run asks for. While a run is being started that is to
// leave, which gives it up, and nothing else.
func (a app) forRun(cmd tea.Cmd) (tea.Model, tea.Cmd) {
	wants := a.run.Wants()
	if wants == live.Leave {
		return a.back()
	}
	doc := a.document()
	if wants == 0 || a.task.kind == starting || doc == nil {
		return a, cmd
	}
	switch wants {
	case live.Again:
		sc := *doc.Scenario
		return a.start(&sc)
	case live.Compare:
		return a.compareWithLast(doc)
	case live.Report:
		a = a.report()
	case live.Save:
		a = a.giveUp()
		backend, sc := a.backend, result.Session(doc.Scenario, a.run.Live())
		a.ask = newQuestion(doc, func(path string) error { return backend.Save(sc, path) }, "scenario to", doc.Name+".yaml", "steering included")
	}
	return a, cmd
}

// start asks the backend for a run, unless it is already preparing one.
func (a app) start(sc *scenario.Scenario) (tea.Model, tea.Cmd) {
	if a.task.kind == starting {
		return a, nil
	}
	a.home = a.home.Away()
	starts := a.starts
	return a.send(starting, func(ctx context.Context, id int) tea.Msg {
		return startedMsg{starts.start(ctx, id, sc)}
	})
}

// startSearch asks the backend for a search, likewise.
func (a app) startSearch(sc *scenario.Scenario) (tea.Model, tea.Cmd) {
	a.home = a.home.Away()
	starts := a.starts
	return a.send(starting, func(ctx context.Context, id int) tea.Msg {
		return startedMsg{starts.search(ctx, id, sc)}
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

// document is the run in front as a document, once it is over.
func (a app) document() *result.Run {
	if a.stored != nil {
		return a.stored
	}
	if a.session != nil && a.run.Done() {
		return a.session.Wait()
	}
	return nil
}

// back leaves for where the user came from.
func (a app) back() (tea.Model, tea.Cmd) {
	a = a.giveUp()
	if a.at == atCompare && a.fromRun {
		a.at = atRun
		return a, nil
	}
	if !a.hasHome {
		return a, tea.Quit
	}
	a.stored, a.session, a.ask = nil, nil, nil
	var list tea.Cmd
	a.home, list = a.home.Back()
	a.at = atHome
	return a, list
}

// open reads a kept run.
func (a app) open(id string) (tea.Model, tea.Cmd) {
	backend := a.backend
	return a.send(reading, func(context.Context, int) tea.Msg {
		run, err := backend.Load(id)
		return loadedMsg{run, err}
	})
}

// openSearch reads a kept search.
func (a app) openSearch(id string) (tea.Model, tea.Cmd) {
	backend := a.backend
	return a.send(reading, func(context.Context, int) tea.Msg {
		doc, err := backend.LoadSearch(id)
		return foundMsg{doc, err}
	})
}

// compareWithLast holds a run against the one before of the same name and target.
func (a app) compareWithLast(doc *result.Run) (tea.Model, tea.Cmd) {
	backend := a.backend
	return a.sendComparing(func() (base, other *result.Run, err error) {
		entries, err := backend.Kept()
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			if e.Kind == history.Run && e.ID < doc.ID && e.Name == doc.Name && e.Complete && e.Broken == nil {
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
		return pairMsg{pair: comparison.Compare(base, other)}
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
	if !given || ask.of != a.inFront() {
		return a, nil
	}
	path := filepath.Clean(ask.text)
	return a, func() tea.Msg { return wroteMsg{ask.of, path, ask.write(path)} }
}

// inFront is the document that the screen in front shows; nil if there is none yet.
func (a app) inFront() any {
	switch a.at {
	case atRun:
		if doc := a.document(); doc != nil {
			return doc
		}
	case atCompare:
		return a.comparison.Document()
	case atSearch:
		if doc := a.search.Document(); doc != nil {
			return doc
		}
	}
	return nil
}

// report asks for the path of a report of what is in front.
func (a app) report() app {
	a = a.giveUp()
	backend := a.backend
	switch doc := a.inFront().(type) {
	case *result.Run:
		a.ask = reportQuestion(doc, func(path string) error { return backend.Report(doc, path) }, "flashwave-"+doc.ID, report.Runs.Endings())
	case *compare.Document:
		a.ask = reportQuestion(doc, func(path string) error { return backend.ReportComparison(doc, path) }, "flashwave-comparison", report.Comparisons.Endings())
	case *capacity.Document:
		a.ask = reportQuestion(doc, func(path string) error { return backend.ReportSearch(doc, path) }, "flashwave-"+cmp.Or(doc.ID, "capacity"), report.Searches.Endings())
	}
	return a
}

// compare puts two runs in front.
func (a app) compare(p *comparison.Pair) (tea.Model, tea.Cmd) {
	a.comparison = comparison.New(p, a.look)
	if a.backend != nil {
		a.comparison = a.comparison.Reporting()
	}
	a.comparison, _ = a.comparison.Update(a.size)
	a.fromRun = a.at == atRun
	a.at = atCompare
	return a, nil
}

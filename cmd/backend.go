package cmd

import (
	"context"
	"fmt"
	"os"
	"sync"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/history"
	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/tui"
)

// A backend is what the screens have the program do: start runs, read earlier ones,
// write files. While they have the terminal it keeps to itself what it would warn of.
type backend struct {
	p       *program
	targets []scenario.NamedTarget
	noSave  bool

	mu       sync.Mutex
	last     *session // the newest; nil: none was started
	lastHunt *hunt    // the newest search, since the newest run; nil: none was started
	notices  []string
}

// A session is a run and what it was prepared with.
type session struct {
	*bench.Run
	setup   *bench.Setup
	journal *store.Journal // nil: the run is not kept
	warn    func(format string, args ...any)
	close   sync.Once
}

// Wait blocks until the run is over, lets go of what it used, and answers with its
// document.
func (s *session) Wait() *result.Run {
	doc := s.Run.Wait()
	s.close.Do(func() {
		if s.setup.Tier != nil {
			release(s.setup, s.warn) // what it takes back from a queue takes its time
			return
		}
		soon(4*moment, s.setup.Close)
	})
	return doc
}

// release lets go of what a run or a search used, and warns of tasks that it left in a queue.
func release(setup *bench.Setup, warn func(format string, args ...any)) {
	setup.Close()
	if err := setup.Left(); err != nil {
		warn("%v", err)
	}
}

// begin starts a prepared run.
func (d *backend) begin(setup *bench.Setup) (*session, error) {
	s := &session{setup: setup, journal: d.p.keep(setup, d.noSave, d.warn), warn: d.warn}
	d.p.shown(&setup.Options)
	run, err := bench.Start(setup.Options)
	if err != nil {
		if s.journal != nil {
			_ = s.journal.Discard() // nothing ran
		}
		return nil, err
	}
	s.Run = run
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last, d.lastHunt = s, nil
	return s, nil
}

// newest is the run that was started last; nil if there is none.
func (d *backend) newest() *session {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last
}

func (d *backend) warn(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notices = append(d.notices, fmt.Sprintf(format, args...))
}

// tellNotices warns of what came up while the screens had the terminal.
func (d *backend) tellNotices() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.notices {
		d.p.warn("%s", n)
	}
	d.notices = nil
}

// heedStops stops what runs at the first request to end and gives up what is open at
// the second. The screen is left, too, where nothing runs, at the second, and after a
// signal other than an interrupt: its terminal may be gone. Call end to wait until
// nothing runs any more.
func (d *backend) heedStops(leave func()) (end func()) {
	release := d.p.stops.under(func(n int, hungUp bool) {
		s, h := d.newest(), d.newestHunt()
		goesOn := s != nil && !isClosed(s.Done()) || h != nil && !isClosed(h.over)
		if !goesOn || hungUp || n > 1 {
			leave()
		}
		if s != nil {
			s.Stop()
		}
		if h != nil {
			h.Stop()
		}
	})
	return func() {
		if h := d.newestHunt(); h != nil {
			<-h.over
		}
		if s := d.newest(); s != nil {
			<-s.Done()
		}
		release()
	}
}

// leaveStuck leaves the screen when the run on it has ended without some of its
// requests: whoever stopped it twice wants to get away.
func (d *backend) leaveStuck(leave func()) {
	run := d.newest()
	go func() {
		if <-run.Done(); run.LeftBehind() > 0 && run.Insisted() {
			leave()
		}
	}()
}

// Targets implements [tui.Backend].
func (d *backend) Targets() []scenario.NamedTarget { return d.targets }

// Start implements [tui.Backend].
func (d *backend) Start(ctx context.Context, sc *scenario.Scenario) (tui.Session, error) {
	setup, err := bench.Prepare(ctx, sc, d.p.env)
	if err != nil {
		return nil, err
	}
	if err = ctx.Err(); err != nil {
		setup.Close()
		return nil, err
	}
	s, err := d.begin(setup)
	if err != nil {
		setup.Close()
		return nil, err
	}
	return s, nil
}

// Check implements [tui.Backend].
func (d *backend) Check(ctx context.Context, sc *scenario.Scenario) (bench.Probe, error) {
	setup, err := bench.Prepare(ctx, sc, d.p.env)
	if err != nil {
		return bench.Probe{}, err
	}
	defer setup.Close()
	return setup.Check(ctx), nil
}

// Key implements [tui.Backend].
func (d *backend) Key(t scenario.Target) (name string, set bool) {
	name = bench.KeyVariable(t, d.p.env)
	return name, d.p.env(name) != ""
}

// Kept implements [tui.Backend].
func (d *backend) Kept() ([]history.Kept, error) {
	h, err := history.Open()
	if err != nil {
		return nil, err
	}
	doc, err := h.List(history.Query{})
	if err != nil {
		return nil, err
	}
	return doc.Kept, nil
}

// Remove implements [tui.Backend].
func (d *backend) Remove(id string) error {
	return d.change(func(h *history.History) error { return h.Remove(id) })
}

// Rename implements [tui.Backend].
func (d *backend) Rename(id, name string) error {
	return d.change(func(h *history.History) error { return h.Rename(id, name) })
}

// Label implements [tui.Backend].
func (d *backend) Label(id string, labels map[string]*string) error {
	return d.change(func(h *history.History) error { return h.Label(id, labels) })
}

func (d *backend) change(do func(*history.History) error) error {
	h, err := history.Open()
	if err != nil {
		return err
	}
	return do(h)
}

// Load implements [tui.Backend].
func (d *backend) Load(id string) (*result.Run, error) {
	runs, err := store.Open("")
	if err != nil {
		return nil, err
	}
	return runs.Load(id)
}

// Report implements [tui.Backend].
func (d *backend) Report(run *result.Run, path string) error {
	return writeByEnding(report.Runs, path, run)
}

// ReportSearch implements [tui.Backend].
func (d *backend) ReportSearch(found *capacity.Document, path string) error {
	return writeByEnding(report.Searches, path, found)
}

// ReportComparison implements [tui.Backend].
func (d *backend) ReportComparison(found *compare.Document, path string) error {
	return writeByEnding(report.Comparisons, path, found)
}

// Save implements [tui.Backend].
func (d *backend) Save(sc *scenario.Scenario, path string) error {
	text, err := sc.YAML()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}

package cmd

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"flashwave/bench"
	"flashwave/bench/report"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/tui"
)

// A desk is what the screens have the program do: start runs, read earlier ones,
// write files. While they have the terminal it keeps to itself what it would warn of.
type desk struct {
	p       *program
	targets []scenario.NamedTarget
	noSave  bool

	mu      sync.Mutex
	last    *session // the newest; nil: none was started
	notices []string
}

// A session is a run and what it was prepared with.
type session struct {
	*bench.Run
	setup   *bench.Setup
	journal *store.Journal // nil: the run is not kept
	close   sync.Once
}

// Wait blocks until the run is over, lets go of what it used, and answers with its
// document.
func (s *session) Wait() *result.Run {
	doc := s.Run.Wait()
	s.close.Do(s.setup.Close)
	return doc
}

// begin starts a prepared run.
func (d *desk) begin(setup *bench.Setup) (*session, error) {
	s := &session{setup: setup, journal: d.p.keep(setup, d.noSave, d.warn)}
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
	d.last = s
	return s, nil
}

// newest is the run that was started last; nil if there is none.
func (d *desk) newest() *session {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last
}

func (d *desk) warn(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notices = append(d.notices, fmt.Sprintf(format, args...))
}

// confess warns of what came up while the screens had the terminal.
func (d *desk) confess() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.notices {
		d.p.warn("%s", n)
	}
	d.notices = nil
}

// stopOnSignal stops what runs at the first signal and gives up what is open at the
// second. A signal other than an interrupt also leaves the screen: its terminal may
// be gone. The answer ends the listening, once nothing runs any more.
func (d *desk) stopOnSignal(leave func()) (end func()) {
	signals, over := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for {
			select {
			case sig := <-signals:
				s := d.newest()
				if s != nil {
					s.Stop()
				}
				if s == nil || sig != os.Interrupt {
					leave()
				}
			case <-over:
				return
			}
		}
	}()
	return func() {
		if s := d.newest(); s != nil {
			<-s.Done()
		}
		signal.Stop(signals)
		close(over)
	}
}

// Targets implements [tui.Desk].
func (d *desk) Targets() []scenario.NamedTarget { return d.targets }

// Start implements [tui.Desk].
func (d *desk) Start(ctx context.Context, sc *scenario.Scenario) (tui.Session, error) {
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

// Check implements [tui.Desk].
func (d *desk) Check(ctx context.Context, sc *scenario.Scenario) (bench.Probe, error) {
	setup, err := bench.Prepare(ctx, sc, d.p.env)
	if err != nil {
		return bench.Probe{}, err
	}
	defer setup.Close()
	return setup.Check(ctx), nil
}

// Runs implements [tui.Desk].
func (d *desk) Runs() ([]store.Entry, error) {
	runs, err := store.Open("")
	if err != nil {
		return nil, err
	}
	return runs.List()
}

// Load implements [tui.Desk].
func (d *desk) Load(id string) (*result.Run, error) {
	runs, err := store.Open("")
	if err != nil {
		return nil, err
	}
	return runs.Load(id)
}

// Report implements [tui.Desk].
func (d *desk) Report(run *result.Run, path string) error {
	format, err := report.FormatOf(path)
	if err != nil {
		return err
	}
	return writeReport(path, format, run)
}

// Save implements [tui.Desk].
func (d *desk) Save(sc *scenario.Scenario, path string) error {
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

package cmd

import (
	"context"
	"errors"

	"flashwave/tui"
)

// home shows the screen on which runs are set up and looked at. The exit code is
// that of the last run or search; without one it is 0.
func (p *program) home(ctx context.Context) error {
	c, err := config()
	if err != nil {
		return err
	}
	tuneCollector(p.env)
	d := &backend{p: p, targets: c.Targets}
	screen, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	end := d.heedStops(leave)
	err = p.onScreen(nil, func() error { return tui.Run(screen, nil, p.screenOptions(c, false, d)) })
	s := d.newest()
	h := d.newestHunt()
	if s != nil && !isClosed(s.Done()) {
		p.stops.insist()
	}
	if h != nil {
		h.Stop() // whoever leaves the screen has ended the search
	}
	end()
	if s != nil {
		s.Wait()
	}
	d.tellNotices()
	if err != nil && !errors.Is(err, context.Canceled) {
		p.warn("the screen ended: %v", err)
	}
	if h != nil {
		return p.concludeCapacity(h.Wait(), h.Search, h.journal, nil, &capacityFlags{})
	}
	if s == nil {
		return nil
	}
	return p.conclude(s, nil, &runFlags{}, nil)
}

// welcomes reports whether the home screen is possible.
func (p *program) welcomes() bool {
	return isTerminal(p.stdin) && isTerminal(p.stdout) && p.env("CI") == "" && p.env("TERM") != "dumb"
}

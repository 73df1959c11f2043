package cmd

import (
	"context"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
	"flashwave/bench/scenario"
	"flashwave/bench/searches"
	"flashwave/tui"
)

// A hunt is a search that a screen had the program start.
type hunt struct {
	searcher
	subject string
	journal *searches.Journal // nil: it is not kept
	doc     *capacity.Document
	over    chan struct{} // closed once there is doc
}

// Subject implements [tui.Hunt].
func (h *hunt) Subject() string { return h.subject }

// Wait implements [tui.Hunt].
func (h *hunt) Wait() *capacity.Document {
	<-h.over
	return h.doc
}

// searchOf is how a scenario is searched for its capacity where nothing else is said.
func searchOf(sc *scenario.Scenario) search.Config {
	c := search.Defaults()
	if peak := sc.PeakRate(); peak > 0 {
		c.MaxRate = 2 * peak
	}
	return c
}

// AppraiseSearch implements [tui.Backend].
func (d *backend) AppraiseSearch(sc *scenario.Scenario) (string, error) {
	setup, err := bench.Unconnected(sc)
	if err != nil {
		return "", err
	}
	c := searchOf(sc)
	c.Options = setup.Options
	return c.Estimate().String(), nil
}

// Search implements [tui.Backend].
func (d *backend) Search(ctx context.Context, sc *scenario.Scenario) (tui.Hunt, error) {
	setup, err := bench.Prepare(ctx, sc, d.p.env)
	if err != nil {
		return nil, err
	}
	h, err := d.hunt(ctx, sc, setup)
	if err != nil {
		setup.Close()
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lastHunt = h
	return h, nil
}

// hunt starts a prepared search.
func (d *backend) hunt(ctx context.Context, sc *scenario.Scenario, setup *bench.Setup) (*hunt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	setup.Tool, setup.Machine = tool(), true
	way := &searching{scenario: sc, config: searchOf(sc)}
	defer way.letGo()
	if err := d.p.keepSearch(way, setup, d.noSave, d.warn); err != nil {
		return nil, err
	}
	looking, err := search.New(way.config)
	if err != nil {
		return nil, err
	}
	way.began = true
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h := &hunt{searcher: searcher{looking, cancel}, subject: subjectOf(sc, setup), journal: way.journal, over: make(chan struct{})}
	go func() {
		defer close(h.over)
		defer release(setup, d.warn)
		h.doc = looking.Run(running)
	}()
	return h, nil
}

// LoadSearch implements [tui.Backend].
func (d *backend) LoadSearch(id string) (*capacity.Document, error) {
	found, err := searches.Open("")
	if err != nil {
		return nil, err
	}
	return found.Load(id)
}

// newestHunt is the search that was started last; nil if there is none.
func (d *backend) newestHunt() *hunt {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lastHunt
}

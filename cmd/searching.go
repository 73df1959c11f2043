package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/capacity/search"
	"flashwave/bench/scenario"
	"flashwave/bench/searches"
	"flashwave/bench/units"
	"flashwave/tui"
)

// outlook is what a search will still take, behind a line of its progress.
func outlook(now capacity.Snapshot) string {
	if now.Remaining == 0 {
		return ""
	}
	text := "  (about " + units.About(now.Remaining) + " left"
	if now.MostCost != nil {
		text += ", " + units.USD(*now.MostCost) + " in all at most"
	}
	return text + ")"
}

// A searching is a search on its way from the flags to its beginning.
type searching struct {
	scenario *scenario.Scenario
	settled  scenario.Config
	config   search.Config
	journal  *searches.Journal // nil: it is not kept
	began    bool
}

// letGo gives up the place on disk of a search that did not begin.
func (h *searching) letGo() {
	switch {
	case h.journal == nil || h.began:
	case h.config.Past == nil:
		_ = h.journal.Discard() // nothing was kept
	default:
		h.journal.Close()
	}
}

// hunt is what flags and file ask for: a new search, or one that is resumed.
func (f *capacityFlags) hunt(fs *pflag.FlagSet, file string) (h *searching, err error) {
	h = &searching{}
	if f.resumed != "" {
		var past *capacity.Past
		if past, h.journal, h.scenario, err = f.resume(fs, file); err != nil {
			return nil, err
		}
		h.config.Past = past
		if h.config, err = f.bounded(fs, past); err == nil {
			h.settled, err = config()
		}
		if err != nil {
			h.letGo()
		}
		return h, err
	}
	if h.config, err = f.config(); err != nil {
		return nil, err
	}
	if err := f.ofRates(fs); err != nil {
		return nil, err
	}
	if h.scenario, h.settled, err = f.settled(fs, file); err != nil {
		return nil, err
	}
	if err := f.ofQueues(h.scenario); err != nil {
		return nil, err
	}
	if peak := h.scenario.PeakRate(); f.maxRate == "" && peak > 0 {
		h.config.MaxRate = 2 * peak
	}
	return h, nil
}

// keepSearch gives a search its place on disk; without one it goes on unkept. One that
// is resumed must ask what it began with.
func (p *program) keepSearch(h *searching, setup *bench.Setup, noSave bool, warn func(string, ...any)) (err error) {
	h.config.Options = setup.Options
	if h.config.Book, err = setup.Book(); err != nil {
		return invalid(err)
	}
	id := time.Now().UTC().Format("20060102-150405")
	if past := h.config.Past; past != nil {
		if !slices.Equal(past.Prompts, search.Fingerprints(h.config)) {
			return usage(fmt.Errorf("%s: the prompts are not those that the search began with", past.Document.ID), "put the file back as it was, or leave --resume out to search again")
		}
		if err := h.journal.Continue(); err != nil {
			return invalid(err)
		}
		id = past.Document.ID
	} else if !noSave {
		kept, err := searches.Open("")
		if err == nil {
			h.journal, err = kept.Create(time.Now())
		}
		if err != nil {
			warn("the search will not be saved: %v", err)
		} else {
			id = h.journal.ID()
		}
	}
	h.config.Options.ID = id
	if h.journal != nil {
		h.config.Journal = h.journal
	}
	return nil
}

// subjectOf says what is searched.
func subjectOf(sc *scenario.Scenario, s *bench.Setup) string {
	return strings.TrimSpace(sc.Name + "   " + sc.Target.Model + " at " + s.Target)
}

// A searcher is a search that a screen can end.
type searcher struct {
	*search.Search
	cancel func()
}

// Stop implements [tui.Searcher].
func (s searcher) Stop() { s.cancel() }

// searching runs a search, on the screen if that is wanted.
func (p *program) searching(ctx context.Context, cancel func(), looking *search.Search, watched bool, subject string, o tui.Options) *capacity.Document {
	found, over := make(chan *capacity.Document, 1), make(chan struct{})
	screen, leave := context.WithCancel(context.Background())
	defer leave()
	defer p.stops.under(func(n int, hungUp bool) { // the first ends ctx
		if hungUp || n > 1 || isClosed(over) {
			leave()
		}
	})()
	go func() {
		defer close(over)
		found <- looking.Run(ctx)
	}()
	if !watched {
		return <-found
	}
	err := p.onScreen(over, func() error { return tui.RunCapacity(screen, searcher{looking, cancel}, subject, o) })
	if err != nil && !errors.Is(err, context.Canceled) {
		p.warn("the screen ended: %v", err)
		return <-found
	}
	cancel() // whoever leaves the screen has ended the search
	if !isClosed(over) && screen.Err() == nil {
		p.stops.insist()
	}
	return <-found
}

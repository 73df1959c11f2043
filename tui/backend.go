package tui

import (
	"context"

	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/tui/home"
	"flashwave/tui/live"
	"flashwave/tui/search"
)

// A Backend is what the screens need of the rest of the program beside the run they
// show. Its methods may block: they are called off the screen, from several
// goroutines.
type Backend interface {
	home.Backend
	// Start begins a run of a resolved scenario. ctx is for what must be found out
	// before: once it is done, Start returns soon. It does not end a run that began.
	Start(ctx context.Context, sc *scenario.Scenario) (Session, error)
	// Search begins a search for the capacity of a resolved scenario's target; see Start.
	Search(ctx context.Context, sc *scenario.Scenario) (Hunt, error)
	// LoadSearch reads a kept search.
	LoadSearch(id string) (*capacity.Document, error)
	// Report writes a run to a file, in the format that the file's ending stands
	// for.
	Report(run *result.Run, path string) error
	// ReportSearch and ReportComparison write what a search found, and what a comparison
	// did, likewise.
	ReportSearch(found *capacity.Document, path string) error
	ReportComparison(found *compare.Document, path string) error
	// Save writes a scenario to a file that does not exist yet.
	Save(sc *scenario.Scenario, path string) error
}

// A Session is a run that somebody started: a source, and its end.
type Session interface {
	live.Source
	// Wait blocks until the run is over, and answers with its document.
	Wait() *result.Run
}

// A Hunt is a search that somebody started.
type Hunt interface {
	search.Searcher
	// Subject says what is searched.
	Subject() string
	// Wait blocks until the search is over, and answers with its document.
	Wait() *capacity.Document
}

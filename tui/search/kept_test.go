package search

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/capacity"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// A search that was ended before anything was served is shown, whatever is done with it.
func TestASearchThatServedNothing(t *testing.T) {
	t.Parallel()
	none := screentest.Ptr(0.0)
	doc := &capacity.Document{Name: "sale", Steps: []capacity.Step{{Kind: "ramp", Concurrency: screentest.Ptr(1), SucceededRPS: none, ErrorRate: none, InFlightMean: none}}}
	src, subject := Kept(doc)
	for _, size := range screentest.WindowSizes {
		s := New(1, src, subject, draw.Theming{})
		s, _ = s.Update(tea.WindowSizeMsg{Width: size.W, Height: size.H})
		s, _ = s.Update(s.Init()())
		for _, b := range s.Bindings().Possible() {
			shown, _ := s.Do(b.Action)
			screentest.Fits(t, shown.View(), size.W, size.H)
		}
	}
}

package live

import (
	"slices"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// eventStyle is the colour of an event's kind.
func (p pen) eventStyle(kind result.EventKind) draw.Ink {
	switch kind {
	case result.Breached, result.Overloaded, result.Starving, result.TasksLost, result.Stopped:
		return p.Style.Bad
	case result.Limited:
		return p.Style.Near
	case result.Steered:
		return p.Style.Strong
	default:
		return p.Style.Text
	}
}

// A search is for events: what is looked for, and which of those that match is looked at,
// as how many events are newer.
type search struct {
	finder draw.Finder
	at     int
}

// searched is what an event holds, counted from the newest.
func searched(events []result.Event) func(i int) string {
	return func(i int) string {
		e := events[len(events)-1-i]
		return string(e.Kind) + " " + e.Wave + " " + e.Lane + " " + e.Text
	}
}

// seek goes to a match: the next one, the one before, or with 0 the newest.
func (s search) seek(by int, events []result.Event) search {
	if by == 0 {
		s.at = 0
	}
	s.at, _ = s.finder.Seek(s.at, by, len(events), searched(events))
	return s
}

// found are the events that match, counted from the newest.
func (s search) found(events []result.Event) (list []int) {
	if s.finder.Query() == "" {
		return nil
	}
	text := searched(events)
	for i := range events {
		if s.finder.Matches(text(i)) {
			list = append(list, i)
		}
	}
	return list
}

// note tells what is searched, and which match is looked at.
func (s search) note(p pen, found []int) string {
	note := s.finder.Note(p.Pen)
	if s.finder.Query() == "" {
		return note
	}
	if len(found) == 0 {
		return note + p.Label("  nothing found")
	}
	return note + p.Label("  "+units.Count(slices.Index(found, s.at)+1)+" of "+units.Count(len(found)))
}

// events draws what happened, the newest first, from the first that was not scrolled away;
// of a search the match that is looked at is among them.
func (p pen) events(s result.Snapshot, search search, scrolled, width, height int) []string {
	inner, rows := width-4, height-2
	found := search.found(s.Events)
	if len(found) > 0 && (search.at < scrolled || search.at >= scrolled+rows) {
		scrolled = search.at - rows/2
	}
	scrolled = max(0, min(scrolled, len(s.Events)-rows))
	clock := 5
	if n := len(s.Events); n > 0 {
		clock = max(clock, draw.Cells(units.Clock(draw.Seconds(s.Events[n-1].TS))))
	}
	var body []string
	for i := scrolled; i < len(s.Events) && len(body) < rows; i++ {
		e := s.Events[len(s.Events)-1-i]
		lead, style := "", p.eventStyle(e.Kind)
		if search.finder.Query() != "" {
			lead = "  "
			if _, hit := slices.BinarySearch(found, i); !hit {
				style = p.Style.Faint
			} else if i == search.at {
				lead = p.Style.Mark.Render(p.Glyph.Pointer) + " "
			}
		}
		at := p.Label(draw.Right(units.Clock(draw.Seconds(e.TS)), clock) + "  ")
		body = append(body, lead+at+search.finder.Mark(p.Pen, p.Cut(style.Render(draw.Clean(e.Text)), inner-draw.Cells(lead+at))))
	}
	if len(body) == 0 {
		body = append(body, p.Style.Faint.Render("nothing yet"))
	}
	return p.Panel("events", search.note(p, found), body, width, height)
}

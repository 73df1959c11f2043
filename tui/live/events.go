package live

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// eventStyle is the colour of an event's kind.
func (p pen) eventStyle(kind result.EventKind) draw.Ink {
	switch kind {
	case result.Breached, result.Overloaded, result.Stopped:
		return p.Style.Bad
	case result.Limited:
		return p.Style.Near
	case result.Steered:
		return p.Style.Strong
	default:
		return p.Style.Text
	}
}

// matches reports whether an event holds every word of a filter, in whatever
// case.
func matches(e result.Event, filter string) bool {
	text := strings.ToLower(string(e.Kind) + " " + e.Wave + " " + e.Lane + " " + e.Text)
	for _, word := range strings.Fields(strings.ToLower(filter)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// events draws what happened, the newest first.
func (p pen) events(s result.Snapshot, filter string, typing bool, width, height int) []string {
	inner, rows := width-4, height-2
	var body []string
	clock := 5
	if n := len(s.Events); n > 0 {
		clock = max(clock, draw.Cells(units.Clock(draw.Seconds(s.Events[n-1].TS))))
	}
	for i := len(s.Events) - 1; i >= 0 && len(body) < rows; i-- {
		e := s.Events[i]
		if !matches(e, filter) {
			continue
		}
		at := p.Label(draw.Right(units.Clock(draw.Seconds(e.TS)), clock) + "  ")
		body = append(body, p.Cut(at+p.eventStyle(e.Kind).Render(draw.Clean(e.Text)), inner))
	}
	if len(body) == 0 {
		text := "nothing yet"
		if filter != "" {
			text = "nothing matches"
		}
		body = append(body, p.Style.Faint.Render(text))
	}
	return p.Panel("events", p.FilterNote(filter, typing), body, width, height)
}

package tui

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// eventStyle is the colour of an event's kind.
func (p pen) eventStyle(kind result.EventKind) ink {
	switch kind {
	case result.Breached, result.Overloaded, result.Stopped:
		return p.style.bad
	case result.Limited:
		return p.style.near
	case result.Steered:
		return p.style.strong
	default:
		return p.style.text
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
		clock = max(clock, cells(units.Clock(asDuration(s.Events[n-1].TS))))
	}
	for i := len(s.Events) - 1; i >= 0 && len(body) < rows; i-- {
		e := s.Events[i]
		if !matches(e, filter) {
			continue
		}
		at := p.label(right(units.Clock(asDuration(e.TS)), clock) + "  ")
		body = append(body, p.cut(at+p.eventStyle(e.Kind).Render(clean(e.Text)), inner))
	}
	if len(body) == 0 {
		text := "nothing yet"
		if filter != "" {
			text = "nothing matches"
		}
		body = append(body, p.style.faint.Render(text))
	}
	return p.panel("events", p.filterNote(filter, typing), body, width, height)
}

// filterNote shows the filter where it is typed.
func (p pen) filterNote(filter string, typing bool) string {
	switch {
	case typing:
		return p.style.mark.Render("/"+filter+"_") + p.label("  enter keeps, esc clears")
	case filter != "":
		return p.style.strong.Render("/" + filter)
	default:
		return p.label("/ filters")
	}
}

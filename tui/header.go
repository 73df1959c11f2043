package tui

import (
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// A mood is a run's state as a word and a colour.
type mood struct {
	word  string
	style ink
}

// mood tells how the run is doing.
func (p pen) mood(s result.Snapshot) mood {
	if s.Verdict != nil {
		return p.verdictMood(s.Verdict.Status)
	}
	if s.State != result.Running {
		style := p.style.near
		if s.State == result.Warming || s.State == "" {
			style = p.style.muted
		}
		word := string(s.State)
		if word == "" {
			word = "starting"
		}
		return mood{word, style}
	}
	g := worst(s.SLOs)
	word := string(s.State)
	switch over := s.Now.Overload; {
	case over != nil:
		word = "served " + units.Rate(over.Served) + " of " + units.PerSecond(over.Offered) + ", " + units.Count(over.Waiting) + " waiting and growing"
		if over.Lane != "" {
			word = over.Lane + ": " + word
		}
		g = bad
	case g == bad:
		word += ", SLO breached"
	case g == near:
		word += ", near an SLO"
	}
	return mood{word, p.style.of(g)}
}

// state draws the dot and the word of the run's mood.
func (p pen) state(s result.Snapshot) string {
	m := p.mood(s)
	word := p.style.strong.Render(m.word)
	if s.Verdict != nil {
		word = m.style.Render(m.word)
	}
	return m.style.Render(p.glyph.dot) + " " + word
}

// elapsed draws the clock: how far the run is, of how long it is to be.
func (p pen) elapsed(s result.Snapshot) string {
	switch {
	case s.Planned > 0:
		return p.pair2(units.Clock(s.At), units.Clock(s.Planned))
	case s.PlannedRequests > 0:
		scheduled := p.label(" " + p.glyph.dash + " " + units.Count(s.Total.Requests.Scheduled) + " of " + units.Count(s.PlannedRequests))
		return p.figure(units.Clock(s.At)) + scheduled
	default:
		return p.figure(units.Clock(s.At))
	}
}

// pair2 draws "a of b".
func (p pen) pair2(a, b string) string { return p.figure(a) + p.label(" of "+b) }

// purse draws the money of the budget; "" if the price is unknown.
func (p pen) purse(c *result.CostStatus) string {
	switch {
	case c == nil:
		return ""
	case c.Budget != nil:
		return p.pair2(units.Cents(c.Spent), units.Cents(*c.Budget))
	default:
		return p.figure(units.USD(c.Spent))
	}
}

// header is the first line: what runs where, how it is doing, time and money.
// What does not fit gives way: the target first, then the product's name.
func (p pen) header(s result.Snapshot, past string, width int) string {
	status := p.state(s)
	if past != "" {
		status = p.style.near.Render(p.glyph.near) + " " + p.style.mark.Render(past)
	}
	tail := status + "   " + p.elapsed(s)
	if purse := p.purse(s.Cost); purse != "" {
		tail += "   " + purse
	}
	name := p.figure(clean(s.Name))
	target := ""
	if s.Model != "" || s.Target != "" {
		target = p.label(clean(s.Model + " at " + s.Target))
	}
	brand := p.style.brand.Render("flashwave")
	heads := []string{brand + "   " + name + "   " + target, brand + "   " + name, name}
	for _, head := range heads {
		if cells(head)+3+cells(tail) <= width {
			return p.ends(head, tail, width)
		}
	}
	return p.ends(name, status+"   "+p.elapsed(s), width)
}

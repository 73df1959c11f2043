package live

import (
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A mood is a run's state as a word and a colour.
type mood struct {
	word  string
	style draw.Ink
}

// mood tells how the run is doing.
func (p pen) mood(s result.Snapshot) mood {
	if s.Verdict != nil {
		return p.verdictMood(s.Verdict.Status)
	}
	if s.State != result.Running {
		style := p.Style.Near
		if s.State == result.Warming || s.State == "" {
			style = p.Style.Muted
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
		g = draw.Bad
	case g == draw.Bad:
		word += ", SLO breached"
	case g == draw.Near:
		word += ", near an SLO"
	}
	return mood{word, p.Style.Of(g)}
}

// state draws the dot and the word of the run's mood.
func (p pen) state(s result.Snapshot) string {
	m := p.mood(s)
	word := p.Style.Strong.Render(m.word)
	if s.Verdict != nil {
		word = m.style.Render(m.word)
	}
	return m.style.Render(p.Glyph.Dot) + " " + word
}

// elapsed draws the clock: how far the run is, of how long it is to be.
func (p pen) elapsed(s result.Snapshot) string {
	switch {
	case s.Planned > 0:
		return p.OutOf(units.Clock(s.At), units.Clock(s.Planned))
	case s.PlannedRequests > 0:
		scheduled := p.Label(" " + p.Glyph.Dash + " " + units.Count(s.Total.Requests.Scheduled) + " of " + units.Count(s.PlannedRequests))
		return p.Figure(units.Clock(s.At)) + scheduled
	default:
		return p.Figure(units.Clock(s.At))
	}
}

// purse draws the money of the budget; "" if the price is unknown.
func (p pen) purse(c *result.CostStatus) string {
	switch {
	case c == nil:
		return ""
	case c.Budget != nil:
		return p.OutOf(units.Cents(c.Spent), units.Cents(*c.Budget))
	default:
		return p.Figure(units.USD(c.Spent))
	}
}

// header is the first line: what runs where, how it is doing, time and money.
// What does not fit gives way: the target first, then the product's name.
func (p pen) header(s result.Snapshot, past string, width int) string {
	status := p.state(s)
	if past != "" {
		status = p.Style.Near.Render(p.Glyph.Near) + " " + p.Style.Mark.Render(past)
	}
	tail := status + "   " + p.elapsed(s)
	if purse := p.purse(s.Cost); purse != "" {
		tail += "   " + purse
	}
	name := p.Figure(draw.Clean(s.Name))
	target := ""
	if s.Model != "" || s.Target != "" {
		target = p.Label(draw.Clean(s.Model + " at " + s.Target))
	}
	brand := p.Style.Brand.Render("flashwave")
	heads := []string{brand + "   " + name + "   " + target, brand + "   " + name, name}
	for _, head := range heads {
		if draw.Cells(head)+3+draw.Cells(tail) <= width {
			return p.Ends(head, tail, width)
		}
	}
	return p.Ends(name, status+"   "+p.elapsed(s), width)
}

package live

import (
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

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

// header is the first line: what runs where, time and money, and whether what is drawn
// is the past. What does not fit gives way: the target first, then the product's name.
func (p pen) header(s result.Snapshot, past string, width int) string {
	tail := p.elapsed(s)
	short := tail
	if purse := p.purse(s.Cost); purse != "" {
		tail += "   " + purse
	}
	if past != "" {
		note := p.Style.Near.Render(p.Glyph.Near) + " " + p.Style.Mark.Render(past) + "   "
		tail, short = note+tail, note+short
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
	return p.Ends(name, short, width)
}

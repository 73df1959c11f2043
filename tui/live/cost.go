package live

import (
	"math"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// An amount is one line of the cost: dollars, or nothing yet.
type amount struct {
	label string
	value *float64
}

// amounts lists what the run costs.
func amounts(s result.Snapshot) []amount {
	var perThousand *float64
	if s.Total.Cost != nil {
		perThousand = s.Total.Cost.PerThousandOK
	}
	list := []amount{{"spent", &s.Cost.Spent}, {"per 1k ok", perThousand}}
	if s.Verdict != nil {
		return list
	}
	return append(list, amount{"per hour", &s.Cost.PerHour}, amount{"whole run", s.Cost.Projected})
}

// cost draws the panel of money: spent, its pace, and what is left of the
// budget.
func (p pen) cost(s result.Snapshot, width, height int) []string {
	if s.Cost == nil {
		body := []string{p.Style.Faint.Render("price unknown"), "", p.Label("--price IN,OUT sets it")}
		return p.Panel("cost", p.Label("USD"), append(body, p.tokens(s, width-4)...), width, height)
	}
	inner := width - 4
	var body []string
	for _, a := range amounts(s) {
		label := a.label
		if a.label == "whole run" {
			label += " " + p.Glyph.About
		}
		body = append(body, p.Ends(p.Label(label), p.dollars(a.value), inner))
	}
	if c := s.Total.Cost; c != nil && c.EstimatedShare != nil && *c.EstimatedShare > 0 {
		body = append(body, p.Ends(p.Label("estimated"), p.Style.Text.Render(units.Share(*c.EstimatedShare))+"  ", inner))
	}
	budget := p.budget(s.Cost, inner)
	rows := height - 2
	tokens := p.tokens(s, inner)
	if len(body)+len(tokens)+len(budget) > rows && len(tokens) > 0 {
		tokens = tokens[1:] // without the gap
	}
	if len(body)+len(tokens)+len(budget) <= rows {
		body = append(body, tokens...)
	}
	for len(body)+len(budget) < rows {
		body = append(body, "")
	}
	return p.Panel("cost", p.Label("USD"), append(body, budget...), width, height)
}

// dollars writes an amount so that a column of them aligns at the point: cents,
// and two more digits below a dollar.
func (p pen) dollars(v *float64) string {
	if v == nil {
		return p.Style.Faint.Render(p.Glyph.None) + "   "
	}
	figure := units.TabularUSD(*v)
	digits := strings.TrimRight(figure, " ")
	return p.Figure(digits) + figure[len(digits):]
}

// tokens is what the money buys.
func (p pen) tokens(s result.Snapshot, width int) []string {
	t := s.Total.Tokens
	if t.Output == nil || *t.Output == 0 {
		return nil
	}
	in, out := p.Glyph.None, units.Short(*t.Output)
	if t.Prompt != nil {
		in = units.Short(*t.Prompt)
	}
	return []string{
		"",
		p.Ends(p.Label("tokens in"), p.Style.Text.Render(in)+"  ", width),
		p.Ends(p.Label("tokens out"), p.Style.Text.Render(out)+"  ", width),
	}
}

// budget draws how much of the budget is gone.
func (p pen) budget(c *result.CostStatus, width int) []string {
	if c.Budget == nil || *c.Budget <= 0 {
		return nil
	}
	share := c.Spent / *c.Budget
	g := gradeOf(slo.Expr{Op: slo.LessOrEqual, Value: *c.Budget}, c.Spent)
	if c.Projected != nil && *c.Projected > *c.Budget {
		g = max(g, draw.Near)
	}
	text := " " + units.Share(share)
	cells := max(1, width-draw.Cells(text))
	full := max(0, min(cells, int(math.Round(share*float64(cells)))))
	if share > 0 {
		full = max(1, full)
	}
	bar := p.Style.Of(g).Render(strings.Repeat(p.Glyph.Full, full)) + p.Style.Frame.Render(strings.Repeat(p.Glyph.Empty, cells-full))
	return []string{bar + p.Figure(text), p.Label("of the budget, " + units.Cents(*c.Budget))}
}

// costParts is the cost in a line.
func (p pen) costParts(s result.Snapshot) []string {
	if s.Cost == nil {
		return []string{p.Label("price unknown")}
	}
	parts := []string{p.Pair("spent", units.USD(s.Cost.Spent))}
	for _, a := range amounts(s)[1:] {
		if a.value != nil {
			parts = append(parts, p.Pair(a.label, units.USD(*a.value)))
		}
	}
	return parts
}

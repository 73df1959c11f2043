package search

import (
	"slices"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// phases are the search's own words for where it is.
var phases = map[capacity.Phase]string{
	"": "starting", capacity.Ramping: "ramping", capacity.Bracketing: "bracketing", capacity.Bisecting: "bisecting", capacity.Recovering: "recovering",
	capacity.Soaking: "soaking", capacity.Saturating: "saturating", capacity.Rehearsing: "rehearsing", capacity.Finished: "done", capacity.GoingOn: "going on",
}

// View draws the screen.
func (s Model) View() string {
	l, p := s.layout(), s.pen
	blocks := []draw.Block{
		{At: l.header, Lines: []string{s.header(l.header.W)}},
		{At: l.answer, Lines: p.Fit(s.answer(l.answer.W, l.answer.H), l.answer.W, l.answer.H)},
	}
	for _, one := range l.slots {
		if one.at.W > 0 && one.at.H > 0 {
			blocks = append(blocks, draw.Block{At: one.at, Lines: p.Fit(s.panel(one.panel, one.at.W, one.at.H, l.bare), one.at.W, one.at.H)})
		}
	}
	blocks = append(blocks, draw.Block{At: l.keys, Lines: []string{s.bottom(l.keys.W)}})
	return p.Compose(s.size.Width, s.size.Height, blocks)
}

// panel draws a panel, with the focus where it has that.
func (s Model) panel(i, width, height int, bare bool) []string {
	p := s.pen.Focused(s.ring.Has(i))
	switch {
	case i == backlogPanel:
		return s.backlog(p, width, height)
	case isChart(i):
		return s.rateChart(p, i, width, height)
	case i == stepsPanel:
		return s.steps(p, width, height, bare)
	default:
		return s.text(p, i, width, height, bare)
	}
}

// bottom is the last line: what is told, or else the keys.
func (s Model) bottom(width int) string {
	if s.notice != "" {
		return s.pen.Cut(s.pen.Style.Mark.Render(draw.Clean(s.notice)), width)
	}
	return s.Bindings().Possible().Footer(s.pen, width)
}

// unseen is how many notes there are while their panel is not in view.
func (s Model) unseen() int {
	if slices.ContainsFunc(s.layout().slots, func(one slot) bool { return one.panel == notesPanel }) {
		return 0
	}
	return len(s.known())
}

// header is what is searched, and where the search is.
func (s Model) header(width int) string {
	p := s.pen
	state := p.Style.Good.Render(p.Glyph.Dot) + " " + p.Figure(phases[s.snap.Phase])
	if s.done() {
		status := s.snap.Document.Verdict.Status
		style := p.Style.Of(draw.Judged(status == result.Pass, status == result.Fail))
		state = style.Render(p.Glyph.Dot + " " + strings.ToUpper(string(status)))
	}
	clock := state + "   " + p.Figure(units.Clock(s.snap.Elapsed))
	tail := clock
	purse := ""
	if s.snap.Spent != nil {
		purse = "   " + p.Figure(units.USD(*s.snap.Spent))
		if b := s.snap.Budget; b != nil {
			purse = "   " + p.OutOf(units.Cents(*s.snap.Spent), units.Cents(*b))
		}
	}
	if n := s.unseen(); n > 0 {
		tail = p.Style.Near.Render(p.Glyph.Near) + " " + p.Label(units.Count(n)+" to be known") + "   " + tail
	}
	brand := p.Style.Brand.Render("flashwave")
	for _, head := range []string{brand + "   " + p.Label("capacity   "+draw.Clean(s.subject)), p.Style.Brand.Render("capacity") + "   " + p.Label(draw.Clean(s.subject)), p.Style.Brand.Render("capacity")} {
		if draw.Cells(head)+3+draw.Cells(tail+purse) <= width {
			return p.Ends(head, tail+purse, width)
		}
	}
	return p.Ends(p.Style.Brand.Render("capacity"), clock, width)
}

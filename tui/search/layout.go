package search

import (
	"slices"

	"flashwave/tui/draw"
)

// The panels, in the order in which the focus goes round them.
const (
	latencyPanel = iota
	servedPanel
	inFlightPanel
	backlogPanel
	stepsPanel
	slosPanel
	notesPanel
	demandPanel
	costPanel
	modelsPanel
	rehearsalPanel
	panels // how many they are
)

// isChart reports whether a panel is a chart.
func isChart(i int) bool { return i <= backlogPanel }

// givesWay are the panels in whose place one comes into view that has no place of its own,
// the first of them that is there.
func givesWay(i int) []int {
	switch {
	case isChart(i):
		return []int{backlogPanel, servedPanel, latencyPanel}
	case i == stepsPanel:
		return []int{slosPanel, demandPanel}
	case i >= demandPanel:
		return []int{rehearsalPanel, modelsPanel, costPanel, demandPanel, notesPanel, slosPanel, stepsPanel}
	default:
		return []int{notesPanel, slosPanel, stepsPanel}
	}
}

// open reports whether a panel has something to show, now and at this size.
func (s Model) open(i int) bool {
	d := s.snap.Document
	if isChart(i) && s.bare() {
		return false
	}
	switch i {
	case backlogPanel:
		return d != nil && d.Forecast != nil && s.waits() != nil
	case notesPanel:
		return len(s.known()) > 0
	case demandPanel:
		return d != nil && d.Forecast != nil
	case costPanel:
		return d != nil && d.Cost != nil
	case modelsPanel:
		return d != nil && d.Cost != nil && len(d.Cost.Models) > 0
	case rehearsalPanel:
		return d != nil && d.Rehearsal != nil
	}
	return true
}

// A slot is a panel in its place.
type slot struct {
	panel int
	at    draw.Rect
}

// A layout is where the parts go; what has no room has no height.
type layout struct {
	header, answer, keys draw.Rect
	slots                []slot
	bare                 bool // no frames
}

// bare reports whether the window is too small for frames and charts.
func (s Model) bare() bool {
	return s.size.Width < draw.ColumnWidth || s.size.Height < draw.ColumnHeight
}

func (s Model) layout() layout {
	w, h := max(0, s.size.Width), max(0, s.size.Height)
	l := layout{bare: s.bare()}
	area := draw.NewArea(0, 0, w, max(0, h-1))
	l.keys = draw.At(0, h-1, w, min(1, h))
	l.header = area.Take(1)
	if h >= 34 {
		area.Take(1)
	}
	l.answer = area.Take(draw.AnswerRows(w, h))
	if h >= 34 {
		area.Take(1)
	}
	l.place(s, area.Take(area.Left))
	return l
}

// place divides what is left among panels.
func (l *layout) place(s Model, at draw.Rect) {
	focus, focused := s.ring.Focus()
	focused = focused && s.open(focus)
	if _, zoomed := s.ring.Zoomed(); zoomed && focused {
		l.slots = []slot{{focus, at}}
		return
	}
	switch {
	case l.bare:
		first := stepsPanel
		if s.open(demandPanel) {
			first = demandPanel
		}
		l.slots = []slot{{first, at}}
	case at.W < draw.FullWidth && at.H < 16:
		l.slots = []slot{{latencyPanel, at}}
	case at.W < draw.FullWidth:
		l.slots = s.column(at)
	default:
		l.slots = s.wide(at)
	}
	if !focused || slices.ContainsFunc(l.slots, func(one slot) bool { return one.panel == focus }) {
		return
	}
	for _, other := range givesWay(focus) {
		if i := slices.IndexFunc(l.slots, func(one slot) bool { return one.panel == other }); i >= 0 {
			l.slots[i].panel = focus
			return
		}
	}
	l.slots[0].panel = focus
}

// column are panels one above the other.
func (s Model) column(at draw.Rect) []slot {
	foot := 0
	if s.open(demandPanel) && at.H >= 30 {
		foot = 11
	}
	chart := (at.H - foot) * 55 / 100
	list := []slot{
		{latencyPanel, draw.At(at.X, at.Y, at.W, chart)},
		{stepsPanel, draw.At(at.X, at.Y+chart, at.W, at.H-foot-chart)},
	}
	if foot > 0 {
		list = append(list, slot{demandPanel, draw.At(at.X, at.Y+at.H-foot, at.W, foot)})
	}
	return list
}

// wide are charts on the left, what was measured on the right, and under both what the
// demand comes to.
func (s Model) wide(at draw.Rect) (list []slot) {
	var foot []slot
	if s.open(demandPanel) && at.H >= 22 {
		rows := 10
		if at.H >= 40 {
			rows = 13
		}
		foot = s.foot(draw.At(at.X, at.Y+at.H-rows, at.W, rows))
		at.H -= rows
	}
	left, right := at.Split(max(at.W*11/20, at.W-74))
	second := servedPanel
	if s.open(backlogPanel) {
		second = backlogPanel
	}
	if left.H >= 24 {
		first := left.H * 6 / 10
		list = append(list, slot{latencyPanel, draw.At(left.X, left.Y, left.W, first)}, slot{second, draw.At(left.X, left.Y+first, left.W, left.H-first)})
	} else {
		list = append(list, slot{latencyPanel, left})
	}
	slos := min(len(s.slos(right.W-4)), 6) + 2
	notes := 0
	if s.open(notesPanel) && right.H-slos >= 20 {
		notes = min(len(s.notes(right.W-4)), 6) + 2
	}
	if right.H < 16 {
		slos = 0
	}
	steps := right.H - slos - notes
	list = append(list, slot{stepsPanel, draw.At(right.X, right.Y, right.W, steps)})
	if slos > 0 {
		list = append(list, slot{slosPanel, draw.At(right.X, right.Y+steps, right.W, slos)})
	}
	if notes > 0 {
		list = append(list, slot{notesPanel, draw.At(right.X, right.Y+steps+slos, right.W, notes)})
	}
	return append(list, foot...)
}

// foot are the panels of the demand, side by side.
func (s Model) foot(at draw.Rect) (list []slot) {
	var open []int
	for _, i := range []int{demandPanel, costPanel, rehearsalPanel, modelsPanel} {
		if s.open(i) {
			open = append(open, i)
		}
	}
	most := 3
	if at.W >= 160 {
		most = 4
	}
	open = open[:min(len(open), most)]
	for n, i := range open {
		width := (at.W - (len(open) - n - 1)) / (len(open) - n)
		if i == demandPanel && len(open) > 1 {
			width = at.W * 4 / 10
		}
		list = append(list, slot{i, draw.At(at.X, at.Y, width, at.H)})
		at.X, at.W = at.X+width+1, at.W-width-1
	}
	return list
}

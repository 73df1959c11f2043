package monitor

import (
	"slices"
	"strings"

	"flashwave/bench/monitor"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// atLeast stands before a rate that may be higher.
const atLeast = "≥"

// queueColumns are those of queues and of their classes.
func (s Model) queueColumns() []column {
	p := s.pen
	rate := func(of func(*monitor.QueueRow) *monitor.Rate) func(monitor.Row) string {
		return func(r monitor.Row) string { return p.Figure(s.rate(of(r.Queue))) }
	}
	return []column{
		s.state(),
		{"waiting", 9, func(r monitor.Row) string { return s.held(r, units.Maybe(r.Queue.Depth, units.Count), slo.Depth) }, 1},
		{spark, 9, func(monitor.Row) string { return "" }, 6},
		{"oldest", 12, func(r monitor.Row) string { return s.held(r, units.Maybe(r.Queue.Oldest, monitor.Age), slo.Oldest) }, 2},
		{"starved", 12, func(r monitor.Row) string { return s.held(r, units.Maybe(r.Queue.Starved, monitor.Age), slo.Starved) }, 4},
		{"arrive/s", 8, rate(func(q *monitor.QueueRow) *monitor.Rate { return q.Arrived }), 5},
		{"taken/s", 8, rate(func(q *monitor.QueueRow) *monitor.Rate { return q.Taken }), 3},
		{"done/s", 8, rate(func(q *monitor.QueueRow) *monitor.Rate { return q.Done }), 7},
		{"dead", 9, s.dead, 8},
		{"1 h", 8, func(r monitor.Row) string { return s.share(r.Availability.Hour, r.Objective) }, 9},
		{"budget", 8, s.left, 10},
	}
}

// held is a figure of a queue, in red where its bound does not hold.
func (s Model) held(r monitor.Row, text string, of slo.Metric) string {
	switch {
	case text == units.NoData:
		return s.pen.Style.Faint.Render(s.pen.Glyph.None)
	case slices.Contains(r.Queue.Broken, of):
		return s.pen.Style.Bad.Render(text)
	}
	return s.pen.Figure(text)
}

// rate is how often something happens a second, at least where more may have.
func (s Model) rate(r *monitor.Rate) string {
	switch {
	case r == nil:
		return s.pen.Glyph.None
	case r.AtLeast:
		return atLeast + units.Rate(r.PerSecond)
	}
	return units.Rate(r.PerSecond)
}

// dead is how many dead letters there are, and how many of them are new.
func (s Model) dead(r monitor.Row) string {
	text := units.Maybe(r.Queue.Dead, units.Count)
	if n := r.Queue.NewDead; n != nil && *n > 0 {
		text += " +" + units.Count(*n)
	}
	return s.held(r, text, slo.Dead)
}

// depths are how much waited at the last looks, as many as there is room for.
func (s Model) depths(r monitor.Row, width int) string {
	list := r.Beats[max(0, len(r.Beats)-width):]
	var b strings.Builder
	for range min(width, monitor.Beats) - len(list) {
		b.WriteString(s.pen.Style.Faint.Render(s.pen.Glyph.Dash))
	}
	values := make([]*float64, len(list))
	for i, beat := range list {
		values[i] = beat.Depth
	}
	return b.String() + s.spark(values)
}

// queueFigures are those of a queue, or of a class of it, a line each.
func (s Model) queueFigures(r monitor.Row) (lines []string) {
	p, q := s.pen, r.Queue
	const name, cell = 14, 12
	pair := func(label, figure, more string) {
		lines = append(lines, p.Label(draw.Left(label, name))+draw.Right(figure, cell)+p.Label(more))
	}
	pair("waiting", s.held(r, units.Maybe(q.Depth, units.Count), slo.Depth), " tasks")
	pair("the oldest", s.held(r, units.Maybe(q.Oldest, monitor.Age), slo.Oldest), " old")
	pair("nothing taken", s.held(r, units.Maybe(q.Starved, monitor.Age), slo.Starved), " while some wait")
	pair("arrive", p.Figure(s.rate(q.Arrived)), "/s")
	pair("taken", p.Figure(s.rate(q.Taken)), "/s")
	pair("done", p.Figure(s.rate(q.Done)), "/s")
	if r.Class == "" {
		pair("dead letters", p.Figure(units.Maybe(q.Dead, units.Count)), "")
		pair("of them new", s.held(r, units.Maybe(q.NewDead, units.Count), slo.Dead), " since the start")
	}
	pair("within 1 h", s.share(r.Availability.Hour, r.Objective), " of the looks")
	pair("within 24 h", s.share(r.Availability.Day, r.Objective), "")
	pair("error budget", s.left(r), " left of 30 days")
	lines = append(lines, p.Label(draw.Left("looks", name))+s.counts(r, cell))
	for _, word := range q.Words {
		lines = append(lines, p.Style.Near.Render(draw.Clean(word)))
	}
	return lines
}

package monitor

import (
	"math"
	"slices"
	"strings"

	"flashwave/bench/monitor"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A column is one of the table.
type column struct {
	title string
	width int
	of    func(monitor.Row) string
	rank  int // the lower, the sooner it has a place
}

// spark is the title of the sparkline's column, which takes what room is left.
const spark = "hour"

// columns are those of the table, in their order, as many as a width holds. Those of queues
// stand where there is nothing else.
func (s Model) columns(width, name int) []column {
	list := s.endpointColumns()
	if s.queues() {
		list = s.queueColumns()
	}
	return fitted(list, width, name)
}

// queues reports whether all targets are queues.
func (s Model) queues() bool {
	return len(s.snap.Rows) > 0 && !slices.ContainsFunc(s.snap.Rows, func(r monitor.Row) bool { return r.Queue == nil })
}

// state is the column of how a target does.
func (s Model) state() column {
	return column{"state", 9, func(r monitor.Row) string { return s.pen.Style.Of(gradeOf(r.State)).Render(string(r.State)) }, 0}
}

func (s Model) endpointColumns() []column {
	p := s.pen
	of := func(write func(float64) string, get func(monitor.Row) *float64) func(monitor.Row) string {
		return func(r monitor.Row) string { return p.Figure(p.Maybe(get(r), write)) }
	}
	quantile := func(get func(monitor.Row) *monitor.Quantiles, part func(monitor.Quantiles) float64) func(monitor.Row) string {
		return of(units.Millis, func(r monitor.Row) *float64 {
			if q := get(r); q != nil {
				return new(part(*q))
			}
			return nil
		})
	}
	ttft, e2e := func(r monitor.Row) *monitor.Quantiles { return r.TTFT }, func(r monitor.Row) *monitor.Quantiles { return r.E2E }
	p50, p95 := func(q monitor.Quantiles) float64 { return q.P50 }, func(q monitor.Quantiles) float64 { return q.P95 }
	share := func(get func(monitor.Row) *float64) func(monitor.Row) string {
		return func(r monitor.Row) string { return s.share(get(r), r.Objective) }
	}
	return []column{
		s.state(),
		{"TTFT p50", 9, quantile(ttft, p50), 1},
		{"p95", 8, quantile(ttft, p95), 3},
		{spark, 9, func(monitor.Row) string { return "" }, 5},
		{"E2E p50", 8, quantile(e2e, p50), 8},
		{"p95", 8, quantile(e2e, p95), 9},
		{"1 h", 8, share(func(r monitor.Row) *float64 { return r.Availability.Hour }), 4},
		{"24 h", 8, share(func(r monitor.Row) *float64 { return r.Availability.Day }), 2},
		{"7 d", 8, share(func(r monitor.Row) *float64 { return r.Availability.Week }), 7},
		{"budget", 8, s.left, 6},
		{"today", 10, of(units.USD, func(r monitor.Row) *float64 { return r.SpentToday }), 10},
	}
}

// fitted are as many columns as a width holds; the sparkline takes what is left.
func fitted(list []column, width, name int) []column {
	free := width - name - 4
	for rank := range len(list) {
		i := slices.IndexFunc(list, func(c column) bool { return c.rank == rank })
		if free -= list[i].width + 1; free < 0 {
			list = slices.DeleteFunc(list, func(c column) bool { return c.rank >= rank })
			break
		}
	}
	used := name + 4
	for _, c := range list {
		used += c.width + 1
	}
	for i := range list {
		if list[i].title == spark {
			list[i].width = min(monitor.HourMinutes, list[i].width+max(0, width-used))
		}
	}
	return list
}

// share is an availability, in the colour of whether it meets the objective.
func (s Model) share(v *float64, objective float64) string {
	p := s.pen
	if v == nil {
		return p.Style.Faint.Render(p.Glyph.None)
	}
	style := p.Style.Good
	if *v < objective {
		style = p.Style.Bad
	}
	return style.Render(units.Share(*v))
}

// left is how much of the error budget is.
func (s Model) left(r monitor.Row) string {
	p := s.pen
	switch {
	case r.BudgetLeft == nil:
		return p.Style.Faint.Render(p.Glyph.None)
	case *r.BudgetLeft <= 0:
		return p.Style.Bad.Render("used up")
	case *r.BudgetLeft < 0.25:
		return p.Style.Near.Render(units.Share(*r.BudgetLeft))
	}
	return p.Figure(units.Share(*r.BudgetLeft))
}

// name is what a row is called: a class by its own name, where no other queue has one.
func (s Model) name(r monitor.Row) string {
	if r.Class != "" && s.snap.OneQueue() {
		return draw.Clean(r.Class)
	}
	return draw.Clean(r.Name)
}

// nameWidth is how wide the names are shown.
func (s Model) nameWidth(width int) int {
	widest := 6
	for _, r := range s.snap.Rows {
		widest = max(widest, draw.Cells(s.name(r)))
	}
	return min(widest, max(8, width/4))
}

// table is the row of each target in view, and where there is room its heartbeat below it.
func (s Model) table(l layout, width int) []string {
	p, name := s.pen, s.nameWidth(width)
	columns := s.columns(width, name)
	title := "target"
	if s.queues() {
		title = "queue"
	}
	head := "    " + draw.Left(title, name)
	for _, c := range columns {
		if c.title == spark {
			head += " " + draw.Left(c.title, c.width)
			continue
		}
		head += " " + draw.Right(c.title, c.width)
	}
	lines := []string{p.Label(head)}
	if len(s.snap.Rows) == 0 {
		return append(lines, p.Style.Faint.Render("    no target yet"))
	}
	for i := l.from; i < l.to; i++ {
		lines = append(lines, s.line(i, name, columns))
		if l.each > 1 {
			lines = append(lines, s.pulse(s.snap.Rows[i], width))
		}
	}
	return lines
}

// line is one target's.
func (s Model) line(i, name int, columns []column) string {
	p, r := s.pen, s.snap.Rows[i]
	pointer := "  "
	if i == s.selected {
		pointer = p.Style.Mark.Render(p.Glyph.Pointer) + " "
	}
	title := draw.Left(p.Cut(s.name(r), name), name)
	style := p.Style.Strong
	if i == s.selected {
		style = p.Style.Mark
	}
	line := pointer + p.Marked(gradeOf(r.State)) + " " + style.Render(title)
	for _, c := range columns {
		if c.title == spark {
			line += " " + draw.Left(s.hour(r, c.width), c.width)
			continue
		}
		line += " " + draw.Right(c.of(r), c.width)
	}
	return line
}

// hour is the sparkline of the last minutes, as many as there is room for.
func (s Model) hour(r monitor.Row, width int) string {
	return s.spark(r.Hour[max(0, len(r.Hour)-width):])
}

// spark is a sparkline of what may not be known.
func (s Model) spark(list []*float64) string {
	var values []float64
	top := 0.0
	for _, v := range list {
		if v == nil {
			values = append(values, math.NaN())
			continue
		}
		values, top = append(values, *v), max(top, *v)
	}
	return s.pen.Spark(values, top, s.pen.Style.P50)
}

// pulse is the heartbeat of a target, and why its last bad probe was.
func (s Model) pulse(r monitor.Row, width int) string {
	p := s.pen
	room := min(monitor.Beats, max(0, width-6))
	ill := r.LastError != "" && (r.State != monitor.Up || r.Incident != nil)
	if ill {
		room = min(room, width/2)
	}
	beats := s.beats
	if r.Queue != nil {
		beats = s.depths
	}
	line := "    " + beats(r, room)
	if ill {
		style := p.Style.Of(gradeOf(r.State))
		if r.State == monitor.Up {
			style = p.Style.Muted // it was ill
		}
		line += "  " + style.Render(draw.Clean(r.LastError))
	}
	return p.Cut(line, width)
}

// beats are the last probes, as many as there is room for.
func (s Model) beats(r monitor.Row, width int) string {
	var b strings.Builder
	list := r.Beats[max(0, len(r.Beats)-width):]
	for range min(width, monitor.Beats) - len(list) {
		b.WriteString(s.pen.Style.Faint.Render(s.pen.Glyph.Dash))
	}
	for _, beat := range list {
		b.WriteString(s.pen.Beat(beatOf(beat)))
	}
	return b.String()
}

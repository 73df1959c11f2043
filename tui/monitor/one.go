package monitor

import (
	"math"
	"slices"
	"strings"

	"flashwave/bench/monitor"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A chart is what tab shows of a target.
type chart struct {
	title, unit string
	lines       []curve // the one that lies above the other first
}

// A curve is one line of a chart.
type curve struct {
	name string
	of   func(monitor.Column) *float64
}

// charts are those of endpoints, and queueCharts those of queues: as many.
var (
	charts = []chart{
		{"time to first token", "ms", quantiles(func(c monitor.Column) *monitor.Quantiles { return c.TTFT })},
		{"end to end", "ms", quantiles(func(c monitor.Column) *monitor.Quantiles { return c.E2E })},
	}
	queueCharts = []chart{
		{"tasks that wait", "", []curve{{"most", func(c monitor.Column) *float64 { return c.Depth }}}},
		{"age of the oldest", "s", []curve{{"most", func(c monitor.Column) *float64 { return c.Oldest }}}},
	}
)

// quantiles are the curves of a latency.
func quantiles(of func(monitor.Column) *monitor.Quantiles) []curve {
	part := func(of func(monitor.Column) *monitor.Quantiles, part func(*monitor.Quantiles) *float64) func(monitor.Column) *float64 {
		return func(c monitor.Column) *float64 {
			if q := of(c); q != nil {
				return part(q)
			}
			return nil
		}
	}
	return []curve{
		{"p95", part(of, func(q *monitor.Quantiles) *float64 { return &q.P95 })},
		{"p50", part(of, func(q *monitor.Quantiles) *float64 { return &q.P50 })},
	}
}

// one draws one target.
func (s Model) one(r monitor.Row, area draw.Area, bare bool, put func(draw.Rect, []string)) {
	title := area.Take(1)
	put(title, []string{s.title(r, title.W)})
	beat := area.Take(1)
	put(beat, []string{s.pulseOf(r, beat.W)})
	figures, note := s.figures(r), "latencies of 10 min"
	if r.Queue != nil {
		figures, note = s.queueFigures(r), "rates of 10 s"
	}
	if bare {
		at := area.Take(area.Left)
		put(at, figures)
		return
	}
	if area.W < draw.FullWidth {
		if at := area.TakeIf(16, len(figures)+2); at.H > 0 {
			put(at, s.pen.Panel("now", "", figures, at.W, at.H))
		}
		at := area.Take(area.Left)
		put(at, s.over(at.W, at.H))
		return
	}
	at := area.Take(area.Left)
	left, right := at.Split(46)
	column := draw.NewArea(left.X, left.Y, left.W, left.H)
	now := column.Take(len(figures) + 2)
	put(now, s.pen.Panel("now", s.pen.Label(note), figures, now.W, now.H))
	if rest := column.Take(column.Left); rest.H >= 3 {
		put(rest, s.incidents(s.incidentsOf(r.Name), rest.W, rest.H))
	}
	column = draw.NewArea(right.X, right.Y, right.W, right.H)
	chart := column.Take(max(8, right.H*6/10))
	put(chart, s.over(chart.W, chart.H))
	if rest := column.Take(column.Left); rest.H >= 3 {
		put(rest, s.events(r.Name, rest.W, rest.H))
	}
}

func (s Model) incidentsOf(target string) (list []monitor.Incident) {
	for _, i := range s.snap.Incidents {
		if i.Target == target {
			list = append(list, i)
		}
	}
	return list
}

// title is which target it is, and how it stands.
func (s Model) title(r monitor.Row, width int) string {
	p := s.pen
	name := p.Marked(gradeOf(r.State)) + " " + p.Style.Strong.Render(s.name(r)) + " " + p.Style.Of(gradeOf(r.State)).Render(string(r.State))
	about := draw.Clean(strings.TrimSpace(r.Model + " at " + r.Host))
	line := name + "   " + p.Label(about+", every "+units.Length(r.Every))
	tail := ""
	if r.Incident != nil {
		tail = p.Style.Bad.Render("breaks its objective of " + units.Bound(r.Objective, units.Ratio))
	} else if b := r.Burn; b != nil {
		tail = p.Pair("objective", units.Bound(r.Objective, units.Ratio)) + "   " + p.Pair("burns", units.Factor(*b))
	}
	return p.Ends(line, tail, width)
}

// pulseOf is the heartbeat, and the last error.
func (s Model) pulseOf(r monitor.Row, width int) string {
	p := s.pen
	beats := s.beats
	if r.Queue != nil {
		beats = s.depths
	}
	line := beats(r, min(monitor.Beats, max(0, width)))
	if r.LastError != "" {
		line += "  " + p.Label(draw.Clean(r.LastError))
	}
	return p.Cut(line, width)
}

// figures are a target's, a line each.
func (s Model) figures(r monitor.Row) []string {
	p := s.pen
	const name, cell = 14, 9
	lines := []string{p.Label(draw.Left("", name) + draw.Right("p50", cell) + draw.Right("p95", cell) + draw.Right("max", cell))}
	for _, l := range []struct {
		name string
		of   *monitor.Quantiles
	}{{"TTFT", r.TTFT}, {"E2E", r.E2E}, {"ITL", r.ITL}} {
		line := p.Label(draw.Left(l.name, name))
		if l.of == nil {
			line += strings.Repeat(draw.Right(p.Glyph.None, cell), 3)
		} else {
			for _, v := range []float64{l.of.P50, l.of.P95, l.of.Max} {
				line += p.Figure(draw.Right(units.Millis(v), cell))
			}
		}
		lines = append(lines, line)
	}
	pair := func(label, figure string) { lines = append(lines, p.Label(draw.Left(label, name))+figure) }
	three := func(a, b, c string) string {
		return draw.Right(a, cell) + draw.Right(b, cell) + draw.Right(c, cell)
	}
	lines = append(lines, p.Label(draw.Left("", name)+three("1 h", "24 h", "7 d")))
	pair("availability", three(s.share(r.Availability.Hour, r.Objective), s.share(r.Availability.Day, r.Objective), s.share(r.Availability.Week, r.Objective)))
	pair("error budget", draw.Right(s.left(r), cell)+p.Label("  left of 30 days"))
	pair("probes", s.counts(r, cell))
	spent := p.Figure(draw.Right(p.Maybe(r.SpentToday, units.USD), cell))
	if r.BudgetToday > 0 {
		spent += p.Label(" of ") + p.Figure(units.Cents(r.BudgetToday))
	}
	pair("spent today", spent)
	if r.Expires != nil {
		left := r.Expires.Sub(s.snap.At)
		style := p.Style.Strong
		if left < 14*24*3600e9 {
			style = p.Style.Near
		}
		pair("certificate", style.Render(draw.Right(units.Duration(max(left, 0)), cell))+p.Label(" left"))
	}
	for _, u := range r.Unresolved {
		lines = append(lines, p.Style.Near.Render(units.Bound(r.Objective, units.Ratio)+" needs a probe every "+units.Length(u.Needs.Truncate(1e8)))+p.Label(" over "+units.Length(u.Long)))
		break
	}
	return lines
}

// counts are the probes of a target, by what became of them.
func (s Model) counts(r monitor.Row, cell int) string {
	p, c := s.pen, r.Counts
	probes := p.Figure(draw.Right(units.Count(c.Good), cell)) + p.Label(" good ") + p.Figure(units.Count(c.Bad)) + p.Label(" bad")
	for _, n := range []struct {
		n    int64
		word string
	}{{c.Void, "void"}, {c.Missed, "missed"}, {c.OverBudget, "unsent"}} {
		if n.n > 0 {
			probes += " " + p.Figure(units.Count(n.n)) + p.Label(" "+n.word)
		}
	}
	return probes
}

// over is the chart of the target.
func (s Model) over(width, height int) []string {
	p, d := s.pen, s.snap.Detail
	chart := charts[s.chart]
	if r, ok := s.row(); ok && r.Queue != nil {
		chart = queueCharts[s.chart]
	}
	title := chart.title + ", last " + units.Length(spans[s.span])
	inner, rows := width-4, height-3
	if d == nil || d.Target != s.opened || inner < 20 || rows < 2 {
		return p.Nothing(title, width, height)
	}
	columns := draw.PlotColumns(inner)
	looks := []draw.Line{{Style: p.Style.P95, Stroke: p.Glyph.Heavy}, {Style: p.Style.P50, Stroke: p.Glyph.Solid}}
	lines := looks[len(looks)-len(chart.lines):]
	for i, c := range chart.lines {
		lines[i].Name, lines[i].Values = c.name, stretched(d.Columns, columns, c.of)
	}
	body := p.Plot(lines, nil, inner, rows)
	if body == nil {
		return p.Nothing(title, width, height)
	}
	first, last := d.Columns[0].From.Local().Format("15:04"), d.Columns[len(d.Columns)-1].From.Local().Format("15:04")
	body = append(body, p.Ticks([]draw.Tick{{Column: 0, Text: first}, {Column: columns - 1, Text: last}}, columns))
	slices.Reverse(lines)
	titles := []string{title}
	if chart.unit != "" {
		titles = []string{title + ", " + chart.unit, title}
	}
	return p.Titled(titles, []string{p.Legend(lines, nil), ""}, body, width, height)
}

// stretched are values of the columns, over as many cells.
func stretched(columns []monitor.Column, cells int, of func(monitor.Column) *float64) []float64 {
	out := slices.Repeat([]float64{math.NaN()}, cells)
	for i := range out {
		if v := of(columns[i*len(columns)/cells]); v != nil {
			out[i] = *v
		}
	}
	return out
}

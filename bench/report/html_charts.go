package report

import (
	"fmt"
	"math"
	"strings"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// throughput draws what was asked and what came of it.
func (t times) throughput() *web.Figure {
	offered := t.rates(func(r result.Row) float64 { return r.OfferedRPS })
	done := t.rates(func(r result.Row) float64 { return r.CompletedRPS })
	failed := t.rates(func(r result.Row) float64 { return r.FailedRPS })
	_, most := span(offered, done)
	_, peak := span(done)
	frame := t.frame("throughput", "Requests per second over time", 150, countAxis(most, "req/s"))
	frame.Desc = fmt.Sprintf("offered at most %s, done at most %s", units.PerSecond(highest(offered)), units.PerSecond(peak))
	lines := []svg.Line{{Name: "offered", Ink: svg.Faint, Points: offered}, {Name: "done", Ink: svg.Accent, Points: done}}
	if highest(failed) > 0 {
		lines = append(lines, svg.Line{Name: "failed", Ink: svg.Bad, Points: failed})
	}
	return &web.Figure{Title: "Requests per second", Key: keys(lines), Chart: svg.Chart{Frame: frame, Lines: lines}.SVG()}
}

// backlog draws the requests that were open or waited.
func (t times) backlog() *web.Figure {
	inFlight := t.series(func(r result.Row) float64 { return float64(r.InFlight) })
	queued := t.series(func(r result.Row) float64 { return float64(r.Queued) })
	frame := t.frame("backlog", "Requests in flight and queued over time", 120, countAxis(max(highest(inFlight), highest(queued)), "requests"))
	frame.Desc = fmt.Sprintf("in flight at most %s, queued at most %s", units.Count(highest(inFlight)), units.Count(highest(queued)))
	lines := []svg.Line{{Name: "in flight", Ink: svg.Accent, Points: inFlight}}
	if highest(queued) > 0 {
		lines = append(lines, svg.Line{Name: "queued", Ink: svg.Lost, Points: queued})
	}
	return &web.Figure{
		Title: "Open requests", Note: "at the end of each step of the timeline", Key: keys(lines),
		Chart: svg.Chart{Frame: frame, Lines: lines}.SVG(),
	}
}

// outcomes draws how requests ended, one kind upon the other.
func (t times) outcomes() *web.Figure {
	kinds := []struct {
		name string
		ink  svg.Ink
		of   func(result.Counts) int64
	}{
		{"ok", svg.Good, func(c result.Counts) int64 { return c.Succeeded }},
		{"429", svg.Near, func(c result.Counts) int64 { return c.RateLimited }},
		{"other failures", svg.Bad, func(c result.Counts) int64 { return c.Failed - c.RateLimited }},
		{"lost: dropped, unsent, unfinished", svg.Lost, func(c result.Counts) int64 { return c.Dropped + c.Unsent + c.Unfinished }},
	}
	figure := &web.Figure{Title: "How requests ended", Note: "per second, one kind upon the other"}
	low := t.rates(func(result.Row) float64 { return 0 })
	var areas []svg.Area
	var told []string
	for _, k := range kinds {
		total := int64(0)
		high := make([]svg.Point, len(low))
		for i, row := range t.steps {
			n := max(0, k.of(row.Counts))
			total += n
			high[i] = svg.Point{X: low[i].X, Y: low[i].Y + float64(n)/max(row.StepS, 1e-3)}
		}
		if total == 0 {
			continue
		}
		areas = append(areas, svg.Area{Ink: k.ink, Low: low, High: high})
		figure.Key = append(figure.Key, web.Key{Name: k.name, Ink: k.ink, Area: true})
		told = append(told, k.name+" "+units.Count(total))
		low = high
	}
	frame := t.frame("ended", "How requests ended over time", 120, countAxis(highest(low), "req/s"))
	frame.Desc = strings.Join(told, ", ")
	figure.Chart = svg.Chart{Frame: frame, Areas: areas}.SVG()
	return figure
}

// latencyBlocks show the latencies of the whole run: their table, their curves and
// their heat.
func latencyBlocks(run *result.Run, t times) []web.Block {
	text := latencyTable(run)
	table := &web.Table{Caption: "latencies of the whole run"}
	for i, name := range text.header {
		if i == 1 {
			name = "unit"
		}
		table.Columns = append(table.Columns, web.Column{Name: name, Figures: i >= text.words})
	}
	for i, cells := range text.rows {
		row := web.Row{Faint: text.faint[i]}
		for _, cell := range cells {
			row.Cells = append(row.Cells, web.Cell{Text: strings.TrimSpace(cell)})
		}
		table.Rows = append(table.Rows, row)
	}
	blocks := []web.Block{{Table: table}}
	blocks = append(blocks, web.Block{Figure: curveFigure(run)})
	for _, h := range []struct {
		id, title string
		of        func(*result.RowHeat) result.Heat
	}{
		{"ttft-heat", "TTFT of every request", func(h *result.RowHeat) result.Heat { return h.TTFT.Response }},
		{"e2e-heat", "E2E of every request", func(h *result.RowHeat) result.Heat { return h.E2E.Response }},
	} {
		if figure := t.heat(h.id, h.title, h.of); figure != nil {
			blocks = append(blocks, web.Block{Figure: figure})
		}
	}
	return blocks
}

// curveFigure draws latency by percentile, each nine as wide as any other.
func curveFigure(run *result.Run) *web.Figure {
	curves := result.StoredCurves(run.Total.Latency)
	l := run.Total.Latency
	var lines []svg.Line
	var key []web.Key
	points := 0
	add := func(name, told string, ink svg.Ink, c result.Curve) {
		line := svg.Line{Name: name, Ink: ink}
		for i, ms := range c {
			line.Points = append(line.Points, svg.Point{X: result.CurveQuantile(i), Y: ms})
		}
		if len(c) > 0 {
			lines, points = append(lines, line), max(points, len(c))
			key = append(key, web.Key{Name: told, Ink: ink})
		}
	}
	beside := func(p result.Pair) bool { return hasOpen(run) || differ(p.Response, p.Service, 0.01) }
	if beside(l.E2E) {
		add("service", "E2E, service time", svg.Plain.Dotted(), curves.E2E.Service)
	}
	if beside(l.TTFT) {
		add("service", "TTFT, service time", svg.Accent.Dotted(), curves.TTFT.Service)
	}
	add("E2E", "E2E", svg.Plain, curves.E2E.Response)
	add("TTFT", "TTFT", svg.Accent, curves.TTFT.Response)
	figure := &web.Figure{
		Title: "Latency by percentile",
		Note:  "each nine has the same width; a curve ends at the last percentile that so many requests tell",
		Key:   key,
	}
	if points == 0 {
		return figure
	}
	var all [][]svg.Point
	for _, line := range lines {
		all = append(all, line.Points)
	}
	low, high := span(all...)
	figure.Chart = svg.Chart{Lines: lines, Frame: svg.Frame{
		ID: "curve", Title: figure.Title, Desc: curveDesc(l), Height: 220,
		X: svg.Nines(max(1, nines(points))), Y: svg.Log(low, high, "log scale", units.Tick),
	}}.SVG()
	return figure
}

func curveDesc(l result.Latencies) string {
	var told []string
	for _, m := range []struct {
		name string
		l    *result.Latency
	}{{"TTFT", l.TTFT.Response}, {"E2E", l.E2E.Response}} {
		if m.l != nil {
			told = append(told, fmt.Sprintf("%s p50 %s, p99 %s, p99.9 %s", m.name,
				units.Millis(m.l.P50), units.Millis(m.l.P99), units.Millis(m.l.P999)))
		}
	}
	return strings.Join(told, "; ")
}

// nines is how many of them so many points of a curve reach.
func nines(points int) float64 { return -math.Log10(1 - result.CurveQuantile(points-1)) }

// keys name the lines of a chart in their order.
func keys(lines []svg.Line) (out []web.Key) {
	for _, l := range lines {
		out = append(out, web.Key{Name: l.Name, Ink: l.Ink})
	}
	return out
}

// highest is the highest value of a line, 0 if there is none above it.
func highest(points []svg.Point) float64 {
	_, high := span(points)
	return high
}

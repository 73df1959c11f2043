package run

import (
	"fmt"
	"math"
	"strings"

	"flashwave/bench/report/run/timeline"
	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// latencyBlocks show the latencies of the whole run: their table, their curves and
// their heat.
func latencyBlocks(run *result.Run, t timeline.Timeline) []web.Block {
	rows := web.NewTable("latencies of the whole run", latencyTable(run))
	rows.Columns[1].Name = "unit"
	return append([]web.Block{{Table: rows}, {Figure: percentileFigure(run)}}, t.Heats()...)
}

// percentileFigure draws latency by percentile, each nine as wide as any other.
func percentileFigure(run *result.Run) *web.Figure {
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
		add("service", "E2E, service time", svg.Text.Dotted(), curves.E2E.Service)
	}
	if beside(l.TTFT) {
		add("service", "TTFT, service time", svg.Accent.Dotted(), curves.TTFT.Service)
	}
	add("E2E", "E2E", svg.Text, curves.E2E.Response)
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
	low, high := svg.Extent(all...)
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

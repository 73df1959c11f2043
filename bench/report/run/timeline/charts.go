package timeline

import (
	"fmt"
	"strings"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// throughput draws what was asked and what came of it.
func (t Timeline) throughput() *web.Figure {
	offered := t.rates(func(r result.Row) float64 { return r.OfferedRPS })
	done := t.rates(func(r result.Row) float64 { return r.CompletedRPS })
	failed := t.rates(func(r result.Row) float64 { return r.FailedRPS })
	_, most := svg.Extent(offered, done)
	_, peak := svg.Extent(done)
	frame := t.frame("throughput", "Requests per second over time", 150, svg.Counts(most, "req/s"))
	frame.Desc = fmt.Sprintf("offered at most %s, done at most %s", units.PerSecond(svg.Highest(offered)), units.PerSecond(peak))
	lines := []svg.Line{{Name: "offered", Ink: svg.Faint, Points: offered}, {Name: "done", Ink: svg.Accent, Points: done}}
	if svg.Highest(failed) > 0 {
		lines = append(lines, svg.Line{Name: "failed", Ink: svg.Bad, Points: failed})
	}
	return &web.Figure{Title: "Requests per second", Key: web.Keys(lines), Chart: svg.Chart{Frame: frame, Lines: lines}.SVG()}
}

// backlog draws the requests that were open or waited.
func (t Timeline) backlog() *web.Figure {
	inFlight := t.series(func(r result.Row) float64 { return float64(r.InFlight) })
	queued := t.series(func(r result.Row) float64 { return float64(r.Queued) })
	frame := t.frame("backlog", "Requests in flight and queued over time", 120, svg.Counts(max(svg.Highest(inFlight), svg.Highest(queued)), "requests"))
	frame.Desc = fmt.Sprintf("in flight at most %s, queued at most %s", units.Count(svg.Highest(inFlight)), units.Count(svg.Highest(queued)))
	lines := []svg.Line{{Name: "in flight", Ink: svg.Accent, Points: inFlight}}
	if svg.Highest(queued) > 0 {
		lines = append(lines, svg.Line{Name: "queued", Ink: svg.Lost, Points: queued})
	}
	return &web.Figure{
		Title: "Open requests", Note: "at the end of each step of the timeline", Key: web.Keys(lines),
		Chart: svg.Chart{Frame: frame, Lines: lines}.SVG(),
	}
}

// outcomes draws how requests ended, one kind upon the other.
func (t Timeline) outcomes() *web.Figure {
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
	frame := t.frame("ended", "How requests ended over time", 120, svg.Counts(svg.Highest(low), "req/s"))
	frame.Desc = strings.Join(told, ", ")
	figure.Chart = svg.Chart{Frame: frame, Areas: areas}.SVG()
	return figure
}

package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// writeCapacityHTML writes a search as one self-contained page.
func writeCapacityHTML(w io.Writer, d *capacity.Document, _ Options) error {
	return web.Page{
		Kind:    "capacity",
		Name:    plain(cmp.Or(d.Name, "unnamed")),
		Facts:   capacityFacts(d),
		Verdict: webVerdict(result.Verdict{Status: d.Verdict.Status, Headline: d.Verdict.Headline, Reasons: d.Verdict.Reasons}),
		Sections: []web.Section{
			{ID: "figures", Title: "Key figures", Blocks: []web.Block{{Cards: capacityCards(d)}}},
			{ID: "search", Title: "The search", Note: "each point is a rate that was held; the shade is between the highest that holds and the lowest that does not", Blocks: searchBlocks(d)},
			{ID: "curve", Title: "The curve", Note: "what comes of each load; steps at one load are one point", Blocks: curveBlocks(d)},
			{ID: "demand", Title: "The demand", Blocks: demandBlocks(d)},
			{ID: "cost", Title: "What it costs", Blocks: priceBlocks(d.Cost)},
			{ID: "rehearsal", Title: "Rehearsal", Note: "what was forecast, and what came", Blocks: rehearsalBlocks(d.Rehearsal)},
			{ID: "notes", Title: "Taken for granted", Blocks: noteBlocks(d)},
			{ID: "scenario", Title: "Scenario", Blocks: scenarioBlocks(&result.Run{Scenario: d.Scenario})},
		},
		Footer: footer(&result.Run{ID: d.ID, Tool: d.Tool, Schema: d.Schema, Scenario: d.Scenario}),
	}.Write(w)
}

func capacityFacts(d *capacity.Document) []string {
	list := searched(d)[1:]
	for _, s := range d.SLOs {
		list = append(list, plain(s.Expr)+strings.TrimSpace(assumed(s.Assumed)))
	}
	return list
}

// capacityCards are the figures that people ask for first.
func capacityCards(d *capacity.Document) []web.Card {
	c := d.Capacity
	note := "not confirmed by a soak"
	if c.Confirmed {
		note = "confirmed by a soak"
	}
	if c.RPM != nil {
		note = units.Rate(*c.RPM) + " a minute, " + note
	}
	list := []web.Card{rateCard("Capacity", c.RPS, note)}
	if c.InFlight != nil {
		list = append(list, card("In flight there", units.Rate(*c.InFlight), "the concurrency that it takes"))
	}
	if f := d.Forecast; f != nil {
		peak := rateCard("Peak of the demand", &f.Demand.PeakRPS, units.Count(f.Demand.Requests)+" requests in all")
		list = append(list, peak)
		if f.Headroom != nil {
			fits := card("Headroom", units.Figure(*f.Headroom), "asked for "+units.Figure(f.HeadroomAsked))
			if f.Fits != nil {
				fits.State = map[bool]web.State{true: web.Good, false: web.Bad}[*f.Fits]
			}
			list = append(list, fits)
		}
		if f.Replicas != nil {
			list = append(list, card("Replicas", fmt.Sprint(*f.Replicas), "at "+units.Bound(f.Utilisation, units.Ratio)+" utilisation"))
		}
	}
	if k := d.Cost; k != nil && k.ExpectedUSD != nil {
		list = append(list, card("Cost of the demand", units.USD(*k.ExpectedUSD), units.USD(*k.LowUSD)+" to "+units.USD(*k.HighUSD)))
	}
	return list
}

// searchBlocks are the hockey stick and the steps behind it.
func searchBlocks(d *capacity.Document) []web.Block {
	if len(d.Steps) == 0 {
		return nil
	}
	blocks := []web.Block{{Figure: hockeyFigure(d)}, {Figure: servedFigure(d)}}
	table := webTable("the loads that were measured", stepTable(d))
	for i, s := range d.Steps {
		table.Rows[i].Cells[0].State = stepState(s.Verdict)
	}
	table.Columns = append(table.Columns, web.Column{Name: "why"})
	for i, s := range d.Steps {
		table.Rows[i].Cells = append(table.Rows[i].Cells, web.Cell{Text: plain(s.Why)})
	}
	if t := bySLOTable(d); len(t.rows) > 0 {
		blocks = append(blocks, web.Block{Table: webTable("where each SLO ends the capacity by itself", t)})
	}
	return append(blocks, web.Block{Table: table})
}

// webTable is a table of the text report on a page.
func webTable(caption string, t table) *web.Table {
	out := &web.Table{Caption: caption}
	for i, name := range t.header {
		out.Columns = append(out.Columns, web.Column{Name: name, Figures: i >= t.words})
	}
	for _, cells := range t.rows {
		row := web.Row{}
		for _, c := range cells {
			row.Cells = append(row.Cells, web.Cell{Text: strings.TrimSpace(c)})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// byRate are the open steps by their rates.
func byRate(d *capacity.Document) []capacity.Step {
	list := slices.DeleteFunc(slices.Clone(d.Steps), func(s capacity.Step) bool { return s.RateRPS == nil })
	slices.SortStableFunc(list, func(a, b capacity.Step) int { return cmp.Compare(*a.RateRPS, *b.RateRPS) })
	return list
}

// rateFrame is a chart over rates, the bracket shaded.
func rateFrame(d *capacity.Document, id, title string, height int, y svg.Axis) svg.Frame {
	most := 0.0
	for _, s := range byRate(d) {
		most = max(most, *s.RateRPS)
	}
	f := svg.Frame{ID: id, Title: title, Height: height, X: countAxis(most*1.02, "req/s"), Y: y}
	if c := d.Capacity; c.LowRPS != nil && c.HighRPS != nil {
		f.Lanes = [][]svg.Band{{{From: *c.LowRPS, To: *c.HighRPS, Name: "bracket", Number: ""}}}
	}
	return f
}

// leading is the latency SLO that the search was held to; ok is false without one.
func leading(d *capacity.Document) (e slo.Expr, ok bool) {
	texts := []string{}
	if d.Capacity.SLO != nil {
		texts = append(texts, *d.Capacity.SLO)
	}
	for _, s := range d.SLOs {
		texts = append(texts, s.Expr)
	}
	for _, text := range texts {
		if e, err := slo.Parse(text); err == nil && e.Latency() && !e.Service && (e.Metric == slo.TTFT || e.Metric == slo.E2E) {
			return e, true
		}
	}
	return e, false
}

// hockeyFigure draws p95 over the rate: flat, until it is not.
func hockeyFigure(d *capacity.Document) *web.Figure {
	e, bounded := leading(d)
	of, name := func(s capacity.Step) *result.Latency { return s.Latency.TTFT }, "TTFT p95"
	if bounded && e.Metric == slo.E2E {
		of, name = func(s capacity.Step) *result.Latency { return s.Latency.E2E }, "E2E p95"
	}
	var points []svg.Point
	for _, s := range byRate(d) {
		if l := of(s); l != nil {
			points = append(points, svg.Point{X: *s.RateRPS, Y: l.P95})
		}
	}
	figure := &web.Figure{Title: name + " by rate"}
	low, high := span(points)
	if high == 0 {
		return figure
	}
	if bounded {
		high = max(high, e.Value*1.05)
	}
	frame := rateFrame(d, "hockey", figure.Title, 220, latencyAxis(low, high))
	frame.Desc = plain(d.Verdict.Headline)
	if bounded {
		frame.Bounds = []svg.Bound{{At: e.Value, From: 0, To: most(byRate(d)), Label: plain(e.Text)}}
	}
	figure.Chart = svg.Chart{Frame: frame, Lines: []svg.Line{{Name: name, Ink: svg.P95, Points: points, Dots: true}}}.SVG()
	return figure
}

// servedFigure draws what was served and what of it was good over the rate.
func servedFigure(d *capacity.Document) *web.Figure {
	series := func(of func(capacity.Step) *float64) (points []svg.Point) {
		for _, s := range byRate(d) {
			if v := of(s); v != nil {
				points = append(points, svg.Point{X: *s.RateRPS, Y: *v})
			}
		}
		return points
	}
	served, good := series(func(s capacity.Step) *float64 { return s.SucceededRPS }), series(func(s capacity.Step) *float64 { return s.GoodputRPS })
	lines := []svg.Line{{Name: "served", Ink: svg.Accent, Points: served, Dots: true}, {Name: "good", Ink: svg.Good, Points: good, Dots: true}}
	frame := rateFrame(d, "served", "Requests served by rate", 150, countAxis(max(highest(served), highest(good)), "req/s"))
	frame.Desc = "served at most " + units.PerSecond(highest(served))
	return &web.Figure{Title: "Served, and of that good", Key: keys(lines), Chart: svg.Chart{Frame: frame, Lines: lines}.SVG()}
}

// demandBlocks are what the demand asks, and its backlog.
func demandBlocks(d *capacity.Document) []web.Block {
	if d.Forecast == nil {
		return nil
	}
	blocks := []web.Block{{Pairs: webPairs(forecastPairs(d.Forecast))}}
	if f := backlogFigure("backlog", "Requests waiting, as forecast", d.Forecast, nil); f != nil {
		blocks = append(blocks, web.Block{Figure: f})
	}
	return blocks
}

// backlogFigure draws the backlog as the models have it, and as it was; nil where
// nobody waits.
func backlogFigure(id, title string, f *forecast.Forecast, measured []forecast.Waiting) *web.Figure {
	points := func(curve []forecast.Waiting) (list []svg.Point) {
		for _, p := range curve {
			list = append(list, svg.Point{X: p.TS, Y: p.Waiting})
		}
		return list
	}
	var lines []svg.Line
	add := func(name string, ink svg.Ink, curve []forecast.Waiting) {
		if len(curve) > 0 {
			lines = append(lines, svg.Line{Name: name, Ink: ink, Points: points(curve)})
		}
	}
	if f.Fluid != nil {
		add("fluid", svg.Faint, f.Fluid.Curve)
	}
	if f.Simulated != nil {
		add("simulated", svg.Accent, f.Simulated.Curve)
	}
	add("measured", svg.Plain, measured)
	most, end := 0.0, 0.0
	for _, l := range lines {
		most = max(most, highest(l.Points))
		end = max(end, l.Points[len(l.Points)-1].X)
	}
	if most == 0 {
		return nil
	}
	frame := svg.Frame{ID: id, Title: title, Height: 170, X: svg.Time(0, end), Y: countAxis(most, "requests"), Desc: "at most " + units.Count(most)}
	return &web.Figure{Title: title, Key: keys(lines), Chart: svg.Chart{Frame: frame, Lines: unnamed(lines)}.SVG()}
}

func webPairs(p pairs) (list []web.Pair) {
	for _, pair := range p.list {
		list = append(list, web.Pair{Name: pair.Name, Value: pair.Text})
	}
	return list
}

// priceBlocks are the price of the demand, here and elsewhere.
func priceBlocks(c *forecast.Cost) []web.Block {
	if c == nil {
		return nil
	}
	blocks := []web.Block{{Pairs: webPairs(pricePairs(c))}}
	if t := modelTable(c); len(t.rows) > 0 {
		blocks = append(blocks, web.Block{Table: webTable("the same tokens on other models", t)})
	}
	return blocks
}

func rehearsalBlocks(r *capacity.Rehearsal) []web.Block {
	if r == nil {
		return nil
	}
	blocks := []web.Block{{Table: webTable("predicted and measured", rehearsalTable(r))}}
	if f := backlogFigure("rehearsed", "Requests waiting: forecast and measured", r.Forecast, r.Curve); f != nil {
		blocks = append(blocks, web.Block{Figure: f})
	}
	return blocks
}

// noteBlocks are the warnings, and what the forecast takes for granted.
func noteBlocks(d *capacity.Document) (blocks []web.Block) {
	for _, w := range d.Warnings {
		blocks = append(blocks, web.Block{Prose: "⚠ " + plain(w)})
	}
	if d.Forecast != nil {
		for _, a := range d.Forecast.Assumptions {
			blocks = append(blocks, web.Block{Prose: plain(a)})
		}
	}
	return blocks
}

// most is the highest rate of steps.
func most(steps []capacity.Step) float64 {
	if len(steps) == 0 {
		return 0
	}
	return *steps[len(steps)-1].RateRPS
}

package search

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/report/answer"
	"flashwave/bench/report/demand"
	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// HTML writes a search as one self-contained page.
func HTML(w io.Writer, d *capacity.Document) error {
	v := web.Judged(result.Verdict{Status: d.Verdict.Status, Headline: d.Verdict.Headline, Reasons: d.Verdict.Reasons})
	v.Answer = (*web.Answer)(answer.OfSearch(d))
	return web.Page{
		Kind:    "capacity",
		Name:    words.Name(d.Name),
		Facts:   facts(d),
		Verdict: v,
		Sections: []web.Section{
			{ID: "figures", Title: "Key figures", Blocks: []web.Block{{Cards: cards(d)}}},
			{ID: "search", Title: "The search", Note: "each point is a load that was held; the shade is between the highest that holds and the lowest that does not", Blocks: searchBlocks(d)},
			{ID: "curve", Title: "The curve", Note: "what comes of each load; steps at one load are one point", Blocks: curveBlocks(d)},
			{ID: "demand", Title: "The demand", Blocks: demandBlocks(d)},
			{ID: "cost", Title: "What it costs", Blocks: priceBlocks(d.Cost)},
			{ID: "rehearsal", Title: "Rehearsal", Note: "what was forecast, and what came", Blocks: rehearsalBlocks(d.Rehearsal)},
			{ID: "notes", Title: "Taken for granted", Blocks: noteBlocks(d)},
			{ID: "scenario", Title: "Scenario", Blocks: web.File(d.Scenario)},
		},
		Footer: web.Made(d.ID, d.Schema, d.Tool, d.Scenario),
	}.Write(w)
}

func facts(d *capacity.Document) []string {
	list := searched(d)[1:]
	for _, s := range d.SLOs {
		list = append(list, words.Plain(s.Expr+assumed(s.Assumed)))
	}
	return list
}

// cards are the figures that people ask for first.
func cards(d *capacity.Document) []web.Card {
	c := d.Capacity
	note := "not confirmed by a soak"
	if c.Confirmed {
		note = "confirmed by a soak"
	}
	switch {
	case c.RPS == nil && c.Concurrency == nil:
		note = "nothing held"
	case c.RPM != nil:
		note = units.Rate(*c.RPM) + " a minute, " + note
	}
	list := []web.Card{web.RateCard("Capacity", c.RPS, note)}
	if c.Concurrency != nil {
		list = []web.Card{web.NewCard("Capacity", units.Count(*c.Concurrency), "requests in flight"), web.RateCard("Served there", c.RPS, note)}
	} else if c.InFlight != nil {
		list = append(list, web.NewCard("In flight there", units.Rate(*c.InFlight), "the concurrency that it takes"))
	}
	if f := d.Forecast; f != nil {
		peak := web.RateCard("Peak of the demand", &f.Demand.PeakRPS, units.Count(f.Demand.Requests)+" requests in all")
		list = append(list, peak)
		if f.Tasks != nil && f.Tasks.Holds != nil {
			list = append(list, workersCard(f.Tasks))
		} else if f.Headroom != nil {
			fits := web.NewCard("Headroom", units.Figure(*f.Headroom), "asked for "+units.Figure(f.HeadroomAsked))
			if f.Fits != nil {
				fits.State = map[bool]web.State{true: web.Good, false: web.Bad}[*f.Fits]
			}
			list = append(list, fits)
		}
		if f.Replicas != nil {
			list = append(list, web.NewCard("Replicas", fmt.Sprint(*f.Replicas), "at "+units.Bound(f.Utilisation, units.Ratio)+" utilisation"))
		}
	}
	if k := d.Cost; k != nil && k.ExpectedUSD != nil {
		list = append(list, web.NewCard("Cost of the demand", units.USD(*k.ExpectedUSD), units.USD(*k.LowUSD)+" to "+units.USD(*k.HighUSD)))
	}
	return list
}

// searchBlocks are the hockey stick and the steps behind it.
func searchBlocks(d *capacity.Document) []web.Block {
	if len(d.Steps) == 0 {
		return nil
	}
	blocks := []web.Block{{Figure: hockeyFigure(d)}, {Figure: servedFigure(d)}}
	table := web.NewTable("the loads that were measured", stepTable(d))
	for i, s := range d.Steps {
		table.Rows[i].Cells[0].State = stepState(s.Verdict)
	}
	table.Columns = append(table.Columns, web.Column{Name: "why"})
	for i, s := range d.Steps {
		table.Rows[i].Cells = append(table.Rows[i].Cells, web.Cell{Text: words.Plain(s.Why)})
	}
	if t := classTable(d); len(t.Rows) > 0 {
		blocks = append(blocks, web.Block{Table: web.NewTable("the classes at the highest rate that held", t)})
	}
	if t := bySLOTable(d); len(t.Rows) > 0 {
		blocks = append(blocks, web.Block{Table: web.NewTable("where each SLO ends the capacity by itself", t)})
	}
	return append(blocks, web.Block{Table: table})
}

// A tried step is one by its load: a rate, or so many requests in flight.
type tried struct {
	capacity.Step
	load float64
}

// byLoad are the steps that were held until they were judged, by their loads.
func byLoad(d *capacity.Document) (list []tried) {
	for _, s := range d.Steps {
		if load, ok := s.Tried(); ok {
			list = append(list, tried{s, load})
		}
	}
	slices.SortStableFunc(list, func(a, b tried) int { return cmp.Compare(a.load, b.load) })
	return list
}

// raised is what the charts of a search are drawn over: its name, its unit, and the
// bracket on it.
func raised(d *capacity.Document) (name, unit string, bracket []svg.Band) {
	c := d.Capacity
	low, high := c.LowRPS, c.HighRPS
	name, unit = "rate", "req/s"
	if d.Plan.Raised() == capacity.InFlight {
		name, unit = "requests in flight", "in flight"
		if low, high = nil, nil; c.LowConcurrency != nil && c.HighConcurrency != nil {
			low, high = new(float64(*c.LowConcurrency)), new(float64(*c.HighConcurrency))
		}
	}
	if low != nil && high != nil {
		bracket = []svg.Band{{From: *low, To: *high, Name: "bracket"}}
	}
	return name, unit, bracket
}

// loadFrame is a chart over loads, the bracket shaded.
func loadFrame(d *capacity.Document, id, title string, height int, y svg.Axis) svg.Frame {
	_, unit, bracket := raised(d)
	return svg.Frame{ID: id, Title: title, Height: height, X: svg.Counts(highestLoad(d)*1.02, unit), Y: y, Shaded: bracket}
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
	for _, s := range byLoad(d) {
		if l := of(s.Step); l != nil {
			points = append(points, svg.Point{X: s.load, Y: l.P95})
		}
	}
	scale, _, _ := raised(d)
	figure := &web.Figure{Title: name + " by " + scale}
	low, high := svg.Extent(points)
	if high == 0 {
		return figure
	}
	if bounded {
		high = max(high, e.Value*1.05)
	}
	frame := loadFrame(d, "hockey", figure.Title, 220, svg.Millis(low, high))
	frame.Desc = words.Plain(d.Verdict.Headline)
	if bounded {
		frame.Bounds = []svg.Bound{{At: e.Value, From: 0, To: highestLoad(d), Label: words.Plain(e.Text)}}
	}
	figure.Chart = svg.Chart{Frame: frame, Lines: []svg.Line{{Name: name, Ink: svg.P95, Points: points, Dots: true}}}.SVG()
	return figure
}

// servedFigure draws what was served and what of it was good over the rate.
func servedFigure(d *capacity.Document) *web.Figure {
	series := func(of func(capacity.Step) *float64) (points []svg.Point) {
		for _, s := range byLoad(d) {
			if v := of(s.Step); v != nil {
				points = append(points, svg.Point{X: s.load, Y: *v})
			}
		}
		return points
	}
	served, good := series(func(s capacity.Step) *float64 { return s.SucceededRPS }), series(func(s capacity.Step) *float64 { return s.GoodputRPS })
	lines := []svg.Line{{Name: "served", Ink: svg.Accent, Points: served, Dots: true}, {Name: "good", Ink: svg.Good, Points: good, Dots: true}}
	scale, _, _ := raised(d)
	frame := loadFrame(d, "served", "Requests served by "+scale, 150, svg.Counts(max(svg.Highest(served), svg.Highest(good)), "req/s"))
	frame.Desc = "served at most " + units.PerSecond(svg.Highest(served))
	return &web.Figure{Title: "Served, and of that good", Key: web.Keys(lines), Chart: svg.Chart{Frame: frame, Lines: lines}.SVG()}
}

// demandBlocks are what the demand asks, and its backlog.
func demandBlocks(d *capacity.Document) []web.Block {
	if d.Forecast == nil {
		return nil
	}
	blocks := []web.Block{{Pairs: pairs(demand.Asked(d.Forecast))}}
	if f := backlogFigure("backlog", "Requests waiting, as forecast", d.Forecast, nil); f != nil {
		blocks = append(blocks, web.Block{Figure: f})
	}
	if f := classFigure(d.Forecast.Tasks); f != nil {
		blocks = append(blocks, web.Block{Figure: f})
	}
	return blocks
}

// workersCard is how many workers a night takes whose tasks were foretold.
func workersCard(t *forecast.Tasks) web.Card {
	card := web.NewCard("Workers needed", units.Maybe(t.WorkersNeeded, units.Count), "")
	if t.WorkersNeeded == nil && t.TimesNeeded != nil {
		card = web.NewCard("Workers needed", units.Figure(*t.TimesNeeded), "times those there are")
	}
	if t.Workers != nil {
		card.Note = "there are " + units.Count(*t.Workers)
	}
	card.State = map[bool]web.State{true: web.Good, false: web.Bad}[*t.Holds]
	return card
}

// classInks are those of the classes of a queue, the least urgent first.
var classInks = []svg.Ink{svg.Accent, svg.Text, svg.Faint}

// classFigure draws the tasks of each class that wait, as forecast; nil where none do.
func classFigure(t *forecast.Tasks) *web.Figure {
	if t == nil || len(t.Curve) == 0 {
		return nil
	}
	var lines []svg.Line
	most := 0.0
	for i, c := range t.Classes {
		if c.Backlog == 0 {
			continue
		}
		line := svg.Line{Name: words.Plain(c.Class), Ink: classInks[min(len(t.Classes)-1-i, len(classInks)-1)]}
		for _, p := range t.Curve {
			line.Points = append(line.Points, svg.Point{X: p.TS, Y: p.Waiting[i]})
		}
		most = max(most, c.Backlog)
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil
	}
	const title = "Tasks waiting by class, as forecast"
	end := t.Curve[len(t.Curve)-1].TS
	frame := svg.Frame{ID: "classes", Title: title, Height: 170, X: svg.Time(0, end), Y: svg.Counts(most, "tasks"), Desc: "at most " + units.Count(most)}
	return &web.Figure{Title: title, Key: web.Keys(lines), Chart: svg.Chart{Frame: frame, Lines: unnamed(lines)}.SVG()}
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
	add("measured", svg.Text, measured)
	most, end := 0.0, 0.0
	for _, l := range lines {
		most = max(most, svg.Highest(l.Points))
		end = max(end, l.Points[len(l.Points)-1].X)
	}
	if most == 0 {
		return nil
	}
	frame := svg.Frame{ID: id, Title: title, Height: 170, X: svg.Time(0, end), Y: svg.Counts(most, "requests"), Desc: "at most " + units.Count(most)}
	return &web.Figure{Title: title, Key: web.Keys(lines), Chart: svg.Chart{Frame: frame, Lines: unnamed(lines)}.SVG()}
}

func pairs(w demand.Words) (list []web.Pair) {
	for _, pair := range w {
		list = append(list, web.Pair{Name: pair.Name, Value: pair.Text})
	}
	return list
}

// priceBlocks are the price of the demand, here and elsewhere.
func priceBlocks(c *forecast.Cost) []web.Block {
	if c == nil {
		return nil
	}
	blocks := []web.Block{{Pairs: pairs(demand.Priced(c))}}
	if t := modelTable(c); len(t.Rows) > 0 {
		blocks = append(blocks, web.Block{Table: web.NewTable("the same tokens on other models", t)})
	}
	return blocks
}

func rehearsalBlocks(r *capacity.Rehearsal) []web.Block {
	if r == nil {
		return nil
	}
	blocks := []web.Block{{Table: web.NewTable("predicted and measured", rehearsalTable(r))}}
	if f := backlogFigure("rehearsed", "Requests waiting: forecast and measured", r.Forecast, r.Curve); f != nil {
		blocks = append(blocks, web.Block{Figure: f})
	}
	return blocks
}

// noteBlocks are the warnings, and what the forecast takes for granted.
func noteBlocks(d *capacity.Document) (blocks []web.Block) {
	for _, w := range d.Warnings {
		blocks = append(blocks, web.Block{Prose: "⚠ " + words.Plain(w)})
	}
	if d.Forecast != nil {
		for _, a := range d.Forecast.Assumptions {
			blocks = append(blocks, web.Block{Prose: words.Plain(a)})
		}
	}
	return blocks
}

// highestLoad is the highest one that was tried.
func highestLoad(d *capacity.Document) float64 {
	steps := byLoad(d)
	if len(steps) == 0 {
		return 0
	}
	return steps[len(steps)-1].load
}

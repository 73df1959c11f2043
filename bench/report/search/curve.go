package search

import (
	"cmp"
	"slices"

	"flashwave/bench/capacity"
	"flashwave/bench/report/page"
	"flashwave/bench/report/svg"
	"flashwave/bench/report/table"
	"flashwave/bench/report/web"
	"flashwave/bench/units"
)

// frontNote says what the mark of a point on the front means.
const frontNote = "◆ Pareto front: no other load that lasts has more tokens/s without fewer for each user"

// A curveColumn is one of the table of loads.
type curveColumn struct {
	room int // the width of a page from which on it is shown
	table.Figures[point]
}

type point = capacity.CurvePoint

// Pages have room for these columns from a width on; the last have it nowhere but where
// there is no width.
const (
	roomy   = 96
	endless = 1000
)

var curveColumns = []curveColumn{
	{endless, table.Figures[point]{Name: "served/s", Of: func(p point) *float64 { return p.SucceededRPS }, Scale: units.RateScale}},
	{roomy, table.Figures[point]{Name: "good/s", Of: func(p point) *float64 { return p.GoodputRPS }, Scale: units.RateScale}},
	{0, table.Figures[point]{Name: "tokens/s", Of: func(p point) *float64 { return p.OutputTPS }, Scale: units.RateScale}},
	{0, table.Figures[point]{Name: "per user", Of: func(p point) *float64 { return p.UserTPS }, Scale: units.RateScale}},
	{endless, table.Figures[point]{Name: "in flight", Of: func(p point) *float64 { return p.InFlight }, Scale: units.RateScale}},
	{roomy, table.Figures[point]{Name: "TTFT p50", Of: func(p point) *float64 { return p.TTFTP50MS }, Scale: units.DurationScale}},
	{0, table.Figures[point]{Name: "TTFT p95", Of: func(p point) *float64 { return p.TTFTP95MS }, Scale: units.DurationScale}},
	{0, table.Figures[point]{Name: "E2E p95", Of: func(p point) *float64 { return p.E2EP95MS }, Scale: units.DurationScale}},
	{endless, table.Figures[point]{Name: "errors", Of: func(p point) *float64 { return p.ErrorRate }, Write: units.Share}},
	{0, table.Figures[point]{Name: "per 1k ok", Of: func(p point) *float64 { return p.PerThousandOKUSD }, Write: units.USD}},
}

// curveTable has a row for each load, and the columns that there is room for. Those
// without a figure are left out.
func curveTable(curve []point, room int) table.Table {
	t := table.Table{Words: 3, Header: []string{"", "load", ""}}
	for _, p := range curve {
		t.Add(stepMark(p.Verdict), loadOf(capacity.Step{RateRPS: p.RateRPS, Concurrency: p.Concurrency}), map[bool]string{true: "◆"}[p.Pareto])
	}
	for _, c := range curveColumns {
		if c.room <= room && len(c.Present(curve)) > 0 {
			c.AddTo(&t, curve)
		}
	}
	return t
}

// writeCurve writes the loads on a page, and which of them are on the front.
func writeCurve(p *page.Page, d *capacity.Document) {
	curve := capacity.Curve(d.Steps)
	if len(curve) == 0 {
		return
	}
	p.Gap()
	p.Table(curveTable(curve, p.Width()))
	if onFront(curve) {
		p.Prose("", p.Dim(frontNote))
	}
}

func onFront(curve []point) bool {
	return slices.ContainsFunc(curve, func(p point) bool { return p.Pareto })
}

// curveBlocks are throughput against what each user gets, and all figures by the load.
func curveBlocks(d *capacity.Document) (blocks []web.Block) {
	curve := capacity.Curve(d.Steps)
	if len(curve) == 0 {
		return nil
	}
	if f := frontFigure(curve); f != nil {
		blocks = append(blocks, web.Block{Figure: f})
	}
	table := web.NewTable("every load that was measured", curveTable(curve, endless))
	for i, p := range curve {
		table.Rows[i].Cells[0].State = stepState(p.Verdict)
	}
	blocks = append(blocks, web.Block{Table: table})
	if onFront(curve) {
		blocks = append(blocks, web.Block{Prose: frontNote})
	}
	return blocks
}

// stepState is a verdict of a step as a colour.
func stepState(v capacity.StepVerdict) web.State {
	return map[capacity.StepVerdict]web.State{capacity.Held: web.Good, capacity.Broke: web.Bad, capacity.Undecided: web.Near}[v]
}

// frontFigure draws each load by its tokens a second for each user and in all; the front
// is a line. nil where no tokens were told.
func frontFigure(curve []point) *web.Figure {
	var front, below, growing []svg.Point
	mostUser, mostAll := 0.0, 0.0
	for _, p := range curve {
		if p.UserTPS == nil || p.OutputTPS == nil {
			continue
		}
		at := svg.Point{X: *p.UserTPS, Y: *p.OutputTPS}
		mostUser, mostAll = max(mostUser, at.X), max(mostAll, at.Y)
		switch {
		case p.Pareto:
			front = append(front, at)
		case p.Growing:
			growing = append(growing, at)
		default:
			below = append(below, at)
		}
	}
	if mostAll == 0 {
		return nil
	}
	slices.SortFunc(front, func(a, b svg.Point) int { return cmp.Compare(a.X, b.X) })
	lines := []svg.Line{{Name: "front", Ink: svg.Accent, Points: front, Dots: true}}
	for _, l := range []svg.Line{{Name: "below it", Ink: svg.Text, Points: below, Apart: true}, {Name: "does not last", Ink: svg.Bad, Points: growing, Apart: true}} {
		if len(l.Points) > 0 {
			lines = append(lines, l)
		}
	}
	const title = "Tokens a second, in all and for each user"
	frame := svg.Frame{ID: "front", Title: title, Height: 220, X: svg.Counts(mostUser*1.02, "each"), Y: svg.Counts(mostAll*1.02, "tok/s"), Desc: frontNote}
	return &web.Figure{Title: title, Key: web.Keys(lines), Chart: svg.Chart{Frame: frame, Lines: unnamed(lines)}.SVG()}
}

// unnamed are lines that a key names, without names at their ends.
func unnamed(lines []svg.Line) []svg.Line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Name = ""
	}
	return lines
}

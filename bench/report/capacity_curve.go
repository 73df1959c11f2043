package report

import (
	"cmp"
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"

	"flashwave/bench/capacity"
	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/units"
)

// frontNote says what the mark of a point on the front means.
const frontNote = "◆ Pareto front: no other load that lasts has more tokens/s without fewer for each user"

// A curveColumn is one of the table of loads.
type curveColumn struct {
	name  string
	room  int // the width of a page from which on it is shown
	of    func(capacity.CurvePoint) *float64
	scale func(...float64) units.Scale // nil: each figure is written by itself
	write func(float64) string
}

// Pages have room for these columns from a width on; the last have it nowhere but where
// there is no width.
const (
	roomy   = 96
	endless = 1000
)

var curveColumns = []curveColumn{
	{name: "served/s", room: endless, of: func(p capacity.CurvePoint) *float64 { return p.SucceededRPS }, scale: units.RateScale},
	{name: "good/s", room: roomy, of: func(p capacity.CurvePoint) *float64 { return p.GoodputRPS }, scale: units.RateScale},
	{name: "tokens/s", of: func(p capacity.CurvePoint) *float64 { return p.OutputTPS }, scale: units.RateScale},
	{name: "per user", of: func(p capacity.CurvePoint) *float64 { return p.UserTPS }, scale: units.RateScale},
	{name: "in flight", room: endless, of: func(p capacity.CurvePoint) *float64 { return p.InFlight }, scale: units.RateScale},
	{name: "TTFT p50", room: roomy, of: func(p capacity.CurvePoint) *float64 { return p.TTFTP50MS }, scale: units.DurationScale},
	{name: "TTFT p95", of: func(p capacity.CurvePoint) *float64 { return p.TTFTP95MS }, scale: units.DurationScale},
	{name: "E2E p95", of: func(p capacity.CurvePoint) *float64 { return p.E2EP95MS }, scale: units.DurationScale},
	{name: "errors", room: endless, of: func(p capacity.CurvePoint) *float64 { return p.ErrorRate }, write: units.Share},
	{name: "per 1k ok", of: func(p capacity.CurvePoint) *float64 { return p.PerThousandOKUSD }, write: units.USD},
}

// curveTable has a row for each load, and the columns that there is room for. Those
// without a figure are left out.
func curveTable(curve []capacity.CurvePoint, room int) table {
	t := table{words: 3, header: []string{"", "load", ""}, rows: make([][]string, len(curve))}
	for i, p := range curve {
		t.rows[i] = []string{stepMark(p.Verdict), loadOf(capacity.Step{RateRPS: p.RateRPS, Concurrency: p.Concurrency}), map[bool]string{true: "◆"}[p.Pareto]}
	}
	for _, c := range curveColumns {
		figures := present(curve, c.of)
		if len(figures) == 0 || c.room > room {
			continue
		}
		name, write := c.name, c.write
		if c.scale != nil {
			scale := c.scale(figures...)
			write = scale.Write
			if scale.Unit != "" {
				name += " " + scale.Unit
			}
		}
		t.header = append(t.header, name)
		for i, p := range curve {
			t.rows[i] = append(t.rows[i], units.Maybe(c.of(p), write))
		}
	}
	return t
}

// curve writes the loads on a page, and which of them are on the front.
func (p *page) curve(d *capacity.Document) {
	curve := capacity.Curve(d.Steps)
	if len(curve) == 0 {
		return
	}
	p.gap()
	curveTable(curve, p.width).write(p)
	if onFront(curve) {
		p.prose("", p.ink.dim(frontNote))
	}
}

func onFront(curve []capacity.CurvePoint) bool {
	return slices.ContainsFunc(curve, func(p capacity.CurvePoint) bool { return p.Pareto })
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
	table := webTable("every load that was measured", curveTable(curve, endless))
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
func frontFigure(curve []capacity.CurvePoint) *web.Figure {
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
			growing = append(growing, at, gap)
		default:
			below = append(below, at, gap)
		}
	}
	if mostAll == 0 {
		return nil
	}
	slices.SortFunc(front, func(a, b svg.Point) int { return cmp.Compare(a.X, b.X) })
	lines := []svg.Line{{Name: "front", Ink: svg.Accent, Points: front, Dots: true}}
	for _, l := range []svg.Line{{Name: "below it", Ink: svg.Plain, Points: below, Dots: true}, {Name: "does not last", Ink: svg.Bad, Points: growing, Dots: true}} {
		if len(l.Points) > 0 {
			lines = append(lines, l)
		}
	}
	const title = "Tokens a second, in all and for each user"
	frame := svg.Frame{ID: "front", Title: title, Height: 220, X: countAxis(mostUser*1.02, "each"), Y: countAxis(mostAll*1.02, "tok/s"), Desc: frontNote}
	return &web.Figure{Title: title, Key: keys(lines), Chart: svg.Chart{Frame: frame, Lines: unnamed(lines)}.SVG()}
}

// unnamed are lines that a key names, without names at their ends.
func unnamed(lines []svg.Line) []svg.Line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Name = ""
	}
	return lines
}

// gap parts points that no line joins.
var gap = svg.Point{Y: math.NaN()}

// curveFields are those of the CSV of a search, in their order. New ones are added at
// the end.
var curveFields = []struct {
	name string
	of   func(capacity.CurvePoint) string
}{
	{"rate_rps", func(p capacity.CurvePoint) string { return maybeNumber(p.RateRPS) }},
	{"concurrency", func(p capacity.CurvePoint) string {
		if p.Concurrency == nil {
			return ""
		}
		return strconv.Itoa(*p.Concurrency)
	}},
	{"steps", func(p capacity.CurvePoint) string { return strconv.Itoa(p.Steps) }},
	{"requests", func(p capacity.CurvePoint) string { return strconv.FormatInt(p.Requests, 10) }},
	{"duration_s", func(p capacity.CurvePoint) string { return number(p.DurationS) }},
	{"verdict", func(p capacity.CurvePoint) string { return string(p.Verdict) }},
	{"offered_rps", func(p capacity.CurvePoint) string { return maybeNumber(p.OfferedRPS) }},
	{"succeeded_rps", func(p capacity.CurvePoint) string { return maybeNumber(p.SucceededRPS) }},
	{"goodput_rps", func(p capacity.CurvePoint) string { return maybeNumber(p.GoodputRPS) }},
	{"error_rate", func(p capacity.CurvePoint) string { return maybeNumber(p.ErrorRate) }},
	{"in_flight", func(p capacity.CurvePoint) string { return maybeNumber(p.InFlight) }},
	{"output_tps", func(p capacity.CurvePoint) string { return maybeNumber(p.OutputTPS) }},
	{"user_tps", func(p capacity.CurvePoint) string { return maybeNumber(p.UserTPS) }},
	{"ttft_p50_ms", func(p capacity.CurvePoint) string { return maybeNumber(p.TTFTP50MS) }},
	{"ttft_p95_ms", func(p capacity.CurvePoint) string { return maybeNumber(p.TTFTP95MS) }},
	{"e2e_p95_ms", func(p capacity.CurvePoint) string { return maybeNumber(p.E2EP95MS) }},
	{"per_1k_ok_usd", func(p capacity.CurvePoint) string { return maybeNumber(p.PerThousandOKUSD) }},
	{"growing", func(p capacity.CurvePoint) string { return strconv.FormatBool(p.Growing) }},
	{"pareto", func(p capacity.CurvePoint) string { return strconv.FormatBool(p.Pareto) }},
}

// writeCapacityCSV writes the curve, a row a load. An empty field is no data.
func writeCapacityCSV(w io.Writer, d *capacity.Document, _ Options) error {
	out := csv.NewWriter(w)
	fields := make([]string, len(curveFields))
	for i, f := range curveFields {
		fields[i] = f.name
	}
	_ = out.Write(fields) // errors stick until Flush
	for _, p := range capacity.Curve(d.Steps) {
		for i, f := range curveFields {
			fields[i] = f.of(p)
		}
		_ = out.Write(fields)
	}
	out.Flush()
	return out.Error()
}

// maybeNumber is number of a figure that may be missing.
func maybeNumber(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}

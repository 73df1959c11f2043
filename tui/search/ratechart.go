package search

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// charts are the charts of figures of the steps by their rates: their titles, and the
// figures; nil: the metric of the SLO.
var charts = map[int]struct {
	title string
	of    func(capacity.Step) *float64
}{
	latencyPanel:  {title: "p95"},
	servedPanel:   {"served/s", func(s capacity.Step) *float64 { return s.SucceededRPS }},
	inFlightPanel: {"in flight", func(s capacity.Step) *float64 { return s.InFlightMean }},
}

// A spot is a step in a chart.
type spot struct {
	x, y    float64
	verdict capacity.StepVerdict
	closed  bool // so many requests in flight all the time, among steps by rate
	picked  bool // it has the cursor
}

// leading is the latency SLO that the chart is about, and its metric.
func (s Model) leading() (bound *slo.Expr, of func(capacity.Step) *result.Latency, name string) {
	of, name = func(s capacity.Step) *result.Latency { return s.Latency.TTFT }, "TTFT p95"
	for _, text := range s.snap.SLOs {
		e, err := slo.Parse(text.Expr)
		if err != nil || !e.Latency() || e.Service || e.Metric != slo.TTFT && e.Metric != slo.E2E {
			continue
		}
		if e.Metric == slo.E2E {
			of, name = func(s capacity.Step) *result.Latency { return s.Latency.E2E }, "E2E p95"
		}
		return &e, of, name
	}
	return nil, of, name
}

// spots are the steps by their loads. Those of so many requests in flight stand among
// rates by what they served, and stay there when the search goes on.
func (s Model) spots(y func(capacity.Step) *float64) (list []spot) {
	for i, st := range s.snap.Steps {
		v := y(st)
		x, ok := st.Tried()
		closed := !ok && s.snap.By != capacity.InFlight && st.Kind == capacity.Ramp
		switch {
		case closed && st.SucceededRPS != nil:
			x, ok = *st.SucceededRPS, true
		case !ok && s.snap.By == capacity.InFlight && st.Concurrency != nil && st.Kind == capacity.Ramp:
			x, ok = float64(*st.Concurrency), true
		}
		if ok && v != nil {
			list = append(list, spot{x, *v, st.Verdict, closed, s.picked > 0 && i == s.cursor()})
		}
	}
	slices.SortStableFunc(list, func(a, b spot) int { return cmp.Compare(a.x, b.x) })
	return list
}

// opened are the spots that a line leads through.
func opened(list []spot) []spot {
	return slices.DeleteFunc(slices.Clone(list), func(sp spot) bool { return sp.closed })
}

// scale is what the charts are drawn over, in words.
func (s Model) scale() string {
	if s.snap.By == capacity.InFlight {
		return " by requests in flight"
	}
	return " by rate"
}

// rateChart draws a chart of the steps, each of them a mark, the bracket shaded.
func (s Model) rateChart(p draw.Pen, kind, width, height int) []string {
	inner := width - 4
	columns, rows := draw.PlotColumns(inner), height-3
	title, of := charts[kind].title+s.scale(), charts[kind].of
	var bound *float64
	if of == nil {
		e, latency, name := s.leading()
		title = name + s.scale() + ", ms"
		of = func(st capacity.Step) *float64 {
			if l := latency(st); l != nil {
				return new(l.P95)
			}
			return nil
		}
		if e != nil {
			bound = &e.Value
		}
	}
	spots := s.spots(of)
	if len(spots) == 0 || spots[len(spots)-1].x <= 0 || columns < 4 || rows < 3 { // nothing served has no place
		return p.Nothing(title, width, height)
	}
	top := 0.0
	for _, sp := range spots {
		top = max(top, sp.y)
	}
	if bound != nil {
		top = max(min(top, 2.5**bound), 1.2**bound)
	}
	most := max(spots[len(spots)-1].x*1.05, min(s.snap.Peak*1.05, spots[len(spots)-1].x*2))
	column := func(x float64) int { return int(math.Round(x / most * float64(columns-1))) }
	scale := draw.NewLinearScale(top, rows)
	lines := []draw.Line{{Name: "", Values: traceOf(opened(spots), columns, column, scale.Top), Style: p.Style.P95, Stroke: p.Glyph.Solid}}
	if bound != nil {
		lines = append([]draw.Line{{Name: "", Values: slices.Repeat([]float64{*bound}, columns), Style: p.Style.Muted, Stroke: p.Glyph.Dotted}}, lines...)
	}
	body := p.PlotOn(scale, lines, nil, inner, rows)
	s.shade(body, column, columns)
	for _, sp := range spots {
		row := int(math.Round(float64(rows-1) * (1 - min(1, sp.y/scale.Top))))
		body[row] = draw.Over(body[row], s.mark(sp), draw.At(draw.Gutter+2+column(sp.x), 0, 1, 1), inner)
	}
	body = append(body, s.rateRuler(most, column, columns))
	note, key := "", ""
	if bound != nil {
		note = p.Label("SLO "+p.Glyph.Dotted.Horizontal+" ") + p.Style.Text.Render(strings.TrimSpace(units.Tabular(*bound)))
	}
	if s.snap.Low != nil && s.snap.High != nil {
		key = p.Label(p.Glyph.Shades[0] + " the edge")
	}
	return p.Titled([]string{title}, []string{p.Spread([]string{key, note}, 3, width), note}, body, width, height)
}

// traceOf is the line through spots, straight from one to the next.
func traceOf(spots []spot, columns int, column func(float64) int, top float64) []float64 {
	values := slices.Repeat([]float64{math.NaN()}, columns)
	for i, sp := range spots {
		at := column(sp.x)
		values[at] = min(sp.y, top)
		if i == 0 {
			continue
		}
		from := column(spots[i-1].x)
		for c := from + 1; c < at; c++ {
			share := float64(c-from) / float64(at-from)
			values[c] = min(spots[i-1].y+(sp.y-spots[i-1].y)*share, top)
		}
	}
	return values
}

// mark is a step in a chart; the one with the cursor has its mark.
func (s Model) mark(sp spot) string {
	p := s.pen
	style := p.Style.Of(gradeOf(sp.verdict))
	switch {
	case sp.picked:
		return style.Bold().Render(p.Glyph.Pointer)
	case sp.closed:
		return style.Render(p.Glyph.Dash)
	}
	return p.Marked(gradeOf(sp.verdict))
}

// shade marks the rates between the highest that holds and the lowest that does not.
func (s Model) shade(body []string, column func(float64) int, columns int) {
	low, high := s.snap.Low, s.snap.High
	if low == nil || high == nil {
		return
	}
	from, to := max(0, column(*low)), min(columns-1, column(*high))
	for i, row := range body {
		text := []rune(ansi.Strip(row))
		for c := from; c <= to; c++ {
			n := 0 // empty cells in a row
			for at := draw.Gutter + 2 + c; c+n <= to && (at+n >= len(text) || text[at+n] == ' '); n++ {
			}
			if n > 0 {
				shade := s.pen.Style.Frame.Render(strings.Repeat(s.pen.Glyph.Shades[0], n))
				body[i] = draw.Over(body[i], shade, draw.At(draw.Gutter+2+c, 0, n, 1), draw.Gutter+2+columns)
				c += n
			}
		}
	}
}

// rateRuler names the rates under a chart, and where the demand peaks.
func (s Model) rateRuler(most float64, column func(float64) int, columns int) string {
	var ticks []draw.Tick
	if peak := s.snap.Peak; peak > 0 && peak <= most {
		ticks = append(ticks, draw.Tick{Column: column(peak), Text: "peak " + units.PerSecond(peak)})
	}
	step := draw.RoundUp(most / 4)
	for x := 0.0; x <= most; x += step {
		ticks = append(ticks, draw.Tick{Column: column(x), Text: units.Rate(x)})
	}
	return s.pen.Ticks(ticks, columns)
}

// waits is the demand as it was foretold, in the shape in which it was rehearsed if it was;
// nil: who waits is not known.
func (s Model) waits() *forecast.Forecast {
	f := s.snap.Document.Forecast
	if r := s.snap.Document.Rehearsal; r != nil && r.Forecast != nil {
		f = r.Forecast
	}
	if f == nil || f.Simulated == nil {
		return nil
	}
	return f
}

// backlog draws who waits over time, as the simulation has it and, after a
// rehearsal, as it was.
func (s Model) backlog(p draw.Pen, width, height int) []string {
	const title = "requests waiting, as forecast"
	inner, rows := width-4, height-3
	columns := draw.PlotColumns(inner)
	f := s.waits()
	if f == nil || columns < 4 || rows < 3 {
		return p.Nothing(title, width, height)
	}
	if len(f.Simulated.Curve) == 0 {
		return p.Panel(title, "", []string{p.Style.Text.Render("nobody waits")}, width, height)
	}
	var measured []forecast.Waiting
	if r := s.snap.Document.Rehearsal; r != nil {
		measured = r.Curve
	}
	end := f.Simulated.Curve[len(f.Simulated.Curve)-1].TS
	for _, point := range measured {
		end = max(end, point.TS)
	}
	axis := draw.NewTimeAxis(0, end, columns, false)
	lines := []draw.Line{{Name: "forecast", Values: waitingAt(f.Simulated.Curve, axis), Style: p.Style.Strong, Stroke: p.Glyph.Solid}}
	if measured != nil {
		lines = append(lines, draw.Line{Name: "measured", Values: waitingAt(measured, axis), Style: p.Style.P95, Stroke: p.Glyph.Dotted})
	}
	body := p.Plot(lines, nil, inner, rows)
	if body == nil {
		return p.Nothing(title, width, height)
	}
	return p.Titled([]string{title}, []string{p.Legend(lines, nil)}, append(body, p.TimeRuler(axis, end)), width, height)
}

// waitingAt reads a backlog at the columns of an axis.
func waitingAt(curve []forecast.Waiting, axis draw.TimeAxis) []float64 {
	values, k := make([]float64, axis.Columns), 0
	for c := range values {
		at := axis.From + (float64(c)+0.5)*axis.Step
		for k+1 < len(curve) && curve[k+1].TS <= at {
			k++
		}
		values[c] = curve[k].Waiting
	}
	return values
}

package live

import (
	"flashwave/bench/result"
	"flashwave/tui/draw"
)

// curveLines are the curves of the percentiles of TTFT and E2E. The time that does
// not lead is dotted.
func (p pen) curveLines(c result.Curves, service bool, columns int) []draw.Line {
	trace := func(curve result.Curve) []float64 { return curve.Over(columns) }
	e2e, e2eOther := c.E2E.Response, c.E2E.Service
	ttft, ttftOther := c.TTFT.Response, c.TTFT.Service
	if service {
		e2e, e2eOther, ttft, ttftOther = e2eOther, e2e, ttftOther, ttft
	}
	return []draw.Line{
		{Name: timeName(!service), Values: trace(e2eOther), Style: p.Style.Muted, Stroke: p.Glyph.Dotted},
		{Name: "", Values: trace(ttftOther), Style: p.Style.Muted, Stroke: p.Glyph.Dotted},
		{Name: "TTFT", Values: trace(ttft), Style: p.Style.Text, Stroke: p.Glyph.Solid},
		{Name: "E2E", Values: trace(e2e), Style: p.Style.Strong, Stroke: p.Glyph.Heavy},
	}
}

// drawCurve draws latency over percentiles, each nine as wide as any other: TTFT
// and E2E of the requests in view.
func (p pen) drawCurve(s result.Snapshot, service bool, width, height int) []string {
	inner, rows := width-4, height-2
	if rows >= 3 {
		rows--
	}
	titles := []string{"latency by percentile, " + windowName(s), "by percentile, " + windowName(s), "by percentile"}
	lines := p.curveLines(s.Curves, service, draw.PlotColumns(inner))
	low, high := draw.Extent(lines)
	if high <= 0 || draw.PlotColumns(inner) < 1 || rows < 2 {
		return p.Nothing(titles[0], width, height)
	}
	body := p.PlotOn(draw.LogScale{Low: low, High: high, Rows: rows}, lines, nil, inner, rows)
	body = append(body, p.PercentileRuler(draw.PlotColumns(inner), result.CurveShare))
	legend := p.Legend(lines, nil)
	return p.Titled(titles, []string{legend}, body, width, height)
}

package tui

import (
	"math"
	"strings"

	"flashwave/bench/result"
)

// curveTicks are the percentiles that the axis of the percentile curve names.
var curveTicks = []struct {
	q    float64
	name string
}{{0, "p0"}, {0.5, "50"}, {0.9, "90"}, {0.99, "99"}, {0.999, "99.9"}, {0.9999, "99.99"}, {0.95, "95"}, {0.75, "75"}}

// curveLines are the curves of the percentiles of TTFT and E2E. The time that does
// not lead is dotted.
func (p pen) curveLines(c result.Curves, service bool, columns int) []line {
	trace := func(curve result.Curve) []float64 { return traced(curve, columns) }
	e2e, e2eOther := c.E2E.Response, c.E2E.Service
	ttft, ttftOther := c.TTFT.Response, c.TTFT.Service
	if service {
		e2e, e2eOther, ttft, ttftOther = e2eOther, e2e, ttftOther, ttft
	}
	return []line{
		{name: timeName(!service), values: trace(e2eOther), style: p.style.muted, pen: p.glyph.dotted},
		{name: "", values: trace(ttftOther), style: p.style.muted, pen: p.glyph.dotted},
		{name: "TTFT", values: trace(ttft), style: p.style.text, pen: p.glyph.solid},
		{name: "E2E", values: trace(e2e), style: p.style.strong, pen: p.glyph.heavy},
	}
}

// traced is a curve read at a number of columns.
func traced(curve result.Curve, columns int) []float64 {
	values := make([]float64, columns)
	for x := range values {
		ms, ok := curve.At(float64(x) / float64(max(1, columns-1)) * (result.CurvePoints - 1))
		if values[x] = ms; !ok {
			values[x] = math.NaN()
		}
	}
	return values
}

// drawCurve draws latency over percentiles, each nine as wide as any other: TTFT
// and E2E of the requests in view.
func (p pen) drawCurve(s result.Snapshot, service bool, width, height int) []string {
	inner, rows := width-4, height-2
	if rows >= 3 {
		rows--
	}
	titles := []string{"latency by percentile, " + windowName(s), "by percentile, " + windowName(s), "by percentile"}
	lines := p.curveLines(s.Curves, service, plotColumns(inner))
	low, high := spread(lines)
	if high <= 0 || plotColumns(inner) < 1 || rows < 2 {
		return p.nothing(titles[0], width, height)
	}
	body := p.plotOn(logScale{low, high, rows}, lines, nil, inner, rows)
	body = append(body, p.curveRuler(plotColumns(inner)))
	legend := p.legend(lines, nil)
	return p.titled(titles, []string{legend}, body, width, height)
}

// spread is from the smallest value of lines to the greatest, at least a factor of
// three; nought if there is none.
func spread(lines []line) (low, high float64) {
	low = math.Inf(1)
	for _, l := range lines {
		for _, v := range l.values {
			if v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if high > 0 && high < 3*low {
		middle := math.Sqrt(low * high)
		low, high = middle/math.Sqrt(3), middle*math.Sqrt(3)
	}
	return low, high
}

// curveRuler names the percentiles under the curve, as many as there is room for.
func (p pen) curveRuler(cells int) string {
	ruler := []rune(strings.Repeat(" ", gutter+2+cells))
	for _, tick := range curveTicks {
		at := gutter + 2 + int(math.Round(result.CurveIndex(tick.q)/(result.CurvePoints-1)*float64(cells-1)))
		from := min(at-len(tick.name)/2, len(ruler)-len(tick.name))
		if tick.q == 0 {
			from = at
		}
		room := ruler[max(0, from-1):min(len(ruler), from+len(tick.name)+1)]
		if strings.TrimSpace(string(room)) == "" && from >= 0 {
			copy(ruler[from:], []rune(tick.name))
		}
	}
	return p.label(strings.TrimRight(string(ruler), " "))
}

// titled is a panel with the longest of its titles and notes that fit together.
func (p pen) titled(titles, notes, body []string, width, height int) []string {
	for _, note := range notes {
		for _, title := range titles {
			if cells(title)+cells(note)+11 <= width {
				return p.panel(title, note, body, width, height)
			}
		}
	}
	return p.panel(titles[0], "", body, width, height)
}

// nothing is a panel without data.
func (p pen) nothing(title string, width, height int) []string {
	var body []string
	for range (height - 3) / 2 {
		body = append(body, "")
	}
	const text = "no data yet"
	body = append(body, strings.Repeat(" ", max(0, (width-4-len(text))/2))+p.style.faint.Render(text))
	return p.panel(title, "", body, width, height)
}

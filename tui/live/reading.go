package live

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// reading says what was at the instant that the cursor points at, in so many lines at
// most: the percentiles of the chart's latency (of TTFT where it has none), the load, and
// what happened.
func (p pen) reading(s result.Snapshot, kind chartKind, o outlook, width, height int) (lines []string) {
	if height < 1 {
		return nil
	}
	parts := []string{p.Style.Mark.Render(p.Glyph.Pointer + " " + units.Clock(draw.Seconds(o.cursor)))}
	row, ok := rowAt(s.Series, o.cursor)
	if !ok {
		return []string{p.Spread(append(parts, p.Style.Faint.Render("no data")), 2, width)}
	}
	src, ok := bandSources[kind]
	if !ok {
		src = bandSources[chartTTFT]
	}
	if l := src.of(row.Latency, o.service); l != nil && l.Count > 0 {
		for _, f := range []figure{{"p50", l.P50, false, p.Style.P50}, {"p95", l.P95, false, p.Style.P95}, {"p99", l.P99, false, p.Style.P99}, {"max", l.Max, false, p.Style.Strong}} {
			parts = append(parts, p.Label(f.name+" ")+f.style.Render(strings.TrimSpace(units.Tabular(f.value))))
		}
		parts[len(parts)-1] += p.Label(" ms")
	}
	parts = append(parts, p.Pair("offered", units.PerSecond(row.OfferedRPS)), p.Pair("open", units.Count(row.InFlight)))
	for _, e := range s.Events {
		if e.TS >= row.TS && e.TS < row.TS+row.StepS {
			parts = append(parts, p.eventStyle(e.Kind).Render(draw.Clean(e.Text)))
		}
	}
	parts = append(parts, p.Pair("done", units.PerSecond(row.CompletedRPS)))
	if row.FailedRPS > 0 {
		parts = append(parts, p.Label("failed ")+p.Style.Bad.Render(units.PerSecond(row.FailedRPS)))
	}
	return p.flowed(parts, width, height)
}

// flowed puts parts one after the other in lines, as many as there is room for.
func (p pen) flowed(parts []string, width, height int) (lines []string) {
	for len(parts) > 0 && len(lines) < height {
		n := 1
		for n < len(parts) && draw.Cells(strings.Join(parts[:n+1], "  ")) <= width {
			n++
		}
		lines = append(lines, p.Cut(strings.Join(parts[:n], "  "), width))
		parts = parts[n:]
	}
	return lines
}

// rowAt is the row of an instant, in seconds.
func rowAt(rows []result.Row, at float64) (result.Row, bool) {
	for _, r := range rows {
		if at >= r.TS && at < r.TS+r.StepS {
			return r, true
		}
	}
	return result.Row{}, false
}

package live

import (
	"math"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A bandSource is a latency that charts show over time.
type bandSource struct {
	name, title string
	of          func(l result.RowLatencies, service bool) *result.RowPercentile
}

var bandSources = map[chartKind]bandSource{
	chartTTFT: {"ttft", "time to first token", func(l result.RowLatencies, service bool) *result.RowPercentile { return pick(l.TTFT, service) }},
	chartE2E:  {"e2e", "end to end", func(l result.RowLatencies, service bool) *result.RowPercentile { return pick(l.E2E, service) }},
	chartITL:  {"itl", "between tokens", func(l result.RowLatencies, _ bool) *result.RowPercentile { return l.ITL }},
}

// drawBand draws a latency over time: from p50 to p99 as a band, and on it the line of
// what its SLO is on, p95 without one.
func (p pen) drawBand(s result.Snapshot, kind chartKind, o outlook, width, height int) []string {
	src := bandSources[kind]
	f := p.newFrame(s, kind, o, width, height)
	fine := f.axis.Halves()
	read := func(stat string) []float64 {
		return fine.Sample(len(s.Series), func(i int) draw.Stretch {
			row := s.Series[i]
			v, ok := percentile(src.of(row.Latency, o.service), stat)
			if !ok {
				v = math.NaN()
			}
			return draw.Stretch{From: row.TS, Length: row.StepS, Value: v}
		}, draw.Highest)
	}
	bound, stat := p.alarm(s.SLOs, src.name, o.service)
	lines := []draw.Line{
		{Name: "p50", Values: read("p50"), Style: p.Style.P50},
		{Name: "p95", Values: read("p95"), Style: p.Style.P95},
		{Name: "p99", Values: read("p99"), Style: p.Style.P99},
	}
	top := draw.HighestValue(lines)
	if math.IsNaN(top) {
		return p.Nothing(src.title+", ms", width, height)
	}
	unit, ms := "ms", 1.0
	if src.slowest(s.Series, o.service) >= 10e3 {
		unit, ms = "s", 1e3
	}
	for _, l := range lines {
		for i := range l.Values {
			l.Values[i] /= ms
		}
	}
	lead := lines[slices.IndexFunc(lines, func(l draw.Line) bool { return l.Name == stat })]
	b := draw.Band{Low: lines[0].Values, High: lines[2].Values, Line: lead.Values, Style: lead.Style, Cursor: f.cursor}
	top /= ms
	if bound != nil {
		scaled := *bound / ms
		b.Bound = &scaled
		if scaled <= 3*top {
			top = max(top, scaled)
		}
	}
	body := p.Band(draw.NewLinearScale(top, f.rows), b, f.inner, f.rows)
	titles := []string{src.title + ", " + unit, strings.ToUpper(src.name) + ", " + unit}
	notes := []string{p.bandKey(lines, stat, b.Bound, true), p.bandKey(lines, stat, b.Bound, false)}
	if s.Verdict != nil {
		notes = notes[1:]
	}
	notes = append(notes, lead.Style.Render(stat))
	return p.Titled(titles, notes, append(body, f.foot()...), width, height)
}

// slowest is the highest p99 of a whole run, whatever of it is in view: a unit that was
// left does not come back.
func (b bandSource) slowest(rows []result.Row, service bool) (ms float64) {
	for _, row := range rows {
		if v, ok := percentile(b.of(row.Latency, service), "p99"); ok {
			ms = max(ms, v)
		}
	}
	return ms
}

// alarm is the tightest bound on one of the percentiles that rows keep, and which it is;
// p95 without one.
func (p pen) alarm(slos []result.SLOStatus, name string, service bool) (bound *float64, stat string) {
	kept := slices.DeleteFunc(slices.Clone(slos), func(o result.SLOStatus) bool { return !slices.Contains([]string{"p50", "p95", "p99"}, o.Stat) })
	stat = "p95"
	if bound = tightest(kept, name, service); bound != nil {
		i := slices.IndexFunc(kept, func(o result.SLOStatus) bool { return o.Metric == name && o.Bound == *bound })
		stat = kept[i].Stat
	}
	return bound, stat
}

// newest is the last value of a line; NaN if there is none.
func newest(values []float64) float64 {
	for _, v := range slices.Backward(values) {
		if !math.IsNaN(v) {
			return v
		}
	}
	return math.NaN()
}

// bandKey names what a band is of, with the newest values if so asked.
func (p pen) bandKey(lines []draw.Line, stat string, bound *float64, values bool) string {
	var parts []string
	for _, l := range lines {
		text := l.Name
		if v := newest(l.Values); values && !math.IsNaN(v) {
			text += " " + units.Figure(v)
		}
		if l.Name == stat {
			text = p.Glyph.Heavy.Horizontal + " " + text
		}
		parts = append(parts, l.Style.Render(text))
	}
	if bound != nil {
		parts = append(parts, p.Label("SLO ")+p.Style.Text.Render(strings.TrimSpace(units.Tabular(*bound))))
	}
	return strings.Join(parts, "  ")
}

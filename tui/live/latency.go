package live

import (
	"fmt"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A metric is one latency of the table: its SLO name, its word on the screen,
// and where its figures are. Metrics that are timed from one instant alone have
// the same figures in both.
type metric struct {
	name, word        string
	response, service *result.Latency
}

// metrics lists the latencies in the order in which space runs out.
func metrics(l result.Latencies) []metric {
	list := []metric{
		{"ttft", "TTFT", l.TTFT.Response, l.TTFT.Service},
		{"e2e", "E2E", l.E2E.Response, l.E2E.Service},
		{"itl", "ITL", l.ITL, l.ITL},
		{"tpot", "TPOT", l.TPOT, l.TPOT},
		{"stall", "stall", l.Stall, l.Stall},
		{"queue", "queue", l.Queue, l.Queue},
		{"connect", "connect", l.Connect, l.Connect},
		{"ttfa", "TTFA", l.TTFA.Response, l.TTFA.Service},
	}
	return list
}

// of is the metric's response or service time.
func (m metric) of(service bool) *result.Latency {
	if service {
		return m.service
	}
	return m.response
}

// timeName names a kind of time.
func timeName(service bool) string {
	if service {
		return "service"
	}
	return "response"
}

// latency draws the table of latencies: one unit for all of it, so that every
// figure compares with every other.
func (p pen) latency(s result.Snapshot, o outlook, width, height int) []string {
	service := o.service
	inner, rows := width-4, height-3 // the frame, and the heading
	list := metrics(s.Window.Latency)
	other := rows > 4 // a line for the other kind of time
	if other {
		rows--
	}
	list = list[:max(0, min(rows, len(list)))]
	t := p.newLatencyTable(o, inner)
	body := []string{t.heading()}
	for _, m := range list {
		body = append(body, t.row(m, p.sloNote(s.SLOs, m.name, service, t.noteWidth)))
	}
	if other {
		for len(body) < rows+1 {
			body = append(body, "")
		}
		body = append(body, p.otherTime(s.Window.Latency, !service, t))
	}
	note := p.Style.Text.Render(timeName(service)) + p.Label(" "+p.Glyph.Dash+" "+windowName(s))
	return p.Panel("latency, "+t.unit, note, body, width, height)
}

// A latencyTable is the shape of the table: its unit and its columns.
type latencyTable struct {
	pen
	service   bool
	unit      string
	scale     float64 // milliseconds per unit
	name      int     // width of the first column
	widths    []int   // of the columns of figures that have room
	noteWidth int
}

// newLatencyTable fits the table into a width. Its columns depend on nothing else, so
// that no figure moves them; where they have no room, the maxima give way.
func (p pen) newLatencyTable(o outlook, width int) latencyTable {
	t := latencyTable{pen: p, service: o.service, unit: "ms", scale: 1, name: 8, widths: []int{8, 8, 8, 8}}
	if o.seconds {
		t.unit, t.scale = "s", 1e3
	}
	if width < 50 {
		t.name = 5
	}
	for range 4 {
		if t.width()+4+leastNote > width {
			break
		}
		for i := range t.widths {
			t.widths[i]++
		}
	}
	if t.width()+2 > width {
		t.widths = t.widths[:3]
	}
	t.noteWidth = max(0, width-t.width()-1)
	return t
}

// leastNote is room for a blank and an SLO.
const leastNote = 16

// width is that of the names and the figures.
func (t latencyTable) width() int {
	width := t.name
	for _, w := range t.widths {
		width += w
	}
	return width
}

// inSeconds reports whether a table that was in one unit should be in seconds now: it
// changes late, so that it does not do so to and fro.
func inSeconds(l result.Latencies, service, was bool) bool {
	least := smallestMedian(metrics(l), service)
	return least >= 10e3 || was && least >= 8e3
}

// smallestMedian is the smallest p50 of the metrics that are never instant; 0
// if there are none.
func smallestMedian(list []metric, service bool) float64 {
	least := 0.0
	for _, m := range list {
		if l := m.of(service); l != nil && l.Count > 0 && l.P50 > 0 && (least == 0 || l.P50 < least) {
			least = l.P50
		}
	}
	return least
}

// heading names the columns, each percentile in its colour.
func (t latencyTable) heading() string {
	line := strings.Repeat(" ", t.name)
	for i, f := range t.figures(nil) {
		// A figure ends in two cells of decimals or of blanks.
		line += f.style.Render(draw.Right(f.name, t.widths[i]-2)) + "  "
	}
	if t.noteWidth >= 3 {
		line += t.Label(" SLO")
	}
	return line
}

// row draws one metric and its SLOs.
func (t latencyTable) row(m metric, note string) string {
	l := m.of(t.service)
	line := t.Style.Text.Render(draw.Left(m.word, t.name))
	for i, f := range t.figures(l) {
		line += f.draw(t, t.widths[i])
	}
	return line + " " + note
}

// A column of figures: its name, the value in one row, its style.
type figure struct {
	name  string
	value float64
	empty bool
	style draw.Ink
}

// figures are the columns; of a nil latency, without their values.
func (t latencyTable) figures(l *result.Latency) []figure {
	empty := l == nil || l.Count == 0
	if empty {
		l = &result.Latency{}
	}
	list := []figure{
		{"p50", l.P50, empty, t.Style.P50},
		{"p95", l.P95, empty, t.Style.P95},
		{"p99", l.P99, empty, t.Style.P99},
		{"max", l.Max, empty, t.Style.Strong},
	}
	if empty {
		list[3].style = t.Style.Muted
	}
	return list[:len(t.widths)]
}

// draw writes the value in its column, aligned at the decimal point.
func (f figure) draw(t latencyTable, width int) string {
	if f.empty {
		return t.Style.Faint.Render(draw.Right(t.Glyph.None+"  ", width))
	}
	text := units.Tabular(f.value / t.scale)
	if len(text) > width {
		text = units.Narrow(f.value/t.scale, 0, width-2) + "  "
	}
	return f.style.Render(draw.Right(text, width))
}

// otherTime is the line of the time that does not lead.
func (p pen) otherTime(l result.Latencies, service bool, t latencyTable) string {
	heading := t.figures(nil)
	parts := []string{p.Label(timeName(service)+" time ") + heading[1].style.Render("p95") + " " + heading[2].style.Render("p99")}
	for _, m := range metrics(l)[:2] {
		text := p.Label(m.word)
		for _, f := range t.figures(m.of(service))[1:3] {
			value := t.Glyph.None
			if !f.empty {
				value = strings.TrimSpace(units.Tabular(f.value / t.scale))
			}
			text += " " + f.style.Render(value)
		}
		parts = append(parts, text)
	}
	return p.Spread(parts, 3, t.width()+1+t.noteWidth)
}

// sloNote draws the SLOs on one metric in a width: the worst one in full, of
// the others how many there are.
func (p pen) sloNote(slos []result.SLOStatus, name string, service bool, width int) string {
	var worst *result.SLOStatus
	others := -1
	for _, s := range slos {
		if s.Metric != name || s.Kind != "" || s.Service != service && (name == "ttft" || name == "ttfa" || name == "e2e") {
			continue
		}
		others++
		if worst == nil || liveGrade(s) > liveGrade(*worst) {
			worst = &s
		}
	}
	if worst == nil || width < 1 {
		return ""
	}
	g := liveGrade(*worst)
	full := fmt.Sprintf("%s %s %s", worst.Stat, worst.Op, units.Bound(worst.Bound, worst.Unit))
	tight := strings.ReplaceAll(full, " ", "")
	style := p.Style.Muted
	if g == draw.Bad {
		style = p.Style.Bad
	}
	wave := ""
	if worst.Wave != "" {
		wave = " in " + draw.Clean(worst.Wave)
	}
	more := ""
	if others > 0 {
		more = fmt.Sprintf(" +%d", others)
	}
	for _, text := range []string{full + wave + more, full + wave, full + more, full, tight + more, tight, worst.Stat} {
		if draw.Cells(text)+2 <= width {
			return p.Marked(g) + " " + style.Render(text)
		}
	}
	return p.Marked(g)
}

package live

import (
	"math"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A heatmap is how many requests had which latency, over time: what percentile
// lines hide, such as a second mode, shows in it. Time runs to the right, the
// latency upwards on a logarithmic scale, and a denser shade is more requests.
type heatmap struct {
	pen
	span    draw.TimeAxis
	columns []result.Heat // a column of cells each; nil: no data
	rows    int
	shades  []draw.Shade

	low, high int // the buckets in view, high excluded
	band      int // buckets to a row
	tall      int // or rows to a bucket, where there is room to spare
	most      uint32
}

// leastBuckets is how many buckets a map shows at least: half a decade either way.
const leastBuckets = 16

// newHeatmap adds up the heat of rows in columns and rows of cells. ok is false
// where there is none.
func (p pen) newHeatmap(s result.Snapshot, of func(result.RowHeat) result.Heat, axis draw.TimeAxis, rows int) (m heatmap, ok bool) {
	cells := axis.Columns
	m = heatmap{pen: p, span: axis, columns: make([]result.Heat, cells), rows: rows, shades: p.Shades()}
	m.low, m.high = result.HeatBuckets, 0
	for _, row := range s.Series {
		if row.Heat == nil || row.StepS <= 0 {
			continue
		}
		heat := of(*row.Heat)
		first, last := m.span.Overlap(row.TS, row.TS+row.StepS)
		for c := first; c <= last && heat != nil; c++ {
			m.add(c, heat)
		}
	}
	if m.low >= m.high || rows < 2 || cells < 1 {
		return m, false
	}
	m.fit()
	return m, true
}

// add counts a row's heat in a column.
func (m *heatmap) add(column int, heat result.Heat) {
	if m.columns[column] == nil {
		m.columns[column] = make(result.Heat, result.HeatBuckets)
	}
	sum := m.columns[column]
	for i, n := range heat {
		if n > 0 {
			sum[i] += n
			m.low, m.high = min(m.low, i), max(m.high, i+1)
		}
	}
}

// fit maps the buckets in view to rows, and finds the fullest cell.
func (m *heatmap) fit() {
	for m.high-m.low < leastBuckets {
		m.low, m.high = max(0, m.low-1), min(result.HeatBuckets, m.high+1)
	}
	n := m.high - m.low
	m.band, m.tall = max(1, (n+m.rows-1)/m.rows), max(1, m.rows/n)
	for c := range m.columns {
		for row := 0; row < m.rows; row += m.tall {
			m.most = max(m.most, m.count(c, row))
		}
	}
}

// count is the requests in one cell; rows count from the bottom.
func (m *heatmap) count(column, row int) (n uint32) {
	from := m.low + row/m.tall*m.band
	for i := from; i < min(from+m.band, m.high) && m.columns[column] != nil; i++ {
		n += m.columns[column][i]
	}
	return n
}

// level is the shade of a count: 0 for none. Shades are logarithmic: a single
// request shows beside thousands.
func (m *heatmap) level(n uint32) int {
	of := len(m.shades)
	switch {
	case n == 0:
		return 0
	case m.most <= 1:
		return (of + 1) / 2
	default:
		return 1 + int(math.Round(math.Log(float64(n))/math.Log(float64(m.most))*float64(of-1)))
	}
}

// scale is the latency of the middle of the lowest and of the highest row, in
// milliseconds.
func (m *heatmap) scale() draw.LogScale {
	from, _ := result.HeatBounds(m.low)
	a, _ := result.HeatBounds(0)
	b, _ := result.HeatBounds(1)
	ratio := math.Log(float64(b) / float64(a))
	row := ratio * float64(m.band) / float64(m.tall)
	middle := result.Millis(from) * math.Exp(row/2)
	return draw.LogScale{Low: middle, High: middle * math.Exp(row*float64(m.rows-1)), Rows: m.rows}
}

// lines draws the map with its axis; where it is empty, the bound of an SLO goes
// through it.
func (m *heatmap) lines(bound *float64) []string {
	scale, lines := m.scale(), make([]string, m.rows)
	labels, at := scale.Labels(), -1
	if bound != nil {
		at = int(math.Round(float64(m.rows-1) * (1 - scale.Place(*bound))))
	}
	for i := range lines {
		blank := " "
		if i == at {
			blank = m.Glyph.Dotted.Horizontal
		}
		lines[i] = m.Axis(labels, i) + m.row(m.rows-1-i, blank)
	}
	return lines
}

// row draws one row of cells, counted from the bottom: a run of one shade at a
// time.
func (m *heatmap) row(row int, blank string) string {
	var b strings.Builder
	for c := 0; c < len(m.columns); {
		level, n := m.level(m.count(c, row)), 1
		for c+n < len(m.columns) && m.level(m.count(c+n, row)) == level {
			n++
		}
		if level == 0 {
			b.WriteString(m.Label(strings.Repeat(blank, n)))
		} else {
			b.WriteString(m.shades[level-1].Draw(n))
		}
		c += n
	}
	return b.String()
}

// key says what the shades mean: from one request to the most in a cell.
func (m *heatmap) key() string {
	var b strings.Builder
	for _, s := range m.shades {
		b.WriteString(s.Draw(1))
	}
	return m.Label("1 ") + b.String() + " " + m.Style.Text.Render(units.Count(m.most))
}

// drawHeat draws the heatmap of TTFT or E2E in its frame.
func (p pen) drawHeat(s result.Snapshot, kind chartKind, o outlook, width, height int) []string {
	titles, name := []string{"time to first token, how many", "TTFT, how many", "TTFT"}, "ttft"
	if kind == chartE2EHeat {
		titles, name = []string{"end to end, how many", "E2E, how many", "E2E"}, "e2e"
	}
	of := func(h result.RowHeat) result.Heat {
		pair := h.TTFT
		if kind == chartE2EHeat {
			pair = h.E2E
		}
		if o.service {
			return pair.Service
		}
		return pair.Response
	}
	f := p.newFrame(s, kind, o, width, height)
	m, ok := p.newHeatmap(s, of, f.axis, f.rows)
	if !ok {
		return p.Nothing(titles[0], width, height)
	}
	bound := tightest(s.SLOs, name, o.service)
	body := m.lines(bound)
	f.point(body)
	body = append(body, f.foot()...)
	slo := ""
	if bound != nil {
		slo = " " + p.Label("SLO "+p.Glyph.Dotted.Horizontal+" ") + p.Style.Text.Render(units.Millis(*bound))
	}
	return p.Titled(titles, []string{m.key() + slo, m.key()}, body, width, height)
}

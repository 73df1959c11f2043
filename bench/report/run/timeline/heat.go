package timeline

import (
	"math"
	"time"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// The size of a heatmap in cells, at most.
const (
	heatColumns = 150
	heatRows    = 32
)

// Heats draw TTFT and E2E of every request; those without data are left out.
func (t Timeline) Heats() (blocks []web.Block) {
	for _, h := range []struct {
		id, title string
		of        func(*result.RowHeat) result.Heat
	}{
		{"ttft-heat", "TTFT of every request", func(h *result.RowHeat) result.Heat { return h.TTFT.Response }},
		{"e2e-heat", "E2E of every request", func(h *result.RowHeat) result.Heat { return h.E2E.Response }},
	} {
		if figure := t.heat(h.id, h.title, h.of); figure != nil {
			blocks = append(blocks, web.Block{Figure: figure})
		}
	}
	return blocks
}

// heat draws how many requests had which latency, over time: several modes, which
// percentiles hide, show in it. nil is "no data".
func (t Timeline) heat(id, title string, of func(*result.RowHeat) result.Heat) *web.Figure {
	low, high := t.occupied(of)
	if low >= high {
		return nil
	}
	width, columns := t.heatColumns()
	band := (high - low + heatRows - 1) / heatRows
	rows := (high - low + band - 1) / band
	cells := make([][]uint64, columns)
	for _, row := range t.rows {
		heat := of(row.Heat)
		if heat == nil {
			continue
		}
		c := max(0, min(int((row.TS+row.StepS/2-t.from)/width), columns-1))
		if cells[c] == nil {
			cells[c] = make([]uint64, rows)
		}
		for i, n := range heat[low:high] {
			cells[c][i/band] += uint64(n)
		}
	}
	bottom, top := heatEdge(low), heatEdge(min(low+rows*band, result.HeatBuckets))
	h := svg.Heatmap{
		Frame: t.frame(id, title+": how many had which latency, over time", 190, svg.LogBetween(bottom, top, "log scale", units.Tick)),
		Cells: cells, Width: (t.to - t.from) / width, Rows: rows,
	}
	h.Desc = "from " + units.Millis(bottom) + " to " + units.Millis(top)
	return &web.Figure{
		Title: title, Note: "how many requests ended with which response time in each step; shades are logarithmic",
		Chart: h.SVG(), Shades: web.Shades{Least: "1", Most: units.Count(int64(h.Most())) + " requests"},
	}
}

// occupied are the buckets that anything fell in, half a decade at least; the
// second is excluded.
func (t Timeline) occupied(of func(*result.RowHeat) result.Heat) (low, high int) {
	const least = 8
	low = result.HeatBuckets
	for _, row := range t.rows {
		for i, n := range of(row.Heat) {
			if n > 0 {
				low, high = min(low, i), max(high, i+1)
			}
		}
	}
	if low >= high {
		return low, high
	}
	for high-low < least {
		low, high = max(0, low-1), min(result.HeatBuckets, high+1)
	}
	return low, high
}

// heatColumns is the width of a column in seconds, a whole number of rows, and how
// many columns there are.
func (t Timeline) heatColumns() (width float64, columns int) {
	step := 0.0
	for _, row := range t.rows {
		step = max(step, row.StepS)
	}
	if step <= 0 {
		step = 1
	}
	length := max(t.to-t.from, step)
	width = step * max(1, math.Ceil(length/step/heatColumns))
	return width, int(math.Ceil(length/width - 1e-9))
}

// heatEdge is the lower end of a bucket in milliseconds, or the upper end of the
// last one.
func heatEdge(i int) float64 {
	if i == result.HeatBuckets {
		_, to := result.HeatBounds(i - 1)
		return float64(to) / float64(time.Millisecond)
	}
	from, _ := result.HeatBounds(i)
	return float64(from) / float64(time.Millisecond)
}

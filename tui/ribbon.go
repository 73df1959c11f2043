package tui

import (
	"math"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
)

// A ribbon is the load of one lane over the whole run: how it was, coloured by
// how the SLOs held, and how it will be.
type ribbon struct {
	pen
	snap   result.Snapshot
	lane   int
	length time.Duration // of the time that the width stands for
	width  int
}

// newRibbon prepares the ribbon of a lane.
func (p pen) newRibbon(s result.Snapshot, lane, width int) ribbon {
	r := ribbon{pen: p, snap: s, lane: lane, width: width, length: max(s.Planned, s.At, time.Second)}
	if curve := r.curve(); len(curve) > 0 {
		r.length = max(r.length, curve[len(curve)-1].At)
	}
	return r
}

// curve is the lane's load; nil if there is no such lane.
func (r ribbon) curve() []result.CurvePoint {
	if r.lane >= len(r.snap.Lanes) {
		return nil
	}
	return r.snap.Lanes[r.lane].Curve
}

// lines draws the ribbon: bars above, the names of the waves in the last line.
func (r ribbon) lines(height int) []string {
	if r.width < 1 || height < 1 {
		return nil
	}
	if height == 1 {
		return r.bars(1)
	}
	return append(r.bars(height-1), r.names())
}

// bars draws the load in rows of cells. Without colours the lowest of several
// rows says how the SLOs held.
func (r ribbon) bars(rows int) []string {
	levels, styles, grades := r.columns()
	marks := r.style.colourless && rows > 1
	barRows := rows
	if marks {
		barRows--
	}
	steps := len(r.glyph.bars) - 1
	lines := make([]string, 0, rows)
	for row := barRows - 1; row >= 0; row-- {
		cells := make([]string, r.width)
		for c := range cells {
			fill := int(math.Ceil(levels[c]*float64(steps*barRows))) - row*steps
			cells[c] = r.glyph.bars[max(0, min(steps, fill))]
		}
		lines = append(lines, r.paint(cells, styles))
	}
	if marks {
		cells := make([]string, r.width)
		for c := range cells {
			cells[c] = " "
			if grades[c] != unknown {
				cells[c] = r.glyph.mark(grades[c])
			}
		}
		lines = append(lines, r.paint(cells, styles))
	}
	return lines
}

// columns is, for each column, the load as a share of the lane's peak, the
// style, and the grade of what is past.
func (r ribbon) columns() (levels []float64, styles []ink, grades []grade) {
	levels, styles, grades = make([]float64, r.width), make([]ink, r.width), make([]grade, r.width)
	peaks := map[bool]float64{}
	for _, p := range r.curve() {
		peaks[p.Closed] = max(peaks[p.Closed], p.Load)
	}
	now, rows := r.column(r.snap.At), r.snap.Series
	if r.snap.State == result.Done {
		now++ // all of it is past
	}
	for c := range r.width {
		from, to := r.at(c), r.at(c+1)
		load, closed := peakBetween(r.curve(), from, to)
		if peak := peaks[closed]; peak > 0 {
			levels[c] = load / peak
		}
		styles[c] = r.style.faint
		if c < now {
			grades[c], rows = r.past(rows, from.Seconds(), to.Seconds())
			styles[c] = r.style.of(grades[c])
			if grades[c] == unknown {
				styles[c] = r.style.muted
			}
		}
	}
	return levels, styles, grades
}

// past grades the rows that overlap a column, and returns those that may still
// matter to the next one.
func (r ribbon) past(rows []result.Row, from, to float64) (grade, []result.Row) {
	for len(rows) > 0 && rows[0].TS+rows[0].StepS <= from {
		rows = rows[1:]
	}
	w := unknown
	for _, row := range rows {
		if row.TS >= to {
			break
		}
		w = max(w, rowGrade(row, r.snap.SLOs))
	}
	return w, rows
}

// paint joins cells, a run of one style at a time, with the cursor among them.
func (r ribbon) paint(cells []string, styles []ink) string {
	now := -1
	if r.snap.Verdict == nil {
		now = r.column(r.snap.At)
	}
	var b strings.Builder
	for c := 0; c < len(cells); {
		if c == now {
			b.WriteString(r.style.mark.Render(r.glyph.cursor))
			c++
			continue
		}
		end := c + 1
		for end < len(cells) && end != now && styles[end] == styles[c] {
			end++
		}
		b.WriteString(styles[c].Render(strings.Join(cells[c:end], "")))
		c = end
	}
	return b.String()
}

// at is the instant at which a column begins; column is its inverse.
func (r ribbon) at(column int) time.Duration {
	return time.Duration(float64(r.length) * float64(column) / float64(r.width))
}

func (r ribbon) column(at time.Duration) int {
	return max(0, min(r.width-1, int(float64(at)/float64(r.length)*float64(r.width))))
}

// peakBetween is the highest load of a curve in [from, to).
func peakBetween(curve []result.CurvePoint, from, to time.Duration) (load float64, closed bool) {
	load, closed = loadAt(curve, from)
	for _, p := range curve {
		if p.At >= from && p.At < to && p.Load > load {
			load, closed = p.Load, p.Closed
		}
	}
	if end, kind := loadAt(curve, to-1); end > load {
		load, closed = end, kind
	}
	return load, closed
}

// loadAt is the load of a curve at an instant: on the line between two corners
// of one kind, and 0 outside of the curve.
func loadAt(curve []result.CurvePoint, at time.Duration) (load float64, closed bool) {
	for i := len(curve) - 1; i >= 0; i-- {
		p := curve[i]
		if p.At > at {
			continue
		}
		if i == len(curve)-1 {
			if at > p.At {
				return 0, p.Closed
			}
			return p.Load, p.Closed
		}
		next := curve[i+1]
		if next.Closed != p.Closed || next.At <= p.At {
			return p.Load, p.Closed
		}
		share := float64(at-p.At) / float64(next.At-p.At)
		return p.Load + share*(next.Load-p.Load), p.Closed
	}
	return 0, false
}

// names writes each wave's name and peak load under its beginning, as far as
// there is room before the next one.
func (r ribbon) names() string {
	waves := r.waves()
	var b strings.Builder
	used := 0
	for i, w := range waves {
		start := max(r.column(w.Started), used)
		room := r.width - start
		if i+1 < len(waves) {
			room = r.column(waves[i+1].Started) - start - 1
		}
		text := waveLabel(w, r.glyph.arrow, room)
		if text == "" {
			continue
		}
		style := r.style.faint
		switch {
		case w.Begun && !w.Ended:
			style = r.style.strong
		case w.Begun:
			style = r.style.muted
		}
		b.WriteString(strings.Repeat(" ", start-used) + style.Render(text))
		used = start + cells(text)
	}
	return b.String()
}

// waves are the waves of the ribbon's lane whose beginning is known.
func (r ribbon) waves() []result.WaveStatus {
	var lane string
	if r.lane < len(r.snap.Lanes) {
		lane = r.snap.Lanes[r.lane].Name
	}
	var list []result.WaveStatus
	for _, w := range r.snap.Waves {
		known := w.Begun || w.Started != result.Unknown
		if known && (w.Lane == lane || len(r.snap.Lanes) <= 1) {
			list = append(list, w)
		}
	}
	return list
}

// waveLabel is a wave's name and load, its name, or the beginning of its name:
// what the room holds. Less than three cells say nothing.
func waveLabel(w result.WaveStatus, arrow string, room int) string {
	name := clean(w.Name)
	load := strings.ReplaceAll(clean(w.Load), "..", " "+arrow+" ")
	_, peak, ramp := strings.Cut(clean(w.Load), "..")
	for _, text := range []string{name + " " + load, name + " " + peak, name} {
		if text == name+" " && !ramp {
			continue
		}
		if cells(text) <= room {
			return strings.TrimSpace(text)
		}
	}
	if room < 3 {
		return ""
	}
	return ansi.Truncate(name, room, "")
}

package draw

import (
	"math"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// A Ribbon is the load of one lane over a whole run: how it was, coloured by how the
// SLOs held, and how it will be.
type Ribbon struct {
	Curve  []Load
	Waves  []RibbonWave  // in the order in which they begin
	Length time.Duration // of the run; at least that of the curve is drawn
	At     time.Duration // how far the run is
	Over   bool          // all of it is past
	Cursor bool          // marks how far the run is
	// past grades the time between two instants, in seconds; it is asked from the left
	// to the right. nil: nothing is known of it.
	Past func(from, to float64) Grade
}

// A Load is a corner of the curve of a load: a rate in requests/s, or how many
// requests a closed wave keeps open.
type Load struct {
	At     time.Duration
	Load   float64
	Closed bool
}

// A RibbonWave is a wave as the ribbon names it.
type RibbonWave struct {
	Name, Load   string // load: from..to, or what it is throughout
	Started      time.Duration
	Begun, Ended bool
}

// Ribbon draws a ribbon in a window of width × height: bars above, the names of the
// waves in the last line.
func (p Pen) Ribbon(r Ribbon, width, height int) []string {
	d := ribbonDrawing{p, r, width}
	d.Length = max(d.Length, d.At, time.Second)
	if n := len(d.Curve); n > 0 {
		d.Length = max(d.Length, d.Curve[n-1].At)
	}
	switch {
	case width < 1 || height < 1:
		return nil
	case height == 1:
		return d.bars(1)
	default:
		return append(d.bars(height-1), d.names())
	}
}

// A ribbonDrawing is a ribbon in its width.
type ribbonDrawing struct {
	Pen
	Ribbon
	width int
}

// bars draws the load in rows of cells. Without colours the lowest of several
// rows says how the SLOs held.
func (r ribbonDrawing) bars(rows int) []string {
	levels, styles, grades := r.columns()
	marks := r.Style.colourless && rows > 1
	barRows := rows
	if marks {
		barRows--
	}
	steps := len(r.Glyph.bars) - 1
	lines := make([]string, 0, rows)
	for row := barRows - 1; row >= 0; row-- {
		cells := make([]string, r.width)
		for c := range cells {
			fill := int(math.Ceil(levels[c]*float64(steps*barRows))) - row*steps
			cells[c] = r.Glyph.bars[max(0, min(steps, fill))]
		}
		lines = append(lines, r.paint(cells, styles))
	}
	if marks {
		cells := make([]string, r.width)
		for c := range cells {
			cells[c] = " "
			if grades[c] != Unknown {
				cells[c] = r.Glyph.Mark(grades[c])
			}
		}
		lines = append(lines, r.paint(cells, styles))
	}
	return lines
}

// columns is, for each column, the load as a share of the lane's peak, the
// style, and the grade of what is past.
func (r ribbonDrawing) columns() (levels []float64, styles []Ink, grades []Grade) {
	levels, styles, grades = make([]float64, r.width), make([]Ink, r.width), make([]Grade, r.width)
	peaks := map[bool]float64{}
	for _, p := range r.Curve {
		peaks[p.Closed] = max(peaks[p.Closed], p.Load)
	}
	now := r.column(r.At)
	if r.Over {
		now++ // all of it is past
	}
	for c := range r.width {
		from, to := r.instant(c), r.instant(c+1)
		rate, closed := peakBetween(r.Curve, from, to)
		if peak := peaks[closed]; peak > 0 {
			levels[c] = rate / peak
		}
		styles[c] = r.Style.Faint
		if c < now {
			if r.Past != nil {
				grades[c] = r.Past(from.Seconds(), to.Seconds())
			}
			styles[c] = r.Style.Of(grades[c])
			if grades[c] == Unknown {
				styles[c] = r.Style.Muted
			}
		}
	}
	return levels, styles, grades
}

// paint joins cells, a run of one style at a time, with the cursor among them.
func (r ribbonDrawing) paint(cells []string, styles []Ink) string {
	now := -1
	if r.Cursor {
		now = r.column(r.At)
	}
	var b strings.Builder
	for c := 0; c < len(cells); {
		if c == now {
			b.WriteString(r.Style.Mark.Render(r.Glyph.cursor))
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

// instant is that at which a column begins; column is its inverse.
func (r ribbonDrawing) instant(column int) time.Duration {
	return time.Duration(float64(r.Length) * float64(column) / float64(r.width))
}

func (r ribbonDrawing) column(at time.Duration) int {
	return max(0, min(r.width-1, int(float64(at)/float64(r.Length)*float64(r.width))))
}

// peakBetween is the highest load of a curve in [from, to).
func peakBetween(curve []Load, from, to time.Duration) (rate float64, closed bool) {
	rate, closed = loadAt(curve, from)
	for _, p := range curve {
		if p.At >= from && p.At < to && p.Load > rate {
			rate, closed = p.Load, p.Closed
		}
	}
	if end, kind := loadAt(curve, to-1); end > rate {
		rate, closed = end, kind
	}
	return rate, closed
}

// loadAt is the load of a curve at an instant: on the line between two corners
// of one kind, and 0 outside of the curve.
func loadAt(curve []Load, at time.Duration) (rate float64, closed bool) {
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
func (r ribbonDrawing) names() string {
	waves := r.Waves
	var b strings.Builder
	used := 0
	for i, w := range waves {
		start := max(r.column(w.Started), used)
		room := r.width - start
		if i+1 < len(waves) {
			room = r.column(waves[i+1].Started) - start - 1
		}
		text := waveLabel(w, r.Glyph.Arrow, room)
		if text == "" {
			continue
		}
		style := r.Style.Faint
		switch {
		case w.Begun && !w.Ended:
			style = r.Style.Strong
		case w.Begun:
			style = r.Style.Muted
		}
		b.WriteString(strings.Repeat(" ", start-used) + style.Render(text))
		used = start + Cells(text)
	}
	return b.String()
}

// waveLabel is a wave's name and load, its name, or the beginning of its name:
// what the room holds. Less than three cells say nothing.
func waveLabel(w RibbonWave, arrow string, room int) string {
	name := Clean(w.Name)
	loads := strings.ReplaceAll(Clean(w.Load), "..", " "+arrow+" ")
	_, peak, ramp := strings.Cut(Clean(w.Load), "..")
	for _, text := range []string{name + " " + loads, name + " " + peak, name} {
		if text == name+" " && !ramp {
			continue
		}
		if Cells(text) <= room {
			return strings.TrimSpace(text)
		}
	}
	if room < 3 {
		return ""
	}
	return ansi.Truncate(name, room, "")
}

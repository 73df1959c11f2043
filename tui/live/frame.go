package live

import (
	"math"
	"time"

	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/tui/draw"
)

// chartSpan is the part of the run in view, in seconds: all of it, one wave, or a stretch
// of that length around the cursor, or else up to now.
func chartSpan(s result.Snapshot, o outlook) (from, to float64) {
	to = s.At.Seconds()
	if i := s.View.Wave; i >= 0 && i < len(s.Waves) && s.Waves[i].Begun {
		w := s.Waves[i]
		from = w.Started.Seconds()
		if w.Ended {
			to = min(to, (w.Started + w.Length).Seconds())
		}
	}
	to = max(to, from)
	length := o.stretch.Seconds()
	if length <= 0 || to-from <= length {
		return from, to
	}
	end := to
	if o.pointed {
		end = min(to, max(from+length, o.cursor+length/2))
	}
	return end - length, end
}

// stretches are the lengths that charts can show, from the longest; of a run that is
// shorter they show all.
var stretches = []time.Duration{0, 20 * time.Minute, 10 * time.Minute, 5 * time.Minute, 2 * time.Minute, time.Minute, 30 * time.Second, 15 * time.Second}

// A frame is what the charts over time share: the time in view, and what stands below
// them.
type frame struct {
	pen
	axis        draw.TimeAxis
	to          float64
	inner, rows int // of the plot itself, axis included
	cursor      int // its column; negative: none is in view
	below       []string
}

// newFrame divides a chart of width × height.
func (p pen) newFrame(s result.Snapshot, kind chartKind, o outlook, width, height int) frame {
	f := frame{pen: p, inner: width - 4, rows: height - 2, cursor: -1}
	from, to := chartSpan(s, o)
	f.to = to
	growing := s.Verdict == nil
	f.axis = draw.NewTimeAxis(from, to, draw.PlotColumns(f.inner), growing)
	if growing && o.stretch > 0 && from > 0 { // what moves does so by whole columns
		f.axis.From = math.Floor(f.axis.From/f.axis.Step) * f.axis.Step
	}
	if o.pointed {
		f.cursor = f.axis.Column(o.cursor)
	}
	rows := f.rows
	put := func(line string) {
		f.below = append(f.below, line)
		f.rows--
	}
	if rows >= 8 {
		var waves []draw.RibbonWave
		for _, w := range s.Waves {
			waves = append(waves, ribbonWave(w))
		}
		put(p.WaveRuler(f.axis, waves))
	}
	if rows >= 6 {
		put(p.ClockRuler(f.axis, to))
	}
	if o.pointed && o.leads && rows >= 4 {
		for _, line := range p.reading(s, kind, o, f.inner, min(3, max(1, (rows-2)/3))) {
			put(line)
		}
	}
	return f
}

// foot is what stands below the plot.
func (f frame) foot() []string { return f.below }

// point marks the column of the cursor where the rows of a plot are empty.
func (f frame) point(rows []string) {
	if f.cursor < 0 {
		return
	}
	x := draw.Gutter + 2 + f.cursor
	for i, row := range rows {
		plain := []rune(ansi.Strip(row))
		if x >= len(plain) || plain[x] == ' ' {
			rows[i] = draw.Over(row, f.Style.Mark.Render(f.Glyph.Axis), draw.At(x, 0, 1, 1), f.inner)
		}
	}
}

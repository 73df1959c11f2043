package live

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// flow is the line of rates: what was asked for, what came back. The state of the
// generator itself stands at its end. Each figure has a place of its own.
func (p pen) flow(s result.Snapshot, width int) string {
	n, wide, gap := s.Now, 9, 2
	if width < draw.FullWidth {
		wide = 8
	}
	rate := func(label string, v float64) string { return p.Pair(label, draw.Left(units.PerSecond(v), wide)) }
	failed := rate("failed", n.Failed)
	if n.Failed > 0 {
		failed = p.Label("failed ") + p.Style.Bad.Render(draw.Left(units.PerSecond(n.Failed), wide))
	}
	parts := []string{rate("offered", n.Offered), rate("done", n.Done), failed, p.Pair("tokens", draw.Left(p.Maybe(n.OutputTPS, units.PerSecond), wide)), rate("sent", n.Sent)}
	if width < 80 {
		return p.Spread(parts, 1, width)
	}
	health := p.health(s.Health)
	return p.Ends(p.Spread(parts, gap, width-draw.Cells(health)), health, width)
}

// health is the generator's light. Lag and CPU are the generator's own.
func (p pen) health(h result.Health) string {
	g, cpu, lag := draw.Good, p.Glyph.None, p.Glyph.None
	if !h.OK {
		g = draw.Bad
	} else if len(h.Warnings) > 0 {
		g = draw.Near
	}
	if h.CPUPercent == nil && h.LagP99 == nil {
		g = draw.Unknown
	}
	if h.CPUPercent != nil {
		cpu = units.Percent(*h.CPUPercent)
	}
	if h.LagP99 != nil {
		lag = units.Duration(*h.LagP99)
	}
	light := p.Style.Of(g).Render(p.Glyph.Dot)
	if g > draw.Good {
		light = p.Style.Of(g).Render(p.Glyph.Mark(g))
	}
	text := light + p.Label(" cpu ") + p.Style.Text.Render(draw.Right(cpu, 5)) + p.Label("  lag ") + p.Style.Text.Render(draw.Right(lag, 7))
	if h.MaxLag > 0 {
		text += p.Label(" of " + windowLength(h.MaxLag))
	}
	return text
}

// open is the line of requests that are open, and of those that never will be.
func (p pen) open(s result.Snapshot, width int) string {
	n := s.Now
	oldest := p.Glyph.None
	if n.Oldest > 0 {
		oldest = units.Duration(n.Oldest)
	}
	count := func(label string, n int64) string { return p.Pair(label, draw.Left(units.Count(n), 5)) }
	parts := []string{
		count("open", n.InFlight), count("awaiting", n.Awaiting), count("streaming", n.Streaming),
		p.Label("oldest ") + p.Figure(draw.Left(oldest, 6)), draw.Left(p.late(n.Late), 13), draw.Left(p.warned("queued", n.Queued), 12),
		draw.Left(p.warned("dropped", n.Dropped), 12), p.warned("unsent", n.Unsent),
	}
	if width < 80 {
		return p.Spread([]string{parts[0], parts[1], parts[3], parts[4], parts[5], parts[6], parts[2], parts[7]}, 1, width)
	}
	return p.Spread(parts, 2, width)
}

// late draws how many open requests have taken longer than an SLO allows already.
func (p pen) late(n int64) string {
	if n == 0 {
		return p.Label("past SLO ") + p.Style.Text.Render("0")
	}
	return p.Label("past SLO ") + p.Style.Bad.Render(units.Count(n))
}

// warned draws a count that ought to be nothing.
func (p pen) warned(label string, n int64) string {
	if n == 0 {
		return p.Label(label+" ") + p.Style.Text.Render("0")
	}
	return p.Label(label+" ") + p.Style.Near.Render(units.Count(n))
}

// steered says what steering has made of the lane in view; "" if nothing.
func (p pen) steered(s result.Snapshot, lane int) string {
	if lane >= len(s.Lanes) {
		return ""
	}
	l, text := s.Lanes[lane], ""
	if len(s.Lanes) > 1 {
		text = "lane " + draw.Clean(l.Name)
	}
	if l.Concurrency > 0 {
		text = join(text, "concurrency "+units.Count(l.Concurrency))
	}
	if l.BackingOff > 0 {
		text = join(text, backingOff(l.BackingOff))
	}
	if l.Paused && s.State == result.Running {
		text = join(text, "paused")
	}
	if text == "" {
		return ""
	}
	return p.Style.Text.Render(text)
}

// backingOff says how many slots of a closed wave wait after a failure.
func backingOff(n int) string {
	if n == 1 {
		return "1 slot backs off"
	}
	return units.Count(int64(n)) + " slots back off"
}

// join puts a gap between two texts, if both are there.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "  " + b
}

// windowName says which requests a view's figures are of.
func windowName(s result.Snapshot) string {
	wave := ""
	if i := s.View.Wave; i >= 0 && i < len(s.Waves) {
		wave = draw.Clean(s.Waves[i].Name)
	}
	switch {
	case s.View.Window == 0 && wave == "":
		return "whole run"
	case s.View.Window == 0:
		return "wave " + wave
	case wave == "":
		return "last " + windowLength(s.View.Window)
	default:
		return "last " + windowLength(s.View.Window) + " of " + wave
	}
}

// windowLength writes a window: 10 s.
func windowLength(d time.Duration) string { return units.Tick(float64(d) / 1e6) }

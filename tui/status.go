package tui

import (
	"math"
	"slices"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// flow is the line of rates: what was asked for, what came back. The state of
// the generator itself stands at its end.
func (p pen) flow(s result.Snapshot, width int) string {
	n := s.Now
	failed := p.pair("failed", units.PerSecond(n.Failed))
	if n.Failed > 0 {
		failed = p.label("failed ") + p.style.bad.Render(units.PerSecond(n.Failed))
	}
	parts := []string{
		p.pair("offered", units.PerSecond(n.Offered)), p.pair("sent", units.PerSecond(n.Sent)), p.pair("done", units.PerSecond(n.Done)), failed,
		p.pair("tokens", p.maybe(n.OutputTPS, units.PerSecond)),
	}
	if n.Failed > 0 && width < fullWidth { // what was sent gives way
		parts = slices.Delete(parts, 1, 2)
	}
	if health := p.health(s.Health); width >= 80 {
		return p.ends(p.spread(parts, 3, width-26), health, width)
	}
	return p.spread(parts, 2, width)
}

// health is the generator's light. Lag and CPU are the generator's own.
func (p pen) health(h result.Health) string {
	g, cpu, lag := good, p.glyph.none, p.glyph.none
	if !h.OK {
		g = bad
	} else if len(h.Warnings) > 0 {
		g = near
	}
	if h.CPUPercent == nil && h.LagP99 == nil {
		g = unknown
	}
	if h.CPUPercent != nil {
		cpu = units.Percent(*h.CPUPercent)
	}
	if h.LagP99 != nil {
		lag = units.Duration(*h.LagP99)
	}
	light := p.style.of(g).Render(p.glyph.dot)
	if g > good {
		light = p.style.of(g).Render(p.glyph.mark(g))
	}
	return light + p.label(" cpu ") + p.style.text.Render(cpu) + p.label("  lag ") + p.style.text.Render(lag)
}

// open is the line of requests that are open, and of those that never will be.
func (p pen) open(s result.Snapshot, width int) string {
	n := s.Now
	oldest := p.glyph.none
	if n.Oldest > 0 {
		oldest = units.Duration(n.Oldest)
	}
	parts := []string{
		p.pair("open", units.Count(n.InFlight)), p.pair("awaiting first token", units.Count(n.Awaiting)), p.pair("streaming", units.Count(n.Streaming)),
		p.label("oldest ") + p.figure(oldest), p.late(n.Late), p.warned("queued", n.Queued),
		p.warned("dropped", n.Dropped), p.warned("unsent", n.Unsent),
	}
	if width < 100 {
		parts[1] = p.pair("awaiting", units.Count(n.Awaiting))
	}
	if width < 80 {
		return p.spread([]string{parts[0], parts[1], parts[3], parts[4], parts[5], parts[6], parts[2], parts[7]}, 2, width)
	}
	return p.spread(parts, 3, width)
}

// late draws how many open requests have taken longer than an SLO allows already.
func (p pen) late(n int64) string {
	if n == 0 {
		return p.label("past SLO ") + p.style.text.Render("0")
	}
	return p.label("past SLO ") + p.style.bad.Render(units.Count(n))
}

// warned draws a count that ought to be nothing.
func (p pen) warned(label string, n int64) string {
	if n == 0 {
		return p.label(label+" ") + p.style.text.Render("0")
	}
	return p.label(label+" ") + p.style.near.Render(units.Count(n))
}

// steered says what steering has made of the lane in view; "" if nothing.
func (p pen) steered(s result.Snapshot, lane int) string {
	if lane >= len(s.Lanes) {
		return ""
	}
	l, text := s.Lanes[lane], ""
	if len(s.Lanes) > 1 {
		text = "lane " + clean(l.Name)
	}
	if l.Factor != 0 && math.Abs(l.Factor-1) > 1e-9 {
		text = join(text, "rate "+units.Factor(l.Factor))
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
	return p.style.text.Render(text)
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
		wave = clean(s.Waves[i].Name)
	}
	switch {
	case s.View.Window == 0 && wave == "":
		return "whole run"
	case s.View.Window == 0:
		return "wave " + wave
	case wave == "":
		return "last " + seconds(s.View.Window)
	default:
		return "last " + seconds(s.View.Window) + " of " + wave
	}
}

// seconds writes a window: 10 s.
func seconds(d time.Duration) string { return units.Tick(float64(d) / 1e6) }

package home

import (
	"fmt"
	"strings"
	"time"

	"flashwave/bench"
	"flashwave/bench/units"
	"flashwave/client/outcome"
	"flashwave/tui/draw"
)

// A phase is a stretch of one request's life.
type phase struct {
	name     string
	from, to time.Duration // to < 0: it was not reached
}

// phases are the stretches of a probe, one after the other.
func phases(b bench.Probe) []phase {
	connected := b.Phases.DNS + b.Phases.Connect
	secured := connected + b.Phases.TLS
	list := []phase{{"DNS", 0, b.Phases.DNS}, {"connect", b.Phases.DNS, connected}, {"TLS", connected, secured}}
	at := secured
	for _, p := range []struct {
		name string
		at   time.Duration
	}{{"first byte", b.FirstByte}, {"first token", b.FirstToken}, {"last token", b.LastToken}, {"done", b.Done}} {
		if p.at < 0 {
			list = append(list, phase{p.name, at, -1})
			continue
		}
		list = append(list, phase{p.name, min(at, p.at), p.at})
		at = p.at
	}
	return list
}

// timeline draws what became of one request: each phase as a bar in the time that
// it took.
func timeline(p draw.Pen, b bench.Probe, width, height int) []string {
	state := p.Style.Good.Render(p.Glyph.Dot) + " " + p.Figure(string(outcome.OK))
	if !b.OK() {
		state = p.Style.Bad.Render(p.Glyph.Bad) + " " + p.Figure(string(b.Outcome))
	}
	if b.Status != 0 {
		state += p.Label(fmt.Sprintf(" HTTP %d", b.Status))
	}
	lines := []string{p.Spread([]string{state, p.Label(draw.Clean(b.Model)), p.Label(draw.Clean(b.Target))}, 3, width)}
	const names, figures = 12, 11
	room := width - names - figures - 2
	total := max(b.Done, 1)
	for _, f := range phases(b) {
		figure, bar := p.Glyph.None, ""
		switch {
		case f.to < 0:
		case f.to == f.from && (f.name == "DNS" || f.name == "TLS"):
			// not needed
		default:
			figure = units.Duration(f.to)
			if room > 4 {
				bar = phaseBar(p, f, total, room)
			}
		}
		lines = append(lines, p.Label(draw.Left(f.name, names))+p.Figure(draw.Right(figure, figures))+"  "+bar)
	}
	return p.Fit(append(lines, probeNotes(p, b, width)...), width, height)
}

// phaseBar is a phase in its place of the whole time.
func phaseBar(p draw.Pen, f phase, total time.Duration, room int) string {
	cell := func(d time.Duration) int { return min(room-1, int(float64(d)/float64(total)*float64(room))) }
	from, to := cell(f.from), cell(f.to)
	return strings.Repeat(" ", from) + p.Style.P50.Render(strings.Repeat(p.Glyph.Full, max(1, to-from)))
}

// probeNotes is what else a probe found out.
func probeNotes(p draw.Pen, b bench.Probe, width int) []string {
	var lines []string
	if b.Err != "" {
		lines = append(lines, draw.Wrapped(p.Style.Bad, draw.Clean(b.Err), width)...)
	}
	var parts []string
	if b.Usage.From != "" {
		parts = append(parts, p.Pair("tokens", units.Count(b.Usage.Prompt)+" in, "+units.Count(b.Usage.Output)+" out"))
	}
	if b.Finish != "" {
		parts = append(parts, p.Pair("finish", draw.Clean(b.Finish)))
	}
	if b.CostUSD != nil {
		parts = append(parts, p.Pair("cost", units.USD(*b.CostUSD)))
	}
	if b.Limits.RemainingRequests >= 0 {
		parts = append(parts, p.Pair("requests left", units.Count(b.Limits.RemainingRequests)))
	}
	if b.Limits.RemainingTokens >= 0 {
		parts = append(parts, p.Pair("tokens left", units.Count(b.Limits.RemainingTokens)))
	}
	lines = append(lines, p.Spread(parts, 3, width))
	if b.Text != "" {
		lines = append(lines, draw.Wrapped(p.Style.Muted, draw.Clean(b.Text), width)...)
	}
	return lines
}

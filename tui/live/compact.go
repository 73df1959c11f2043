package live

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// compact draws a small window: figures alone, what matters most at the top.
func (p pen) compact(s result.Snapshot, o outlook, width, height int) []string {
	if width < 1 || height < 1 {
		return nil
	}
	lines := []string{p.compactHead(s, o.past, width), p.Ends(p.elapsed(s), p.purse(s.Cost), width)}
	if s.Verdict != nil {
		lines = append(lines, p.Style.Brand.Render(p.Cut(draw.Clean(s.Verdict.Headline), width)))
	} else {
		lines = append(lines,
			p.Spread([]string{p.Pair("offered", units.PerSecond(s.Now.Offered)), p.Pair("done", units.PerSecond(s.Now.Done))}, 2, width),
			p.Spread([]string{p.Pair("open", units.Count(s.Now.InFlight)), p.Pair("awaiting", units.Count(s.Now.Awaiting)), p.late(s.Now.Late), p.warned("queued", s.Now.Queued)}, 2, width))
	}
	lines = append(lines, p.compactTable(s, o.service, width)...)
	lines = append(lines, p.tallyLines(s, width, 2)...)
	return p.Fit(lines, width, height)
}

// compactHead is the run's name and state.
func (p pen) compactHead(s result.Snapshot, past string, width int) string {
	state := p.state(s)
	if word, _, _ := strings.Cut(past, ","); past != "" {
		state = p.Style.Mark.Render(word)
	}
	return p.Ends(p.Figure(draw.Clean(s.Name)), state, width)
}

// compactTable is the table of latencies without a frame.
func (p pen) compactTable(s result.Snapshot, service bool, width int) []string {
	list := metrics(s.Window.Latency)[:4]
	t := p.newLatencyTable(list, service, width)
	lines := []string{p.Label(draw.Left(t.unit, t.name)) + strings.TrimPrefix(t.heading(), strings.Repeat(" ", t.name))}
	for _, m := range list {
		lines = append(lines, t.row(m, p.sloNote(s.SLOs, m.name, service, t.noteWidth)))
	}
	return lines
}

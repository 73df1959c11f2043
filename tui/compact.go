package tui

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// compact draws a small window: figures alone, what matters most at the top.
func (p pen) compact(s result.Snapshot, o outlook, width, height int) []string {
	if width < 1 || height < 1 {
		return nil
	}
	lines := []string{p.compactHead(s, o.past, width), p.ends(p.elapsed(s), p.purse(s.Cost), width)}
	if s.Verdict != nil {
		lines = append(lines, p.style.brand.Render(p.cut(clean(s.Verdict.Headline), width)))
	} else {
		lines = append(lines,
			p.spread([]string{p.pair("offered", units.PerSecond(s.Now.Offered)), p.pair("done", units.PerSecond(s.Now.Done))}, 2, width),
			p.spread([]string{p.pair("open", units.Count(s.Now.InFlight)), p.pair("awaiting", units.Count(s.Now.Awaiting)), p.late(s.Now.Late), p.warned("queued", s.Now.Queued)}, 2, width))
	}
	lines = append(lines, p.compactTable(s, o.service, width)...)
	lines = append(lines, p.tallyLines(s, width, 2)...)
	return p.fit(lines, width, height)
}

// compactHead is the run's name and state.
func (p pen) compactHead(s result.Snapshot, past string, width int) string {
	state := p.state(s)
	if word, _, _ := strings.Cut(past, ","); past != "" {
		state = p.style.mark.Render(word)
	}
	return p.ends(p.figure(clean(s.Name)), state, width)
}

// compactTable is the table of latencies without a frame.
func (p pen) compactTable(s result.Snapshot, service bool, width int) []string {
	list := metrics(s.Window.Latency)[:4]
	t := p.newLatencyTable(list, service, width)
	lines := []string{p.label(left(t.unit, t.name)) + strings.TrimPrefix(t.heading(), strings.Repeat(" ", t.name))}
	for _, m := range list {
		lines = append(lines, t.row(m, p.sloNote(s.SLOs, m.name, service, t.noteWidth)))
	}
	return lines
}

package live

import (
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// compact draws a small window below its header: figures alone, what matters most at the
// top.
func (p pen) compact(s result.Snapshot, lane int, o outlook, width, height int) []string {
	if width < 1 || height < 1 {
		return nil
	}
	mood := p.mood(s, lane)
	mood.whole = false
	lines := mood.lines(width, 1)
	head := p.headline(s)
	lines = append(lines, p.Cut(head.style.Bold().Render(head.figure)+"  "+p.Spread([]string{head.of, head.where}, 2, max(width-draw.Cells(head.figure)-2, draw.Cells(head.of))), width))
	if s.Verdict == nil {
		lines = append(lines,
			p.Spread([]string{p.Pair("offered", units.PerSecond(s.Now.Offered)), p.Pair("done", units.PerSecond(s.Now.Done))}, 2, width),
			p.Spread([]string{p.Pair("open", units.Count(s.Now.InFlight)), p.Pair("awaiting", units.Count(s.Now.Awaiting)), p.late(s.Now.Late), p.warned("queued", s.Now.Queued)}, 2, width))
	} else {
		lines = append(lines, p.customers(s, width, 2)...)
	}
	tally := p.tallyLines(s, width, 2)
	table := p.table(s, o, width)
	lines = append(lines, table[:max(0, min(len(table), height-len(lines)-len(tally)))]...)
	return p.Fit(append(lines, tally...), width, height)
}

// table is what a window without room for panels shows most of: the classes of a queue, or
// the latencies.
func (p pen) table(s result.Snapshot, o outlook, width int) []string {
	if taskClassCount(s) > 0 {
		return p.queueLines(s, o, width)
	}
	return p.compactTable(s, o, width)
}

// compactTable is the table of latencies without a frame.
func (p pen) compactTable(s result.Snapshot, o outlook, width int) []string {
	list := metrics(s.Window.Latency)[:4]
	t := p.newLatencyTable(o, width)
	lines := []string{p.Label(draw.Left(t.unit, t.name)) + strings.TrimPrefix(t.heading(), strings.Repeat(" ", t.name))}
	for _, m := range list {
		lines = append(lines, t.row(m, p.sloNote(s.SLOs, m.name, o.service, t.noteWidth)))
	}
	return lines
}

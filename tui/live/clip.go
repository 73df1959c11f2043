package live

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"flashwave/tui/draw"
)

// figures is what the screen says as plain text, to be pasted elsewhere: how the run is,
// what customers felt, latencies, the classes of a queue, outcomes and SLOs.
func (m Model) figures() string {
	p, s, o := pen{draw.Theming{NoColor: true}.Pen()}, m.shown, m.outlook()
	const width = 78
	lines := []string{p.header(s, "", width), ""}
	lines = append(lines, p.mood(s, m.lane).lines(width, 4)...)
	lines = append(lines, p.customers(s, width, 3)...)
	list := metrics(s.Window.Latency)
	t := p.newLatencyTable(o, width)
	lines = append(lines, "", "latency, "+t.unit+", "+timeName(o.service)+" time, "+windowName(s), t.heading())
	for _, one := range list {
		lines = append(lines, t.row(one, p.sloNote(s.SLOs, one.name, o.service, t.noteWidth)))
	}
	if taskClassCount(s) > 0 {
		lines = append(append(lines, "", "queue, "+p.whenTasks(s, o)), p.queueLines(s, o, width)...)
	}
	lines = append(append(lines, ""), p.tallyLines(s, width, 2)...)
	lines = append(lines, "")
	for _, j := range p.judgements(s) {
		lines = append(lines, p.judgement(j, width))
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(line), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// View draws the screen.
func (m Model) View() tea.View {
	v := tea.NewView(m.render())
	v.AltScreen = true
	v.WindowTitle, v.ProgressBar = m.title(), m.progress()
	return v
}

// render is the screen as text: as many lines as the window has at most, none
// wider than it.
func (m Model) render() string {
	blocks := m.blocks()
	if m.frozen || m.age() > 0 {
		m.dim(blocks[1:])
	}
	if over := m.over(); over.lines != nil {
		blocks = append(blocks, over)
	}
	text := compose(m.layout.width, m.layout.height, blocks)
	if m.opts.ASCII {
		return toASCII(text)
	}
	return text
}

// blocks draws every part that has room; the first says how the run is.
func (m Model) blocks() []block {
	l, p, s := m.layout, m.pen, m.shown
	if l.numbers {
		lines := p.fit(p.compact(s, outlook{m.service, m.past()}, l.width, l.height), l.width, l.height)
		if l.height >= 4 {
			lines[l.height-1] = p.cut(m.bottom(l.width), l.width)
		}
		first, rest := rect{0, 0, l.width, min(1, l.height)}, rect{0, 1, l.width, max(0, l.height-1)}
		return []block{{first, lines[:first.h]}, {rest, lines[first.h:]}}
	}
	blocks := []block{{l.header, []string{p.header(s, m.past(), l.width)}}}
	put := func(at rect, draw func(width, height int) []string) {
		if at.w > 0 && at.h > 0 {
			blocks = append(blocks, block{at, p.fit(draw(at.w, at.h), at.w, at.h)})
		}
	}
	put(l.ribbon, func(w, h int) []string { return p.newRibbon(s, m.lane, w).lines(h) })
	put(l.status, m.status)
	put(l.latency, func(w, h int) []string { return p.latency(s, m.service, w, h) })
	put(l.tally, func(w, h int) []string { return p.tallyLines(s, w, h) })
	put(l.outcomes, func(w, h int) []string { return p.outcomes(s, w, h) })
	put(l.cost, func(w, h int) []string { return p.cost(s, w, h) })
	put(l.slos, func(w, h int) []string { return p.slos(s, w, h) })
	put(l.waves, func(w, h int) []string { return p.waves(s, w, h) })
	for i, kind := range chartStack(m.chart, m.shown.Verdict != nil, len(l.charts)) {
		put(l.charts[i], func(w, h int) []string { return p.drawChart(s, kind, m.service, w, h) })
	}
	put(l.events, func(w, h int) []string { return p.events(s, m.filter, m.typing, w, h) })
	put(l.keys, func(w, _ int) []string { return []string{m.bottom(w)} })
	return blocks
}

// status is the lines under the ribbon: rates and open requests, or the verdict.
func (m Model) status(width, height int) []string {
	p, s := m.pen, m.shown
	if s.Verdict != nil {
		return p.verdict(*s.Verdict, width, height)
	}
	steered := p.steered(s, m.lane)
	return []string{p.flow(s, width), p.ends(p.open(s, width-cells(steered)), steered, width)}
}

// bottom is the last line: the keys, or what is being typed or waited for.
func (m Model) bottom(width int) string {
	p := m.pen
	switch {
	case m.notice != "":
		return p.style.mark.Render(m.notice)
	case m.overlay != overlayNone:
		return p.figure("esc") + " " + p.label("back to the screen")
	case m.typing && m.layout.events.h == 0:
		return p.label("filter events ") + p.filterNote(m.filter, true)
	case m.shown.State == result.Draining && !m.done():
		return p.label("draining: "+units.Count(m.live.Now.InFlight)+" requests open   ") + p.figure("q") + " " + p.label("stop at once")
	default:
		return p.keyBar(m.keys(), width)
	}
}

// past says that what is drawn is not how the run is now, and why; "": it is.
func (m Model) past() string {
	age := m.age()
	switch {
	case !m.frozen && age > 0:
		return "stale, nothing new for " + seconds(age)
	case !m.frozen:
		return ""
	case m.done() && m.shown.Verdict == nil:
		return "frozen at " + units.Clock(m.shown.At) + ", the run is over: f shows it"
	default:
		return "frozen, the run is at " + units.Clock(m.live.At)
	}
}

// staleAfter is how old the newest second may be before it is called stale. They
// come one a second.
const staleAfter = 2 * time.Second

// age is how long nothing new has come from a run that goes on; 0 while seconds
// come as they should.
func (m Model) age() time.Duration {
	s := m.shown
	if s.State == result.Done || s.At <= 0 {
		return 0
	}
	newest := time.Duration(0)
	if n := len(s.Series); n > 0 {
		newest = asDuration(s.Series[n-1].TS + s.Series[n-1].StepS)
	}
	if age := s.At - newest; age > staleAfter {
		return age
	}
	return 0
}

// dim takes the colours from blocks: what they show is the past.
func (m Model) dim(blocks []block) {
	for _, b := range blocks {
		for i, line := range b.lines {
			b.lines[i] = m.pen.style.faint.Render(ansi.Strip(line))
		}
	}
}

// over is the open overlay, in its place.
func (m Model) over() block {
	l, p := m.layout, m.pen
	var lines []string
	switch m.overlay {
	case overlayHelp:
		lines = p.help(m.keys(), m.selected, l.width, l.height)
	case overlayErrors:
		lines = p.browser(m.shown, m.selected, l.width, max(0, l.height-1))
	case overlayVerdict:
		lines = p.verdictPage(m.shown, l.width, l.height)
	default:
		return block{}
	}
	width := 0
	for _, line := range lines {
		width = max(width, cells(line))
	}
	return block{rect{max(0, (l.width-width)/2), max(0, (l.height-len(lines))/2), width, len(lines)}, lines}
}

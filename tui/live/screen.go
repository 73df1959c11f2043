package live

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/tui/draw"
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
	if len(blocks) > 0 && (m.frozen || m.age() > 0) {
		m.dim(blocks[1:])
	}
	if over := m.over(); over.Lines != nil {
		blocks = append(blocks, over)
	}
	return m.pen.Compose(m.layout.width, m.layout.height, blocks)
}

// blocks draws every part that has room; the first says what is run, and whether it is
// the past.
func (m Model) blocks() []draw.Block {
	l, p, s := m.layout, m.pen, m.shown
	var blocks []draw.Block
	put := func(at draw.Rect, part func(width, height int) []string) {
		if at.W > 0 && at.H > 0 {
			blocks = append(blocks, draw.Block{At: at, Lines: p.Fit(part(at.W, at.H), at.W, at.H)})
		}
	}
	put(l.header, func(w, _ int) []string { return []string{p.header(s, m.past(), w)} })
	put(l.answer, func(w, h int) []string { return p.answer(s, m.lane, w, h) })
	if panel, ok := m.zoomed(); ok {
		put(l.zoom, func(w, h int) []string { return m.panel(panel, w, h) })
		put(l.keys, func(w, _ int) []string { return []string{m.bottom(w)} })
		return blocks
	}
	put(l.figures, func(w, h int) []string { return p.compact(s, m.lane, m.outlook(), w, h) })
	put(l.ribbon, func(w, h int) []string { return p.load(s, m.lane, w, h) })
	put(l.status, m.status)
	put(l.table, func(w, _ int) []string { return p.table(s, m.outlook(), w) })
	put(l.tally, func(w, h int) []string { return p.tallyLines(s, w, h) })
	for panel, at := range l.places() {
		put(at, func(w, h int) []string { return m.panel(panel, w, h) })
	}
	put(l.keys, func(w, _ int) []string { return []string{m.bottom(w)} })
	return blocks
}

// status is the lines under the ribbon: rates and open requests, or the reasons of the
// verdict.
func (m Model) status(width, height int) []string {
	p, s := m.pen, m.shown
	if v := s.Verdict; v != nil {
		return p.reasons(slices.DeleteFunc(v.Further(), func(r string) bool { return r == v.Customers }), width, height)
	}
	steered := p.steered(s, m.lane)
	room := width
	if steered != "" {
		room -= draw.Cells(steered) + 2
	}
	return []string{p.flow(s, width), p.Ends(p.open(s, room), steered, width)}
}

// bottom is the last line: the keys, or what is said in their place.
func (m Model) bottom(width int) string {
	if text, ok := m.said(); ok {
		return m.pen.Cut(text, width)
	}
	return m.Bindings().Footer(m.pen.Pen, width)
}

// said is what is being typed or waited for, in place of the keys.
func (m Model) said() (text string, ok bool) {
	p := m.pen
	switch {
	case m.notice != "":
		return p.Style.Mark.Render(m.notice), true
	case m.overlay != overlayNone:
		return p.Figure("esc") + " " + p.Label("back to the screen"), true
	case m.search.finder.Typing():
		return p.Label("events ") + m.search.note(p, m.search.found(m.shown.Events)), true
	}
	return "", false
}

// past says that what is drawn is not how the run is now, and why; "": it is.
func (m Model) past() string {
	age := m.age()
	switch {
	case !m.frozen && age > 0:
		return "stale, nothing new for " + windowLength(age)
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
		newest = draw.Seconds(s.Series[n-1].TS + s.Series[n-1].StepS)
	}
	if age := s.At - newest; age > staleAfter {
		return age
	}
	return 0
}

// dim takes the colours from blocks: what they show is the past.
func (m Model) dim(blocks []draw.Block) {
	for _, b := range blocks {
		for i, line := range b.Lines {
			b.Lines[i] = m.pen.Style.Faint.Render(ansi.Strip(line))
		}
	}
}

// padded are lines that hide all that lies under width × height.
func padded(lines []string, width, height int) []string {
	out := make([]string, max(0, height))
	for i := range out {
		if i < len(lines) {
			out[i] = lines[i]
		}
		out[i] = draw.Left(out[i], width)
	}
	return out
}

// over is the open overlay, in its place.
func (m Model) over() draw.Block {
	l, p := m.layout, m.pen
	var lines []string
	switch m.overlay {
	case overlayErrors: // the answer stays in sight
		at := draw.NewArea(0, l.answer.Y+l.answer.H, l.width, l.height-1-l.answer.Y-l.answer.H)
		whole := at.Take(at.Left)
		return draw.Block{At: whole, Lines: p.Fit(padded(p.errorsPage(m.shown, m.selected, m.outlook(), whole.W, whole.H), whole.W, whole.H), whole.W, whole.H)}
	case overlayVerdict:
		lines = p.verdictPage(m.shown, l.width, l.height)
	default:
		return draw.Block{}
	}
	return draw.Centred(lines, l.width, l.height)
}

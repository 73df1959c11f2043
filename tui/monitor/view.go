package monitor

import (
	"slices"
	"strings"

	"flashwave/bench/monitor"
	"flashwave/bench/units"
	"flashwave/tui/draw"
)

// A layout is where the parts go; what has no room has no height.
type layout struct {
	headline, notices, table, below, keys draw.Rect
	body                                  draw.Area // under the notices
	bare                                  bool      // no frames
	each                                  int       // lines of a target: with its heartbeat it has two
	firstY                                int       // of the first target in view
	from, to                              int       // the targets in view
}

// headlineHeight is the least height of a window with a line for the headline.
const headlineHeight = 14

func (s Model) layout() layout {
	w, h := max(0, s.size.Width), max(0, s.size.Height)
	l := layout{bare: w < draw.ColumnWidth || h < draw.ColumnHeight, each: 1, keys: draw.At(0, h-1, w, min(1, h))}
	area := draw.NewArea(0, 0, w, max(0, h-1))
	area.Take(1)
	if h >= headlineHeight {
		l.headline = area.Take(1)
	}
	if n := len(s.snap.Notices); n > 0 {
		l.notices = area.TakeIf(n+6, n)
	}
	l.body = area
	n, frame := len(s.snap.Rows), 3 // its edges, and the names of the columns
	if l.bare {
		frame = 1
		l.table = area.Take(area.Left)
	} else {
		if 2*n+frame <= area.Left {
			l.each = 2
		}
		rows := min(l.each*n+frame, area.Left)
		if area.Left-rows < 5 {
			rows = area.Left
		}
		l.table = area.Take(rows)
		l.below = area.Take(area.Left)
	}
	l.firstY = l.table.Y + 1 + frame/2
	fit := max(1, (l.table.H-frame)/l.each)
	l.from = max(0, min(s.selected-fit+1, n-fit))
	l.to = min(l.from+fit, n)
	return l
}

// View draws the screen.
func (s Model) View() string {
	w, h := max(0, s.size.Width), max(0, s.size.Height)
	p, l := s.pen, s.layout()
	blocks := []draw.Block{{At: draw.At(0, 0, w, min(1, h)), Lines: []string{s.header(w)}}}
	put := func(at draw.Rect, lines []string) {
		if at.W > 0 && at.H > 0 {
			blocks = append(blocks, draw.Block{At: at, Lines: p.Fit(lines, at.W, at.H)})
		}
	}
	put(l.headline, []string{p.Cut(s.headline(), w)})
	put(l.notices, s.notices(w))
	if r, ok := s.row(); ok {
		s.one(r, l.body, l.bare, put)
	} else {
		s.all(l, put)
	}
	put(l.keys, []string{s.bottom(w)})
	return p.Compose(w, h, blocks)
}

// bottom is the last line: the keys, or what there is to say.
func (s Model) bottom(width int) string {
	if s.notice != "" {
		return s.pen.Style.Mark.Render(draw.Clean(s.notice))
	}
	return s.Bindings().Footer(s.pen, width)
}

// row is the target that is looked at; ok is false where all are.
func (s Model) row() (monitor.Row, bool) {
	i := slices.IndexFunc(s.snap.Rows, func(r monitor.Row) bool { return r.Name == s.opened })
	if s.opened == "" || i < 0 {
		return monitor.Row{}, false
	}
	return s.snap.Rows[i], true
}

// header is what is monitored, and how it stands.
func (s Model) header(width int) string {
	p := s.pen
	in := map[monitor.State]int{}
	spent, priced := 0.0, false
	for _, r := range s.snap.Rows {
		in[r.State]++
		if r.SpentToday != nil {
			spent, priced = spent+*r.SpentToday, true
		}
	}
	var parts []string
	for _, state := range []monitor.State{monitor.Down, monitor.Degraded, monitor.Paused, monitor.Unknown, monitor.Up} {
		if n := in[state]; n > 0 {
			parts = append(parts, p.Style.Of(gradeOf(state)).Render(p.Glyph.Dot)+" "+p.Figure(units.Count(n))+" "+p.Label(string(state)))
		}
	}
	parts = append(parts, p.Figure(units.Clock(s.snap.Running)))
	if s.snap.Left > 0 {
		parts[len(parts)-1] = p.OutOf(units.Clock(s.snap.Running), units.Clock(s.snap.Running+s.snap.Left))
	}
	if priced {
		parts = append(parts, p.Figure(units.USD(spent))+p.Label(" today"))
	}
	head := p.Style.Brand.Render("flashwave") + "   " + p.Label("monitor   "+draw.Clean(s.snap.Name))
	tail := strings.Join(parts, "   ")
	for draw.Cells(tail) > width && len(parts) > 1 {
		parts = parts[:len(parts)-1]
		tail = strings.Join(parts, "   ")
	}
	if draw.Cells(head)+3+draw.Cells(tail) > width {
		head = p.Style.Brand.Render("monitor")
	}
	if draw.Cells(head)+1+draw.Cells(tail) > width {
		head = ""
	}
	return p.Ends(head, tail, width)
}

// headline is what matters most, in the colour of the worst state there is.
func (s Model) headline() string {
	worst := draw.Unknown
	for _, r := range s.snap.Rows {
		switch g := gradeOf(r.State); {
		case r.Incident != nil || g == draw.Bad:
			worst = draw.Bad
		case g == draw.Near && worst != draw.Bad, worst == draw.Unknown:
			worst = g
		}
	}
	return s.pen.Style.Of(worst).Render(draw.Clean(s.snap.Headline()))
}

// gradeOf is how a state looks.
func gradeOf(s monitor.State) draw.Grade {
	switch s {
	case monitor.Up:
		return draw.Good
	case monitor.Degraded:
		return draw.Near
	case monitor.Down:
		return draw.Bad
	}
	return draw.Unknown
}

// beatOf is how one probe looks.
func beatOf(b monitor.Beat) draw.Grade {
	switch {
	case b.Good == nil:
		return draw.Unknown
	case *b.Good:
		return draw.Good
	case !b.Outcome.Failed():
		return draw.Near
	}
	return draw.Bad
}

// notices say what is wrong with the monitor itself.
func (s Model) notices(width int) (lines []string) {
	p := s.pen
	for _, n := range s.snap.Notices {
		lines = append(lines, p.Cut(p.Marked(draw.Near)+" "+p.Style.Near.Render(draw.Clean(n.Text)), width))
	}
	return lines
}

// all draws a row a target and, where there is room, what happened.
func (s Model) all(l layout, put func(draw.Rect, []string)) {
	at := l.table
	if l.bare {
		put(at, s.table(l, at.W))
		return
	}
	note := ""
	if slices.ContainsFunc(s.columns(at.W-4, s.nameWidth(at.W-4)), func(c column) bool { return c.title == spark }) {
		note = s.pen.Label("hour: TTFT p50 of each minute")
	}
	title := "targets"
	if s.queues() {
		title, note = "queue", s.pen.Label(atLeast+" at least")
	}
	put(at, s.pen.Panel(title, note, s.table(l, at.W-4), at.W, at.H))
	at = l.below
	switch {
	case at.H < 3:
	case at.W >= draw.FullWidth && len(s.snap.Incidents) > 0:
		left, right := at.Split(at.W / 2)
		put(left, s.incidents(s.snap.Incidents, left.W, left.H))
		put(right, s.events("", right.W, right.H))
	case len(s.snap.Incidents) > 0 && at.H < 10:
		put(at, s.incidents(s.snap.Incidents, at.W, at.H))
	default:
		put(at, s.events("", at.W, at.H))
	}
}

// incidents are those of all targets or of one, the newest first.
func (s Model) incidents(list []monitor.Incident, width, height int) []string {
	p := s.pen
	open := 0
	var body []string
	for _, i := range list {
		style, state := p.Style.Muted, "over, after "
		until := s.snap.At
		if i.ClosedAt != nil {
			until = *i.ClosedAt
		}
		if i.Open() {
			open++
			style, state = p.Style.Bad, "open for "
		}
		text := p.Label(i.OpenedAt.Local().Format("01-02 15:04")+"  ") + style.Render(draw.Clean(i.Target))
		if i.BurnRate > 0 {
			text += " " + p.Label(state) + p.Figure(units.Duration(until.Sub(i.OpenedAt).Round(1e9)))
		}
		if i.Why != "" {
			text += p.Label("  " + draw.Clean(i.Why))
		}
		body = append(body, p.Cut(text, width-4))
	}
	if len(body) == 0 {
		body = append(body, p.Style.Faint.Render("none"))
	}
	note := ""
	if open > 0 {
		note = p.Style.Bad.Render(units.Count(open) + " open")
	}
	return p.Panel("incidents", note, body, width, height)
}

// events are what happened, the newest first; to a target if one is named.
func (s Model) events(target string, width, height int) []string {
	p := s.pen
	var body []string
	for _, e := range slices.Backward(s.snap.Events) {
		if target != "" && e.Target != target {
			continue
		}
		style := p.Style.Text
		switch e.Kind {
		case monitor.Opened:
			style = p.Style.Bad
		case monitor.Closed:
			style = p.Style.Good
		case monitor.Troubled, monitor.Expiring, monitor.ClockJumped:
			style = p.Style.Near
		}
		body = append(body, p.Cut(p.Label(e.At.Local().Format("15:04:05")+"  ")+style.Render(draw.Clean(e.Text)), width-4))
	}
	if len(body) == 0 {
		body = append(body, p.Style.Faint.Render("nothing yet"))
	}
	return p.Panel("events", "", body, width, height)
}

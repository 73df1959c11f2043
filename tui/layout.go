package tui

// A rect is a place on the screen, in cells.
type rect struct{ x, y, w, h int }

// A layout is where everything goes in one window. A part that has no room has
// no height. It is computed once per size.
type layout struct {
	width, height int
	numbers       bool // too small for anything but figures

	header, ribbon, status, latency, outcomes, cost, slos, waves, events, keys rect

	charts []rect
	tally  rect // outcomes and cost in a line or two, where panels have no room
}

// The sizes from which a window holds more than figures, and two columns.
const (
	columnWidth, columnHeight = 60, 13
	fullWidth, fullHeight     = 100, 22
)

// newLayout divides a window. When the run is done, the verdict takes more
// lines than the rates did.
func newLayout(width, height int, done bool) layout {
	l := layout{width: max(0, width), height: max(0, height)}
	switch {
	case width < columnWidth || height < columnHeight:
		l.numbers = true
	case width < fullWidth || height < fullHeight:
		l.column(done)
	default:
		l.full(done)
	}
	return l
}

// An area hands out the rows of a part of the window from the top down.
type area struct{ x, y, w, left int }

// take hands out h rows, or fewer if fewer are left.
func (s *area) take(h int) rect {
	h = max(0, min(h, s.left))
	r := rect{s.x, s.y, s.w, h}
	s.y, s.left = s.y+h, s.left-h
	return r
}

// takeIf hands out up to most rows if at least least of them are left.
func (s *area) takeIf(least, most int) rect {
	if s.left < least {
		return rect{}
	}
	return s.take(most)
}

// top lays out what every window has: header, ribbon and status above, keys
// below. It returns what is left between them.
func (l *layout) top(done bool) area {
	s := area{0, 0, l.width, l.height}
	roomy := l.height >= 34
	gap := func() {
		if roomy {
			s.take(1)
		}
	}
	bars := 1
	if l.height >= 48 {
		bars = 3
	} else if l.height >= 30 {
		bars = 2
	}
	l.header = s.take(1)
	gap()
	l.ribbon = s.take(bars + 1)
	gap()
	l.status = s.take(2)
	if done && roomy {
		l.status.h += s.take(2).h
	}
	gap()
	l.keys = rect{0, l.height - 1, l.width, 1}
	s.left--
	return s
}

// column lays out a narrow or a low window.
func (l *layout) column(done bool) {
	s := l.top(done)
	if s.left >= 30 {
		l.latency = s.take(10)
		pair := s.take(9)
		l.outcomes, l.cost = pair.split(pair.w / 2)
		l.charts = []rect{s.take(max(8, s.left-6))}
		l.events = s.takeIf(4, s.left)
		return
	}
	rows := min(4, max(1, s.left-5)) // one line of the tally must remain
	l.latency = s.take(rows + 3)
	l.tally = s.take(2)
	if chart := s.takeIf(6, min(s.left, 14)); chart.h > 0 {
		l.charts = []rect{chart}
	}
	l.events = s.takeIf(4, s.left)
}

// full lays out two columns: figures on the left, charts on the right.
func (l *layout) full(done bool) {
	s := l.top(done)
	foot := 0
	if s.left >= 24 {
		foot = min(10, 5+(s.left-24)/4)
	}
	body := area{0, s.y, l.width, s.left - foot}
	main := body.take(body.left)
	a, b := main.split(min(90, max(58, l.width*51/100)))
	l.figures(area{a.x, a.y, a.w, a.h}, done && foot > 0)
	l.plots(area{b.x, b.y, b.w, b.h})

	if foot > 0 {
		s.take(main.h)
		l.events = s.take(foot)
		if done && l.slos.h == 0 {
			l.slos, l.events = l.events.split(a.w)
		}
	}
}

// figures lays out the left column.
func (l *layout) figures(s area, slosBelow bool) {
	rows := 6
	if s.left < 19 {
		rows = 5
	} else if s.left >= 30 {
		rows = 8
	}
	l.latency = s.take(rows + 4)
	height := s.left
	if s.left >= 19 {
		height = 12
	}
	pair := s.take(height)
	l.outcomes, l.cost = pair.split((pair.w - 1) / 2)
	if !slosBelow || s.left >= 5 {
		if s.left >= 12 {
			l.waves = s.take(s.left / 2)
			l.waves.y += s.left // below the SLOs
			s.y -= l.waves.h
		}
		l.slos = s.takeIf(5, s.left)
	}
}

// plots lays out the right column: as many charts as are still readable, the
// first one the tallest; in a wide window the last two share their rows.
func (l *layout) plots(s area) {
	n := 1
	for _, enough := range []int{16, 33, 48} {
		if s.left >= enough {
			n++
		}
	}
	first := s.left - (n-1)*(s.left*10/(n*11))
	l.charts = append(l.charts, s.take(first))
	for i := 1; i < n; i++ {
		l.charts = append(l.charts, s.take(s.left/(n-i)))
	}
	if last := l.charts[n-1]; n > 1 && s.w >= 100 {
		a, b := last.split((last.w - 1) / 2)
		l.charts = append(l.charts[:n-1], a, b)
	}
}

// split divides a rect into a left part of width w, a gap of one cell, and the
// rest.
func (r rect) split(w int) (a, b rect) {
	a, b = r, r
	a.w = w
	b.x, b.w = r.x+w+1, r.w-w-1
	return a, b
}

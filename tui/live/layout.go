package live

import "flashwave/tui/draw"

// A layout is where everything goes in one window. A part that has no room has
// no height. It is computed once per size.
type layout struct {
	width, height int
	numbers       bool // too small for anything but figures

	header, ribbon, status, latency, outcomes, cost, slos, waves, events, keys draw.Rect

	charts []draw.Rect
	tally  draw.Rect // outcomes and cost in a line or two, where panels have no room
}

// newLayout divides a window. When the run is done, the verdict takes more
// lines than the rates did.
func newLayout(width, height int, done bool) layout {
	l := layout{width: max(0, width), height: max(0, height)}
	switch {
	case width < draw.ColumnWidth || height < draw.ColumnHeight:
		l.numbers = true
		if l.height >= 4 {
			l.keys = draw.At(0, l.height-1, l.width, 1)
		}
	case width < draw.FullWidth || height < draw.FullHeight:
		l.column(done)
	default:
		l.full(done)
	}
	return l
}

// top lays out what every window has: header, ribbon and status above, keys
// below. It returns what is left between them.
func (l *layout) top(done bool) draw.Area {
	s := draw.NewArea(0, 0, l.width, l.height)
	roomy := l.height >= 34
	gap := func() {
		if roomy {
			s.Take(1)
		}
	}
	bars := 1
	if l.height >= 48 {
		bars = 3
	} else if l.height >= 30 {
		bars = 2
	}
	l.header = s.Take(1)
	gap()
	l.ribbon = s.Take(bars + 1)
	gap()
	l.status = s.Take(2)
	if done && roomy {
		l.status.H += s.Take(2).H
	}
	gap()
	l.keys = draw.At(0, l.height-1, l.width, 1)
	s.Left--
	return s
}

// column lays out a narrow or a low window.
func (l *layout) column(done bool) {
	s := l.top(done)
	if s.Left >= 30 {
		l.latency = s.Take(10)
		pair := s.Take(9)
		l.outcomes, l.cost = pair.Split(pair.W / 2)
		l.charts = []draw.Rect{s.Take(max(8, s.Left-6))}
		l.events = s.TakeIf(4, s.Left)
		return
	}
	rows := min(4, max(1, s.Left-5)) // one line of the tally must remain
	l.latency = s.Take(rows + 3)
	l.tally = s.Take(2)
	if chart := s.TakeIf(6, min(s.Left, 14)); chart.H > 0 {
		l.charts = []draw.Rect{chart}
	}
	l.events = s.TakeIf(4, s.Left)
}

// full lays out two columns: figures on the left, charts on the right.
func (l *layout) full(done bool) {
	s := l.top(done)
	foot := 0
	if s.Left >= 24 {
		foot = min(10, 5+(s.Left-24)/4)
	}
	body := draw.NewArea(0, s.Y, l.width, s.Left-foot)
	main := body.Take(body.Left)
	a, b := main.Split(min(90, max(58, l.width*51/100)))
	l.figures(draw.NewArea(a.X, a.Y, a.W, a.H), done && foot > 0)
	l.plots(draw.NewArea(b.X, b.Y, b.W, b.H))

	if foot > 0 {
		s.Take(main.H)
		l.events = s.Take(foot)
		if done && l.slos.H == 0 {
			l.slos, l.events = l.events.Split(a.W)
		}
	}
}

// figures lays out the left column.
func (l *layout) figures(s draw.Area, slosBelow bool) {
	rows := 6
	if s.Left < 19 {
		rows = 5
	} else if s.Left >= 30 {
		rows = 8
	}
	l.latency = s.Take(rows + 4)
	height := s.Left
	if s.Left >= 19 {
		height = 12
	}
	pair := s.Take(height)
	l.outcomes, l.cost = pair.Split((pair.W - 1) / 2)
	if !slosBelow || s.Left >= 5 {
		if s.Left >= 12 {
			l.waves = s.Take(s.Left / 2)
			l.waves.Y += s.Left // below the SLOs
			s.Y -= l.waves.H
		}
		l.slos = s.TakeIf(5, s.Left)
	}
}

// plots lays out the right column: as many charts as are still readable, the
// first one the tallest; in a wide window the last two share their rows.
func (l *layout) plots(s draw.Area) {
	n := 1
	for _, enough := range []int{16, 33, 48} {
		if s.Left >= enough {
			n++
		}
	}
	first := s.Left - (n-1)*(s.Left*10/(n*11))
	l.charts = append(l.charts, s.Take(first))
	for i := 1; i < n; i++ {
		l.charts = append(l.charts, s.Take(s.Left/(n-i)))
	}
	if last := l.charts[n-1]; n > 1 && s.W >= 100 {
		a, b := last.Split((last.W - 1) / 2)
		l.charts = append(l.charts[:n-1], a, b)
	}
}

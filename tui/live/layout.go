package live

import "flashwave/tui/draw"

// A layout is where everything goes in one window. A part that has no room has
// no height. It is computed once per size.
type layout struct {
	width, height int
	numbers       bool // too small for anything but figures

	header, answer, ribbon, status, keys                  draw.Rect
	latency, outcomes, cost, slos, waves, classes, events draw.Rect
	queue                                                 draw.Rect

	charts  []draw.Rect
	table   draw.Rect // the latencies without a frame
	tally   draw.Rect // outcomes and cost in a line or two, where panels have no room
	figures draw.Rect // all there is, in a window too small for anything else
	zoom    draw.Rect // of the panel that has the window to itself
}

// contents are what of a run decides where parts go.
type contents struct {
	classes int  // of requests, shown where there is room
	tasks   int  // classes of the tasks of a queue: what such a run is about
	done    bool // the verdict takes more lines than the rates did
	zoomed  bool // a panel has all below the answer
}

// newLayout divides a window.
func newLayout(width, height int, of contents) layout {
	l := layout{width: max(0, width), height: max(0, height)}
	l.numbers = width < draw.ColumnWidth || height < draw.ColumnHeight
	s := draw.NewArea(0, 0, l.width, l.height)
	if l.height >= 4 {
		l.keys = draw.At(0, l.height-1, l.width, 1)
		s.Left--
	}
	l.header = s.Take(1)
	switch {
	case of.zoomed:
		if !l.numbers && s.Left >= 4*draw.DigitRows {
			l.answer = s.Take(draw.DigitRows)
		}
		l.zoom = s.Take(s.Left)
	case l.numbers:
		l.figures = s.Take(s.Left)
	case width < draw.FullWidth || height < draw.FullHeight:
		l.column(l.top(s, of.done), of.tasks)
	default:
		l.full(l.top(s, of.done), of)
	}
	return l
}

// top lays out what is above the panels: answer, ribbon and status.
func (l *layout) top(s draw.Area, done bool) draw.Area {
	gap := func(least int) {
		if l.height >= least {
			s.Take(1)
		}
	}
	bars := 1
	if l.height >= 48 {
		bars = 3
	} else if l.height >= 30 {
		bars = 2
	}
	gap(34)
	l.answer = s.Take(draw.DigitRows)
	gap(34)
	l.ribbon = s.Take(bars + 1)
	gap(44)
	l.status = s.Take(2)
	if done && l.height >= 44 {
		l.status.H += s.Take(2).H
	}
	gap(44)
	return s
}

// lanes takes room for those of so many classes of tasks, of up to most rows each.
func lanes(s *draw.Area, tasks, share, most int) draw.Rect {
	rows := min(most, laneRows(share, tasks))
	height := tasks*rows + 4 // the frame, the heading and the time
	if rows == 1 {
		height-- // no time
	}
	return s.Take(min(height, share))
}

// columnOfTasks lays out a narrow or a low window of a queue.
func (l *layout) columnOfTasks(s draw.Area, tasks int) {
	if s.Left < 9 {
		l.table = s.Take(min(tasks+1, s.Left-1))
		l.tally = s.Take(min(2, s.Left))
		return
	}
	if s.Left < 26 {
		below := 2
		if s.Left >= 20 {
			below = 7
		}
		l.queue = lanes(&s, tasks, s.Left-below, 4)
		l.tally = s.Take(2)
		l.events = s.TakeIf(4, s.Left)
		return
	}
	l.queue = lanes(&s, tasks, s.Left/2, 4)
	pair := s.Take(9)
	l.outcomes, l.cost = pair.Split(pair.W / 2)
	if s.Left >= 14 {
		l.charts = []draw.Rect{s.Take(s.Left - 6)}
	}
	l.events = s.TakeIf(4, s.Left)
}

// column lays out a narrow or a low window.
func (l *layout) column(s draw.Area, tasks int) {
	if tasks > 0 {
		l.columnOfTasks(s, tasks)
		return
	}
	if s.Left >= 30 {
		l.latency = s.Take(10)
		pair := s.Take(9)
		l.outcomes, l.cost = pair.Split(pair.W / 2)
		l.charts = []draw.Rect{s.Take(max(8, s.Left-6))}
		l.events = s.TakeIf(4, s.Left)
		return
	}
	if s.Left < 9 { // no room for frames
		l.table = s.Take(min(5, s.Left-1))
		l.tally = s.Take(min(2, s.Left))
		return
	}
	rows := min(4, max(1, s.Left-5)) // one line of the tally must remain
	l.latency = s.Take(rows + 3)
	l.tally = s.Take(2)
	if chart := s.TakeIf(5, min(s.Left, 14)); chart.H > 0 {
		l.charts = []draw.Rect{chart}
	}
	l.events = s.TakeIf(4, s.Left)
}

// full lays out two columns: figures on the left, charts on the right. Above them are the
// lanes of a queue.
func (l *layout) full(s draw.Area, of contents) {
	classes, done, foot := of.classes, of.done, 0
	if of.tasks > 0 {
		l.queue = lanes(&s, of.tasks, max(s.Left/2, min(of.tasks+3, s.Left-8)), 4)
	}
	if s.Left >= 24 {
		foot = min(10, 5+(s.Left-24)/4)
		if classes > 0 {
			foot = max(foot, min(classes+4, s.Left-17))
		}
	}
	body := draw.NewArea(0, s.Y, l.width, s.Left-foot)
	main := body.Take(body.Left)
	a, b := main.Split(min(90, max(59, l.width*51/100)))
	if of.tasks > 0 {
		l.leftOfTasks(draw.NewArea(a.X, a.Y, a.W, a.H))
	} else {
		l.left(draw.NewArea(a.X, a.Y, a.W, a.H), classes, done && foot > 0)
	}
	if of.tasks > 0 && foot == 0 && b.H >= 13 { // who starves and what is lost are events
		chart := draw.NewArea(b.X, b.Y, b.W, b.H)
		b = chart.Take(b.H - 5)
		l.events = chart.Take(5)
	}
	l.plots(draw.NewArea(b.X, b.Y, b.W, b.H))

	if foot > 0 {
		s.Take(main.H)
		l.events = s.Take(foot)
		switch {
		case done && l.slos.H == 0:
			l.slos, l.events = l.events.Split(a.W)
		case classes > 0 && l.classes.H == 0:
			l.classes, l.events = l.events.Split(a.W)
		}
	}
}

// left lays out the column of figures.
func (l *layout) left(s draw.Area, classes int, slosBelow bool) {
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
		if classes > 0 && s.Left >= classes+9 {
			l.classes = s.Take(classes + 4)
			l.classes.Y += s.Left // below the others
			s.Y -= l.classes.H
		}
		if s.Left >= 9 {
			l.waves = s.Take((s.Left + 1) / 2)
			l.waves.Y += s.Left // below the SLOs
			s.Y -= l.waves.H
		}
		l.slos = s.TakeIf(5, s.Left)
	}
}

// leftOfTasks lays out the column of figures of a queue, whose SLOs matter more than the
// latencies of requests, of which most are not known.
func (l *layout) leftOfTasks(s draw.Area) {
	if s.Left >= 24 {
		l.latency = s.Take(9)
	}
	pair := s.Take(max(5, min(12, s.Left-6)))
	l.outcomes, l.cost = pair.Split((pair.W - 1) / 2)
	if s.Left >= 14 {
		l.waves = s.Take(s.Left / 2)
		l.waves.Y += s.Left // below the SLOs
		s.Y -= l.waves.H
	}
	l.slos = s.TakeIf(4, s.Left)
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

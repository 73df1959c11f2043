package live

import "flashwave/tui/draw"

// Targets are where the mouse asks for something: the keys in the footer, panels, which
// get the focus, the columns of charts over time, which the cursor goes to, and lists
// and the time in view, which the wheel moves.
func (m Model) Targets() (targets draw.Targets[Action]) {
	l := m.layout
	if m.overlay != overlayNone {
		whole := draw.At(0, 0, l.width, max(0, l.height-1)) // the last line says what closes it
		return draw.Targets[Action]{{At: whole, Click: Action{verb: closeOverlay}, Up: Action{verb: up}, Down: Action{verb: down}}}
	}
	panels := l.places()
	if panel, ok := m.zoomed(); ok {
		panels = [panelKinds]draw.Rect{}
		panels[panel] = l.zoom
	}
	for panel, at := range panels {
		if at.H == 0 {
			continue
		}
		t := draw.Target[Action]{At: at, Click: Action{verb: movePanels, move: draw.FocusOn(panel)}}
		switch {
		case panel == panelEvents:
			t.Up, t.Down = Action{verb: scrollUp}, Action{verb: scrollDown}
		case panel >= panelChart, panel == panelQueue:
			t.Up, t.Down = Action{verb: closer}, Action{verb: wider}
		}
		targets = append(targets, t)
		switch {
		case panel >= panelChart:
			targets = append(targets, m.columns(panel-panelChart, at)...)
		case panel == panelQueue:
			targets = append(targets, m.queueColumns(at)...)
		}
	}
	if _, said := m.said(); !said {
		targets = append(targets, draw.FooterTargets(m.Bindings(), m.pen.Pen, l.keys)...)
	}
	return targets
}

// columns are those of a chart over time.
func (m Model) columns(chart int, at draw.Rect) (targets draw.Targets[Action]) {
	kind := m.stack()[chart]
	if kind == chartCurve {
		return nil
	}
	f := m.pen.newFrame(m.shown, kind, m.outlook(), at.W, at.H)
	return instants(f.axis, f.to, draw.At(at.X+2+draw.Gutter+2, at.Y+1, f.axis.Columns, at.H-2), panelChart+chart)
}

// queueColumns are those of the depths of a queue.
func (m Model) queueColumns(at draw.Rect) draw.Targets[Action] {
	list := taskClasses(m.shown, m.outlook())
	t := m.pen.newTaskTable(m.shown, list, m.outlook(), at.W-4, laneRows(at.H, len(list)))
	return instants(t.axis, t.to, draw.At(at.X+2+t.name, at.Y+1, t.axis.Columns, at.H-2), panelQueue)
}

// instants are the columns of a panel in a place, each the instant that it shows.
func instants(axis draw.TimeAxis, to float64, at draw.Rect, panel int) (targets draw.Targets[Action]) {
	for c := range at.W {
		instant := axis.From + (float64(c)+0.5)*axis.Step
		if instant >= to {
			break
		}
		targets = append(targets, draw.Target[Action]{
			At:    draw.At(at.X+c, at.Y, 1, at.H),
			Click: Action{verb: pointAt, move: draw.FocusOn(panel), at: instant},
		})
	}
	return targets
}

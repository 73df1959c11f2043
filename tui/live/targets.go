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
		case panel >= panelChart:
			t.Up, t.Down = Action{verb: closer}, Action{verb: wider}
		}
		targets = append(targets, t)
		if panel >= panelChart {
			targets = append(targets, m.columns(panel-panelChart, at)...)
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
	for c := range f.axis.Columns {
		instant := f.axis.From + (float64(c)+0.5)*f.axis.Step
		if instant >= f.to {
			break
		}
		targets = append(targets, draw.Target[Action]{
			At:    draw.At(at.X+2+draw.Gutter+2+c, at.Y+1, 1, at.H-2),
			Click: Action{verb: pointAt, move: draw.FocusOn(panelChart + chart), at: instant},
		})
	}
	return targets
}

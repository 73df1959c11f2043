package live

import "math"

// point moves the cursor by columns of the chart that leads: from the newest instant
// where it was nowhere, and away where it leaves the end.
func (m Model) point(by int) Model {
	step, newest := m.column(), m.shown.At.Seconds()
	if n := len(m.shown.Series); n > 0 {
		newest = m.shown.Series[n-1].TS + m.shown.Series[n-1].StepS/2
	}
	if !m.pointed {
		if by < 0 {
			m.pointed, m.cursor = true, max(0, newest)
		}
		return m
	}
	next := m.cursor + float64(by)*step
	if next > newest && by > 0 {
		m.pointed = false
		return m
	}
	m.cursor = max(0, next)
	return m
}

// column is how long a column of the leading chart is, in seconds; at least a row of the
// timeline.
func (m Model) column() float64 {
	at := m.layout.places()[panelChart+m.chart()]
	if at.H == 0 {
		at = m.layout.queue
	}
	if _, ok := m.zoomed(); ok {
		at = m.layout.zoom
	}
	step := m.pen.newFrame(m.shown, chartTTFT, outlook{stretch: stretches[m.stretch]}, at.W, at.H).axis.Step
	return max(1, math.Round(step))
}

// zoomTime shows a shorter part of the time, or a longer one. A part that is as long as
// the run is all of it.
func (m Model) zoomTime(by int) Model {
	from, to := chartSpan(m.shown, outlook{})
	for i := m.stretch + by; i >= 0 && i < len(stretches); i += by {
		if i == 0 || stretches[i].Seconds() < to-from {
			m.stretch = i
			return m
		}
		if by < 0 {
			m.stretch = 0
			return m
		}
	}
	return m
}

// charting reports whether a chart is in view.
func (m Model) charting() bool {
	if panel, ok := m.zoomed(); ok {
		return panel >= panelChart
	}
	return len(m.layout.charts) > 0
}

// charted reports whether a chart over time is in view, or the depths of a queue.
func (m Model) charted() bool {
	if panel, ok := m.zoomed(); ok {
		return panel == panelQueue || panel >= panelChart && m.stack()[panel-panelChart] != chartCurve
	}
	return len(m.layout.charts) > 0 || m.layout.queue.H > 0
}

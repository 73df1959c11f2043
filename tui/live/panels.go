package live

import "flashwave/tui/draw"

// The panels, in the order in which the focus goes round.
const (
	panelQueue = iota
	panelLatency
	panelOutcomes
	panelCost
	panelSLOs
	panelWaves
	panelClasses
	panelEvents
	panelChart // the first one; the others follow
	panelKinds = panelChart + mostCharts
)

// places are where the panels are; those without room have no height.
func (l layout) places() (list [panelKinds]draw.Rect) {
	list[panelQueue] = l.queue
	list[panelLatency], list[panelOutcomes], list[panelCost] = l.latency, l.outcomes, l.cost
	list[panelSLOs], list[panelWaves], list[panelClasses], list[panelEvents] = l.slos, l.waves, l.classes, l.events
	copy(list[panelChart:], l.charts)
	return list
}

// bare reports whether no panel has room.
func (l layout) bare() bool { return l.places() == [panelKinds]draw.Rect{} }

// open reports whether the focus can go to a panel: to all that are shown, and to any one
// where it is to have the window to itself.
func (m Model) open(panel int) bool {
	if _, zoomed := m.zoomed(); zoomed || m.layout.bare() {
		switch panel {
		case panelClasses:
			return classCount(m.shown) > 0
		case panelQueue:
			return taskClassCount(m.shown) > 0
		}
		return panel <= panelChart
	}
	return m.layout.places()[panel].H > 0
}

// zoomed is the panel that has the window to itself.
func (m Model) zoomed() (panel int, ok bool) { return m.panels.Zoomed() }

// panel draws one panel.
func (m Model) panel(panel, width, height int) []string {
	if width < 2*draw.Gutter || height < 3 {
		return nil
	}
	p, s, o := pen{m.pen.Focused(m.panels.Has(panel))}, m.shown, m.outlook()
	switch panel {
	case panelQueue:
		return p.queue(s, o, width, height)
	case panelLatency:
		return p.latency(s, o, width, height)
	case panelOutcomes:
		return p.outcomes(s, width, height)
	case panelCost:
		return p.cost(s, width, height)
	case panelSLOs:
		return p.slos(s, width, height)
	case panelWaves:
		return p.waves(s, width, height)
	case panelClasses:
		return p.classes(s, width, height)
	case panelEvents:
		return p.events(s, m.search, m.scrolled, width, height)
	}
	i := panel - panelChart
	o.leads = i == m.chart()
	return p.drawChart(s, m.stack()[i], o, width, height)
}

// stack are the kinds of all charts.
func (m Model) stack() []chartKind {
	return chartStack(m.charts, m.shown, mostCharts)
}

// chart is the chart that the keys are about: the one with the focus, or the first.
func (m Model) chart() int {
	_, zoomed := m.zoomed()
	if i, ok := m.panels.Focus(); ok && i >= panelChart && (zoomed || i-panelChart < len(m.layout.charts)) {
		return i - panelChart
	}
	return 0
}

package live

import "slices"

// A steered is an act of steering that was done from this screen.
type steered struct {
	verb verb
	lane int
}

// mostUndone is how many acts can be undone, one after the other.
const mostUndone = 50

// remember keeps an act, to undo it.
func (m Model) remember(a verb) Model {
	m.acts = append(slices.Clone(m.acts[max(0, len(m.acts)-mostUndone+1):]), steered{a, m.lane})
	return m
}

// undo asks for the inverse of the last act, or says that it has none.
func (m Model) undo() (model Model, act func(Source)) {
	last := m.acts[len(m.acts)-1]
	m.acts = m.acts[:len(m.acts)-1]
	switch last.verb {
	case pause:
		return m, func(src Source) { src.TogglePause(last.lane) }
	case burst:
		m.notice = "a burst cannot be taken back"
	case nextWave:
		m.notice = "a wave that was left does not come back"
	default:
		return m, func(src Source) { src.Scale(last.lane, 1/steps[last.verb]) }
	}
	return m, nil
}

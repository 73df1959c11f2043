package search

import (
	"fmt"
	"slices"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// sawtooth is how long a step is to last at least, so that what piles up is told from the
// teeth that batches make.
const sawtooth = 20 * time.Second

// queueNotes say what steps as long as these cannot see of a queue.
func (c Config) queueNotes(list []criterion) (notes []string) {
	if c.StepFor < sawtooth {
		notes = append(notes, fmt.Sprintf("steps of %s are short for a queue: workers that take batches and rest make a sawtooth of the depth, and what piles up slowly is told from it in %s or more",
			units.Length(c.StepFor), units.Length(sawtooth)))
	}
	for _, of := range list {
		if of.Metric == slo.Starved && lasting(of.Value/1000) >= c.Soak {
			notes = append(notes, fmt.Sprintf("no step lasts as long as %s allows: that it holds says only that nothing piled up; give --soak more", of.Text))
		}
	}
	return notes
}

// piles reports whether tasks of a class pile up, so long after the figures began: as long
// as takes to tell it from a tooth of the sawtooth. A soak outlasts a bad moment.
func (m *measuring) piles(since time.Duration) bool {
	if m.concurrency > 0 || since < sawtooth || m.kind == capacity.Soak && since < m.length/2 {
		return false
	}
	return m.pilesUp(since)
}

// pilesUp ends the point where tasks of a class piled up by an instant after the figures
// began. Those of the least urgent do first, where the more urgent are taken first: of
// several the last is blamed.
func (m *measuring) pilesUp(by time.Duration) bool {
	if m.search.tier == nil || m.concurrency > 0 {
		return false
	}
	q := m.search.tier.Report()
	var rows []result.TierRow
	for _, r := range q.Timeline {
		if r.TS >= m.settle.Seconds()-0.5 && r.TS+q.TimelineStepS <= (m.settle+by).Seconds()+0.5 {
			rows = append(rows, r)
		}
	}
	last := -1
	for i := range m.piled {
		if m.piled[i] = verdict.PilesUp(rows, i); m.piled[i] {
			last = i
		}
	}
	if last < 0 {
		return false
	}
	name := m.search.base.Mix[last].Name
	first, now := rows[0].Classes[last].Waiting, rows[len(rows)-1].Classes[last].Waiting
	m.breaks(capacity.ByBacklog, fmt.Sprintf("tasks of %s piled up: more came than workers took, and after %s %s waited where %s had",
		name, units.Duration(by), units.Count(now), units.Count(first)))
	m.swamped = by
	m.by = nil
	for i, c := range m.criteria {
		if c.waits() && c.class != nil && c.class.name == name {
			m.by = &m.criteria[i]
			break
		}
	}
	return true
}

// piled reports whether in a step tasks that a criterion concerns piled up, or all requests
// did.
func piled(st capacity.Step, c criterion) bool {
	if c.class == nil {
		return st.OversaturatedS != nil
	}
	return slices.ContainsFunc(st.Tasks, func(t capacity.StepTasks) bool { return t.Class == c.class.name && t.PiledUp })
}

// pilesFirst says of which class tasks pile up where the capacity ends, in words.
func (s *Search) pilesFirst() string {
	if st := s.of(s.hunt.edge()); st != nil {
		for _, t := range slices.Backward(st.Tasks) {
			if t.PiledUp {
				return "tasks of " + t.Class + " pile up: more come than workers take"
			}
		}
	}
	return "tasks pile up: more come than workers take"
}

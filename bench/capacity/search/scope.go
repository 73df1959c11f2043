package search

import (
	"slices"
	"strings"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
)

// A lane is the part of the load that an SLO concerns which speaks of a wave of it.
type lane struct {
	name  string
	share float64 // of all requests
}

// laneOf is the lane whose requests an SLO concerns; nil: it concerns all. Waves are phases
// of a demand, and a step has none of them: where all lanes ask the same, what is asserted
// of a wave is asserted of every request; so it is where the lane has no name.
func laneOf(sc *scenario.Scenario, e slo.Expr) *lane {
	own := slices.ContainsFunc(sc.Lanes, func(l scenario.Lane) bool { return l.Workload != nil })
	if e.Wave == "" || len(sc.Lanes) < 2 || !own {
		return nil
	}
	shares := shares(sc)
	for i, l := range sc.Lanes {
		if l.Name != "" && slices.ContainsFunc(l.Waves, func(w scenario.Wave) bool { return e.Concerns(l.Name, w.Name) }) {
			return &lane{name: l.Name, share: shares[i]}
		}
	}
	return nil
}

// scopeNotes say, once for all of them, what SLOs of waves are held against.
func scopeNotes(list []criterion) (notes []string) {
	var all, alone []string
	for _, c := range list {
		switch {
		case c.assumed || c.Wave == "" || c.class != nil:
		case c.lane == nil:
			all = append(all, c.Text)
		default:
			alone = append(alone, c.Text)
		}
	}
	if len(all) > 0 {
		notes = append(notes, "waves are phases of a demand, and a step of a search is none: all requests are held against "+strings.Join(all, " and "))
	}
	if len(alone) > 0 {
		notes = append(notes, "waves are phases of a demand, and a step of a search is none: the requests of the wave's lane are held against "+strings.Join(alone, " and "))
	}
	return notes
}

// wave is one of the search's own waves in the lane of a criterion.
func (c criterion) wave(name string) string {
	if c.lane == nil {
		return name
	}
	return slo.WaveName(c.lane.name, name)
}

// part is the share of the requests that the criterion concerns.
func (c criterion) part() float64 {
	switch {
	case c.class != nil:
		return c.class.share
	case c.lane != nil:
		return c.lane.share
	}
	return 1
}

// over is the criterion as the scenario of a step asserts it, with these waves.
func (c criterion) over(waves []string) (texts []string) {
	e := c.Everywhere()
	if c.class != nil {
		return []string{c.Text}
	}
	if c.lane == nil {
		return []string{e.Text}
	}
	for _, name := range waves {
		texts = append(texts, e.In(c.lane.name, name).Text)
	}
	return texts
}

// A sight is what was seen of a step: of all requests, and of those of one lane.
type sight struct {
	bench.Look // of all
	of         func(criterion) bench.Look
}

// see looks at waves of a run.
func see(run *bench.Run, waves ...string) sight {
	all := run.Look(waves...)
	return sight{all, func(c criterion) bench.Look {
		if c.lane == nil {
			return all
		}
		names := make([]string, len(waves))
		for i, name := range waves {
			names[i] = c.wave(name)
		}
		return run.Look(names...)
	}}
}

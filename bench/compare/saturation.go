package compare

import "math"

// A fullness says how near a run was to saturation, as it shows itself. There a backlog
// comes and goes slowly, and all requests that meet it are late together.
type fullness struct {
	alike  float64 // so many requests tell no more than one: the crowding of TTFT or E2E
	wavers float64 // the variance of the backlog by its mean; of a Poisson process served at once it is 1
}

// Above both a run is near saturation: a queue of eight workers is, more often than not,
// from a utilisation of 0.85 on. A ramp that nobody waits in has a backlog that changes,
// but its requests are not alike; those of a noisy neighbour are alike, but there is no
// backlog. Of closed waves, whose backlog is asked for, nothing is said.
const (
	fullAlike  = 3
	fullWavers = 2
)

func (f fullness) near() bool { return f.alike >= fullAlike && f.wavers >= fullWavers }

// or is the fuller of two.
func (f fullness) or(g fullness) fullness {
	if min(g.alike/fullAlike, g.wavers/fullWavers) > min(f.alike/fullAlike, f.wavers/fullWavers) {
		return g
	}
	return f
}

func (n noise) fullness() (f fullness) {
	for _, in := range []kept{ttft, e2e} {
		if v := n.alike[in]; !math.IsNaN(v) {
			f.alike = max(f.alike, v)
		}
	}
	var off, sum, rows float64
	for _, t := range n.plan.parts {
		var m moments
		for _, v := range n.backlog[t.from:t.to] {
			m.add(v)
		}
		off, sum, rows = off+m.square, sum+m.mean*float64(m.n), rows+float64(m.n)
	}
	if sum > 0 {
		f.wavers = off / sum * rows / (rows - float64(len(n.plan.parts)))
	}
	return f
}

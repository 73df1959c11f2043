package compare

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// A fullness says how near a run was to saturation, as it shows itself. There a backlog
// comes and goes slowly, and all requests that meet it are late together.
type fullness struct {
	alike  float64 // so many requests tell no more than one: the crowding of TTFT or E2E
	wavers float64 // the variance of the backlog by its mean, less what follows what is asked
}

// Above both a run is near saturation: a queue of eight workers is, more often than not,
// from a utilisation of 0.87 on. Requests beside a noisy neighbour are alike, but their
// backlog is what is asked for. Of closed waves, which ask for a backlog, nothing is said.
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

// fullness is that of the given strata, less where their backlog fills or drains, whoever
// serves it: over the first p95 of E2E of each, in ms, and once no wave is live. Nor does
// a backlog waver that follows what is asked.
func (s *series) fullness(strata []stratum, p95 float64) (f fullness) {
	fill := int(math.Ceil(p95 / 1000 / s.step))
	var inner []stratum
	for _, t := range strata {
		t.from, t.to = t.from+fill, min(t.to, s.loaded)
		if t.rows() > 0 {
			inner = append(inner, t)
		}
	}
	n, ok := s.noise(inner, p95)
	if !ok {
		return f
	}
	for _, in := range []kept{ttft, e2e} {
		if v := n.alike[in]; !math.IsNaN(v) {
			f.alike = max(f.alike, v)
		}
	}
	f.wavers = n.wavers()
	return f
}

// wavers is the variance of the backlog by its mean, less what follows what is asked.
func (n noise) wavers() float64 {
	var off, sum, rows float64
	for _, t := range n.plan.parts {
		backlog := n.backlog[t.from:t.to]
		told := stat.Correlation(n.asked(t.stratum), backlog, nil)
		if math.IsNaN(told) { // one of them does not change
			told = 0
		}
		off += (1 - told*told) * stat.Variance(backlog, nil) * float64(t.rows()-1)
		sum, rows = sum+floats.Sum(backlog), rows+float64(t.rows())
	}
	if sum == 0 {
		return 0
	}
	return off / sum * rows / (rows - float64(len(n.plan.parts)))
}

// asked is, at the end of each row, how many came within the time that a request takes on
// average (Little, A Proof for the Queuing Formula L = λW, 1961): what is in flight at an
// endpoint where nobody waits.
func (s *series) asked(t stratum) []float64 {
	came := s.counts[scheduled]
	upTo := func(row float64) float64 {
		whole, part := math.Modf(max(row, 0))
		at := came[int(whole)]
		if part > 0 {
			at += part * (came[int(whole)+1] - at)
		}
		return at
	}
	takes := floats.Sum(s.backlog[t.from:t.to]) / max(came[t.to]-came[t.from], 1) // rows
	asked := make([]float64, t.rows())
	for i := range asked {
		end := float64(t.from + i + 1)
		asked[i] = upTo(end) - upTo(end-takes)
	}
	return asked
}

package search

import (
	"flashwave/bench/capacity"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// goodShare is the part of what arrives that must be good for a goodput to hold where less
// arrives than it asks for: below it, more load does not give more good requests (Zhong and
// others, DistServe, OSDI 2024, take 90 %).
const goodShare = 0.95

// quantile is the part of the requests that must meet a bound; ok is false where the
// criterion is on no such part, or none that could be proved.
func (c criterion) quantile() (q float64, ok bool) {
	switch c.Metric {
	case slo.GoodFraction:
		return c.Value, c.Value > 0 && c.Value < 1
	case slo.Goodput:
		return goodShare, true
	}
	return c.Quantile()
}

// needs is the part of the requests of a stretch that must be good, and what a part of 1 is
// in the unit of the criterion. ok is false where nothing was asked, or nothing says which
// request is good. A goodput is the part of what arrived, so that it is known when the
// last answer is: in steady load the two are one.
func (c criterion) needs(s verdict.Stretch) (part, whole float64, ok bool) {
	n := s.Part.Requests.Scheduled
	if !s.Judged || n == 0 || s.Length <= 0 {
		return 0, 0, false
	}
	if c.Metric == slo.GoodFraction {
		return c.Value, 1, true
	}
	whole = float64(n) / s.Length.Seconds()
	return min(c.Value/whole, goodShare), whole, true
}

// bad is how many requests are known to be none that is good.
func bad(s verdict.Stretch) int64 {
	p, q := s.Part, s.Part.Requests
	return q.Dropped + q.Unsent + q.Failed + q.Succeeded - p.Good - p.Unjudged
}

// holdGood holds where the whole interval of the good requests lies within the bound, and
// breaks where all of it lies beyond. Those that nobody can judge are bad at its one end and
// good at its other.
func (c criterion) holdGood(s verdict.Stretch) capacity.Judged {
	j := capacity.Judged{Expr: c.Text}
	need, whole, ok := c.needs(s)
	if !ok {
		return j
	}
	p := s.Part
	j.Samples = p.Requests.Scheduled
	n := float64(j.Samples)
	if p.Unjudged == 0 {
		j.Observed = new(float64(p.Good) / n * whole)
	}
	if c.Metric == slo.Goodput && c.Value > goodShare*whole { // more than arrives
		j.Needed = new(need * whole)
	}
	j.Beyond = new(j.Samples - p.Good - p.Unjudged)
	low, _ := shareInterval(p.Good, j.Samples)
	_, high := shareInterval(p.Good+p.Unjudged, j.Samples)
	j.Low, j.High = new(low*whole), new(high*whole)
	c.Value = need
	switch {
	case !c.Holds(high):
		j.OK = new(false)
	case c.Holds(low), need == 1 && p.Good == j.Samples && j.Samples >= minShare: // nothing proves all
		j.OK = new(true)
	}
	return j
}

// shareOfGood is what a step says of the requests that are not good.
func (c criterion) shareOfGood(j capacity.Judged) share {
	if j.Beyond == nil || j.Observed == nil || j.Samples == 0 {
		return share{}
	}
	late, n := float64(*j.Beyond), float64(j.Samples)
	need := c.Value
	switch {
	case j.Needed != nil:
		need = goodShare
	case c.Metric == slo.Goodput && late == n:
		return share{}
	case c.Metric == slo.Goodput:
		need = c.Value / (*j.Observed / (1 - late/n))
	}
	return share{late: late, n: n, allowed: 1 - need}
}

// outOfReach are the goodputs that the answer does not come to.
func (s *Search) outOfReach() (list []capacity.Judged) {
	if st := s.at(s.answer); st != nil {
		for i, j := range st.SLOs {
			if i < len(s.criteria) && s.criteria[i].Metric == slo.Goodput && valueOf(j.Observed) < s.criteria[i].Value {
				list = append(list, j)
			}
		}
	}
	return list
}

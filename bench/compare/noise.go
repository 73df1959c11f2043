package compare

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"flashwave/bench/result"
)

// What blocks are made of.
const (
	leastBlock = 1.0 // seconds
	leastWhole = 1   // blocks without which there is no noise to see: two halves of one
)

// A noise is what the rows of a stretch say of how its values scatter.
type noise struct {
	*series
	plan   plan
	all    draw
	closed bool             // the endpoint set the pace
	alike  [numKept]float64 // of each latency how crowded its percentiles are on average; NaN: there is none
}

// levels are the percentiles that tell together how crowded a latency is. Each alone is
// told from few requests, and requests that met one queue are alike at all of them.
var levels = [...]float64{0.3, 0.5, 0.7, 0.85, 0.95}

// noise is that of the given strata; ok is false where they are too short to tell. p95
// is that of e2e in ms: blocks are at least twice as long.
func (s *series) noise(strata []stratum, p95 float64) (n noise, ok bool) {
	n = noise{series: s, plan: s.plan(strata, p95)}
	if n.plan.whole < leastWhole {
		return n, false
	}
	n.all = draw{series: s}
	for _, t := range n.plan.parts {
		n.all.pieces = append(n.all.pieces, piece{t.from, t.to})
	}
	for in := range n.alike {
		for _, q := range levels {
			n.alike[in] += n.crowded(kept(in), q) / float64(len(levels))
		}
	}
	return n, true
}

// variance is that of the sum of what rows have more than expected of so many, by blocks
// on a circle: what is alike stays together.
func (n noise) variance(excess func(stratum) []float64) (sum float64) {
	for _, t := range n.plan.parts {
		v := excess(t.stratum)
		block := 0.0
		for i := range t.block - 1 {
			block += v[i]
		}
		for i := range v {
			block += v[(i+t.block-1)%len(v)]
			sum += block * block / float64(t.block)
			block -= v[i]
		}
	}
	return sum * n.plan.blocks / n.plan.freedom()
}

// unseen is by how much the variance of a percentile is more than blocks show: what is
// alike does not end where a block does.
const unseen = 1.2

// doubt makes up for how few blocks a variance was told from, so many times over: by so
// much that of Student's distribution is more than that of the normal one.
func (n noise) doubt(times int) float64 {
	wider := distuv.StudentsT{Sigma: 1, Nu: n.plan.freedom() * float64(times)}.Quantile(1-tail) / normal(1-tail)
	return wider * wider
}

// crowding is by how many times a variance of a sum of hits is more than that of as many
// independent requests (the design effect of Kish, Survey Sampling, 1965): so many
// requests are worth one.
func crowding(variance, share, of float64) float64 {
	return variance / max(of*share*(1-share), 1e-9)
}

// crowded is that of the requests above a percentile; NaN where there are none.
func (n noise) crowded(in kept, q float64) float64 {
	hits := n.all.hits(in, q)
	var above, whole float64
	for _, p := range n.all.pieces {
		a, w := hits(p.from, p.to)
		above, whole = above+a, whole+w
	}
	if whole == 0 {
		return math.NaN()
	}
	return crowding(n.variance(func(t stratum) []float64 { return excess(t, hits) }), above/whole, whole)
}

// percentile is where a percentile of the whole lies: at the ranks that so many
// independent requests leave open (Woodruff, Confidence Intervals for Medians and Other
// Position Measures, 1952). An end is +∞ where its rank falls among the requests that
// failed or were lost. Where they are too few for the largest of them to bound it, the
// tail is taken to go on as an exponential one.
func (n noise) percentile(in kept, q float64) interval {
	crowd := max(1, n.alike[in], n.crowded(in, q)) * max(n.doubt(len(levels)), unseen)
	if math.IsNaN(crowd) {
		return unbounded
	}
	count := n.all.whole(in) / crowd
	above := exact(1-q, count)
	i := interval{n.all.quantile(in, 1-above.high), n.all.quantile(in, 1-above.low)}
	if !math.IsInf(i.high, 1) && math.Pow(q, count) > tail {
		at := n.all.quantile(in, q)
		scale := (at - i.low) / math.Log(above.high/(1-q))
		i.high = max(i.high, at+scale*math.Log((1-q)/above.low))
	}
	return i
}

// exact is where a share lies that was seen in so many independent requests (Clopper
// and Pearson, The Use of Confidence or Fiducial Limits Illustrated in the Case of the
// Binomial, 1934). Neither need be whole.
func exact(share, of float64) interval {
	hits := share * of
	i := interval{0, 1}
	if hits > 1e-9 {
		i.low = distuv.Beta{Alpha: hits, Beta: of - hits + 1}.Quantile(tail)
	}
	if of-hits > 1e-9 {
		i.high = distuv.Beta{Alpha: hits + 1, Beta: of - hits}.Quantile(1 - tail)
	}
	return i
}

func normal(q float64) float64 { return distuv.UnitNormal.Quantile(q) }

// A plan says in blocks of which length each stratum is looked at.
type plan struct {
	parts   []part
	blocks  float64 // how many blocks the parts hold
	whole   float64 // the same of blocks no part is too short for
	longest float64 // rows of the longest block
}

// freedom is how many degrees of it the blocks leave.
func (p plan) freedom() float64 { return p.blocks - float64(len(p.parts)) }

// A part is a stratum of at least two rows and the rows of its blocks.
type part struct {
	stratum
	block int
}

// plan chooses the lengths of blocks: what correlation asks for, but a quarter of
// the stratum at most; max(1 s, 2·p95) in any case; and half of a stratum that is
// shorter than two of those, which then does not count as whole.
func (s *series) plan(strata []stratum, p95 float64) plan {
	var p plan
	least := math.Ceil(max(leastBlock, 2*p95/1000) / s.step * (1 - 1e-3)) // steps are not quite a second
	for _, t := range strata {
		n := float64(t.rows())
		if n < 2 {
			continue
		}
		block := max(least, min(s.correlated(t), n/4))
		p.whole += n / block
		block = max(math.Floor(min(block, n/2)), 1)
		p.blocks += n / block
		p.longest = max(p.longest, block)
		p.parts = append(p.parts, part{t, int(block)})
	}
	return p
}

// correlated is the length of block, in rows, that the correlation of successive
// rows asks for: 1.1447 (4ρ²n ÷ (1−ρ²)²)^⅓ with ρ of an AR(1) series (Andrews,
// 1991). The series are those whose mean moves the gated metrics: of each row the
// requests above percentiles, and the failures, less what is expected of so many.
func (s *series) correlated(t stratum) float64 {
	rho := 0.0
	all := draw{s, []piece{{t.from, t.to}}}
	for _, in := range []kept{ttft, e2e} {
		for _, q := range []float64{0.5, 0.7, 0.95} {
			rho = max(rho, autocorrelation(excess(t, all.hits(in, q))))
		}
	}
	rho = max(rho, autocorrelation(s.more(t, failed, succeeded, failed)))
	rho = min(rho, 0.97) // of a trend it is 1
	alpha := 2 * rho / (1 - rho*rho)
	return 1.1447 * math.Cbrt(alpha*alpha*float64(t.rows()))
}

// sharedBy is the variance of a counter as a part of others. A request that is refused at
// once counts in the row that scheduled it, and the others in those where they ended: of
// both ways to tell how many a row may expect, that holds which leaves less unexplained.
func (n noise) sharedBy(of counter, by ...counter) float64 {
	ended := n.variance(func(t stratum) []float64 { return n.more(t, of, by...) })
	return min(ended, n.variance(func(t stratum) []float64 { return n.more(t, of, scheduled) }))
}

// more is, for each row, how much more a counter has than is expected of the sum of
// others.
func (s *series) more(t stratum, of counter, by ...counter) []float64 {
	return excess(t, func(from, to int) (part, whole float64) {
		d := draw{s, []piece{{from, to}}}
		return d.sum(of), d.sum(by...)
	})
}

// excess is, for each row, how much more of its whole is a part of it than of the whole
// of all.
func excess(t stratum, of func(from, to int) (part, whole float64)) []float64 {
	part, whole := of(t.from, t.to)
	rate := part / max(whole, 1e-9)
	out := make([]float64, t.rows())
	for i := range out {
		part, whole := of(t.from+i, t.from+i+1)
		out[i] = part - rate*whole
	}
	return out
}

// autocorrelation is that of successive values, whose mean is about 0.
func autocorrelation(v []float64) float64 {
	var square, lagged float64
	for i, x := range v {
		square += x * x
		if i > 0 {
			lagged += x * v[i-1]
		}
	}
	if square == 0 {
		return 0
	}
	return lagged / square
}

// p95 is the end-to-end latency by which blocks are measured; 0 where there is
// none.
func p95(t result.Stats) float64 {
	if l := t.Latency.E2E.Response; l != nil {
		return l.P95
	}
	return 0
}

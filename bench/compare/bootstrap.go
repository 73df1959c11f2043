package compare

import (
	"math"
	"math/rand/v2"

	"flashwave/bench/result"
)

// The bootstrap's own numbers.
const (
	resamples  = 1000 // tells a standard error to 2 %
	seed       = 1
	leastBlock = 5.0 // seconds
	leastRuns  = 2   // blocks without which there is no noise to see
)

// A spread is how uncertain a value of one run is.
type spread struct {
	se float64 // standard error, on the metric's scale: of ln v, or of v; NaN: cannot be told
	df float64 // degrees of freedom behind it
	// beyond: the value lies, for sure, among the requests that failed or were lost.
	beyond bool
}

var noSpread = spread{se: math.NaN()}

// spreads are the standard errors of all metrics over the given strata by the
// block bootstrap; noSpread for those that rows do not hold, and for all where
// there are too few blocks. p95 is that of e2e in ms: blocks are at least twice as
// long. block is the length of the longest in seconds.
func (s *series) spreads(strata []stratum, p95 float64) (list []spread, block float64) {
	list = make([]spread, len(metrics))
	for i := range list {
		list[i] = noSpread
	}
	plan := s.plan(strata, p95)
	if plan.whole < leastRuns {
		return list, 0
	}
	sums, beyond := make([]moments, len(metrics)), make([]int, len(metrics))
	random := rand.New(rand.NewPCG(seed, uint64(len(strata)))) //nolint:gosec // a reproducible one is wanted
	d := draw{series: s}
	for range resamples {
		d.pieces = plan.draw(random, d.pieces[:0])
		for i, m := range metrics {
			if m.again != nil {
				v := m.onScale(m.again(d))
				sums[i].add(v)
				if math.IsInf(v, 1) {
					beyond[i]++
				}
			}
		}
	}
	for i := range metrics {
		switch {
		case sums[i].n == resamples:
			list[i] = spread{se: sums[i].sd() * plan.correction(), df: plan.blocks - float64(len(plan.parts))}
		case float64(beyond[i]) >= (1-tail)*resamples:
			list[i] = spread{se: math.NaN(), beyond: true}
		}
	}
	return list, plan.longest * s.step
}

// onScale is a value on the scale on which its noise is even.
func (m metric) onScale(v float64) float64 {
	if m.scale == byLog {
		return math.Log(v)
	}
	return v
}

// moments add up what a standard deviation needs.
type moments struct {
	n            int
	mean, square float64
}

// add takes in a value (Welford, 1962); one that is not finite does not count.
func (m *moments) add(v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	m.n++
	off := v - m.mean
	m.mean += off / float64(m.n)
	m.square += off * (v - m.mean)
}

func (m *moments) sd() float64 { return math.Sqrt(m.square / float64(max(m.n-1, 1))) }

// A plan says in blocks of which length each stratum is resampled.
type plan struct {
	parts   []part
	blocks  float64 // how many blocks the parts hold
	whole   float64 // the same of blocks no part is too short for
	longest float64 // rows of the longest block
}

// A part is a stratum of at least two rows and the rows of its blocks.
type part struct {
	stratum
	block int
}

// plan chooses the lengths of blocks: what correlation asks for, but a quarter of
// the stratum at most; max(5 s, 2·p95) in any case; and half of a stratum that is
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

// correction makes up for what resampling from so few blocks leaves out: the mean
// of a sample is nearer to it than the mean of all.
func (p plan) correction() float64 {
	return math.Sqrt(p.blocks / (p.blocks - float64(len(p.parts))))
}

// draw adds one resample to pieces: from each part as many rows as it has, in
// blocks that may begin at any row, the first following upon the last.
func (p plan) draw(random *rand.Rand, pieces []piece) []piece {
	for _, t := range p.parts {
		for left := t.rows(); left > 0; left -= t.block {
			from, length := t.from+random.IntN(t.rows()), min(t.block, left)
			over := max(from+length-t.to, 0)
			pieces = append(pieces, piece{from, from + length - over})
			if over > 0 {
				pieces = append(pieces, piece{t.from, t.from + over})
			}
		}
	}
	return pieces
}

// correlated is the length of block, in rows, that the correlation of successive
// rows asks for: 1.1447 (4ρ²n ÷ (1−ρ²)²)^⅓ with ρ of an AR(1) series (Andrews,
// 1991). The series are those whose mean moves the gated metrics: of each row the
// latencies above p95, and the failures, less what is expected of so many.
func (s *series) correlated(t stratum) float64 {
	rho := 0.0
	all := draw{s, []piece{{t.from, t.to}}}
	for in := range s.hists {
		rho = max(rho, autocorrelation(all.above(kept(in), t)))
	}
	rho = max(rho, autocorrelation(all.failures(t)))
	rho = min(rho, 0.97) // of a trend it is 1
	alpha := 2 * rho / (1 - rho*rho)
	return 1.1447 * math.Cbrt(alpha*alpha*float64(t.rows()))
}

// above is, for each row, how many latencies more than expected lie above p95.
func (d draw) above(in kept, t stratum) []float64 {
	g := d.hists[in]
	edge := math.Log(d.quantile(in, 0.95) * 1e6)
	bin := len(g.bins) - 1
	for bin > 0 && g.bins[bin] > edge+1e-9 {
		bin--
	}
	out := make([]float64, t.rows())
	if len(g.bins) == 0 || math.IsNaN(edge) {
		return out
	}
	total := float64(d.upTo(in, len(g.bins)-1))
	part := 1 - float64(d.upTo(in, bin))/total
	for i := range out {
		n := float64(g.count(len(g.bins)-1, t.from+i, t.from+i+1))
		out[i] = n - float64(g.count(bin, t.from+i, t.from+i+1)) - part*n
	}
	return out
}

// failures is, for each row, how many requests failed more than expected.
func (d draw) failures(t stratum) []float64 {
	out := make([]float64, t.rows())
	rate := d.sum(failed) / max(d.sum(failed)+d.sum(succeeded), 1)
	for i := range out {
		row := draw{d.series, []piece{{t.from + i, t.from + i + 1}}}
		out[i] = row.sum(failed) - rate*(row.sum(failed)+row.sum(succeeded))
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

package compare

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat/distuv"
)

// The levels.
const (
	confidence = 0.95
	tail       = (1 - confidence) / 2
	// found is how often a change of Row.Detectable is found.
	found = 0.90
)

// fromRanks is how many runs a side it takes to rank them: with three the
// least p of Mann–Whitney's test is 0.1.
const fromRanks = 4

// An estimate is a metric of one run, and how uncertain the run itself says it is.
type estimate struct {
	value   float64
	samples int64
	spread
}

// A contrast is how much worse one side is than the other, on a metric's scale: a
// difference of logarithms, of values as a part of the base, or of values. More is
// worse, whichever way the metric points.
type contrast struct {
	scale      scale
	worse      float64 // the estimate
	low, high  float64 // its interval; NaN: there is none
	confidence float64 // of that
	reach      float64 // beyond the margin, what is found nine times in ten
	// beyond is the one-sided p-value of the hypothesis that the worsening is at
	// most so much.
	beyond func(margin float64) float64
}

func (c contrast) bounded() bool { return !math.IsNaN(c.low) && !math.IsNaN(c.high) }

// compare sets the estimates of both sides against each other. Neither may be
// empty; level is that of so many runs, if they can be ranked.
func (m metric) compare(base, fresh []estimate, level rankLevel) contrast {
	b, f := median(base), median(fresh)
	at := m.scale
	if at == byLog && (smallest(base) <= 0 || smallest(fresh) <= 0) {
		at = byRatio // a price of 0
	}
	if len(base) >= fromRanks && len(fresh) >= fromRanks {
		return ranked(at, m.sign(), samples{m.mapped(at, base, b, f), m.mapped(at, fresh, b, f)}, level)
	}
	seB, dfB := m.pooled(base)
	seF, dfF := m.pooled(fresh)
	if at != m.scale { // the errors are those of logarithms
		seB, seF = math.NaN(), math.NaN()
	}
	c := contrast{scale: at}
	switch at {
	case byLog:
		c.worse = math.Log(f / b)
	case byPoint:
		c.worse = f - b
	case byRatio: // the noise of the quotient, to first order
		whole := reference(b, f)
		c.worse = (f - b) / whole
		seB, seF = f/whole*seB/whole, seF/whole
	}
	c.worse *= m.sign()
	c.student(seB, dfB, seF, dfF)
	return c
}

// sign is −1 for metrics of which more is better.
func (m metric) sign() float64 {
	if m.more {
		return -1
	}
	return 1
}

// reference is what a ratio is taken of: the base, unless that is 0.
func reference(base, fresh float64) float64 {
	switch {
	case base != 0:
		return base
	case fresh != 0:
		return fresh
	}
	return 1
}

// mapped are the values of runs on a scale.
func (m metric) mapped(at scale, list []estimate, base, fresh float64) []float64 {
	out := make([]float64, len(list))
	for i, e := range list {
		switch at {
		case byLog:
			out[i] = math.Log(e.value)
		case byPoint:
			out[i] = e.value
		case byRatio:
			out[i] = e.value / reference(base, fresh)
		}
	}
	return out
}

// pooled is the standard error of a side's value: of the mean of its runs by what
// each says of itself, or by how far they lie apart if that is more.
func (m metric) pooled(list []estimate) (se, df float64) {
	n := float64(len(list))
	var apart moments
	for _, e := range list {
		se += e.se * e.se
		df += e.df
		apart.add(m.onScale(e.value))
	}
	return max(math.Sqrt(se)/n, apart.sd()/math.Sqrt(n)), df
}

// student makes the interval of two standard errors by Student's distribution,
// its degrees of freedom after Welch (1947) and Satterthwaite (1946).
func (c *contrast) student(seA, dfA, seB, dfB float64) {
	a, b := seA*seA, seB*seB
	se := math.Sqrt(a + b)
	c.confidence = confidence
	switch {
	case se == 0: // nothing moved
		c.low, c.high = c.worse, c.worse
		c.beyond = func(margin float64) float64 { return step(margin - c.worse) }
		return
	case math.IsNaN(se) || math.IsInf(se, 0):
		c.low, c.high, c.reach = math.NaN(), math.NaN(), math.NaN()
		c.beyond = func(float64) float64 { return math.NaN() }
		return
	}
	t := distuv.StudentsT{Sigma: 1, Nu: (a + b) * (a + b) / (a*a/max(dfA, 1e-3) + b*b/max(dfB, 1e-3))}
	half := se * t.Quantile(1-tail)
	c.low, c.high = c.worse-half, c.worse+half
	c.reach = half + se*t.Quantile(found)
	c.beyond = func(margin float64) float64 { return t.CDF((margin - c.worse) / se) }
}

// step is 1 from 0 on.
func step(v float64) float64 {
	if v < 0 {
		return 0
	}
	return 1
}

// samples are the values of the runs of both sides.
type samples struct{ base, fresh []float64 }

// ranked compares runs by their ranks: the p-value is that of Mann and Whitney
// (1947), the estimate the median of all pairwise differences and the interval
// what the test does not reject (Hodges and Lehmann, 1963).
func ranked(at scale, sign float64, s samples, level rankLevel) contrast {
	apart := make([]float64, 0, len(s.base)*len(s.fresh))
	for _, b := range s.base {
		for _, f := range s.fresh {
			apart = append(apart, sign*(f-b))
		}
	}
	slices.Sort(apart)
	n := len(apart)
	c := contrast{scale: at, worse: (apart[(n-1)/2] + apart[n/2]) / 2}
	c.beyond = func(margin float64) float64 { return rankTest(s, sign, margin) }
	c.low, c.high, c.confidence = apart[level.k], apart[n-1-level.k], 1-2*level.p
	normal := distuv.UnitNormal
	c.reach = (c.high - c.low) / 2 * (1 + normal.Quantile(found)/normal.Quantile(1-level.p))
	return c
}

// rankTest is the one-sided p-value of fresh being worse than base by margin at
// most.
func rankTest(s samples, sign, margin float64) float64 {
	base, fresh, above := make([]float64, len(s.base)), make([]float64, len(s.fresh)), 0
	for i, v := range s.base {
		base[i] = sign*v + margin
	}
	for i, v := range s.fresh {
		fresh[i] = sign * v
		for _, b := range base {
			above += cmp.Compare(fresh[i], b)
		}
	}
	both := &benchmath.DefaultThresholds
	p := benchmath.AssumeNothing.Compare(benchmath.NewSample(base, both), benchmath.NewSample(fresh, both)).P
	if above > 0 {
		return p / 2
	}
	return 1 - p/2
}

// A rankLevel says which of the pairwise differences of two samples, counted from
// either end, bound the interval of their median, and the p-value there.
type rankLevel struct {
	k int
	p float64
}

// levelOf is the innermost difference below which the test still rejects at the
// tail's level.
func levelOf(base, fresh int) rankLevel {
	best := rankLevel{p: rankTest(inverted(base, fresh, 0), 1, 0)}
	for low, high := 1, base*fresh/2; low <= high; {
		k := (low + high) / 2
		if p := rankTest(inverted(base, fresh, k), 1, 0); p <= tail {
			best, low = rankLevel{k, p}, k+1
		} else {
			high = k - 1
		}
	}
	return best
}

// inverted are samples of which fresh is the larger in all pairs but k.
func inverted(base, fresh, k int) samples {
	s := samples{make([]float64, base), make([]float64, fresh)}
	for i := range s.base {
		s.base[i] = float64(i)
	}
	for j := range s.fresh {
		switch below := k / base; {
		case j < below:
			s.fresh[j] = -1 - float64(j)
		case j == below:
			s.fresh[j] = float64(base-k%base) - 0.5
		default:
			s.fresh[j] = float64(base + j)
		}
	}
	return s
}

func median(list []estimate) float64 {
	v := make([]float64, len(list))
	for i, e := range list {
		v[i] = e.value
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func smallest(list []estimate) float64 {
	least := math.Inf(1)
	for _, e := range list {
		least = min(least, e.value)
	}
	return least
}

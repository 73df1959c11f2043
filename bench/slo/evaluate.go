package slo

import "math"

// A Sample is what is known of one latency metric in a wave or a run.
//
// Count requests were observed; Lost are those that rank above every value: they
// failed, however fast, were dropped or never sent, ended without what the metric
// waits for, or are unfinished (but not those still younger than the bound: they may
// yet meet it). Package verdict, which counts them, says so in full.
type Sample struct {
	Count int64
	// AtQuantile returns, in ms, the value below or at which lie q (0 to 1] of
	// the observed requests. It is not called when Count is 0.
	AtQuantile func(q float64) float64
	// CountAtOrBelow counts the observed requests of at most so many ms. It may
	// be nil.
	CountAtOrBelow func(ms float64) int64
	Max, Mean      float64 // ms, over the observed
	Lost           int64
}

// A Lookup hands out figures. Its methods look at Metric, Service, Share and
// Wave of an expression, and at Value for the age at which an unfinished request
// is lost. ok is false where there is no data.
type Lookup interface {
	// Scalar is where the value of a metric that is no latency lies, in e.Unit.
	Scalar(e Expr) (r Range, ok bool)
	// Latency is the sample of a latency metric.
	Latency(e Expr) (Sample, bool)
}

// A Range is where a value lies that is not known any closer. High is +∞ where nothing
// bounds it from above.
type Range struct{ Low, High float64 }

// At is a value that is known.
func At(v float64) Range { return Range{v, v} }

// An Observation is what the figures say of an expression's left side. Where
// the value itself cannot be known, because its rank fell among lost requests,
// Value is nil and AtLeast is what it must be at least; nil if not even that is
// known.
type Observation struct {
	Value   *float64
	AtLeast *float64
}

// A Result is a judged expression.
type Result struct {
	Expr     Expr
	Observed *float64 // in Expr.Unit; nil: no data, or unknowable
	AtLeast  *float64 // the bound proven, where Observed is nil
	AtMost   *float64 // likewise, of a scalar that is known to lie in a range alone
	Within   *float64 // part of the ranked requests, lost ones included, that met the bound; nil: not a latency, or unknown
	OK       *bool    // nil: no data, which never passes
}

// Evaluate judges an expression. It judges nothing that is per request
// ([Expr.PerRequest]): the answer is then that there is no data.
//
// A scalar that is known to lie in a range alone holds if both ends do, and fails if
// neither does; in between there is no data. AtLeast and AtMost are the ends; one that
// nothing bounds from above has no AtMost.
//
// Lost requests always count against the assertion, so that an endpoint that
// collapsed cannot pass on its survivors:
//
//   - For < and <= they rank at +∞. With n = Count + Lost, percentile q is the
//     observed value of rank ⌈q·n⌉; where the rank lies above Count the assertion
//     fails, and what is proven is the bound itself or the largest observed
//     value, whichever is more: each lost request stands above both. A mean or a
//     maximum with any request lost fails likewise.
//   - For > and >= they rank at 0, the least a latency can be. The statistic so
//     found is proven whatever the lost ones would have taken: it is AtLeast, and
//     the assertion holds if AtLeast does.
//
// The rank is that of the inverse empirical distribution (type 1 of Hyndman and
// Fan, Sample Quantiles in Statistical Packages, 1996), in whole numbers.
func Evaluate(e Expr, in Lookup) Result {
	r := Result{Expr: e}
	if e.PerRequest() {
		return r
	}
	if !e.Latency() {
		if v, ok := in.Scalar(e); ok && finite(v.Low) && (finite(v.High) || v.High > v.Low) {
			r.scalar(v)
		}
		return r
	}
	s, ok := in.Latency(e)
	if !ok || s.Count+s.Lost <= 0 {
		return r
	}
	seen := Observe(e, s)
	r.Observed, r.AtLeast, r.Within = seen.Value, seen.AtLeast, within(e, s)
	r.OK = new(seen.proves(e))
	return r
}

// scalar judges a value that lies in a range.
func (r *Result) scalar(v Range) {
	switch {
	case v.Low == v.High:
		r.Observed = &v.Low
	case finite(v.High):
		r.AtLeast, r.AtMost = &v.Low, &v.High
	default:
		r.AtLeast = &v.Low
	}
	if low, high := r.Expr.Holds(v.Low), r.Expr.Holds(v.High); low == high {
		r.OK = &low
	}
}

// Observe ranks a sample for an expression with a statistic, as [Evaluate]
// explains. Of an empty sample nothing is known.
func Observe(e Expr, s Sample) Observation {
	if e.Op.Upper() {
		return observeUpper(e, s)
	}
	return observeLower(e, s)
}

func observeUpper(e Expr, s Sample) Observation {
	switch {
	case s.Count+s.Lost <= 0:
		return Observation{}
	case e.Stat == Mean && s.Lost == 0:
		return Observation{Value: &s.Mean}
	case e.Stat == Max && s.Lost == 0:
		return Observation{Value: &s.Max}
	}
	if permille := e.Stat.permille(); permille > 0 {
		if r := rank(permille, s.Count+s.Lost); r <= s.Count {
			return Observation{Value: new(s.atRank(r))}
		}
	}
	if s.Count == 0 {
		return Observation{AtLeast: new(e.Value)}
	}
	if e.Stat == Mean {
		return Observation{AtLeast: new(max(e.Value, s.Mean))}
	}
	return Observation{AtLeast: new(max(e.Value, s.Max))}
}

func observeLower(e Expr, s Sample) Observation {
	if s.Count <= 0 {
		return Observation{}
	}
	var v float64
	switch e.Stat {
	case Mean:
		v = s.Mean * float64(s.Count) / float64(s.Count+s.Lost)
	case Max:
		v = s.Max
	default:
		r := rank(e.Stat.permille(), s.Count+s.Lost) - s.Lost
		if r <= 0 {
			return Observation{}
		}
		v = s.atRank(r)
	}
	if s.Lost > 0 {
		return Observation{AtLeast: &v}
	}
	return Observation{Value: &v}
}

// proves reports whether the observation shows that e holds.
func (o Observation) proves(e Expr) bool {
	if o.Value != nil {
		return e.Holds(*o.Value)
	}
	return !e.Op.Upper() && o.AtLeast != nil && e.Holds(*o.AtLeast)
}

// within is the part of the ranked requests that met the bound, to the
// histogram's resolution: a value on the bound counts as below it.
func within(e Expr, s Sample) *float64 {
	if s.CountAtOrBelow == nil {
		return nil
	}
	met := s.CountAtOrBelow(e.Value)
	if !e.Op.Upper() {
		met = s.Count - met
	}
	return new(float64(met) / float64(s.Count+s.Lost))
}

func (s Sample) atRank(rank int64) float64 {
	return s.AtQuantile(float64(rank) / float64(s.Count))
}

// rank is ⌈permille·n/1000⌉, split so that it cannot overflow.
func rank(permille, n int64) int64 {
	return n/1000*permille + (n%1000*permille+999)/1000
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

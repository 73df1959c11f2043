package verdict

import (
	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// A tasked is what an SLO is held against where requests are tasks of a queue: a stretch, and
// what became of the tasks. It implements slo.Lookup.
type tasked struct {
	Stretch
	tasks *result.TierClass // of the class or of all; nil: of a wave nothing is known of them
}

// lookup is what an assertion is held against.
func (j *judgement) lookup(e slo.Expr, s Stretch) slo.Lookup {
	q := j.Run.Queue
	if q == nil {
		return s
	}
	t := tasked{Stretch: s}
	if e.Wave == "" {
		t.tasks = &q.Total
	} else if c := j.Figures.Class(e); c >= 0 {
		t.tasks = q.Class(j.Figures.Classes[c].Name)
	}
	return t
}

// Scalar implements slo.Lookup.
func (t tasked) Scalar(e slo.Expr) (slo.Range, bool) {
	if t.tasks == nil {
		return t.Stretch.Scalar(e)
	}
	of := t.tasks.Tasks
	switch e.Metric {
	case slo.Starved:
		if t.tasks.StarvedMSMax == nil {
			return slo.Range{}, false
		}
		return slo.At(*t.tasks.StarvedMSMax), true
	case slo.Dead:
		return counted(e, of.Dead, of.Enqueued)
	case slo.Duplicates:
		return counted(e, of.Duplicates, of.Enqueued)
	case slo.Inversions:
		return counted(e, of.Inversions, of.Enqueued)
	case slo.Lost:
		q := t.Part.Requests
		return counted(e, q.Lost()+of.Lost, q.Scheduled)
	}
	return t.Stretch.Scalar(e)
}

// counted is a count, or its share of the whole.
func counted(e slo.Expr, n, whole int64) (slo.Range, bool) {
	if whole == 0 {
		return slo.Range{}, false
	}
	if e.Share {
		return slo.At(float64(n) / float64(whole)), true
	}
	return slo.At(float64(n)), true
}

// Latency implements slo.Lookup. Tasks that were never taken waited at least as long as the
// run did: they rank above every wait.
func (t tasked) Latency(e slo.Expr) (slo.Sample, bool) {
	if e.Metric != slo.Wait {
		return t.Stretch.Latency(e)
	}
	if t.tasks == nil {
		return slo.Sample{}, false
	}
	q := t.Part.Requests
	sample := slo.Sample{Lost: t.tasks.Tasks.Waiting + q.Dropped + q.Unsent}
	if l := t.tasks.Latency.Wait; l != nil {
		h, err := result.DecodeHist(l.HDR)
		if err != nil {
			return slo.Sample{}, false
		}
		sample.Count, sample.Max, sample.Mean = l.Count, l.Max, l.Mean
		sample.AtQuantile = func(q float64) float64 { return result.Millis(h.Quantile(q)) }
		sample.CountAtOrBelow = func(ms float64) int64 { return h.CountAtOrBelow(fromMillis(ms)) }
	}
	return sample, sample.Count+sample.Lost > 0
}

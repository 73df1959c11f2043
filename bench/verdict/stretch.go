package verdict

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/client/outcome"
)

// A Stretch is what an SLO is held against: what one wave, or the whole run, did
// in some time. It implements slo.Lookup.
type Stretch struct {
	Part   *result.Part
	Length time.Duration // in which load was offered
	Priced bool
	Judged bool // something says which request is good
	// Unasked: it is a class of which no request was due. That is no data for anything, a
	// rate of nothing neither: whoever asserts something of a class wants it asked.
	Unasked bool
	// Tasks are what happened to the tasks that the requests are, where there is a queue: of
	// the class, or of all; nil: there is none, or of a wave nothing is known of them.
	Tasks *result.TaskPart
}

var _ slo.Lookup = Stretch{}

// Figures hand out what the waves and the classes of a run did: all of it, or in a window.
type Figures struct {
	Subjects
	// Of is what a wave did, by its index, or what all of them did (-1), and in how
	// much time of load. What it hands out is not written to.
	Of func(wave int) (*result.Part, time.Duration)
	// OfClass is likewise what the requests of a class did. Of a run without classes it may
	// be nil.
	OfClass func(class int) (*result.Part, time.Duration)
	Tasks   func() *result.Tasks // of a queue, in the same time; nil: there is none
	Priced  bool
	Judged  bool
}

// tasks are those of a class of a queue, or all of them (""); nil: there is none.
func (f Figures) tasks(class string) *result.TaskPart {
	if f.Tasks == nil {
		return nil
	}
	return f.Tasks().Of(class)
}

// Stretch is what an expression speaks of: the run, a class of its requests, or the waves
// of a name, added up.
func (f Figures) Stretch(e slo.Expr) Stretch {
	s := Stretch{Priced: f.Priced, Judged: f.Judged}
	if e.Wave == "" {
		s.Part, s.Length = f.Of(-1)
		s.Tasks = f.tasks("")
		return s
	}
	if c := f.Class(e); c >= 0 {
		s.Part, s.Length = f.OfClass(c)
		s.Tasks = f.tasks(f.Classes[c].Name)
		s.Unasked = s.Part.Requests.Scheduled == 0 && s.Part.Here == (result.Happened{})
		return s
	}
	s.Part = result.NewPart()
	for i, w := range f.Waves {
		if e.Concerns(w.Lane, w.Wave) {
			p, length := f.Of(i)
			s.Part.Merge(p)
			s.Length += length
		}
	}
	return s
}

// Scalar implements slo.Lookup. What counts good requests lies between what it is with
// every unjudged one taken as bad, and as good.
func (s Stretch) Scalar(e slo.Expr) (slo.Range, bool) {
	if s.Tasks != nil && (e.Metric.OfQueue() || e.Metric == slo.Lost) {
		return s.ofTasks(e)
	}
	if s.Unasked {
		return slo.Range{}, false
	}
	good, unjudged := s.Part.Good, s.Part.Unjudged
	if e.Metric == slo.Goodput { // a rate, of what happened in the time of load
		good, unjudged = s.Part.Here.Good, s.Part.Here.Unjudged
	}
	low, ok := s.scalar(e, good)
	if !e.OfGood() || !ok {
		return slo.At(low), ok
	}
	high, _ := s.scalar(e, good+unjudged)
	return slo.Range{Low: low, High: high}, s.Judged
}

// scalar is the value of a metric if so many requests were good.
func (s Stretch) scalar(e slo.Expr, good int64) (float64, bool) {
	p, q := s.Part, s.Part.Requests
	switch e.Metric {
	case slo.ErrorRate:
		return ratio(q.Failed, q.Succeeded+q.Failed)
	case slo.Goodput:
		return s.perSecond(good)
	case slo.GoodFraction:
		return ratio(good, q.Scheduled)
	case slo.RPS:
		return s.perSecond(p.Here.Succeeded)
	case slo.OfferedRPS:
		return s.perSecond(q.Scheduled)
	case slo.SentRPS:
		return s.perSecond(p.Here.Sent)
	case slo.CompletedRPS:
		return s.perSecond(p.Here.Completed)
	case slo.OutputTPS:
		return s.tokensPerSecond(p.OutputTokens())
	case slo.TotalTPS:
		return s.tokensPerSecond(p.TotalTokens())
	case slo.Cost:
		return p.Cost.Total(), s.Priced
	case slo.PerThousand:
		if q.Succeeded == 0 {
			return 0, false
		}
		return 1000 * p.Cost.Total() / float64(q.Succeeded), s.Priced
	}
	return s.count(e)
}

// perSecond is n ÷ the time of load; nothing is known where there was none.
func (s Stretch) perSecond(n int64) (float64, bool) {
	if s.Length <= 0 {
		return 0, false
	}
	return float64(n) / s.Length.Seconds(), true
}

func (s Stretch) tokensPerSecond(n int64, known bool) (float64, bool) {
	v, ok := s.perSecond(n)
	return v, ok && known
}

// count is a number of requests, or its share of the scheduled ones.
func (s Stretch) count(e slo.Expr) (float64, bool) {
	q := s.Part.Requests
	var n int64
	switch e.Metric {
	case slo.Dropped:
		n = q.Dropped
	case slo.Unsent:
		n = q.Unsent
	case slo.Unfinished:
		n = q.Unfinished
	case slo.RateLimited:
		n = s.Part.Outcomes[outcome.RateLimited]
	case slo.Lost:
		n = q.Lost()
	default:
		return 0, false
	}
	if e.Share {
		return ratio(n, q.Scheduled)
	}
	return float64(n), q.Scheduled > 0 // of a wave that asked nothing there is no count
}

// Latency implements slo.Lookup.
func (s Stretch) Latency(e slo.Expr) (slo.Sample, bool) {
	if e.Metric == slo.Wait {
		return s.waits(e)
	}
	m, ok := MetricOf(e)
	if !ok {
		return slo.Sample{}, false
	}
	if s.gapsUnknown(e, m) {
		return slo.Sample{}, false
	}
	h := s.Part.Hists[m].Without(s.Part.Failed[m])
	sample := slo.Sample{Count: h.Count(), Lost: s.beyond(e, m)}
	if sample.Count > 0 {
		sample.AtQuantile = func(q float64) float64 { return result.Millis(h.Quantile(q)) }
		sample.CountAtOrBelow = func(ms float64) int64 { return h.CountAtOrBelow(fromMillis(ms)) }
		sample.Max, sample.Mean = result.Millis(h.Max()), result.Millis(h.Mean())
	}
	return sample, sample.Count+sample.Lost > 0
}

// fewUnknown is the share of streams of whose gaps nothing need be known, whatever the
// statistic.
const fewUnknown = 0.01

// gapsUnknown reports whether too many streams came in one piece for an expression on
// gaps: more than may lie beyond its percentile could hide anything there.
func (s Stretch) gapsUnknown(e slo.Expr, m result.Metric) bool {
	if m != result.ITL && m != result.TPOT && m != result.Stall {
		return false
	}
	q, ok := e.Quantile()
	if !ok {
		q = 1
	}
	share, ok := ratio(s.Part.Bundled, s.Part.Streams)
	return ok && share > max(1-q, fewUnknown)
}

// beyond is how many requests rank above every bound: see the package's comment.
func (s Stretch) beyond(e slo.Expr, m result.Metric) int64 {
	p, q := s.Part, s.Part.Requests
	never := q.Dropped + q.Unsent
	switch m {
	case result.ITL, result.Connect, result.DNS, result.TLS, result.Lag, result.ReadLag:
		return 0 // they speak of gaps, of connections and of the generator
	case result.Queue:
		return never
	case result.TPOT, result.Stall:
		if p.Hists[m].Count() == 0 && q.Succeeded > 0 {
			return 0 // what succeeded had no gaps, so that nothing can be said of them
		}
		return never + q.Failed + p.Abandoned() // how old an open one is says nothing of its gaps
	default:
		never += p.Tokenless[m]
	}
	open := p.Open[m]
	return never + q.Failed + open.Count() - open.CountAtOrBelow(fromMillis(e.Value))
}

// MetricOf is the histogram that an expression over a latency speaks of.
func MetricOf(e slo.Expr) (result.Metric, bool) {
	name := string(e.Metric)
	if e.Service {
		name = "service." + name
	}
	return result.ParseMetric(name)
}

// ratio is a ÷ b; nothing is known where b is 0.
func ratio(a, b int64) (float64, bool) {
	if b == 0 {
		return 0, false
	}
	return float64(a) / float64(b), true
}

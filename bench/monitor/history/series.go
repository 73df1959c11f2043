package history

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"flashwave/bench/monitor/objective"
	"flashwave/bench/result"
)

// Metrics are the latencies of which a history keeps histograms.
type Metrics int

// The latencies.
const (
	TTFT Metrics = iota
	E2E
	ITL
	numMetrics
)

// A Series is what is known of one target: every minute of a month, with histograms for
// the last day, and its last probes. Its size is bounded. It is not safe for concurrent
// use.
type Series struct {
	Target  string
	minutes []minute // in order of time
	probes  []Probe  // the last ones, in order of time
	open    *open    // the last minute, as long as probes are added to it; nil: none yet
}

// RecentProbes is how many probes a series remembers one by one.
const RecentProbes = 120

// A minute is one that is over, or the open one.
type minute struct {
	at     int64
	tally  objective.Tally
	before objective.Tally // of all minutes before it
	cost   float64
	queue  Largest
	packed *[numMetrics]*Packed // nil: it is more than a day ago
	// hists are packed once more, for a while: what is of now is looked at all the time.
	hists  *[numMetrics]*result.Hist
	median [numMetrics]*float64 // of one that is over, once it was asked for
	asked  [numMetrics]bool
}

// KeepHists is how long histograms can be added up again and again at little cost.
const KeepHists = 15 * time.Minute

// An open minute has histograms that grow.
type open struct {
	at    int64
	hists [numMetrics]*result.Hist
}

// NewSeries knows nothing of a target yet.
func NewSeries(target string) *Series { return &Series{Target: target} }

// Add takes in a probe. Where it was due in a later minute than the one before it, that one
// is over and returned. A probe that was due before the last one counts to the minute of
// that.
func (s *Series) Add(p Probe) (over *Minute) {
	at := p.At.Minute()
	if n := len(s.minutes); n > 0 {
		at = max(at, s.minutes[n-1].at)
	}
	if s.open == nil || s.open.at != at {
		over = s.End()
		s.begin(at)
	}
	m := &s.minutes[len(s.minutes)-1]
	one := minuteOf(&p)
	m.tally, m.cost = m.tally.Add(one.Tally()), m.cost+one.CostUSD
	m.queue.Add(one.Largest)
	for i, d := range [...]*time.Duration{p.TTFT, p.E2E} {
		if d != nil {
			s.open.hists[i].Record(*d)
		}
	}
	s.open.hists[ITL].Merge(p.ITL.Hist())
	s.probes = append(s.probes, p)
	if len(s.probes) >= 2*RecentProbes {
		s.probes = slices.Clone(s.probes[len(s.probes)-RecentProbes:])
	}
	return over
}

// begin opens a minute, or opens the last one again.
func (s *Series) begin(at int64) {
	s.open = &open{at: at}
	for i := range s.open.hists {
		s.open.hists[i] = result.NewHist()
	}
	n := len(s.minutes)
	if n > 0 && s.minutes[n-1].at == at {
		for i, p := range s.minutes[n-1].packed {
			s.open.hists[i].Merge(p.Hist())
		}
		s.minutes[n-1].asked = [numMetrics]bool{}
		return
	}
	s.minutes = append(s.minutes, minute{at: at})
	m := &s.minutes[n]
	if n > 0 {
		m.before = s.minutes[n-1].before.Add(s.minutes[n-1].tally)
	}
	s.forget(at)
}

// End ends the open minute and returns it; nil: none is open.
func (s *Series) End() *Minute {
	if s.open == nil {
		return nil
	}
	m := &s.minutes[len(s.minutes)-1]
	m.packed = &[numMetrics]*Packed{}
	for i, h := range s.open.hists {
		m.packed[i] = Pack(h)
	}
	m.hists, s.open = &s.open.hists, nil
	return &Minute{
		Target: s.Target, Minute: m.at, Good: m.tally.Good, All: m.tally.All, CostUSD: m.cost,
		TTFT: m.packed[TTFT], E2E: m.packed[E2E], ITL: m.packed[ITL], Largest: m.queue,
	}
}

// forget lets go of what is too old at a minute.
func (s *Series) forget(now int64) {
	day, month := now-int64(KeepProbes/time.Minute), now-int64(KeepMinutes/time.Minute)
	for i := s.from(now-int64(KeepHists/time.Minute)) - 1; i >= 0 && s.minutes[i].hists != nil; i-- {
		s.minutes[i].hists = nil
	}
	for i := s.from(day) - 1; i >= 0 && s.minutes[i].packed != nil; i-- {
		s.minutes[i].packed = nil
	}
	if n := s.from(month); n > 1000 { // not at every minute
		s.minutes = slices.Clone(s.minutes[n:])
	}
}

// from is the index of the first minute at or after one.
func (s *Series) from(at int64) int {
	return sort.Search(len(s.minutes), func(i int) bool { return s.minutes[i].at >= at })
}

// Over is what was probed in the time before an instant: in the minute that it lies in,
// and in those that the time before it touches.
func (s *Series) Over(now time.Time, last time.Duration) objective.Tally {
	to := s.from(InMillis(now).Minute() + 1)
	from := s.from(InMillis(now.Add(-last)).Minute())
	if from >= to {
		return objective.Tally{}
	}
	first, final := s.minutes[from], s.minutes[to-1]
	end := final.before.Add(final.tally)
	return objective.Tally{Good: end.Good - first.before.Good, All: end.All - first.before.All}
}

// Known is how long before an instant the first minute began that is known; 0: none is.
func (s *Series) Known(now time.Time) time.Duration {
	if len(s.minutes) == 0 {
		return 0
	}
	return max(0, now.Sub(time.Unix(s.minutes[0].at*60, 0)))
}

// Spent is what the probes of the minutes since an instant cost, in USD.
func (s *Series) Spent(since time.Time) (usd float64) {
	for _, m := range s.minutes[s.from(InMillis(since).Minute()):] {
		usd += m.cost
	}
	return usd
}

// Latency is the histogram of a latency over the time before an instant, of a day at the
// most. It may be empty, and is the caller's own.
func (s *Series) Latency(metric Metrics, now time.Time, last time.Duration) *result.Hist {
	h := result.NewHist()
	to := InMillis(now).Minute()
	for i := s.from(InMillis(now.Add(-last)).Minute()); i < len(s.minutes) && s.minutes[i].at <= to; i++ {
		h.Merge(s.hist(i, metric))
	}
	return h
}

// hist is the histogram of one minute. It is not to be written to.
func (s *Series) hist(i int, metric Metrics) *result.Hist {
	m := &s.minutes[i]
	switch {
	case s.open != nil && s.open.at == m.at:
		return s.open.hists[metric]
	case m.hists != nil:
		return m.hists[metric]
	case m.packed != nil:
		return m.packed[metric].Hist()
	}
	return nil
}

// Medians are the medians of a latency in each of the n minutes up to that of an instant,
// in ms; nil: no data.
func (s *Series) Medians(metric Metrics, now time.Time, n int) []*float64 {
	list := make([]*float64, n)
	last := InMillis(now).Minute()
	for i := s.from(last - int64(n) + 1); i < len(s.minutes) && s.minutes[i].at <= last; i++ {
		list[int64(n)-1-(last-s.minutes[i].at)] = s.medianOf(i, metric)
	}
	return list
}

func (s *Series) medianOf(i int, metric Metrics) *float64 {
	m := &s.minutes[i]
	if m.asked[metric] {
		return m.median[metric]
	}
	var median *float64
	if h := s.hist(i, metric); h.Count() > 0 {
		median = new(result.Millis(h.Quantile(0.5)))
	}
	if s.open == nil || s.open.at != m.at {
		m.asked[metric], m.median[metric] = true, median
	}
	return median
}

// Largest are the largest figures of looks at a queue in the time before an instant.
func (s *Series) Largest(now time.Time, last time.Duration) (l Largest) {
	to := InMillis(now).Minute()
	for i := s.from(InMillis(now.Add(-last)).Minute()); i < len(s.minutes) && s.minutes[i].at <= to; i++ {
		l.Add(s.minutes[i].queue)
	}
	return l
}

// Depths are the largest depths of a queue in each of the n minutes up to that of an
// instant; nil: no data.
func (s *Series) Depths(now time.Time, n int) []*float64 {
	list := make([]*float64, n)
	for i := range list {
		if l := s.Largest(now.Add(-time.Duration(n-1-i)*time.Minute), 0); l.Depth != nil {
			list[i] = new(float64(*l.Depth))
		}
	}
	return list
}

// Recent are the last probes, at most n of them, in order of time. They are not to be
// written to.
func (s *Series) Recent(n int) []Probe { return s.probes[max(0, len(s.probes)-n):] }

// restore builds the series of what a file holds: the minutes as they were written, the
// others as their probes make them.
func restore(target string, minutes map[int64]*Minute, probes []Probe, now time.Time) *Series {
	s := NewSeries(target)
	present := InMillis(now).Minute()
	slices.SortStableFunc(probes, func(a, b Probe) int { return cmp.Compare(a.At, b.At) })
	loose := map[int64][]Probe{}
	for _, p := range probes {
		if at := p.At.Minute(); minutes[at] == nil {
			loose[at] = append(loose[at], p)
		}
	}
	all := make([]int64, 0, len(minutes)+len(loose))
	for at := range minutes {
		all = append(all, at)
	}
	for at := range loose {
		all = append(all, at)
	}
	slices.Sort(all)
	for _, at := range all {
		if at > present {
			break // the clock was wrong then, or is now
		}
		if m := minutes[at]; m != nil {
			s.put(*m)
			continue
		}
		for _, p := range loose[at] {
			s.Add(p)
		}
		s.End()
	}
	s.probes = nil
	for _, p := range probes {
		if p.At.Minute() <= present {
			s.probes = append(s.probes, p)
		}
	}
	if n := len(s.probes) - RecentProbes; n > 0 {
		s.probes = slices.Clone(s.probes[n:])
	}
	s.forget(present)
	return s
}

// put appends a minute that is over.
func (s *Series) put(m Minute) {
	s.begin(m.Minute)
	s.open = nil
	at := &s.minutes[len(s.minutes)-1]
	at.tally, at.cost, at.queue = m.Tally(), m.CostUSD, m.Largest
	at.packed = &[numMetrics]*Packed{m.TTFT, m.E2E, m.ITL}
}

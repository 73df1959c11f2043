package search

import (
	"fmt"
	"math"
	"slices"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// A criterion is an SLO that every rate is held against, or one that says when a single
// request is good.
type criterion struct {
	slo.Expr
	assumed bool
	lane    *lane  // whose requests it concerns; nil: all
	class   *class // of a queue, whose tasks it concerns; nil: all
}

// criteria are the SLOs of a scenario that say whether a rate holds, completed by one on
// latency or on good requests and by those that are assumed of any run: what answers fast
// because it refuses must not pass. Those that a higher rate meets better, and sums over a
// run, say nothing about a rate; notes tell which were left out. bounds are the SLOs that
// say when one request is good.
func criteria(sc *scenario.Scenario) (list, bounds []criterion, notes []string, err error) {
	var kept []string
	counted := false // an SLO says how many requests must be good
	for _, text := range sc.SLO {
		e, err := slo.Parse(text)
		if err != nil {
			return nil, nil, nil, err
		}
		of := classOf(sc, e)
		if of == nil && slices.ContainsFunc(sc.Classes(), e.Names) {
			return nil, nil, nil, &scenario.Error{
				Message: fmt.Sprintf("a search holds its SLOs against all requests of a rate, and %q speaks of some", text),
				Hint:    "assert it of all, leaving out in " + e.Where() + ", or search with that workload alone",
			}
		}
		c := criterion{Expr: perTask(sc, e), lane: laneOf(sc, e), class: of}
		switch {
		case e.PerRequest():
			bounds = append(bounds, c)
		case searchable(c.Expr):
			kept, list, counted = append(kept, text), append(list, c), counted || e.OfGood()
		default:
			notes = append(notes, "the search leaves "+e.Text+" out: it says nothing about one rate")
		}
	}
	switch {
	case len(list) == 0 && len(bounds) > 0:
		list, counted = append(list, criterion{Expr: slo.MustParse(enoughGood), assumed: true}), true
	case len(list) == 0:
		list = append(list, criterion{Expr: bearable(sc), assumed: true})
	}
	notes = append(notes, scopeNotes(slices.Concat(list, bounds))...)
	others, judged, err := taken(sc, list, kept, bounds)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, c := range bounds {
		if !counted {
			notes = append(notes, "the search leaves "+c.Text+" out: no SLO says how many requests must be good, such as "+enoughGood)
		}
	}
	if counted && !judged {
		return nil, nil, nil, &scenario.Error{Message: "nothing says which request is good", Hint: "add --slo 'ttft < 800ms', or one on e2e or tpot"}
	}
	return append(list, others...), bounds, notes, nil
}

// taken are the SLOs that are assumed beside those that were kept, each in the lanes of
// which none of these speaks; judged reports whether something says which request is good.
func taken(sc *scenario.Scenario, list []criterion, kept []string, bounds []criterion) (others []criterion, judged bool, err error) {
	var waves []verdict.WaveName
	if slices.ContainsFunc(list, func(c criterion) bool { return c.lane != nil }) {
		for _, l := range sc.Lanes {
			for _, w := range l.Waves {
				waves = append(waves, verdict.WaveName{Lane: l.Name, Wave: w.Name})
			}
		}
	}
	texts := slices.Clone(kept)
	for _, c := range bounds {
		texts = append(texts, c.Text)
	}
	assertions, err := verdict.Parse(texts, nil, verdict.Subjects{Waves: waves})
	if err != nil {
		return nil, false, err
	}
	for _, a := range assertions.SLOs {
		c := criterion{Expr: a.Expr, assumed: true, lane: laneOf(sc, a.Expr)}
		spoken := func(given criterion) bool {
			return given.Metric == c.Metric && (given.lane == nil || c.lane != nil && given.lane.name == c.lane.name)
		}
		if a.Assumed && !slices.ContainsFunc(list, spoken) && !slices.ContainsFunc(others, spoken) {
			others = append(others, c)
		}
	}
	return others, assertions.Judged(), nil
}

// enoughGood is how many requests must be good where nobody says it.
const enoughGood = "good_fraction >= 95%"

// bearable is what customers bear, where nobody says it.
func bearable(sc *scenario.Scenario) slo.Expr {
	if sc.Streams() {
		return slo.MustParse("ttft.p95 < 800ms")
	}
	return slo.MustParse("e2e.p95 < 10s")
}

// searchable reports whether an expression can be broken by too high a rate.
func searchable(e slo.Expr) bool {
	switch {
	case e.PerRequest():
		return false
	case e.OfGood():
		return !e.Op.Upper()
	case !e.Op.Upper():
		return false
	case e.Latency(), e.Metric == slo.ErrorRate, e.Metric == slo.Starved:
		return true
	}
	switch e.Metric {
	case slo.Dropped, slo.Unsent, slo.Unfinished, slo.RateLimited, slo.Lost, slo.Dead, slo.Duplicates, slo.Inversions:
		return e.Share
	}
	return false
}

// wants is how many requests it takes before the criterion can hold.
func (c criterion) wants() int64 {
	if q, ok := c.quantile(); ok {
		return enough(q)
	}
	return minShare
}

// limit is what a rate that breaks the criterion is limited by.
func (c criterion) limit() capacity.Limit {
	switch {
	case c.Latency(), c.OfGood(), c.Metric == slo.Starved:
		return capacity.ByLatency
	case c.Metric == slo.RateLimited:
		return capacity.ByRateLimit
	}
	return capacity.ByErrors
}

// hold judges the criterion at a look.
func (c criterion) hold(l bench.Look) capacity.Judged {
	switch {
	case c.Latency():
		return c.holdLatency(c.stretch(l))
	case c.OfGood():
		return c.holdGood(l.Ended)
	case c.Metric == slo.Starved:
		return c.holdStarved(l.Ended)
	}
	return c.holdShare(unbegun(l.Ended))
}

// unbegun is a stretch in which a request that the search itself cut off counts as
// unfinished only if nothing had come of it: an answer that had begun is not held against
// the endpoint. Nor is a task that waits or is worked on: bounds on waits say how long it
// may, and tasks must not pile up.
func unbegun(s verdict.Stretch) verdict.Stretch {
	p := *s.Part
	p.Requests.Unfinished = p.Abandoned()
	if s.Tasks != nil {
		p.Requests.Unfinished = 0
	}
	s.Part = &p
	return s
}

// stretch is what a look says of a latency. An open request has an age, and no
// other latency yet.
func (c criterion) stretch(l bench.Look) verdict.Stretch {
	switch c.Metric {
	case slo.TTFT, slo.TTFA, slo.E2E:
		return l.Now
	}
	return l.Ended
}

// holdLatency holds where the whole interval lies within the bound, and breaks
// where all of it lies beyond. Lost requests rank above every value.
func (c criterion) holdLatency(s verdict.Stretch) capacity.Judged {
	seen := slo.Evaluate(c.Expr, s)
	j := capacity.Judged{Expr: c.Text, Observed: seen.Observed}
	sample, ok := s.Latency(c.Expr)
	if !ok {
		return j
	}
	j.Samples = sample.Count + sample.Lost
	q, isQuantile := c.Quantile()
	if isQuantile {
		j.Beyond = new(lateOf(sample, c.Value))
	}
	switch {
	case isQuantile:
		low, high := ranks(q, j.Samples)
		j.Low, j.High = c.at(sample, low), c.at(sample, high)
		if low > sample.Count { // among the lost: past the bound at least
			j.Low = new(max(c.Value, sample.Max))
		}
	case j.Samples < minShare:
	case sample.Lost > 0 || c.Stat == slo.Max:
		j.OK = seen.OK
		return j
	default:
		margin := meanMargin(deviation(c.times(s)), j.Samples)
		j.Low, j.High = new(sample.Mean-margin), new(sample.Mean+margin)
	}
	switch {
	case j.High != nil && c.Holds(*j.High):
		j.OK = new(true)
	case j.Low != nil && !c.Holds(*j.Low):
		j.OK = new(false)
	}
	return j
}

// late is how many requests were beyond the bound of a percentile; ok is false
// where the criterion is none.
func (c criterion) late(l bench.Look) (n int64, ok bool) {
	if c.Metric == slo.GoodFraction {
		_, ok := c.quantile()
		return bad(l.Ended), ok
	}
	if _, ok := c.Quantile(); !ok {
		return 0, false
	}
	s, ok := c.stretch(l).Latency(c.Expr)
	return lateOf(s, c.Value), ok
}

// lateOf is how many of a sample lie beyond a bound.
func lateOf(s slo.Sample, bound float64) int64 {
	if s.CountAtOrBelow == nil {
		return s.Lost
	}
	return s.Lost + s.Count - s.CountAtOrBelow(bound)
}

// failing is how many requests of a share were seen, of how many, and how large a share may
// be; ok is false where the criterion is none that more of them break.
func (c criterion) failing(l bench.Look) (k, n int64, allowed float64, ok bool) {
	switch {
	case c.OfGood():
		need, _, ok := c.needs(l.Ended)
		return bad(l.Ended), l.Ended.Part.Requests.Scheduled, 1 - need, ok
	case c.Latency() || c.Metric == slo.Starved || !c.Op.Upper():
		return 0, 0, 0, false
	}
	ended := unbegun(l.Ended)
	v, ok := ended.Scalar(c.Expr)
	q := ended.Part.Requests
	n = q.Scheduled
	if c.Metric == slo.ErrorRate {
		n = q.Succeeded + q.Failed
	}
	return int64(math.Round(v.Low * float64(n))), n, c.Value, ok
}

// share is what a step says of the criterion as a share of its requests.
func (c criterion) share(j capacity.Judged) share {
	switch q, ok := c.Quantile(); {
	case c.OfGood():
		return c.shareOfGood(j)
	case ok && j.Beyond != nil:
		return share{late: float64(*j.Beyond), n: float64(j.Samples), allowed: 1 - q}
	case !c.Latency() && c.Metric != slo.Starved && c.Op.Upper() && j.Observed != nil:
		return share{late: *j.Observed * float64(j.Samples), n: float64(j.Samples), allowed: c.Value}
	}
	return share{}
}

// leans reports whether every criterion held as far as was seen, whatever chance may
// have done; by is the first that did not, nil if there was none.
func leans(list []criterion, judged []capacity.Judged) (holds bool, by *criterion) {
	for i, c := range list {
		if i >= len(judged) || !c.leans(judged[i]) {
			return false, &list[i]
		}
	}
	return true, nil
}

// leans reports whether the criterion held as far as was seen.
func (c criterion) leans(j capacity.Judged) bool {
	if j.Needed != nil {
		c.Value = *j.Needed
	}
	return j.Observed != nil && c.Holds(*j.Observed)
}

// waits reports whether the criterion is on a time that grows with a backlog.
func (c criterion) waits() bool {
	switch c.Metric {
	case slo.TTFT, slo.TTFA, slo.E2E, slo.Queue, slo.GoodFraction, slo.Goodput, slo.Wait, slo.Starved:
		return true
	}
	return false
}

// borne is the share of failures that the criteria allow; 1: any.
func borne(list []criterion) float64 {
	share := 1.0
	for _, c := range list {
		switch c.Metric {
		case slo.ErrorRate, slo.RateLimited:
			share = min(share, c.Value)
		case slo.GoodFraction:
			share = min(share, 1-c.Value)
		case slo.Goodput:
			share = min(share, 1-goodShare)
		}
	}
	return share
}

// breaksWith reports whether a percentile breaks when so many of n requests are
// beyond its bound, whatever the others took.
func (c criterion) breaksWith(late, n int64) bool {
	q, _ := c.quantile()
	low, _ := ranks(q, n)
	return low > n-late
}

// at is the value of a rank; nil where the sample does not reach it.
func (c criterion) at(s slo.Sample, rank int64) *float64 {
	if rank < 1 || rank > s.Count {
		return nil
	}
	return new(s.AtQuantile(float64(rank) / float64(s.Count)))
}

// holdShare breaks where the whole interval lies beyond the bound, and holds where
// what was seen is within it: to prove 1 % by an interval would take hundreds of
// requests at every rate, and the soak, which has them, comes yet.
func (c criterion) holdShare(s verdict.Stretch) capacity.Judged {
	j := capacity.Judged{Expr: c.Text}
	v, ok := s.Scalar(c.Expr)
	q := s.Part.Requests
	j.Samples = q.Scheduled
	if c.Metric == slo.ErrorRate {
		j.Samples = q.Succeeded + q.Failed
	}
	if !ok || j.Samples == 0 {
		return j
	}
	if v.Low == v.High {
		j.Observed = &v.Low
	}
	low, _ := shareInterval(int64(math.Round(v.Low*float64(j.Samples))), j.Samples)
	_, high := shareInterval(int64(math.Round(v.High*float64(j.Samples))), j.Samples)
	j.Low, j.High = &low, &high
	switch {
	case !c.Holds(low):
		j.OK = new(false)
	case c.Holds(v.Low) && c.Holds(v.High) && j.Samples >= minShare:
		j.OK = new(true)
	}
	return j
}

// deviation is the standard deviation of a histogram, in milliseconds.
func deviation(h *result.Hist) float64 {
	mean, n, sum := result.Millis(h.Mean()), 0.0, 0.0
	h.ForEach(func(value, count int64) bool {
		d := float64(value)/1e6 - mean
		sum += float64(count) * d * d
		n += float64(count)
		return true
	})
	if n < 2 {
		return 0
	}
	return math.Sqrt(sum / (n - 1))
}

// judge holds every criterion and says what follows: the step breaks with one that
// breaks, holds if all hold, and is undecided otherwise.
func judge(list []criterion, l sight) (judged []capacity.Judged, verdict capacity.StepVerdict, by *criterion) {
	for _, c := range list {
		judged = append(judged, c.hold(l.of(c)))
	}
	verdict, by = decide(list, judged, func(c criterion) bool { return c.failuresAlone(c.stretch(l.of(c))) })
	return judged, verdict, by
}

// decide says what follows from judged criteria, and by which of them. Of those that
// broke, one that failures alone carried past its bound comes last: another one then
// says that there were failures.
func decide(list []criterion, judged []capacity.Judged, failuresAlone func(criterion) bool) (verdict capacity.StepVerdict, by *criterion) {
	verdict = capacity.Held
	second := false // by is only a symptom
	for i, j := range judged {
		switch {
		case j.OK == nil && verdict == capacity.Held:
			verdict, by = capacity.Undecided, &list[i]
		case j.OK != nil && !*j.OK && (verdict != capacity.Broke || second):
			if symptom := failuresAlone(list[i]); verdict != capacity.Broke || !symptom {
				verdict, by, second = capacity.Broke, &list[i], symptom
			}
		}
	}
	return verdict, by
}

// failuresAlone reports whether a latency would hold if the requests that failed were
// left out of its ranks.
func (c criterion) failuresAlone(s verdict.Stretch) bool {
	sample, ok := s.Latency(c.Expr)
	if !c.Latency() || !ok {
		return false
	}
	sample.Lost = max(sample.Lost-s.Part.Requests.Failed, 0)
	seen := slo.Observe(c.Expr, sample)
	return sample.Count+sample.Lost == 0 || seen.Value != nil && c.Holds(*seen.Value)
}

// words is a judged criterion in words.
func (c criterion) words(j capacity.Judged) string {
	if j.Observed == nil && j.Low == nil {
		return "no data for " + c.Text
	}
	value := func(v *float64) string {
		if v == nil {
			return "more"
		}
		return units.Value(*v, string(c.Unit))
	}
	text := c.Text + ": it was "
	if j.Observed != nil {
		text += value(j.Observed)
	} else {
		text += "at least " + value(j.Low)
	}
	if j.Needed != nil {
		text += " of " + value(j.Needed) + " that are enough at this load"
	}
	if j.OK == nil {
		text += fmt.Sprintf(" (%s to %s with %s)", value(j.Low), value(j.High), units.Of(j.Samples, "request", "requests"))
	}
	return text
}

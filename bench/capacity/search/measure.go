package search

import (
	"context"
	"fmt"
	"slices"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/tier"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A point is one load to be measured.
type point struct {
	kind        capacity.Kind
	rate        float64 // requests per second that arrive; 0: so many are in flight
	concurrency int     // 0: they arrive at a rate

	length time.Duration // between two looks
	looks  int
	hold   time.Duration // before the first look, with the length of one; 0: as long as it takes to settle

	criteria []criterion // that decide; nil: all of the search
}

// load is the rate, or how many are in flight.
func (p point) load() float64 { return p.rate + float64(p.concurrency) }

// A measuring is a point while load runs at it.
type measuring struct {
	point
	search *Search
	run    *bench.Run
	settle time.Duration
	wait   time.Duration // after a look's last arrival, for its answers

	taken   int // looks
	judged  []capacity.Judged
	verdict capacity.StepVerdict
	by      *criterion
	limit   capacity.Limit
	why     string
	swamped time.Duration // when it was over-saturated, from the end of settling; 0: never

	cohorts []*tier.Tally // of a queue: the tasks that were due up to each look
	piled   []bool        // of its classes: whether their tasks piled up
}

// measure runs load at a point, twice if this machine itself was late the first
// time: it may have had a bad moment. ok is false when the search ends with it.
func (s *Search) measure(ctx context.Context, p point) (st step, ok bool) {
	for again := range 2 {
		late := st
		if st, ok = s.attempt(ctx, p); ok && st.GeneratorValid {
			return st, ok
		}
		if !ok && again > 0 && s.stop.limit == capacity.ByTime { // the moment took the time
			s.stop.text += "; " + s.undriven(late)
		}
		if !ok {
			return st, ok
		}
	}
	s.halt(capacity.ByGenerator, result.GroundGenerator, s.undriven(st))
	return st, false
}

// undriven says what this machine can drive at most.
func (s *Search) undriven(st step) string {
	load, _ := st.Tried()
	best := 0.0
	for _, before := range s.steps {
		if tried, ok := before.Tried(); ok && before.GeneratorValid && tried < load {
			best = max(best, tried)
		}
	}
	text := "this machine cannot drive " + s.asked(load)
	if best > 0 {
		text = "this machine cannot drive more than " + s.asked(best)
	}
	if len(st.GeneratorWarnings) > 0 {
		text += ": " + st.GeneratorWarnings[0]
	}
	return text
}

func (s *Search) attempt(ctx context.Context, p point) (step, bool) {
	if st, there, over := s.again(p.kind, p.rate, p.concurrency); there || over {
		return st, there
	}
	if p.criteria == nil {
		p.criteria = s.criteria
	}
	m := &measuring{point: p, search: s, settle: max(s.settling(s.arriving(p.load())), p.hold-p.length), wait: s.answering()}
	if s.left() < m.settle+time.Duration(p.looks)*p.length+m.wait { // what the first look does not decide is undecided
		p.looks, m.looks = 1, 1
	}
	if !s.inTime(ctx, m.settle+p.length+m.wait) {
		return step{}, false
	}
	s.gauge.restart()
	run, err := s.start(ctx, s.derive(s.open(p, m.settle), m.wait))
	if err != nil {
		s.halt(capacity.ByNothing, result.GroundBroken, err.Error())
		return step{}, false
	}
	m.run = run
	m.count()
	began := s.elapsed()
	s.showing(capacity.Current{Kind: p.kind, Rate: p.rate, Concurrency: p.concurrency, Planned: m.settle + time.Duration(p.looks)*p.length}, run)
	s.drive(ctx, run, m.watch)
	doc := run.Wait()
	if m.verdict != capacity.Broke && m.taken < p.looks {
		m.look(p.looks)
	}
	switch {
	case m.verdict == capacity.Broke: // with what came of the last second, too
		m.judged, _, _ = judge(s.criteria, m.see(p.looks))
	case p.kind.Above():
		m.byAll(m.see(m.taken))
	}
	st := step{Step: m.document(doc, began), limit: m.limit}
	if p.concurrency > 0 {
		st.RateRPS, st.Concurrency = nil, &p.concurrency
	}
	if m.by != nil {
		st.slo = m.by.Text
	}
	ok := s.finish(ctx, doc)
	if !ok && m.verdict != capacity.Broke { // cut short: nothing was decided
		st.Verdict, st.Why, st.Looks = capacity.Undecided, "cut short: "+s.stop.text, 0
	}
	if !st.GeneratorValid {
		st.Verdict, st.Why, st.limit = capacity.Undecided, "the generator was late", capacity.ByGenerator
	}
	s.add(st, ok)
	return st, ok
}

// watch looks at the load about once a second and reports whether all is known.
func (m *measuring) watch() (over, atOnce bool) {
	snap := m.run.Snapshot(result.View{Window: time.Second, Wave: -1})
	since := snap.At - m.settle
	switch {
	case m.refused():
		return true, true
	case since <= 0:
		return false, false
	case m.unsustainable(), m.piles(since), m.swamp(snap, since), m.lost():
		return true, true
	}
	// The last look comes when the run has ended, so that nothing is open.
	for k := m.taken + 1; k < m.looks; k++ {
		end := time.Duration(k) * m.length
		if m.search.queued() && end < sawtooth {
			continue
		}
		if since < end+time.Second || since < end+m.wait && m.run.Look(m.waves(k)...).Open > 0 {
			break
		}
		if m.look(k); m.verdict != capacity.Undecided {
			return true, m.verdict == capacity.Broke
		}
	}
	return false, false
}

// waves are the names of the load up to the k-th look.
func (m *measuring) waves(k int) []string {
	names := make([]string, k)
	for i := range names {
		names[i] = lookWave(i)
	}
	return names
}

// look judges what was scheduled up to the k-th look.
func (m *measuring) look(k int) {
	m.taken = k
	look := m.see(k)
	m.judged, m.verdict, m.by = judge(m.criteria, look)
	if m.kind == capacity.Soak && m.verdict == capacity.Undecided {
		// A soak is judged as a run is: by what came of it.
		holds, by := leans(m.criteria, m.judged)
		if m.verdict, m.by = capacity.Held, nil; !holds {
			m.verdict, m.by = capacity.Broke, by
		}
	}
	m.because(look)
	if m.verdict != capacity.Broke {
		m.pilesUp(time.Duration(k) * m.length)
	}
}

// byAll judges a point to its end that was held against some SLOs alone: a load holds only
// if all of them do, and one that had broken below is no less broken here.
func (m *measuring) byAll(look sight) {
	asked := m.why
	if m.verdict == capacity.Held {
		asked = "the SLOs that had not broken held"
	}
	m.criteria = m.search.criteria
	m.judged, m.verdict, m.by = judge(m.criteria, look)
	if m.because(look); m.by != nil && m.why != asked {
		m.why += "; " + asked
	}
}

// because says why the point is judged as it is, and what limits it.
func (m *measuring) because(look sight) {
	if m.by == nil {
		m.why = "every SLO held"
		return
	}
	m.limit = m.by.limit()
	for i, c := range m.criteria {
		if c.Text == m.by.Text {
			m.why = c.words(m.judged[i])
		}
	}
	part := look.Ended.Part
	if refused := part.Outcomes[outcome.RateLimited]; m.limit == capacity.ByErrors && 2*refused >= part.Requests.Failed && refused > 0 {
		m.limit = capacity.ByRateLimit
		m.why += fmt.Sprintf("; %s of %s failures were 429s", units.Count(refused), units.Count(part.Requests.Failed))
	}
}

// refused reports whether more are refused than may be: a second of that says as much as
// a minute.
func (m *measuring) refused() bool {
	if !m.search.gauge.refusing() {
		return false
	}
	g := m.search.gauge.passing()
	m.breaks(capacity.ByRateLimit, fmt.Sprintf("%s of the first %s requests were 429s", units.Count(g.refused), units.Count(g.sent)))
	return true
}

// unsustainable reports whether a rate limit will run out.
func (m *measuring) unsustainable() bool {
	requests, tokens := m.search.gauge.read()
	for _, a := range []struct {
		allowance
		what string
	}{{requests, "requests"}, {tokens, "tokens"}} {
		d := a.trend(m.rate)
		if d.runsOut == client.Never {
			continue
		}
		m.breaks(capacity.ByRateLimit, fmt.Sprintf("429s to come: of a limit of %s %s a minute %s are left, and gone in %s",
			units.Count(a.limit), a.what, units.Count(a.seconds[len(a.seconds)-1]), units.Duration(d.runsOut)))
		return true
	}
	return false
}

// swamp reports whether the rate is over what the endpoint serves. A soak outlasts a bad
// moment of it. Of a queue the classes tell.
func (m *measuring) swamp(snap result.Snapshot, since time.Duration) bool {
	if m.search.queued() || m.concurrency > 0 || m.kind == capacity.Soak && since < m.length/2 {
		return false
	}
	rows := rowsFrom(snap.Series, m.settle.Seconds(), snap.At.Seconds())
	if !verdict.Oversaturated(rows, m.rate) {
		return false
	}
	m.swamped = since
	m.breaks(capacity.ByLatency, fmt.Sprintf("over-saturated after %s: requests in flight and time to first token kept growing",
		units.Duration(since)))
	return true
}

// lost reports whether a share is beyond its bound already, or the last look would break
// even if every request to come met its bounds.
func (m *measuring) lost() bool {
	planned := int64(m.rate * m.length.Seconds() * float64(m.looks))
	look := m.see(m.looks)
	for i, c := range m.criteria {
		if c.starves(look) {
			m.taken = 0
			m.judged, _, _ = judge(m.criteria, look)
			m.verdict, m.by = capacity.Broke, &m.criteria[i]
			m.because(look)
			return true
		}
		if k, n, allowed, ok := c.failing(look.of(c)); ok && n >= minShare && beyond(k, n, allowed) {
			m.taken = 0
			m.judged, _, _ = judge(m.criteria, look)
			m.verdict, m.by = capacity.Broke, &m.criteria[i]
			m.because(look)
			return true
		}
		if late, ok := c.late(look.of(c)); ok && planned > 0 && c.breaksWith(late, int64(float64(planned)*c.part())) {
			m.taken = 0
			m.judged, _, _ = judge(m.criteria, look)
			m.verdict, m.by = capacity.Broke, blame(m.criteria, i, look)
			m.because(look)
			return true
		}
	}
	return false
}

// blame is the criterion that says why the i-th is beyond its bound: the one on errors
// where it is so by failures alone.
func blame(list []criterion, i int, look sight) *criterion {
	if list[i].failuresAlone(look.of(list[i]).Now) {
		for k := range list {
			if list[k].limit() == capacity.ByErrors {
				return &list[k]
			}
		}
	}
	return &list[i]
}

// breaks ends the point before its time.
func (m *measuring) breaks(limit capacity.Limit, why string) {
	m.judged, _, m.by = judge(m.criteria, m.see(m.looks))
	m.verdict, m.limit, m.why = capacity.Broke, limit, why
	if limit == capacity.ByRateLimit {
		m.by = nil
		return
	}
	if m.by == nil || m.by.limit() != limit {
		m.by = latencyCriterion(m.criteria)
	}
}

// latencyCriterion is the first SLO on a latency; nil: there is none.
func latencyCriterion(list []criterion) *criterion {
	for i := range list {
		if list[i].limit() == capacity.ByLatency {
			return &list[i]
		}
	}
	return nil
}

// rowsFrom are the seconds that lie between two instants of the run.
func rowsFrom(rows []result.Row, from, to float64) (list []result.Row) {
	for _, r := range rows {
		if r.TS >= from-0.5 && r.TS+r.StepS <= to+0.5 {
			list = append(list, r)
		}
	}
	return list
}

// settling is how long load runs before it counts: the e2e p95 of the step whose
// throughput was nearest, 1 s at least and the length of a step at most.
func (s *Search) settling(rate float64) time.Duration {
	var nearest *step
	for i := range s.steps {
		st := &s.steps[i]
		if st.Latency.E2E == nil || st.SucceededRPS == nil || *st.SucceededRPS <= 0 {
			continue
		}
		if nearest == nil || apart(*st.SucceededRPS, rate) < apart(*nearest.SucceededRPS, rate) {
			nearest = st
		}
	}
	if nearest == nil {
		return time.Second
	}
	p95 := lasting(nearest.Latency.E2E.P95 / 1000)
	return min(max(p95, time.Second), s.cfg.StepFor).Round(time.Millisecond)
}

// apart is how far two rates are from one another, as a ratio of at least 1.
func apart(a, b float64) float64 { return max(a/b, b/a) }

// answering is how long a look waits for its answers: until whoever has none is
// past every bound, but no longer than a step.
func (s *Search) answering() time.Duration {
	longest := time.Second
	for _, c := range slices.Concat(s.criteria, s.bounds) {
		if c.Latency() {
			longest = max(longest, lasting(c.Value/1000))
		}
	}
	return min(longest, s.cfg.StepFor)
}

package result

import (
	"slices"
	"time"

	"flashwave/client/outcome"
)

// maxRows bounds the timeline; when it is full, rows merge in pairs.
const maxRows = 600

// A Timeline is the run as a row of equal steps, one second each at first. It keeps the
// lanes apart, for a lane that falls behind is not seen in the sum of all. Its size does
// not depend on the length of the run. It is not safe for concurrent use.
type Timeline struct {
	Step time.Duration

	about Measured
	lanes []string   // in the order of their first waves
	lane  []int      // of each wave
	sofar []Requests // by lane
	rows  []step
}

// Measured says what can be known of a run: the rest is no data, and not 0.
type Measured struct {
	Priced bool // the price is known
	Judged bool // something says which request is good
}

// rowMetrics are the metrics a row keeps the histogram of.
var rowMetrics = [...]Metric{TTFTResponse, TTFTService, E2EResponse, E2EService, ITL, TPOT}

// A step is one row in the making: its lanes, and what is known of all of them only.
type step struct {
	start, end       time.Duration
	waves            []string
	lanes            []tally
	tokens           int64 // output tokens, as they came
	counted          bool  // somebody counted the tokens of a request
	inFlight, queued int64
	overloaded       bool
	cost             float64

	plain *Row // the row without histograms, once it was computed
}

// A tally is what the requests of one lane did in a step, by the wave that scheduled
// them: what the warm-up scheduled is in none.
type tally struct {
	requests       Requests
	rateLimited    int64
	good, unjudged int64
	hists          [len(rowMetrics)]rowHist
	open           Requests // at the end: Unfinished are in flight, Unsent are queued
}

// add makes a tally that of a step, or a lane, more.
func (l *tally) add(o tally) {
	l.requests.add(o.requests)
	l.rateLimited += o.rateLimited
	l.good += o.good
	l.unjudged += o.unjudged
	for i := range l.hists {
		l.hists[i] = l.hists[i].with(o.hists[i])
	}
}

// NewTimeline is an empty timeline of a run with these waves, of which lanes says the
// lane of each.
func NewTimeline(lanes []string, about Measured) *Timeline {
	t := &Timeline{Step: time.Second, about: about}
	for _, name := range lanes {
		i := slices.Index(t.lanes, name)
		if i < 0 {
			i = len(t.lanes)
			t.lanes = append(t.lanes, name)
		}
		t.lane = append(t.lane, i)
	}
	t.sofar = make([]Requests, len(t.lanes))
	return t
}

// Add puts an interval at the end, with the waves live in it, and how many requests
// were in flight and queued at its end. It answers with the interval's own row, and
// with that of each lane.
func (t *Timeline) Add(in Interval, waves []string, inFlight, queued int64) (row Row, lanes map[string]Row) {
	s := t.step(in, waves, inFlight, queued)
	lanes = make(map[string]Row, len(t.lanes))
	for i, name := range t.lanes {
		lanes[name] = s.of(i)
	}
	if n := len(t.rows); n > 0 && (s.end <= s.start || t.rows[n-1].end-t.rows[n-1].start < t.Step-time.Second/2) {
		row = t.about.row(s, false)
		t.rows[n-1].merge(s) // of no time there are no rates
		return row, lanes
	}
	if n := len(t.rows); n > 0 {
		t.rows[n-1].finish()
	}
	if len(t.rows) == maxRows {
		t.halve()
	}
	t.rows = append(t.rows, s)
	return t.brief(len(t.rows) - 1), lanes
}

// step sorts what happened in an interval by lane.
func (t *Timeline) step(in Interval, waves []string, inFlight, queued int64) step {
	s := step{
		start: in.Start, end: in.End, waves: waves, lanes: make([]tally, len(t.lanes)),
		inFlight: inFlight, queued: queued,
	}
	for key, p := range in.Parts {
		if key == Warmup {
			continue
		}
		s.tokens += p.Here.OutputTokens - p.Here.WarmupTokens
		if key < 0 || key >= len(t.lane) {
			continue // what happened after a lane's last wave was scheduled by one before
		}
		s.counted = s.counted || p.FromUsage+p.FromEvents > 0
		s.cost += p.Cost.Total()
		lane := &s.lanes[t.lane[key]]
		lane.requests.add(p.Requests)
		lane.rateLimited += p.Outcomes[outcome.RateLimited]
		lane.good += p.Good
		lane.unjudged += p.Unjudged
		for i, m := range rowMetrics {
			lane.hists[i] = lane.hists[i].add(p.Hists[m])
		}
	}
	for i := range s.lanes {
		t.sofar[i].add(s.lanes[i].requests)
		s.lanes[i].open = t.sofar[i].Open()
	}
	return s
}

// Lanes are the rows of each lane by itself, by its name: requests and latencies. In
// flight and queued is what the lane's waves had scheduled; what nobody asks of a lane
// (tokens, cost, the waves live) is left out.
func (t *Timeline) Lanes() map[string][]Row {
	lanes := make(map[string][]Row, len(t.lanes))
	for i, name := range t.lanes {
		rows := make([]Row, len(t.rows))
		for k := range t.rows {
			rows[k] = t.rows[k].of(i)
		}
		lanes[name] = rows
	}
	return lanes
}

// of is the row of one lane.
func (s *step) of(lane int) Row {
	l := s.lanes[lane]
	row := Measured{}.row(step{start: s.start, end: s.end, lanes: []tally{l}, inFlight: l.open.Unfinished, queued: l.open.Unsent}, false)
	row.OutputTPS = nil
	return row
}

// whole is what all lanes did in a step.
func (s *step) whole() tally {
	if len(s.lanes) == 1 {
		return s.lanes[0]
	}
	var sum tally
	for _, l := range s.lanes {
		sum.add(l)
	}
	return sum
}

// Overloaded says of the newest row that requests piled up in it.
func (t *Timeline) Overloaded() {
	if n := len(t.rows); n > 0 {
		t.rows[n-1].overloaded, t.rows[n-1].plain = true, nil
	}
}

// halve merges rows in pairs and doubles the step.
func (t *Timeline) halve() {
	half := t.rows[:0]
	for i := 0; i < len(t.rows); i += 2 {
		s := t.rows[i]
		if i+1 < len(t.rows) {
			s.merge(t.rows[i+1])
		}
		half = append(half, s)
	}
	clear(t.rows[len(half):])
	t.rows = half
	t.Step *= 2
}

// finish keeps the histograms of a row that is made in less memory.
func (s *step) finish() {
	for i := range s.lanes {
		for m, h := range s.lanes[i].hists {
			s.lanes[i].hists[m] = h.made()
		}
	}
}

func (s *step) merge(o step) {
	s.plain = nil
	s.end = o.end
	s.waves = union(s.waves, o.waves)
	for i := range s.lanes {
		s.lanes[i].add(o.lanes[i])
		s.lanes[i].open = o.lanes[i].open
	}
	s.counted = s.counted || o.counted
	s.tokens += o.tokens
	s.inFlight, s.queued = o.inFlight, o.queued
	s.overloaded = s.overloaded || o.overloaded
	s.cost += o.cost
}

// union is a, then what b has besides.
func union(a, b []string) []string {
	out := a[:len(a):len(a)]
next:
	for _, w := range b {
		for _, have := range a {
			if have == w {
				continue next
			}
		}
		out = append(out, w)
	}
	return out
}

// Rows are the finished rows and the one in the making, as values of their own.
// Without histograms they cost little: percentiles are computed once a row.
// withHDR makes response TTFT and E2E, ITL and TPOT carry their histogram.
func (t *Timeline) Rows(withHDR bool) []Row {
	rows := make([]Row, len(t.rows))
	for i := range t.rows {
		if withHDR {
			rows[i] = t.about.row(t.rows[i], true)
		} else {
			rows[i] = t.brief(i)
		}
	}
	return rows
}

// brief is the i-th row without histograms, computed once until its step changes.
func (t *Timeline) brief(i int) Row {
	s := &t.rows[i]
	if s.plain == nil {
		row := t.about.row(*s, false)
		row.Heat = s.heat()
		s.plain = &row
	}
	return *s.plain
}

// row is a step as documents say it.
func (m Measured) row(s step, withHDR bool) Row {
	d := s.end - s.start
	per := func(n int64) float64 {
		if d <= 0 {
			return 0
		}
		return float64(n) / d.Seconds()
	}
	whole := s.whole()
	q, hists := whole.requests, whole.hists
	row := Row{
		TS: s.start.Seconds(), StepS: d.Seconds(), Waves: nonNil(s.waves),
		Counts: Counts{
			Scheduled: q.Scheduled, Sent: q.Sent,
			Succeeded: q.Succeeded, Failed: q.Failed, RateLimited: whole.rateLimited,
			Dropped: q.Dropped, Unsent: q.Unsent, Unfinished: q.Unfinished,
		},
		InFlight: s.inFlight, Queued: s.queued, Overloaded: s.overloaded,
		OfferedRPS: per(q.Scheduled), SentRPS: per(q.Sent),
		CompletedRPS: per(q.Succeeded + q.Failed), FailedRPS: per(q.Failed),
		Latency: RowLatencies{
			TTFT: RowPair{hists[0].percentiles(withHDR), hists[1].percentiles(false)},
			E2E:  RowPair{hists[2].percentiles(withHDR), hists[3].percentiles(false)},
			ITL:  hists[4].percentiles(withHDR),
			TPOT: hists[5].percentiles(withHDR),
		},
	}
	if m.Judged {
		row.Counts.Good, row.Counts.Unjudged = new(whole.good), new(whole.unjudged)
	}
	if m.Priced {
		row.CostUSD = new(s.cost)
	}
	if d > 0 && (s.counted || s.tokens > 0 || q.Succeeded == 0) {
		row.OutputTPS = new(per(s.tokens))
	}
	return row
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

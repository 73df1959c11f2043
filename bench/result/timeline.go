package result

import (
	"time"

	"flashwave/client/outcome"
)

// maxRows bounds the timeline; when it is full, rows merge in pairs.
const maxRows = 600

// A Timeline is the run as a row of equal steps, one second each at first. Its
// size does not depend on the length of the run. It is not safe for concurrent
// use.
type Timeline struct {
	Step time.Duration
	rows []step
}

// rowMetrics are the metrics a row keeps the histogram of.
var rowMetrics = [...]Metric{TTFTResponse, TTFTService, E2EResponse, E2EService, ITL, TPOT}

// A step is one row in the making.
type step struct {
	start, end       time.Duration
	waves            []string
	requests         Requests
	here             Happened
	rateLimited      int64
	good             int64
	inFlight, queued int64
	overloaded       bool
	cost             float64
	hists            [len(rowMetrics)]*Hist

	plain *Row // the row without histograms, once it was computed
}

// NewTimeline is an empty timeline.
func NewTimeline() *Timeline { return &Timeline{Step: time.Second} }

// Add puts an interval at the end: what happened in it (the sum over its waves),
// the waves live in it, and how many requests were in flight and queued at its
// end. It answers with the interval's own row.
func (t *Timeline) Add(start, end time.Duration, sum *Part, waves []string, inFlight, queued int64) Row {
	s := step{
		start: start, end: end, waves: waves,
		requests: sum.Requests, here: sum.Here, rateLimited: sum.Outcomes[outcome.RateLimited], good: sum.Good,
		inFlight: inFlight, queued: queued, cost: sum.Cost.Total(),
	}
	for i, m := range rowMetrics {
		s.hists[i] = mergeHist(nil, sum.Hists[m])
	}
	if n := len(t.rows); n > 0 && t.rows[n-1].end-t.rows[n-1].start < t.Step-time.Second/2 {
		row := s.row(false)
		t.rows[n-1].merge(s)
		return row
	}
	if len(t.rows) == maxRows {
		t.halve()
	}
	t.rows = append(t.rows, s)
	return t.rows[len(t.rows)-1].brief()
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

func (s *step) merge(o step) {
	s.plain = nil
	s.end = o.end
	s.waves = union(s.waves, o.waves)
	s.requests.add(o.requests)
	s.here.add(o.here)
	s.rateLimited += o.rateLimited
	s.good += o.good
	s.inFlight, s.queued = o.inFlight, o.queued
	s.overloaded = s.overloaded || o.overloaded
	s.cost += o.cost
	for i := range s.hists {
		s.hists[i] = mergeHist(s.hists[i], o.hists[i])
	}
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
			rows[i] = t.rows[i].row(true)
		} else {
			rows[i] = t.rows[i].brief()
		}
	}
	return rows
}

// brief is the row without histograms, computed once until the step changes.
func (s *step) brief() Row {
	if s.plain == nil {
		row := s.row(false)
		row.Heat = s.heat()
		s.plain = &row
	}
	return *s.plain
}

func (s *step) row(withHDR bool) Row {
	d := s.end - s.start
	per := func(n int64) float64 {
		if d <= 0 {
			return 0
		}
		return float64(n) / d.Seconds()
	}
	return Row{
		TS: s.start.Seconds(), StepS: d.Seconds(), Waves: nonNil(s.waves),
		Counts: Counts{
			Scheduled: s.requests.Scheduled, Sent: s.here.Sent,
			Succeeded: s.here.Succeeded, Failed: s.here.Failed, RateLimited: s.rateLimited,
			Dropped: s.requests.Dropped, Unsent: s.requests.Unsent, Unfinished: s.requests.Unfinished,
			Good: new(s.good),
		},
		InFlight: s.inFlight, Queued: s.queued, Overloaded: s.overloaded,
		OfferedRPS: per(s.requests.Scheduled), SentRPS: per(s.here.Sent),
		CompletedRPS: per(s.here.Completed), FailedRPS: per(s.here.Failed),
		OutputTPS: per(s.here.OutputTokens), CostUSD: s.cost,
		Latency: RowLatencies{
			TTFT: RowPair{s.hists[0].RowPercentile(withHDR), s.hists[1].RowPercentile(false)},
			E2E:  RowPair{s.hists[2].RowPercentile(withHDR), s.hists[3].RowPercentile(false)},
			ITL:  s.hists[4].RowPercentile(withHDR),
			TPOT: s.hists[5].RowPercentile(withHDR),
		},
	}
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

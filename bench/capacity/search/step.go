package search

import (
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// document is the point as a step of the document.
func (m *measuring) document(doc *result.Run, began time.Duration) capacity.Step {
	look := m.run.Look(m.waves(max(m.taken, m.reached(doc)))...)
	st := figures(look)
	st.Kind, st.RateRPS = m.kind, &m.rate
	st.StartedS, st.SettledS, st.Looks = began.Seconds(), m.settle.Seconds(), m.taken
	st.Verdict, st.Why, st.SLOs = m.verdict, m.why, m.judged
	if m.swamped > 0 {
		st.OversaturatedS = new(m.swamped.Seconds())
	}
	rows := rowsFrom(doc.Timeline, m.settle.Seconds(), m.settle.Seconds()+st.DurationS)
	st.InFlightMean, st.ServedByS = inFlight(rows), bySecond(rows)
	common(&st, doc, look)
	st.Tasks = m.search.tasks(m.cohort(max(m.taken, m.reached(doc))), m.piled)
	st.Typical = typical(rows)
	if m.limit == capacity.ByRateLimit {
		st.Supply = m.search.gauge.exhausted()
	}
	m.search.told(&st)
	return st
}

// reached is the number of looks whose load had begun when the run ended: a point
// that ends before its first look has figures all the same.
func (m *measuring) reached(doc *result.Run) (n int) {
	if m.taken > 0 {
		return m.taken
	}
	for i := range m.looks {
		for _, w := range doc.Waves {
			if w.Name == lookWave(i) && w.Requests.Scheduled > 0 {
				n = i + 1
			}
		}
	}
	return max(n, 1)
}

// mostCut is of how many requests one may have been cut off by the end of the step: its
// tokens are billed, and say nothing of what an answer costs.
const mostCut = 20

// figures are what a look says of the requests.
func figures(l bench.Look) capacity.Step {
	stats := result.Derive(result.Label{
		Duration: l.Ended.Length, Priced: l.Ended.Priced, Judged: l.Ended.Judged, HDR: true,
	}, l.Ended.Part)
	st := capacity.Step{
		DurationS: l.Ended.Length.Seconds(),
		Requests:  stats.Requests, Outcomes: stats.Outcomes,
		OfferedRPS: stats.Rate.Offered, SucceededRPS: stats.Rate.Succeeded, ErrorRate: stats.ErrorRate,
		RateLimited: stats.Outcomes[outcome.RateLimited], Tokens: stats.Tokens,
		Latency: capacity.StepLatency{
			TTFT: stats.Latency.TTFT.Response, ServiceTTFT: stats.Latency.TTFT.Service,
			E2E: stats.Latency.E2E.Response, ServiceE2E: stats.Latency.E2E.Service,
		},
	}
	if stats.Goodput != nil {
		st.GoodputRPS = &stats.Goodput.RPS
	}
	if stats.Cost != nil && stats.Requests.Unfinished*mostCut <= stats.Requests.Scheduled {
		st.PerThousandOKUSD = stats.Cost.PerThousandOK
	}
	if t := stats.Tokens; t.From != nil && *t.From != "events" && t.Prompt != nil {
		st.CachedShare = new(float64(*t.Cached) / float64(*t.Prompt))
	}
	return st
}

// common completes a step with what is of the whole run: its cost, its peaks and
// the generator.
func common(st *capacity.Step, doc *result.Run, l bench.Look) {
	if c := doc.Total.Cost; c != nil {
		st.CostUSD = &c.Total
	}
	var most, queued int64
	for _, w := range doc.Waves {
		if w.Name != settleWave && w.Backlog != nil {
			most, queued = max(most, w.Backlog.InFlight), max(queued, w.Backlog.Queued)
		}
	}
	if l.Ended.Part.Requests.Sent > 0 {
		st.InFlightMax, st.QueuedMax = &most, &queued
	}
	st.GeneratorValid, st.GeneratorWarnings = doc.Generator.Valid, doc.Generator.Findings.Texts()
	st.Hollow = verdict.Hollow(doc)
}

// inFlight is the mean of the requests in flight at the end of each second; nil
// without a second.
func inFlight(rows []result.Row) *float64 {
	sum, weight := 0.0, 0.0
	for _, r := range rows {
		sum += float64(r.InFlight) * r.StepS
		weight += r.StepS
	}
	if weight == 0 {
		return nil
	}
	mean := sum / weight
	return &mean
}

// bySecond are the requests that ended ok in each second; nil where rows are longer.
func bySecond(rows []result.Row) (list []int64) {
	for _, r := range rows {
		switch {
		case r.StepS > 1.01:
			return nil
		case r.StepS > 0.99:
			list = append(list, r.Counts.Succeeded)
		}
	}
	return list
}

// told completes a step with what the endpoint says of its limits, and how it refused.
func (s *Search) told(st *capacity.Step) {
	st.Refusals = s.gauge.refusals()
	requests, tokens := s.gauge.read()
	st.RemainingRequests, st.RemainingTokens = requests.document(), tokens.document()
	rate := requests.gives()
	if t := st.Tokens; t.TotalTPS != nil && st.SucceededRPS != nil && *t.TotalTPS > 0 && *st.SucceededRPS > 0 && tokens.gives() > 0 {
		each := *t.TotalTPS / *st.SucceededRPS
		if by := tokens.gives() / each; rate == 0 || by < rate {
			rate = by
		}
	}
	st.ToldRPS = some(rate)
}

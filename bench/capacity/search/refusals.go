package search

import (
	"math"
	"slices"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/client"
	"flashwave/client/outcome"
)

const (
	leastRefusals = 10  // that say how an endpoint refuses
	astray        = 0.1 // of the refused, and of the others, may be where they do not belong
)

// A manner notes in a step how requests are refused. It is not safe for concurrent use.
type manner struct {
	open   int            // requests that are on their way; it goes on from step to step
	sent   int64          // since the step began
	began  time.Duration  // when the first of these was sent
	levels map[int]*entry // by the number of others in flight at the sending
	after  *result.Hist
	first  ticket // of the refused
	at     time.Duration
}

type entry struct{ passed, refused int64 }

// A ticket is given to a request that is sent.
type ticket struct {
	others int   // in flight
	before int64 // sent before it in the step
}

// restart begins a step.
func (m *manner) restart() {
	*m = manner{open: m.open, levels: map[int]*entry{}, after: result.NewHist()}
}

// enters notes that a request is sent.
func (m *manner) enters() ticket {
	t := ticket{m.open, m.sent}
	m.open++
	m.sent++
	return t
}

// leaves notes what came of it.
func (m *manner) leaves(t ticket, res client.Result) {
	m.open--
	if t.before == 0 {
		m.began = res.Sent
	}
	refused := res.Outcome == outcome.RateLimited || res.Outcome == outcome.Overloaded
	if res.Outcome == outcome.Cancelled || !refused && res.Status/100 != 2 {
		return
	}
	e := m.levels[t.others]
	if e == nil {
		e = &entry{}
		m.levels[t.others] = e
	}
	if !refused {
		e.passed++
		return
	}
	e.refused++
	if m.after.Count() == 0 || t.before < m.first.before {
		m.first, m.at = t, res.Sent
	}
	m.after.Record(res.Done - res.Sent)
}

// document is what the step says of refusals; nil: there were none.
func (m *manner) document() *capacity.Refusals {
	if m.after.Count() == 0 {
		return nil
	}
	return &capacity.Refusals{
		Count: m.after.Count(), AfterS: m.after.Quantile(0.5).Seconds(), Open: m.limit(),
		Before: m.first.before, BeforeS: max(0, m.at-m.began).Seconds(),
	}
}

// limit is the number of others in flight from which on requests are refused, if that
// tells the refused from the others.
func (m *manner) limit() *int {
	numbers := make([]int, 0, len(m.levels))
	var passed, refused int64
	for n, e := range m.levels {
		numbers = append(numbers, n)
		passed, refused = passed+e.passed, refused+e.refused
	}
	slices.Sort(numbers)
	early, late := int64(0), passed // refused below n, let in from n on
	best, least := 0, int64(math.MaxInt64)
	for _, n := range numbers {
		if early+late < least {
			best, least = n, early+late
		}
		early, late = early+m.levels[n].refused, late-m.levels[n].passed
	}
	if best == 0 || float64(least) > astray*float64(min(passed, refused)) {
		return nil
	}
	return &best
}

// refusals are those since the last restart.
func (g *gauge) refusals() *capacity.Refusals {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.manner.document()
}

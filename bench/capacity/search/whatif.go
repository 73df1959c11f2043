package search

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client"
)

// A Night is a demand that a search which took place is asked about.
type Night struct {
	Scenario *scenario.Scenario // resolved; its open waves are the demand

	Headroom    float64      // ratio, from 1: the capacity must be so many times the peak
	Workers     int          // that take tasks from the queue that night; 0: as many as in the search
	Utilisation float64      // ratio, above 0 to 1: the share of its capacity that a replica is planned to give
	Price       *price.Price // of the night's model; nil: unknown
	Book        *price.Book  // on which models the night is priced; nil: the built-in one

	Now time.Time // when it is asked
}

// usage is what the search has counted.
func (m *meter) usage() *capacity.Usage {
	seen := m.read()
	return &capacity.Usage{OK: seen.ok, Failed: seen.failed, Ended: seen.ended, Failures: seen.failures, Retries: seen.retries}
}

// stale is the age from which on a search is taken for old.
const stale = 24 * time.Hour

// Answer answers the night by the steps that a search measured; nothing is sent. The
// document is that of the search with another scenario, forecast and verdict. An error
// is a *[scenario.Error].
func (n Night) Answer(found *capacity.Document) (*capacity.Document, error) {
	cfg := Defaults()
	cfg.Headroom, cfg.Utilisation = n.Headroom, n.Utilisation
	if err := cfg.check(); err != nil {
		return nil, err
	}
	demand, err := forecast.Of(n.Scenario)
	switch {
	case err != nil:
		return nil, err
	case demand.Empty():
		return nil, &scenario.Error{Message: "there is no night to hold against the search", Hint: "give it as open waves: a scenario file, or --wave night:200/m..12000/m:10m"}
	case found.WhatIf != nil:
		return nil, &scenario.Error{Message: "that is an answer of --what-if itself, and no search", Hint: "name the search that it was made of"}
	case found.Plan.Raised() == capacity.InFlight:
		return nil, &scenario.Error{Message: "that search was by concurrency: so many requests in flight are no rate of arrivals", Hint: "name a search by rate"}
	case found.Scenario == nil:
		return nil, &scenario.Error{Message: "the search has no scenario: nothing was measured"}
	}
	if n.Workers > 0 && (found.Queue == nil || found.Queue.Workers == nil) {
		return nil, &scenario.Error{Message: "how many workers took tasks in that search is not known, and so not what others would do", Hint: "leave --workers out, or search again and say with it how many there are"}
	}
	s, err := recalled(found, n)
	if err != nil {
		return nil, err
	}
	d := *found
	d.Name, d.Scenario, d.Rehearsal = n.Scenario.Name, n.Scenario, nil
	age := max(n.Now.Sub(found.EndedAt), 0)
	d.WhatIf = &capacity.WhatIf{AskedAt: n.Now.UTC(), AgeS: age.Seconds()}
	d.Forecast, d.Cost = s.forecast(demand, n.Scenario, client.Never)
	d.Warnings = append(caveats(found, n, s.served(), age, d.Forecast), found.Warnings...)
	d.Verdict = fitting(&d, age, objections(found, n.Scenario), s.outOfReach())
	weighDemand(&d)
	return &d, nil
}

// recalled is the search that a document is of, as far as a forecast asks.
func recalled(found *capacity.Document, n Night) (*Search, error) {
	s := &Search{
		cfg:   Config{Options: bench.Options{Price: n.Price}, Headroom: n.Headroom, Utilisation: n.Utilisation, Book: n.Book},
		base:  found.Scenario,
		meter: &meter{}, gauge: &gauge{}, hunt: &hunt{},
	}
	c := found.Capacity
	s.answer, s.soaked = valueOf(c.RPS), c.Confirmed
	if q := found.Queue; q != nil && q.Workers != nil {
		s.cfg.Workers = *q.Workers
	}
	s.tonight = n.Workers
	if c.HighRPS != nil {
		s.hunt.breaks = []trial{{rate: *c.HighRPS, at: brokeAt(found.Steps, *c.HighRPS)}}
	}
	for _, l := range found.SLOs {
		e, err := slo.Parse(l.Expr)
		if err != nil {
			return nil, &scenario.Error{Message: fmt.Sprintf("the search was held to %q: %v", l.Expr, err)}
		}
		s.criteria = append(s.criteria, criterion{Expr: perTask(found.Scenario, e), assumed: l.Assumed, class: classOf(found.Scenario, e)})
	}
	if u := found.Usage; u != nil {
		s.meter.set(spent{ok: u.OK, failed: u.Failed, ended: u.Ended, failures: u.Failures, retries: u.Retries})
	}
	for _, st := range found.Steps { // what ends the capacity ended the lowest of them that did not hold
		kept := step{Step: st}
		s.hunt.hear(st.ToldRPS)
		if st.Supply != nil {
			s.hunt.supply = st.Supply
		}
		if st.Verdict != capacity.Held {
			kept.limit = c.LimitedBy
			if c.SLO != nil {
				kept.slo = *c.SLO
			}
		}
		s.steps = append(s.steps, kept)
	}
	return s, nil
}

// brokeAt is when the last step at a rate began that did not hold, in seconds; -1: there is
// none.
func brokeAt(steps []capacity.Step, rate float64) float64 {
	at := -1.0
	for _, st := range steps {
		if st.Verdict != capacity.Held && st.RateRPS != nil && capacity.SameRate(st.RateRPS, rate) {
			at = st.StartedS
		}
	}
	return at
}

// valueOf is a figure, or 0 where there is none.
func valueOf(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// fitting says what the search had found, and rests on it: a night passes by no search that
// would not have passed itself. One that cannot fit has failed by what broke.
func fitting(d *capacity.Document, age time.Duration, objections []string, outOfReach []capacity.Judged) capacity.Verdict {
	v := capacity.Verdict{Headline: "a search that ended " + units.Ago(age), Reasons: objections}
	c, f, on := d.Capacity, d.Forecast, result.GroundPass
	switch {
	case c.RPS == nil:
		v.Headline += " found no rate that holds"
	case c.AtLeast:
		v.Headline += fmt.Sprintf(" held at least %s requests/s (%s a minute)", units.Rate(*c.RPS), units.Rate(60**c.RPS))
	default:
		v.Headline += fmt.Sprintf(" held %s requests/s (%s a minute)", units.Rate(*c.RPS), units.Rate(60**c.RPS))
	}
	switch {
	case len(objections) > 0:
		on = result.GroundData
		v.Headline += "; whether the night fits cannot be told: " + objections[0]
	case c.RPS == nil && c.HighRPS != nil && f.Demand.PeakRPS*f.HeadroomAsked >= *c.HighRPS:
		on = result.GroundSLO
		v.Headline += fmt.Sprintf(", and %s requests/s broke; the demand peaks at %s: it does not fit", units.Rate(*c.HighRPS), units.Rate(f.Demand.PeakRPS))
	case len(outOfReach) > 0:
		on = short(c)
		v.Headline += beyondReach(outOfReach)
	}
	v.Status, v.ExitCode = verdict.Decide(on)
	return v
}

// objections are the reasons why a search can say nothing of a night at all.
func objections(found *capacity.Document, night *scenario.Scenario) []string {
	list := []string{}
	if doubt := found.Doubt(); doubt != "" {
		list = append(list, doubt)
	}
	list = append(list, capacity.Elsewhere(found.Scenario, night, "the search", "the night")...)
	if a, b := wanted(found.Scenario), wanted(night); len(night.SLO) > 0 && a != b {
		list = append(list, fmt.Sprintf("the SLOs differ: %s in the search, %s in the night: the capacity is for the former", a, b))
	}
	return list
}

// caveats are the reasons why a search may not answer a night.
func caveats(found *capacity.Document, n Night, served float64, age time.Duration, f *forecast.Forecast) []string {
	list := []string{}
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	was, night := found.Scenario, n.Scenario
	if age >= stale {
		add("the search is from %s: the endpoint may have changed since", units.Ago(age))
	}
	if found.Capacity.RPS != nil && !found.Capacity.Confirmed && found.Plan.SoakS == 0 {
		add("the rate that held was not confirmed by a soak")
	}
	list = append(list, capacity.Otherwise(was, night, "the search", "the night")...)
	saturated := slices.ContainsFunc(found.Steps, func(s capacity.Step) bool { return s.Kind == capacity.Saturate })
	if f.Demand.PeakRPS >= nearPeak*served && !saturated && !refused(found.Capacity) && found.Queue == nil {
		add("the search did not find out how much the endpoint does when it is saturated: the backlog may be smaller than forecast")
	}
	if found.Usage == nil {
		add("an earlier version made the search, and kept no tokens: the night has no price")
	}
	return list
}

// refused reports whether the endpoint lets no more in than the capacity: it announces a
// limit that it does not keep to where nothing broke.
func refused(c capacity.Capacity) bool { return c.LimitedBy == capacity.ByRateLimit && !c.AtLeast }

// wanted are the SLOs that a search for a scenario holds each rate to, those that it
// assumes among them, in an order of their own.
func wanted(sc *scenario.Scenario) string {
	texts := slices.Clone(sc.SLO)
	if list, bounds, _, err := criteria(sc); err == nil {
		texts = texts[:0]
		for _, c := range slices.Concat(list, bounds) {
			texts = append(texts, c.Text)
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

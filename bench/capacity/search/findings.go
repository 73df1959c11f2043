package search

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/trend"
	"flashwave/bench/units"
)

// shift says how a sentinel differs from the first time.
type shift int

const (
	still shift = iota
	worse
	better
)

// shifted is by what part a median must differ before an endpoint has changed.
const shifted = 0.2

// batches is how often a median is measured in one step.
const batches = 5

// medians are those of the latency of each row that has one, in milliseconds.
func medians(rows []result.Row) (list []float64) {
	for _, r := range rows {
		switch l := r.Latency; {
		case l.E2E.Response != nil:
			list = append(list, l.E2E.Response.P50)
		case l.TTFT.Response != nil:
			list = append(list, l.TTFT.Response.P50)
		}
	}
	return list
}

// typical is the median latency over rows, with an interval that holds for latencies
// that follow from one another, too: that of the means of batches (Law, Simulation
// Modeling and Analysis, §9.5.3).
func typical(rows []result.Row) *capacity.Typical {
	medians := medians(rows)
	if len(medians) < batches {
		return nil
	}
	var of [batches]float64
	mean := 0.0
	for i := range of {
		of[i] = trend.Median(medians[i*len(medians)/batches : (i+1)*len(medians)/batches])
		mean += of[i] / batches
	}
	squares := 0.0
	for _, m := range of {
		squares += (m - mean) * (m - mean)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: batches - 1}.Quantile(1 - tail)
	margin := t * math.Sqrt(squares/(batches-1)/batches)
	return &capacity.Typical{Median: mean, Low: max(0, mean-margin), High: mean + margin}
}

// shiftOf holds a sentinel against the first time. Of tasks only that it breaks counts: how
// the polls of a few workers fall makes half of the wait, and that lasts for a step.
func shiftOf(base, now capacity.Step) shift {
	was, is := base.Typical, now.Typical
	switch {
	case now.Verdict == capacity.Broke:
		return worse
	case was == nil || is == nil || now.Tasks != nil:
	case is.Low > was.High && is.Median > was.Median*(1+shifted):
		return worse
	case is.High < was.Low && is.Median < was.Median/(1+shifted):
		return better
	}
	return still
}

// baseOf is the first step that held at the rate of a sentinel; nil: there is none.
func (s *Search) baseOf(sentinel capacity.Step) *capacity.Step {
	for i := range s.steps {
		st := &s.steps[i].Step
		if st.Verdict == capacity.Held && st.Kind != capacity.Sentinel && st.SameTry(sentinel) {
			return st
		}
	}
	return nil
}

// findings are what the steps say beside the capacity.
func (s *Search) findings() []capacity.Finding {
	list := []capacity.Finding{}
	var failed *capacity.Step // the newest
	var hollow *capacity.Step // the highest of those that held
	highest := 0.0
	for _, st := range s.steps {
		load, ok := st.Tried()
		if !ok {
			continue
		}
		if st.Verdict == capacity.Held && len(st.Hollow) > 0 && load >= highest {
			hollow, highest = &st.Step, load
		}
		rate := st.Asked()
		add := func(kind capacity.FindingKind, format string, args ...any) {
			list = append(list, capacity.Finding{Kind: kind, Text: fmt.Sprintf(format, args...), RateRPS: st.RateRPS, AtS: st.StartedS})
		}
		switch {
		case st.Kind == capacity.Sentinel:
			base := s.baseOf(st.Step)
			if base == nil {
				break
			}
			switch shiftOf(*base, st.Step) {
			case worse:
				was, is := units.ClockSeconds(base.StartedS), units.ClockSeconds(st.StartedS)
				if base.Typical == nil || st.Typical == nil {
					add(capacity.Drifts, "the endpoint drifts: %s held at %s, and broke at %s: %s", rate, was, is, st.Why)
					break
				}
				add(capacity.Drifts, "the endpoint drifts: at %s the median latency was %s at %s, and %s at %s", rate, units.Millis(base.Typical.Median), was, units.Millis(st.Typical.Median), is)
			case better:
				add(capacity.ScalesOut, "the endpoint got faster: at %s the median latency was %s at %s, and %s at %s: it warmed up, or scaled out",
					rate, units.Millis(base.Typical.Median), units.ClockSeconds(base.StartedS), units.Millis(st.Typical.Median), units.ClockSeconds(st.StartedS))
			}
		case st.Kind == capacity.Retry && st.Verdict == capacity.Held && failed != nil:
			because := "the endpoint warmed up, scaled out, or had a passing fault"
			if st.Tasks != nil {
				because = "workers came, or their polls fell better"
			}
			add(capacity.ScalesOut, "%s broke at %s, and %s held at %s: %s",
				failed.Asked(), units.ClockSeconds(failed.StartedS), rate, units.ClockSeconds(st.StartedS), because)
		case st.Verdict == capacity.Broke:
			failed = &st.Step
		}
	}
	if hollow != nil {
		text := "at " + hollow.Asked() + ", which held, " + strings.Join(hollow.Hollow, "; ")
		list = append(list, capacity.Finding{Kind: capacity.IsHollow, Text: text, RateRPS: hollow.RateRPS, AtS: hollow.StartedS})
	}
	if q := s.queueFound(); q != nil && q.StarvesFirst != nil {
		text := fmt.Sprintf("of the classes %s starves first: from %s on", *q.StarvesFirst, units.PerSecond(*q.StarvesFromRPS))
		list = append(list, capacity.Finding{Kind: capacity.Starves, Text: text, RateRPS: q.StarvesFromRPS, AtS: s.elapsed().Seconds()})
	}
	if q := s.quota(); q != "" {
		list = append(list, capacity.Finding{Kind: capacity.Quotas, Text: q, AtS: s.elapsed().Seconds()})
	}
	return list
}

// quota is the endpoint's own limit in words; "": it has none, as far as is known.
func (s *Search) quota() string {
	switch h := s.hunt; {
	case h == nil:
		return ""
	case h.told > 0 && h.low() > h.told*(1+slack):
		return "the endpoint announces a limit of " + units.PerMinute(h.told) + ", and bore more"
	case h.told > 0:
		return "the endpoint announces a limit of " + units.PerMinute(h.told)
	case h.supply != nil && h.edgeIs(capacity.ByRateLimit) && h.low() <= h.supply.Rate()*(1+slack):
		kind := "that gives as it goes"
		if h.supply.Window {
			kind = "in windows"
		}
		return "the endpoint announces no limit and has one, of about " + units.PerMinute(h.supply.Rate()) + " " + kind + ", as counted"
	}
	return ""
}

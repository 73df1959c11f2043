package answer

import (
	"fmt"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// OfSearch is what holds, and what the demand needs; nil where nothing held.
func OfSearch(d *capacity.Document) *Answer {
	c := d.Capacity
	if c.RPM == nil {
		return nil
	}
	a := &Answer{Figure: units.Rate(*c.RPM), Unit: "a minute"}
	says := "is what it holds"
	switch {
	case c.Concurrency != nil:
		a.Figure, a.Unit = units.Count(*c.Concurrency), "at once"
		says += ": " + units.Rate(*c.RPM) + " a minute"
	case c.AtLeast:
		says = "and maybe more is what it holds"
	}
	if !c.Confirmed {
		says += ", not confirmed by a soak"
	}
	a.Says = says + needed(d.Forecast)
	return a
}

// needed is what the demand asks of it, and what comes of it as it is.
func needed(f *forecast.Forecast) string {
	if f == nil || f.Headroom == nil {
		return ""
	}
	if f.Tasks != nil && f.Tasks.Holds != nil {
		return neededOfQueue(f)
	}
	says := "; the sale needs " + units.Rate(60*f.Demand.PeakRPS)
	switch {
	case f.Fits == nil:
		return says + ": too close to tell"
	case *f.Fits:
		return says + ": it fits"
	case f.Replicas != nil && *f.Replicas > 1:
		says += fmt.Sprintf(": %d replicas", *f.Replicas)
	default:
		says += ": it does not fit"
	}
	b := f.Simulated
	if b == nil {
		b = f.Fluid
	}
	if b == nil || f.Ungrounded() != "" || !(b.BeyondShare > 0) {
		return words.Plain(says)
	}
	says += "; as it is, " + units.OfHundred(1-b.BeyondShare) + " of 100 customers are served as was asked"
	if b.WorstWaitS > 0 {
		says += ", and the longest wait is " + units.Seconds(b.WorstWaitS)
	}
	return says
}

// neededOfQueue is the same of a queue, which need not hold the peak: its tasks may wait.
func neededOfQueue(f *forecast.Forecast) string {
	t, says := f.Tasks, "; the sale peaks at "+units.Rate(60*f.Demand.PeakRPS)
	switch {
	case *t.Holds:
		return says + ": every class holds"
	case t.WorkersNeeded != nil:
		return says + ": that takes " + units.Of(*t.WorkersNeeded, "worker", "workers")
	case t.TimesNeeded != nil:
		return says + ": that takes " + units.Figure(*t.TimesNeeded) + " times the workers there are"
	}
	return says + ": the classes do not hold"
}

package forecast

import (
	"iter"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/scenario"
)

// A Demand is the load that a night will bring: the open waves of a scenario, laid
// out on one clock that starts with the first of them. The zero value is no demand.
// It may be used concurrently.
type Demand struct {
	Source string // of the figures: a trace's file, or "waves"
	parts  []part
	curve  curve
}

// A part is an unbroken row of open waves in its place.
type part struct {
	start time.Duration
	plan  arrival.Plan
}

// Of is the demand of a resolved scenario. Its arrivals are, to the instant, those
// that a run of the scenario would schedule. A closed wave has no rate: it leaves a
// gap as long as it lasts, or none where its length is not known. Without open
// waves the demand is empty.
func Of(sc *scenario.Scenario) (Demand, error) {
	d := Demand{Source: "waves"}
	for i, lane := range sc.Lanes {
		parts, err := partsOf(sc, lane, i)
		if err != nil {
			return Demand{}, err
		}
		d.parts = append(d.parts, parts...)
		for _, w := range lane.Waves {
			if w.Trace != nil {
				d.Source = w.Trace.String()
			}
		}
	}
	d.curve = sum(d.parts)
	return d, nil
}

// partsOf numbers the stretches of a lane as the engine does, so that each draws
// the same random gaps.
func partsOf(sc *scenario.Scenario, lane scenario.Lane, index int) (parts []part, err error) {
	arrivals := sc.Arrivals
	if lane.Arrivals != "" {
		arrivals = lane.Arrivals
	}
	process, err := arrival.ParseProcess(arrivals)
	if err != nil {
		return nil, err
	}
	var at time.Duration
	stretch := uint64(0)
	if sc.Warmup > 0 {
		stretch++
	}
	for first := 0; first < len(lane.Waves); stretch++ {
		if w := lane.Waves[first]; w.Closed() {
			length, _ := w.Length()
			at += length
			first++
			continue
		}
		segments, next, err := lane.Segments("", first)
		if err != nil {
			return nil, err
		}
		p := arrival.Plan{Segments: segments, Process: process, Seed: sc.Seed, Stream: uint64(index)<<16 | stretch}
		if err := p.Validate(); err != nil {
			return nil, err
		}
		parts = append(parts, part{start: at, plan: p})
		at += p.Length()
		first = next
	}
	return parts, nil
}

// Empty reports whether nothing arrives.
func (d Demand) Empty() bool { return d.curve.area() == 0 }

// Requests is how many requests are expected.
func (d Demand) Requests() float64 { return d.curve.area() }

// Length is the time from the start of the first wave to the end of the last.
func (d Demand) Length() time.Duration { return seconds(d.curve.length()) }

// Arrivals are the instants of all requests in their order, in seconds from the
// start.
func (d Demand) Arrivals() iter.Seq[float64] {
	return func(yield func(float64) bool) {
		cursors := make([]*arrival.Cursor, len(d.parts))
		for i, p := range d.parts {
			cursors[i] = p.plan.Cursor(p.start)
		}
		for {
			var next *arrival.Cursor
			var first time.Duration
			for _, c := range cursors {
				if at, ok := c.Due(); ok && (next == nil || at < first) {
					next, first = c, at
				}
			}
			if next == nil || !yield(next.Take().At.Seconds()) {
				return
			}
		}
	}
}

package dispatch

import (
	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// Streams of random numbers: each lane has one for its waves and one for its
// warm-up, each stretch of it another.
const warmupStream = 1 << 32

// plan lays out lanes and stretches. Waves count from 0, lane after lane.
func (d *Dispatcher) plan() error {
	waves := 0
	for i, sl := range d.scenario.Lanes {
		l := &lane{dispatcher: d, index: i, name: sl.Name, factor: 1, live: result.Warmup}
		arrivals := d.scenario.Arrivals
		if sl.Arrivals != "" {
			arrivals = sl.Arrivals
		}
		process, err := arrival.ParseProcess(arrivals)
		if err != nil {
			return err
		}
		if err := l.plan(sl, process, waves); err != nil {
			return err
		}
		d.lanes = append(d.lanes, l)
		waves += len(sl.Waves)
	}
	return nil
}

// plan cuts the lane's waves, which count from next on, into stretches: successive open
// waves are one curve.
func (l *lane) plan(sl scenario.Lane, process arrival.Process, next int) error {
	d := l.dispatcher
	if d.scenario.Warmup > 0 && len(sl.Waves) > 0 {
		st, err := l.warmup(sl.Waves[0], process)
		if err != nil {
			return err
		}
		l.stretch = append(l.stretch, st)
	}
	var curve []arrival.Segment
	flush := func() error {
		if len(curve) == 0 {
			return nil
		}
		plan := arrival.Plan{
			Segments: curve, Process: process, Seed: d.scenario.Seed,
			Stream: uint64(l.index)<<16 | uint64(len(l.stretch)),
		}
		if err := plan.Validate(); err != nil {
			return err
		}
		l.stretch = append(l.stretch, l.openStretch(plan))
		curve = nil
		return nil
	}
	for _, w := range sl.Waves {
		if w.Closed() {
			if err := flush(); err != nil {
				return err
			}
			l.stretch = append(l.stretch, l.closedStretch(next, w))
		} else {
			segments, err := w.Segments("", next)
			if err != nil {
				return err
			}
			// What was recorded is a curve by itself.
			if exact := (arrival.Plan{Segments: segments}).Exact(); exact || (arrival.Plan{Segments: curve}).Exact() {
				if err := flush(); err != nil {
					return err
				}
			}
			curve = append(curve, segments...)
		}
		next++
	}
	return flush()
}

// warmup plans load before the first wave, at its starting rate.
func (l *lane) warmup(first scenario.Wave, process arrival.Process) (stretch, error) {
	length := l.dispatcher.scenario.Warmup
	if first.Closed() {
		return l.closedStretch(result.Warmup, scenario.Wave{Concurrency: first.Concurrency, For: length}), nil
	}
	segments, err := first.Segments("", result.Warmup)
	if err != nil {
		return stretch{}, err
	}
	rate := segments[0].From
	plan := arrival.Plan{
		Segments: []arrival.Segment{{From: rate, To: rate, For: length.D(), Wave: result.Warmup}},
		Process:  process, Seed: l.dispatcher.scenario.Seed, Stream: warmupStream | uint64(l.index),
	}
	return l.openStretch(plan), plan.Validate()
}

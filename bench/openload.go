package bench

import (
	"fmt"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// An openLoad sends the arrivals of a plan, whatever the endpoint does.
type openLoad struct {
	lane   *lane
	cursor *arrival.Cursor
	starts []arrival.Boundary // as steering left them
	begun  int                // how many of them have begun
}

// openStretch plans a sequence of open waves as one unbroken curve.
func (l *lane) openStretch(first, last int, plan arrival.Plan) stretch {
	begin := func(at time.Duration) load {
		o := &openLoad{lane: l, cursor: plan.Cursor(at)}
		l.factor = 1
		o.replan()
		return o
	}
	planned := func(at time.Duration) []result.CurvePoint { return plannedCurve(plan, at) }
	return stretch{first: first, last: last, begin: begin, planned: planned}
}

// replan reads the boundaries again after steering has moved them.
func (o *openLoad) replan() {
	o.starts = o.cursor.Starts()
	o.lane.run.wavesPlanned(o.lane, o.starts, o.cursor.End())
}

func (o *openLoad) advance(now time.Duration) (time.Duration, bool) {
	for {
		due, ok := o.cursor.Due()
		boundary := far
		if o.begun < len(o.starts) {
			boundary = o.starts[o.begun].At
		}
		switch {
		case !o.cursor.Paused() && boundary <= now && (!ok || boundary <= due):
			o.lane.enter(o.starts[o.begun].Wave, boundary)
			o.begun++
		case ok && due <= now:
			a := o.cursor.Take()
			o.lane.dispatch(ticket{wave: a.Wave, scheduled: a.At})
		case o.cursor.Paused():
			return far, false
		default:
			end := o.cursor.End()
			if !ok {
				due = far
			}
			if now >= end && due > now {
				return end, true
			}
			return min(due, boundary, end), false
		}
	}
}

func (o *openLoad) pause(now time.Duration, on bool) {
	if on {
		o.cursor.Pause(now)
	} else {
		o.cursor.Resume(now)
	}
	o.replan()
}

func (o *openLoad) scale(now time.Duration, by float64) string {
	o.lane.factor *= by
	o.cursor.Steer(now, o.lane.factor)
	return fmt.Sprintf("rate %s of the plan", units.Factor(o.lane.factor))
}

func (o *openLoad) skip(now time.Duration) {
	o.cursor.Skip(now)
	o.replan()
}

func (o *openLoad) burst(now time.Duration, n int) { o.cursor.Burst(now, n) }

func (o *openLoad) leave(time.Duration) {}

// ended changes nothing: arrivals come whatever the endpoint does.
func (o *openLoad) ended(ending) (ticket, bool) { return ticket{}, false }

func (o *openLoad) sent(int, time.Duration) {}

func (o *openLoad) curve() []result.CurvePoint {
	points := o.cursor.Curve()
	out := make([]result.CurvePoint, len(points))
	for i, p := range points {
		out[i] = result.CurvePoint{At: o.lane.run.since(p.At), Load: p.Rate}
	}
	return out
}

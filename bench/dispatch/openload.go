package dispatch

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
	peak   float64            // requests per second, as planned
	exact  bool               // its arrivals are recorded requests
}

// openStretch plans a sequence of open waves as one unbroken curve.
func (l *lane) openStretch(plan arrival.Plan) stretch {
	begin := func(at time.Duration) load {
		o := &openLoad{lane: l, cursor: plan.Cursor(at), peak: plan.Peak(), exact: plan.Exact()}
		l.factor = 1
		o.replan()
		return o
	}
	planned := func(at time.Duration) []result.CurvePoint { return plannedCurve(plan, at) }
	return stretch{begin: begin, planned: planned}
}

// replan reads the boundaries again after steering has moved them.
func (o *openLoad) replan() {
	o.starts = o.cursor.Starts()
	o.lane.dispatcher.observer.Planned(o.lane.index, o.starts, o.cursor.End())
}

// advance sends what is due, but no more than a chunk of it at once: it is called again
// right away, after a look at whether the run goes on.
func (o *openLoad) advance(now time.Duration) (time.Duration, bool) {
	for sent, refused := 0, 0; ; {
		due, ok := o.cursor.Due()
		boundary := far
		if o.begun < len(o.starts) {
			boundary = o.starts[o.begun].At
		}
		turn := o.lane.turns.next()
		if o.cursor.Paused() {
			turn = far
		}
		switch {
		case !o.cursor.Paused() && boundary <= now && (!ok || boundary <= due):
			o.lane.enter(o.starts[o.begun].Wave, boundary)
			o.begun++
		case turn <= now && (!ok || turn <= due) && sent < Chunk:
			t := Ticket{Wave: o.lane.live}
			t.Scheduled, _ = o.lane.turn(&t, now)
			if sent++; !o.lane.dispatch(t) {
				refused++
			}
		case sent == Chunk && turn <= now:
			return now, false
		case ok && due <= now && sent == Chunk:
			if refused == sent && o.cursor.Backlog(now) > hopeless {
				o.shed(o.cursor.Shed(now))
			}
			return now, false
		case ok && due <= now:
			a := o.cursor.Take()
			if sent++; !o.lane.dispatch(Ticket{Wave: a.Wave, Scheduled: a.At, Row: o.row(a)}) {
				refused++
			}
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
			return min(due, turn, boundary, end), false
		}
	}
}

// row is which recorded request an arrival is, from 1; 0: none.
func (o *openLoad) row(a arrival.Arrival) uint32 {
	if !o.exact || a.Extra {
		return 0
	}
	return uint32(a.Index + 1)
}

const (
	// Chunk is how many requests are dispatched before somebody looks at whether the run
	// goes on: a millisecond's work at most.
	Chunk = 1024
	// hopeless is how many arrivals must be due, when not one of a chunk found a place, to
	// give them up without looking at each.
	hopeless = 64 * Chunk
)

// shed counts arrivals that were due and found no place as dropped. Of waves that have
// not begun as the lane sees it, they are none the less.
func (o *openLoad) shed(list []arrival.Shed) {
	for _, s := range list {
		o.lane.shed(s)
	}
}

func (o *openLoad) pause(now time.Duration, on bool) {
	if on {
		o.cursor.Pause(now)
	} else {
		o.cursor.Resume(now)
	}
	o.shed(o.cursor.GivenUp())
	o.replan()
}

func (o *openLoad) scale(now time.Duration, by float64) string {
	most := arrival.MaxRate
	if o.peak > 0 {
		most /= o.peak
	}
	o.lane.factor = min(max(o.lane.factor*by, leastFactor), max(most, 1))
	o.cursor.Steer(now, o.lane.factor)
	o.shed(o.cursor.GivenUp())
	return fmt.Sprintf("rate %s of the plan", units.Factor(o.lane.factor))
}

// leastFactor is how far down a rate is steered: from less it would not come back.
const leastFactor = 1e-3

func (o *openLoad) skip(now time.Duration) {
	o.cursor.Skip(now)
	o.shed(o.cursor.GivenUp())
	o.replan()
}

func (o *openLoad) burst(now time.Duration, n int) {
	o.cursor.Burst(now, n)
	o.shed(o.cursor.GivenUp())
}

func (o *openLoad) leave(time.Duration) {}

// ended changes nothing: arrivals come whatever the endpoint does.
func (o *openLoad) ended(Ending) (Ticket, bool) { return Ticket{}, false }

func (o *openLoad) sent(int, time.Duration) {}

func (o *openLoad) curve() []result.CurvePoint {
	points := o.cursor.Curve()
	out := make([]result.CurvePoint, len(points))
	for i, p := range points {
		out[i] = result.CurvePoint{At: o.lane.dispatcher.since(p.At), Load: p.Rate}
	}
	return out
}

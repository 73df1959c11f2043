package bench

import (
	"time"

	"flashwave/bench/result"
)

// tick ends an interval at every full second of the run until stop is closed.
func (r *Run) tick(stop <-chan struct{}) {
	timer := time.NewTimer(r.untilTick())
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			r.second()
			timer.Reset(r.untilTick())
		case <-stop:
			return
		}
	}
}

// untilTick is the time to the next full second, counted from the first wave.
func (r *Run) untilTick() time.Duration {
	since := r.since(r.now())
	into := since % time.Second
	if into < 0 {
		into += time.Second
	}
	return time.Second - into
}

// second ends the current interval.
func (r *Run) second() {
	if in, row, ok := r.endInterval(); ok {
		r.journal(func(j Journal) error { return j.Interval(in, row) })
		r.journalEvents()
	}
}

// lastSecond ends the last interval, where tick has ended, or is stuck.
func (r *Run) lastSecond() {
	r.mu.Lock()
	r.end = r.now()
	r.mu.Unlock()
	r.second()
}

// endInterval ends the current interval and looks at what it tells; false: it belongs
// to the warm-up.
func (r *Run) endInterval() (in result.Interval, row result.Row, ok bool) {
	r.seconds.Lock()
	defer r.seconds.Unlock()
	now := r.now()
	r.health.witness(now)
	in = r.rec.swap(now)
	r.health.sample(now)
	if now <= r.start { // what the warm-up cost comes with the first second
		return in, row, false
	}
	in.Start, in.End = max(r.since(in.Start), 0), r.since(in.End)
	inFlight, waiting, _ := r.slots.load()

	r.rec.mu.Lock()
	row, lanes := r.rec.timeline.Add(in, r.liveWaves(), int64(inFlight), int64(waiting))
	r.rec.mu.Unlock()

	r.mu.Lock()
	r.lastRow = row
	r.mu.Unlock()
	row.Overloaded = r.judgeSecond(lanes)
	sum := result.NewPart()
	in.SumAll(sum)
	r.watchLimits(in, sum)
	in.Standing = r.standing()
	return in, row, true
}

// liveWaves are the names of the waves whose wall time it is.
func (r *Run) liveWaves() []string {
	var names []string
	for _, l := range r.lanes {
		if i := l.here(); i >= 0 {
			names = append(names, r.waves[i].name().String())
		}
	}
	return names
}

// journal hands something to the journal. One that fails is not asked again: the
// load goes on, and the run says so.
func (r *Run) journal(do func(Journal) error) {
	r.mu.Lock()
	j := r.options.Journal
	failed := r.journalErr != nil
	r.mu.Unlock()
	if j == nil || failed {
		return
	}
	if err := do(j); err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.journalErr = err
		r.addEvent(result.Event{
			TS: max(r.since(r.now()).Seconds(), 0), Kind: result.Noted,
			Text: "the run can no longer be saved: " + err.Error(),
		})
	}
}

// journalEvents hands over the events that came since the last time.
func (r *Run) journalEvents() {
	r.mu.Lock()
	events := r.events[r.journaled:len(r.events):len(r.events)]
	r.journaled = len(r.events)
	r.mu.Unlock()
	for _, e := range events {
		r.journal(func(j Journal) error { return j.Event(e) })
	}
}

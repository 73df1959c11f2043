package bench

import (
	"maps"
	"sync"
	"time"

	"flashwave/bench/health"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// A ticker ends the seconds of a run: it makes intervals of them, judges them while the
// load goes on, and hands them to the journal. What it knows from second to second is
// its own. Where it is stuck in the journal, another goroutine ends the last second.
type ticker struct {
	*account
	health  *health.Watch
	events  *events
	notary  *notary
	sending func() bool                             // requests are scheduled yet
	stop    func(why verdict.Ending, detail string) // stops the run

	mu         sync.Mutex                 // held while a second ends
	breached   map[string]float64         // by SLO: the requests/s admitted when it was first breached
	recent     map[string][]result.Row    // by lane: the last seconds of load, the newest last
	overload   map[string]result.Overload // by lane: those that cannot be kept up with
	told       told                       // what the journal knows of waves
	limitNoted time.Duration              // when rate limits last made an event

	shown struct { // to whoever looks
		sync.Mutex
		row      result.Row       // the last one
		overload *result.Overload // the worst; nil: the endpoint keeps up
	}
}

// run ends a second at every full second of the run until stop is closed.
func (t *ticker) run(stop <-chan struct{}) {
	timer := time.NewTimer(t.untilNext())
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			t.second()
			timer.Reset(t.untilNext())
		case <-stop:
			return
		}
	}
}

// untilNext is the time to the next full second, counted from the first wave.
func (t *ticker) untilNext() time.Duration {
	since := t.since(t.now())
	into := since % time.Second
	if into < 0 {
		into += time.Second
	}
	return time.Second - into
}

// second ends the current second.
func (t *ticker) second() {
	if in, row, ok := t.end(); ok {
		t.notary.hand(func(j Journal) error { return j.Interval(in, row) })
		t.notary.handEvents()
	}
}

// end ends the current second and looks at what it tells; false: it belongs to the
// warm-up.
func (t *ticker) end() (in result.Interval, row result.Row, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, text := range t.health.Witness(now, t.untilNext) {
		t.events.note(text)
	}
	in = t.ledger.EndSecond(now)
	t.health.Sample(now, now <= t.start)
	if now <= t.start { // what the warm-up cost comes with the first second
		return in, row, false
	}
	in.Start, in.End = max(t.since(in.Start), 0), t.since(in.End)
	inFlight, waiting, _ := t.dispatch.Load()
	row, lanes := t.ledger.Add(in, t.liveNames(), int64(inFlight), int64(waiting))
	t.showRow(row)
	row.Overloaded = t.judge(lanes)
	sum := result.NewPart()
	in.SumAll(sum)
	t.watchLimits(in, sum)
	in.Standing = t.standing()
	return in, row, true
}

// liveNames are the names of the waves whose wall time it is.
func (t *ticker) liveNames() []string {
	var names []string
	for _, wave := range t.live() {
		names = append(names, t.waves.list[wave].name().String())
	}
	return names
}

// showRow shows the last row.
func (t *ticker) showRow(row result.Row) {
	t.shown.Lock()
	defer t.shown.Unlock()
	t.shown.row = row
}

// showOverload shows the worst overload; nil: there is none.
func (t *ticker) showOverload(worst *result.Overload) {
	t.shown.Lock()
	defer t.shown.Unlock()
	t.shown.overload = worst
}

// look is what there is to see: the last row, and the worst overload.
func (t *ticker) look() (result.Row, *result.Overload) {
	t.shown.Lock()
	defer t.shown.Unlock()
	return t.shown.row, t.shown.overload
}

// breaches are the requests/s admitted when each SLO was first breached, of those that were.
func (t *ticker) breaches() map[string]float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.breached)
}

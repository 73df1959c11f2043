package monitor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/ledger"
	"flashwave/bench/monitor/history"
	"flashwave/bench/monitor/objective"
	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A watched is one target while it is monitored.
type watched struct {
	*Target
	m        *Monitor
	schedule schedule
	classes  []*watched // of a whole queue, with whose looks they are looked at

	mu      sync.Mutex
	model   string
	series  *history.Series
	part    *result.Part // of this process
	figures figures      // of a queue, likewise
	counts  Counts
	last    *history.Probe // of this process
	state   State
	since   time.Time // when the state changed, by the time of day
	said    State     // that was told of last
	held    objective.State
	open    *history.Incident // nil: there is none
	lastBad string            // why, of this process or of the one before
	budget  *dispatch.Budget
	day     int64 // that the budget is of
	row     *Row  // as it was last made; nil: something changed
	rowAt   int64 // the minute in which
	shown   *shown
}

// Counts are the probes of one target, by what became of them.
type Counts struct {
	Scheduled  int64 `json:"scheduled"`
	Good       int64 `json:"good"`
	Bad        int64 `json:"bad"`
	Unjudged   int64 `json:"unjudged"`    // ok, with no value of what a bound is on
	Void       int64 `json:"void"`        // by the monitor's own doing
	Unfinished int64 `json:"unfinished"`  // given up at the end
	Missed     int64 `json:"missed"`      // the one before was open
	OverBudget int64 `json:"over_budget"` // not sent: they could have exceeded the budget of the day
}

// A State is how a target does.
type State string

// The states.
const (
	Unknown  State = "unknown" // nothing was probed yet, or all of it was void
	Up       State = "up"
	Degraded State = "degraded" // it answers, but beyond a bound, not as expected, or too seldom for its objective
	Down     State = "down"     // it does not answer, or with an error
	Paused   State = "paused"   // its budget of the day is spent
)

func newWatched(m *Monitor, t *Target, i int) *watched {
	w := &watched{
		Target: t, m: m, schedule: scheduleOf(t.Name, t.Every, m.Seed, i, len(m.Targets)),
		model: t.Scenario.Target.Model, series: m.Past.Of(t.Name), part: result.NewPart(), state: Unknown, since: time.Now(),
	}
	if t.tier != nil {
		w.figures.classes = t.tier.classes
	}
	for _, p := range w.series.Recent(history.RecentProbes) {
		if !p.Good && !p.Unjudged {
			w.lastBad = p.Why
		}
	}
	w.newDay(m.started)
	return w
}

// watch probes the target until ctx ends.
func (w *watched) watch(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for k := int64(0); ; {
		due := w.schedule.at(k)
		timer.Reset(due - w.m.since())
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		w.probe(ctx)
		if w.m.Once {
			return
		}
		next, missed := w.schedule.next(k, w.m.since())
		k = next
		for _, of := range append([]*watched{w}, w.classes...) {
			of.mu.Lock()
			of.counts.Missed += missed
			of.mu.Unlock()
		}
	}
}

// probe sends one probe, unless the budget is spent, and takes in what came of it.
func (w *watched) probe(ctx context.Context) {
	if w.tier != nil {
		w.lookAt(ctx)
		return
	}
	at := w.m.clock.now()
	worst, ok := w.reserve(at)
	if !ok {
		return
	}
	f := w.ask(ctx)
	w.budget.Settle(worst, f.value.Cost.Total())
	if line, ok := w.conclude(f, at); ok && w.m.Probed != nil {
		w.m.Probed(line)
	}
}

// conclude takes in what came of a probe; false: it was given up.
func (w *watched) conclude(f finding, at time.Time) (line Probed, ok bool) {
	p := f.kept(w.Name, at)
	w.mu.Lock()
	if f.cancelled {
		w.counts.Unfinished++
		w.row = nil
		w.mu.Unlock()
		return line, false
	}
	over := w.take(f, p)
	w.mu.Unlock()
	if over != nil {
		w.m.Log.Append(at, history.Record{Minute: over})
	}
	w.m.Log.Append(at, history.Record{Probe: &p})
	w.certificate(at)
	w.look(w.m.clock.now())
	return f.line(p, w.expiry()), true
}

// take takes in a probe that has ended. It returns the minute that is over, if one is.
// w.mu is held.
func (w *watched) take(f finding, p history.Probe) (over *history.Minute) {
	w.row = nil
	over = w.series.Add(p)
	if !p.Good && !p.Unjudged {
		w.lastBad = p.Why
	}
	switch {
	case f.void:
		w.counts.Void++
		w.last = &p
		return over
	case f.blind:
		w.counts.Unjudged++
		w.last, w.state = &p, Unknown // the whole queue tells why
		return over
	case p.Unjudged:
		w.counts.Unjudged++
	case p.Good:
		w.counts.Good++
	default:
		w.counts.Bad++
	}
	ledger.Single(w.part, f.scheduled, f.gaps, &f.res, f.value)
	w.last = &p
	switch {
	case p.Good || p.Unjudged:
		w.answers()
	case p.Outcome == outcome.OK:
		w.become(Degraded, p.Why)
	default:
		w.become(Down, p.Why)
	}
	return over
}

// answers is what a target does that answered as it should: one whose incident goes on is
// not up for that. w.mu is held.
func (w *watched) answers() {
	if w.open != nil {
		w.become(Degraded, "it answers, and its objective is broken")
		return
	}
	w.become(Up, "it answers")
	if w.tier != nil && w.said != Up && time.Since(w.since) >= settled {
		w.say(Up, "")
	}
}

// settled is how long a queue, which is looked at every second, is well before that is told:
// what flaps is told once.
const settled = 5 * time.Second

// become changes the state, and says so. w.mu is held.
func (w *watched) become(s State, why string) {
	if w.state == s {
		return
	}
	first := w.state == Unknown
	w.state, w.since = s, time.Now()
	switch {
	case first && s == Up && w.said == "":
		w.said = Up
	case w.tier == nil, s != Up && s != w.said:
		w.say(s, why)
	}
}

// say tells of a state. w.mu is held.
func (w *watched) say(s State, why string) {
	w.said = s
	text := fmt.Sprintf("%s is %s: %s", w.Name, s, why)
	if w.tier != nil {
		text = w.told(s, why)
	}
	w.m.tell(Event{Kind: Changed, Target: w.Name, Text: text})
}

// told says how a queue, or a class of it, does.
func (w *watched) told(s State, why string) string {
	switch {
	case s == Up:
		return w.label() + " is well again"
	case s == Down:
		return w.label() + " cannot be seen: " + why
	case w.open != nil && w.last != nil && w.last.Good:
		return w.label() + " is well, and its objective is broken"
	}
	return why
}

// keep writes the minute that is open. It is the last thing that is done.
func (w *watched) keep() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if over := w.series.End(); over != nil {
		w.m.Log.Append(w.m.clock.now(), history.Record{Minute: over})
	}
}

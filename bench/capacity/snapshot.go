package capacity

import (
	"fmt"
	"slices"
	"time"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Phase is where a search is.
type Phase string

// The phases of a search, about in their order.
const (
	Ramping    Phase = "ramp"
	Bracketing Phase = "bracket"
	Bisecting  Phase = "bisect"
	Recovering Phase = "recovery" // between two steps
	Soaking    Phase = "soak"
	Saturating Phase = "saturate"
	GoingOn    Phase = "beyond" // above the answer
	Rehearsing Phase = "rehearsal"
	Finished   Phase = "done"
)

// A Snapshot is a search at one instant: a plain value that shares no memory with
// the search (slices in it are never written again).
type Snapshot struct {
	Phase   Phase
	By      Load // what is raised
	Elapsed time.Duration
	For     time.Duration // the whole search may take; it is mostly over long before
	Spent   *float64      // USD; nil: the price is unknown
	Budget  *float64      // nil: none

	Remaining time.Duration // as searches usually go, the rehearsal included; 0: nothing is left
	MostCost  *float64      // USD that it can have cost in the end, at most; nil: the price is unknown

	SLOs     []SLO
	Steps    []Step   // that have ended
	Current  *Current // nil: none runs
	Low      *float64 // requests per second, or in flight; the most that held
	High     *float64 // the lowest that did not
	Peak     float64  // of the demand, requests per second; 0: there is none, or it is a search by concurrency, which says nothing of it
	Next     string   // what comes next, in words; "": nothing
	Warnings []string
	Document *Document // nil until the search is done

	moves moves // that the hunt has still to make; unknown: there is no hunt yet
}

// Current is the step that runs.
type Current struct {
	Kind        Kind
	Rate        float64       // requests per second; 0: a closed step, or the rehearsal
	Concurrency int           // of a closed step
	Elapsed     time.Duration // settling included
	Planned     time.Duration // at most; most steps are decided earlier
	Live        result.Snapshot
}

// live is what a snapshot is made of, guarded by Search.mu.
type live struct {
	Snapshot
	run   *bench.Run
	began time.Time
}

// liveWindow is how far back the live figures of a step look.
const liveWindow = 5 * time.Second

// Snapshot is the search at this instant. It is cheap enough for ten a second.
func (s *Search) Snapshot() Snapshot {
	s.mu.Lock()
	snap, run, began := s.live.Snapshot, s.live.run, s.live.began
	s.mu.Unlock()
	snap.For = s.cfg.For
	switch {
	case snap.Document != nil:
		snap.Elapsed = time.Duration(snap.Document.DurationS * float64(time.Second))
	case !began.IsZero():
		snap.Elapsed = time.Since(began)
	}
	if snap.Current != nil && run != nil {
		c := *snap.Current
		c.Live = run.Snapshot(result.View{Window: liveWindow, Wave: -1})
		c.Elapsed = c.Live.At
		snap.Current = &c
	}
	snap.Remaining, snap.MostCost = s.ahead(snap).length, s.mostCost(snap)
	return snap
}

// update changes what a snapshot shows.
func (s *Search) update(change func(*live)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.live)
}

func (s *Search) phase(p Phase) {
	s.update(func(l *live) { l.Phase, l.Current, l.run = p, nil, nil })
}

// showing makes a run the current step.
func (s *Search) showing(c Current, run *bench.Run) {
	s.update(func(l *live) {
		l.Phase = map[Kind]Phase{Ramp: Ramping, Bracket: Bracketing, Bisect: Bisecting, Soak: Soaking, Saturate: Saturating, Warm: Ramping, Count: Bracketing, Retry: Bisecting, Sentinel: Soaking, Beyond: GoingOn, Confirm: GoingOn}[c.Kind]
		l.Current, l.run = &c, run
	})
}

// add keeps a step that has ended; whole says that it was not cut short.
func (s *Search) add(st step, whole bool) {
	s.steps = append(s.steps, st)
	s.publish()
	if whole {
		s.keep(st)
	} else {
		s.progress(result.Snapshot{})
	}
}

// publish shows the steps, the bracket and the money as they are now.
func (s *Search) publish() {
	steps := make([]Step, len(s.steps))
	for i, st := range s.steps {
		steps[i] = st.Step
	}
	var low, high *float64
	if h := s.hunt; h != nil {
		low, high = some(h.low()), some(h.high())
	}
	var spent *float64
	if s.cfg.Options.Price != nil {
		spent = new(s.spent)
	}
	warnings := slices.Clone(s.warnings)
	s.update(func(l *live) {
		l.moves = s.moves()
		l.Steps, l.Low, l.High, l.Spent, l.Warnings = steps, low, high, spent, warnings
	})
}

// tell says how a step ended and what comes next.
func (s *Search) tell(st step, next string) {
	s.publish()
	s.update(func(l *live) { l.Next, l.Current, l.run = next, nil, nil })
	if s.cfg.Progress == nil || s.replay.silent {
		return
	}
	line := fmt.Sprintf("%s  %-7s %s  %s: %s", units.ClockSeconds(st.StartedS), st.Kind, st.load(), st.Verdict, st.Why)
	if next != "" {
		line += " → " + next
	}
	s.cfg.Progress(line)
}

// load is what a step asked of the endpoint, in words.
func (s Step) load() string {
	if s.Concurrency != nil {
		return units.Count(*s.Concurrency) + " in flight"
	}
	if s.RateRPS == nil {
		return ""
	}
	return units.PerSecond(*s.RateRPS)
}

// some is v, or nil for 0.
func some(v float64) *float64 {
	if v == 0 {
		return nil
	}
	return &v
}

package search

import (
	"fmt"
	"slices"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// live is what a snapshot is made of, guarded by Search.mu.
type live struct {
	capacity.Snapshot
	run   *bench.Run
	began time.Time
	moves moves // that the hunt has still to make
}

// liveWindow is how far back the live figures of a step look.
const liveWindow = 5 * time.Second

// Snapshot is the search at this instant. It is cheap enough for ten a second.
func (s *Search) Snapshot() capacity.Snapshot {
	s.mu.Lock()
	snap, run, began, moves := s.live.Snapshot, s.live.run, s.live.began, s.live.moves
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
	snap.Remaining, snap.MostCost = s.ahead(snap, moves).length, s.mostCost(snap, moves)
	return snap
}

// update changes what a snapshot shows.
func (s *Search) update(change func(*live)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.live)
}

func (s *Search) phase(p capacity.Phase) {
	s.update(func(l *live) { l.Phase, l.Current, l.run = p, nil, nil })
}

// showing makes a run the current step.
func (s *Search) showing(c capacity.Current, run *bench.Run) {
	s.update(func(l *live) {
		l.Phase = map[capacity.Kind]capacity.Phase{capacity.Ramp: capacity.Ramping, capacity.Bracket: capacity.Bracketing, capacity.Bisect: capacity.Bisecting, capacity.Soak: capacity.Soaking, capacity.Saturate: capacity.Saturating, capacity.Warm: capacity.Ramping, capacity.Count: capacity.Bracketing, capacity.Retry: capacity.Bisecting, capacity.Sentinel: capacity.Soaking, capacity.Beyond: capacity.GoingOn, capacity.Confirm: capacity.GoingOn}[c.Kind]
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
	steps := make([]capacity.Step, len(s.steps))
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
	line := fmt.Sprintf("%s  %-7s %s  %s: %s", units.ClockSeconds(st.StartedS), st.Kind, st.Asked(), st.Verdict, st.Why)
	if next != "" {
		line += " → " + next
	}
	s.cfg.Progress(line)
}

// some is v, or nil for 0.
func some(v float64) *float64 {
	if v == 0 {
		return nil
	}
	return &v
}

package objective

import "time"

// A State is where a target stands with its objective, from one look to the next. It opens
// an incident when a pair fires. It closes it when none has fired for as long as the short
// window of the pair that opened it: what flaps is one incident, and not one each time. That
// nothing is probed any more is no recovery. The zero value has no incident.
type State struct {
	Open  bool
	Pair  Pair      // that opened it
	Since time.Time // when it opened
	Quiet time.Time // since when no pair fires; zero: one does
}

// A Change is what a look found out.
type Change int

// The changes.
const (
	Same Change = iota
	Opened
	Closed
)

// Look is the state at an instant that is not before the last one, when so much time is
// known.
func (s State) Look(at time.Time, o Objective, known time.Duration, over Over) (State, Change) {
	p, fires := Firing(o, known, over)
	switch {
	case fires && !s.Open:
		return State{Open: true, Pair: p, Since: at}, Opened
	case !s.Open:
		return State{}, Same
	case fires, over(s.Pair.Short).Good == 0:
		s.Quiet = time.Time{}
		return s, Same
	case s.Quiet.IsZero():
		s.Quiet = at
		return s, Same
	case at.Sub(s.Quiet) >= s.Pair.Short:
		return State{}, Closed
	}
	return s, Same
}

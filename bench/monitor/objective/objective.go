// Package objective says whether an endpoint keeps its objective, the part of its probes
// that must be good, and how fast it uses up what it may miss. Everything here is pure:
// functions over how many probes there were in a window and how many of them were good.
//
// # Burn rate
//
// An objective of 99.5 % leaves an error budget of 0.5 %. The burn rate of a window is
//
//	(bad ÷ all) ÷ (1 − objective)
//
// At 1 the budget of a month lasts a month, at 14.4 two days. Alerts look at pairs of
// windows (Google, The Site Reliability Workbook, 2018, chapter 5): the long one shows
// that it matters, the short one that it still goes on.
//
//	burn    long   short   of the budget of 30 days
//	14.4    1 h    5 min   2 %
//	 6      6 h    30 min  5 %
//	 1      3 d    6 h     10 %
//
// # Few probes
//
// Those windows were made for requests by the million. Of a probe a minute one that failed
// is 1.7 % of an hour, 16.7 times the budget of 99.9 %, and no outage. So a pair fires only
// if at least [LeastBad] probes of its long window were bad, too. Where so few already burn
// faster than the pair asks, the rate cannot tell this objective from a better one:
// [Pair.Finest] says which it can, and [Pair.Needs] how often it would take.
package objective

import "time"

// LeastBad is how many bad probes it takes, however few there are in all.
const LeastBad = 3

// A Tally counts probes: those that were good, and all that were judged.
type Tally struct{ Good, All int64 }

// Add is the sum of two tallies.
func (t Tally) Add(o Tally) Tally { return Tally{t.Good + o.Good, t.All + o.All} }

// Bad is how many were not good.
func (t Tally) Bad() int64 { return t.All - t.Good }

// Availability is good ÷ all; ok is false where there were none.
func (t Tally) Availability() (share float64, ok bool) {
	if t.All == 0 {
		return 0, false
	}
	return float64(t.Good) / float64(t.All), true
}

// An Objective is the part of the probes that must be good, above 0 and below 1.
type Objective float64

// Budget is the part of the probes that may be bad.
func (o Objective) Budget() float64 { return 1 - float64(o) }

// Met reports whether so many are good enough; false where there were none. It compares
// whole numbers of probes as exactly as the objective was written: 199 of 200 are 99.5 %.
func (o Objective) Met(t Tally) bool {
	return t.All > 0 && float64(t.Bad()) <= o.Budget()*float64(t.All)*(1+1e-9)
}

// Burn is how many times faster than it may a tally uses up the budget; ok is false where
// there were no probes.
func (o Objective) Burn(t Tally) (rate float64, ok bool) {
	if t.All == 0 {
		return 0, false
	}
	return float64(t.Bad()) / float64(t.All) / o.Budget(), true
}

// Left is the part of the error budget of a time that is not used up yet, of which so many
// probes are planned in all: 1 is all of it, 0 none; below 0 it is overdrawn.
func (o Objective) Left(t Tally, planned int64) float64 {
	return 1 - float64(t.Bad())/(o.Budget()*float64(max(t.All, planned, 1)))
}

// A Pair is a burn rate that is alerted on when a long window and a short one both have it.
type Pair struct {
	Rate        float64
	Long, Short time.Duration
}

// Pairs are those that are looked at, the fastest first.
var Pairs = []Pair{
	{14.4, time.Hour, 5 * time.Minute},
	{6, 6 * time.Hour, 30 * time.Minute},
	{1, 3 * 24 * time.Hour, 6 * time.Hour},
}

// Over says what was probed in the time that has just passed.
type Over func(last time.Duration) Tally

// rate is what must burn for the pair to fire. An objective so low that not even a total
// failure burns at the pair's rate is broken by a total failure.
func (p Pair) rate(o Objective) float64 { return min(p.Rate, 1/o.Budget()) }

// Fires reports whether both windows burn at the pair's rate or faster, with at least
// [LeastBad] bad probes in the long one.
func (p Pair) Fires(o Objective, over Over) bool {
	long := over(p.Long)
	return long.Bad() >= LeastBad && p.burns(o, long) && p.burns(o, over(p.Short))
}

func (p Pair) burns(o Objective, t Tally) bool {
	burn, ok := o.Burn(t)
	return ok && burn >= p.rate(o)*(1-1e-9)
}

// Firing is the fastest pair that fires; ok is false if none does. The two windows of a
// pair say two things only once more is known than the shorter one holds: until then the
// fastest pair speaks for the others.
func Firing(o Objective, known time.Duration, over Over) (p Pair, ok bool) {
	for i, p := range Pairs {
		if (i == 0 || known >= p.Short) && p.Fires(o, over) {
			return p, true
		}
	}
	return Pair{}, false
}

// Finest is the highest objective that a pair can tell from a better one with a probe every
// so often: the one at which [LeastBad] bad probes in the long window burn at just the
// pair's rate. It is 0 where the window holds too few probes for any.
func (p Pair) Finest(every time.Duration) Objective {
	probes := float64(p.Long) / float64(every)
	return Objective(max(0, 1-LeastBad/(p.Rate*probes)))
}

// Resolves reports whether a probe every so often is enough for the pair to judge by burn
// rate, and not by the least number of bad probes alone.
func (p Pair) Resolves(o Objective, every time.Duration) bool {
	return float64(o) <= float64(p.Finest(every))+1e-12
}

// Needs is how often a target must be probed at the least for the pair to resolve an
// objective.
func (p Pair) Needs(o Objective) time.Duration {
	return time.Duration(float64(p.Long) * p.Rate * o.Budget() / LeastBad)
}

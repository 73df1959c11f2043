package verdict

import (
	"slices"
	"strings"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// An Assertion is an SLO over a run, a wave or a class of requests.
type Assertion struct {
	slo.Expr
	Assumed bool // flashwave's own
}

// Assertions are all that a scenario asserts. They do not change once parsed.
type Assertions struct {
	SLOs    []Assertion // over the run or a part of it: what the verdict is about
	Bounds  []slo.Expr  // over each request: they make the goodput
	AbortOn []slo.Expr
	Subjects

	given      int   // how many SLOs the scenario has
	perRequest bool  // Bounds were given, and do not only serve
	classes    []int // of Bounds: the class that each is on; negative: it is on none
}

// Parse reads the SLOs and the reasons to abort of a scenario, and what they speak of.
//
// Beside the SLOs that are given error_rate <= 1% and lost <= 1% are assumed, each
// until one on that very metric takes its place. One that speaks of a wave or of a class
// of requests takes it there alone: a bound for the rush says nothing of the calm before
// it, and one for a share of the mix nothing of the others.
func Parse(slos, abortOn []string, of Subjects) (*Assertions, error) {
	a := &Assertions{given: len(slos), Subjects: of}
	for _, text := range slos {
		e, err := slo.Parse(text)
		if err != nil {
			return nil, err
		}
		if e.PerRequest() {
			a.Bounds = append(a.Bounds, e)
		} else {
			a.SLOs = append(a.SLOs, Assertion{Expr: e})
		}
	}
	for _, text := range abortOn {
		e, err := slo.Parse(text)
		if err != nil {
			return nil, err
		}
		a.AbortOn = append(a.AbortOn, e)
	}
	a.perRequest = len(a.Bounds) > 0
	if !a.perRequest {
		a.Bounds = boundsOf(a.SLOs)
	}
	for _, e := range a.Bounds {
		a.classes = append(a.classes, of.Class(e))
	}
	for _, e := range slo.Assumed() {
		a.SLOs = append(a.SLOs, assumed(e, a.SLOs, of)...)
	}
	return a, nil
}

// assumed is what is left of an assumed SLO beside those that were given: all of it,
// the parts of the run that no given one speaks of, or nothing.
func assumed(e slo.Expr, given []Assertion, of Subjects) (list []Assertion) {
	given = slices.DeleteFunc(slices.Clone(given), func(g Assertion) bool { return g.Metric != e.Metric })
	switch {
	case len(given) == 0:
		return []Assertion{{Expr: e, Assumed: true}}
	case slices.ContainsFunc(given, func(g Assertion) bool { return g.Wave == "" }):
		return nil
	}
	for _, e := range of.besides(given, e) {
		list = append(list, Assertion{Expr: e, Assumed: true})
	}
	return list
}

// boundsOf makes per-request bounds of the percentile SLOs on TTFT, E2E and TPOT:
// they serve where no per-request SLO was given.
func boundsOf(given []Assertion) (bounds []slo.Expr) {
	for _, e := range given {
		if customerPercentile(e.Expr) {
			e.Stat = ""
			bounds = append(bounds, e.Expr)
		}
	}
	return bounds
}

// customerPercentile reports whether an SLO bounds what most customers feel.
func customerPercentile(e slo.Expr) bool {
	_, percentile := e.Quantile()
	return percentile && e.Op.Upper() && (e.Metric == slo.TTFT || e.Metric == slo.E2E || e.Metric == slo.TPOT)
}

// Judged reports whether anything says which request is good.
func (a *Assertions) Judged() bool { return len(a.Bounds) > 0 }

// Watches reports whether something is asserted of a class: live, too.
func (a *Assertions) Watches(c int) bool {
	on := func(e slo.Expr) bool { return e.Names(a.Classes[c]) }
	return slices.ContainsFunc(a.SLOs, func(s Assertion) bool { return on(s.Expr) }) || slices.ContainsFunc(a.AbortOn, on)
}

// A Goodness says of a request whether it was good.
type Goodness int

// What can be said of a request.
const (
	Bad      Goodness = iota // it failed, or broke a bound
	Good                     // it ended ok and met every bound
	Unjudged                 // it ended ok and met every bound that can be known, but not all can
)

// Goodness judges an ok request of a wave and of some classes. measured is its value of a
// bound's metric, in ms: NaN for an instant that was waited for and never came, which meets
// no bound; ok is false where the request has no such value, as a single token has no gap.
func (a *Assertions) Goodness(wave WaveName, of class.Indexes, measured func(slo.Expr) (ms float64, ok bool)) Goodness {
	good := Good
	for i, e := range a.Bounds {
		if c := a.classes[i]; c >= 0 && !slices.Contains(of[:], c) || c < 0 && !e.Concerns(wave.Lane, wave.Wave) {
			continue
		}
		switch ms, ok := measured(e); {
		case !ok:
			good = Unjudged
		case !e.Holds(ms):
			return Bad
		}
	}
	return good
}

// Tightest are the tightest bounds on response TTFT and E2E, 0 where there is none:
// what an open request is late by.
func (a *Assertions) Tightest() (ttft, e2e time.Duration) {
	tighten := func(e slo.Expr) {
		if !e.Latency() || e.Service || !e.Op.Upper() {
			return
		}
		bound := &ttft
		switch e.Metric {
		case slo.TTFT:
		case slo.E2E:
			bound = &e2e
		default:
			return
		}
		if v := fromMillis(e.Value); *bound == 0 || v < *bound {
			*bound = v
		}
	}
	for _, s := range a.SLOs {
		tighten(s.Expr)
	}
	for _, e := range a.Bounds {
		tighten(e)
	}
	return ttft, e2e
}

// Recovered is the part of the requests that must be good for an endpoint to be
// itself again after a surge, and that in words. Where the bounds are those of
// percentiles it is the highest of these.
func (a *Assertions) Recovered() (share float64, text string) {
	bounds := []string{"ok"}
	if len(a.Bounds) > 0 {
		bounds = bounds[:0]
		for _, e := range a.Bounds {
			bounds = append(bounds, e.Text)
		}
	}
	for _, e := range a.SLOs {
		if q, _ := e.Quantile(); customerPercentile(e.Expr) {
			share = max(share, q)
		}
	}
	if share == 0 {
		share = 0.99
	}
	return share, units.Bound(share, units.Ratio) + " of the requests: " + strings.Join(bounds, ", ")
}

// boundsWaiting reports whether SLOs that were given say how long customers of a wave may
// wait, or how many must be served: a backlog within them is allowed.
func (a *Assertions) boundsWaiting(wave int) bool {
	return a.covered(wave, slices.DeleteFunc(slices.Clone(a.SLOs), func(s Assertion) bool { return !s.boundsWaiting() }))
}

func (a Assertion) boundsWaiting() bool {
	if a.Assumed {
		return false
	}
	switch a.Metric {
	case slo.TTFT, slo.TTFA, slo.E2E, slo.Queue, slo.Wait:
		return a.Op.Upper() && !a.Service
	case slo.GoodFraction, slo.Goodput, slo.RPS, slo.CompletedRPS:
		return !a.Op.Upper()
	}
	return false
}

// Opposite holds exactly where e does not. Lost requests count against what is
// asserted: to abort when something is bad is to assert the opposite, and to stop
// when that fails.
func Opposite(e slo.Expr) slo.Expr {
	e.Op = map[slo.Op]slo.Op{
		slo.Less: slo.MoreOrEqual, slo.LessOrEqual: slo.More, slo.More: slo.LessOrEqual, slo.MoreOrEqual: slo.Less,
	}[e.Op]
	return e
}

func fromMillis(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

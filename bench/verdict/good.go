package verdict

import (
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// enoughGood is the share of the scheduled requests that must be good for a run to have
// held what it served, where no SLO says how many must be.
const enoughGood = 0.99

// A goodShare is how many requests of a run were good. It is empty where nothing says
// which request is, and where an SLO says how many must be: that is judged by itself.
type goodShare struct {
	good, unjudged, scheduled int64
	given                     bool // by SLOs per request, and not by bounds that serve
}

// goodShare looks at the whole run.
func (c Case) goodShare() goodShare {
	if !c.Assertions.Judged() || c.Assertions.countsGood() {
		return goodShare{}
	}
	p, _ := c.Figures.Of(-1)
	return goodShare{good: p.Good, unjudged: p.Unjudged, scheduled: p.Requests.Scheduled, given: c.Assertions.perRequest}
}

// countsGood reports whether an SLO says how many requests must be good.
func (a *Assertions) countsGood() bool {
	for _, e := range a.SLOs {
		if e.OfGood() {
			return true
		}
	}
	return false
}

// lacks reports whether too few are known to be good to say that the run held.
func (g goodShare) lacks() bool {
	return float64(g.good) < enoughGood*float64(g.scheduled)
}

// none reports whether no request is known to be good although it was said what a good
// one is: whether that is a failure nobody said.
func (g goodShare) none() bool { return g.given && g.scheduled > 0 && g.good == 0 }

// reasons say how many were good, where these are few.
func (g goodShare) reasons() (list []string) {
	if !g.lacks() {
		return nil
	}
	share, were := units.Share(float64(g.good)/float64(g.scheduled)), "were"
	if g.unjudged > 0 {
		were = "are known to be"
		list = append(list, unjudged(g.unjudged))
	}
	list = append(list, share+" of the scheduled requests "+were+" good")
	if g.given {
		list = append(list, "no SLO says how many requests must be good: give one, such as good_fraction >= 99%")
	}
	return list
}

// unjudged says why so many requests are neither good nor bad.
func unjudged(n int64) string {
	return units.Of(n, "request", "requests") + " ended ok without a value of what a bound is on, such as gaps between tokens: neither good nor bad"
}

// ofThem says how many of the requests that a stretch served were good.
func ofThem(s result.Stats) string {
	switch {
	case s.Goodput != nil:
		return units.Rate(s.Goodput.RPS) + " of them good"
	case s.Unjudged != nil && *s.Unjudged > 0:
		return "none of which could be judged"
	}
	return "none of them good"
}

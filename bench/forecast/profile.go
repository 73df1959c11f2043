package forecast

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"flashwave/bench/result"
)

// A Step is one load that was measured.
type Step struct {
	InFlight     float64      // mean requests in flight
	SucceededRPS float64      // requests per second that ended ok
	Service      *result.Hist // from sending to the end, of those that ended ok
	First        *result.Hist // from sending to the first token; nil: not measured
	Growing      bool         // requests in flight were still growing: the service times hold a queue that had only begun
}

// A profile is an endpoint as its steps show it: places to work in, and how long
// work takes by how many are taken.
type profile struct {
	saturation float64 // the most requests per second that ended ok
	places     int     // requests that are worked on at once at saturation
	levels     []level // by rising load
}

// A level is the service times measured at one load, in seconds.
type level struct {
	inFlight                 float64
	whole, first             table   // first is empty where it was not measured
	wholeMiddle, firstMiddle float64 // medians
}

// nearSaturation is the share of the saturation from which on a step counts as
// saturated: more load adds waiting there, and little else.
const nearSaturation = 0.95

// profiled calibrates a profile. It is not ok if no step has what it takes.
//
// The places are not seen from outside. They follow from Little's law: at
// saturation, places = saturation × mean service time, the service time being that
// of the step of least load which reached nearly all of the saturation. Rounding to
// whole places is made up for in the service times, so that a simulation with work
// waiting all the time ends exactly the measured saturation of requests per second.
func profiled(steps []Step) (p profile, ok bool) {
	var usable []Step
	for _, s := range steps {
		if s.InFlight > 0 && s.SucceededRPS > 0 && s.Service.Count() > 0 && s.Service.Mean() > 0 {
			usable = append(usable, s)
			p.saturation = max(p.saturation, s.SucceededRPS)
		}
	}
	settled := slices.DeleteFunc(slices.Clone(usable), func(s Step) bool { return s.Growing })
	if len(settled) == 0 {
		settled = usable
	}
	if len(settled) == 0 {
		return p, false
	}
	slices.SortFunc(settled, func(a, b Step) int { return compare(a.InFlight, b.InFlight) })
	top := saturated(settled, p.saturation)
	mean := settled[top].Service.Mean().Seconds()
	p.places = int(max(1, math.Round(p.saturation*mean)))
	stretch := float64(p.places) / (p.saturation * mean)
	for _, s := range settled[:top+1] {
		l := level{
			inFlight: s.InFlight, whole: newTable(s.Service, stretch),
			wholeMiddle: stretch * s.Service.Quantile(0.5).Seconds(),
		}
		if s.First.Count() > 0 {
			l.first, l.firstMiddle = newTable(s.First, stretch), stretch*s.First.Quantile(0.5).Seconds()
		}
		p.levels = append(p.levels, l)
	}
	return p, true
}

// saturated is the step of least load that reached nearly the saturation; else the
// one that came nearest to it.
func saturated(steps []Step, saturation float64) (top int) {
	for i, s := range steps {
		if s.SucceededRPS >= nearSaturation*saturation {
			return i
		}
		if s.SucceededRPS > steps[top].SucceededRPS {
			top = i
		}
	}
	return top
}

// at is the level measured at the load nearest to so many requests being worked on.
func (p *profile) at(working int) *level {
	n := float64(working)
	for i := range p.levels {
		if i+1 == len(p.levels) || n-p.levels[i].inFlight <= p.levels[i+1].inFlight-n {
			return &p.levels[i]
		}
	}
	return nil
}

// draw gives the service times of a request on which work begins, itself among
// those worked on: until its first token (0: not measured), and whole.
func (p *profile) draw(working int, rng *rand.Rand) (first, whole float64) {
	l := p.at(working)
	if len(l.first) > 0 {
		first = l.first.draw(rng)
	}
	return first, l.whole.draw(rng)
}

// A table draws from a distribution: equal shares of it, each by its mean.
type table []float64

// tableSize makes a share small beside the p99.9, and the table fit into a cache.
const tableSize = 4096

// newTable cuts a histogram into equal shares; stretch multiplies all times. Its
// mean is the histogram's own, exactly.
func newTable(h *result.Hist, stretch float64) table {
	t := make(table, tableSize)
	share := float64(h.Count()) / tableSize
	i, room := 0, share
	h.ForEach(func(value, count int64) bool {
		for left := float64(count); left > 0 && i < len(t); {
			n := min(left, room)
			t[i] += n * float64(value)
			left, room = left-n, room-n
			if room <= share*1e-9 {
				i, room = i+1, share
			}
		}
		return true
	})
	total := 0.0
	for _, v := range t {
		total += v
	}
	scale := stretch * h.Mean().Seconds() * tableSize / total
	for i := range t {
		t[i] *= scale
	}
	return t
}

func (t table) draw(rng *rand.Rand) float64 { return t[rng.Uint64N(tableSize)] }

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// limit is a duration in seconds; 0 means that there is none.
func limit(d time.Duration) float64 {
	if d <= 0 {
		return math.Inf(1)
	}
	return d.Seconds()
}

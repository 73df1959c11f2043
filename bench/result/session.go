package result

import (
	"fmt"
	"math"
	"slices"
	"time"

	"flashwave/bench/scenario"
)

// burstFor is how long a burst is spread over in the scenario of a session, whose
// rates cannot be infinite.
const burstFor = time.Second

// Session is the scenario that repeats what a run did, steering by hand included:
// a wave that was steered becomes as many waves as its load had straight pieces,
// of which the longest keeps the name. Waves that never began are left out; if
// none began, it is the scenario as planned. Rates keep four digits, lengths
// milliseconds; a burst is spread over a second.
func Session(sc *scenario.Scenario, s Snapshot) *scenario.Scenario {
	out := *sc
	out.Lanes = nil
	for i, lane := range sc.Lanes {
		if i < len(s.Lanes) {
			lane.Waves = driven(lane, s.Lanes[i], s)
		}
		if len(lane.Waves) > 0 {
			out.Lanes = append(out.Lanes, lane)
		}
	}
	if len(out.Lanes) == 0 {
		out.Lanes = sc.Lanes
	}
	return &out
}

// driven is a lane's waves as they were.
func driven(lane scenario.Lane, was LaneStatus, s Snapshot) []scenario.Wave {
	var statuses []WaveStatus
	for _, w := range s.Waves {
		if w.Lane == lane.Name {
			statuses = append(statuses, w)
		}
	}
	var waves []scenario.Wave
	for i, w := range lane.Waves {
		if i >= len(statuses) || !statuses[i].Begun {
			continue
		}
		if !steered(statuses[i], s) && was.began(statuses[i], w) {
			waves = append(waves, w)
			continue
		}
		waves = append(waves, pieces(statuses[i], was, s.At)...)
	}
	return waves
}

// steered reports whether somebody changed a wave by hand, or cut it short.
func steered(w WaveStatus, s Snapshot) bool {
	if s.Happened > len(s.Events) {
		return true // who knows what the first ones were
	}
	return slices.ContainsFunc(s.Events, func(e Event) bool {
		return (e.Kind == Steered || e.Kind == Stopped) && e.TS >= w.Started.Seconds() &&
			(w.Length == Unknown || e.TS <= (w.Started+w.Length).Seconds()) && (e.Kind == Stopped || e.Lane == w.Lane)
	})
}

// began reports whether a wave began with the load that was planned: what is
// multiplied by hand stays so in the waves that follow.
func (l LaneStatus) began(w WaveStatus, plan scenario.Wave) bool {
	planned := float64(plan.Concurrency)
	if !plan.Closed() {
		curve, err := plan.Segments("", 0)
		if err != nil || len(curve) == 0 {
			return false
		}
		planned = curve[0].From
	}
	load, _ := l.loadWithin(w.Started, w.Started+time.Millisecond)
	return math.Abs(load-planned) <= 0.001*planned+1e-9
}

// pieces are the straight pieces of a wave's load.
func pieces(w WaveStatus, was LaneStatus, now time.Duration) []scenario.Wave {
	end := now
	if w.Length != Unknown {
		end = min(now, w.Started+w.Length)
	}
	cuts := []time.Duration{w.Started, end}
	for _, p := range was.Curve {
		cuts = append(cuts, p.At)
	}
	for _, b := range was.Bursts {
		cuts = append(cuts, b.At, b.At+burstFor)
	}
	cuts = slices.DeleteFunc(cuts, func(at time.Duration) bool { return at < w.Started || at > end })
	slices.Sort(cuts)
	var waves []scenario.Wave
	longest := 0
	for i := 0; i+1 < len(cuts); i++ {
		length := (cuts[i+1] - cuts[i]).Round(time.Millisecond)
		if length <= 0 {
			continue
		}
		p := was.piece(cuts[i], cuts[i+1], w.Closed)
		p.For = scenario.Duration(length)
		if n := len(waves); n > 0 && alike(waves[n-1], p) {
			waves[n-1].For += p.For
			p = waves[n-1]
		} else {
			waves = append(waves, p)
		}
		if p.For > waves[longest].For {
			longest = len(waves) - 1
		}
	}
	for i := range waves {
		waves[i].Name = fmt.Sprintf("%s-%d", w.Name, i+1)
	}
	if len(waves) > 0 {
		waves[longest].Name = w.Name
	}
	return waves
}

// piece is the load between two instants without a corner between them.
func (l LaneStatus) piece(from, to time.Duration, closed bool) scenario.Wave {
	a, b := l.loadWithin(from, to)
	extra := 0.0
	for _, x := range l.Bursts {
		if x.At <= from && to <= x.At+burstFor {
			extra += float64(x.N)
		}
	}
	if closed {
		if n := int(math.Round(a + extra)); n > 0 {
			return scenario.Wave{Concurrency: n}
		}
		return scenario.Wave{Rate: &scenario.Rate{}} // paused
	}
	extra /= burstFor.Seconds()
	return scenario.Wave{Rate: &scenario.Rate{From: fourDigits(a + extra), To: fourDigits(b + extra)}}
}

// loadWithin is the load just after from and just before to.
func (l LaneStatus) loadWithin(from, to time.Duration) (a, b float64) {
	for i := 0; i+1 < len(l.Curve); i++ {
		p, q := l.Curve[i], l.Curve[i+1]
		if p.At <= from && to <= q.At && p.At < q.At {
			if p.Closed {
				return p.Load, p.Load
			}
			slope := (q.Load - p.Load) / (q.At - p.At).Seconds()
			return p.Load + slope*(from-p.At).Seconds(), p.Load + slope*(to-p.At).Seconds()
		}
	}
	if n := len(l.Curve); n > 0 && l.Curve[n-1].At <= from {
		return l.Curve[n-1].Load, l.Curve[n-1].Load
	}
	return 0, 0
}

// alike reports whether two pieces are one level of load.
func alike(a, b scenario.Wave) bool {
	if a.Rate == nil || b.Rate == nil {
		return a.Rate == nil && b.Rate == nil && a.Concurrency == b.Concurrency
	}
	return a.Rate.From == a.Rate.To && *a.Rate == *b.Rate
}

// fourDigits rounds a rate to four significant digits.
func fourDigits(v float64) scenario.PerSecond {
	if v <= 0 {
		return 0
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(v)))
	return scenario.PerSecond(math.Round(v*scale) / scale)
}

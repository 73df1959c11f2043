package verdict

import (
	"math"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/trend"
)

// KeptUp says whether completions kept up with arrivals.
type KeptUp int

// What can be said of a pace.
const (
	TooShort  KeptUp = iota // too little happened to say
	Kept                    // what arrived was answered
	FellShort               // more arrived than was answered, beyond chance
)

// A Pace is how fast requests arrived and were answered over a stretch of a lane.
type Pace struct {
	State KeptUp
	// Offered and Served are requests/s of the very time that decided, the whole stretch
	// or its last third, in as much of it as answers could come: what succeeded from the
	// start and the latency on, and what arrived as long before. Where none could come
	// they are what was scheduled and what succeeded in the stretch.
	Offered, Served float64
	Waiting         int64 // in flight and queued at the end of the stretch
}

// What it takes to keep up: at least so much of the arrivals is answered, less what
// chance does to counts of this size.
const (
	keepingUp = 0.95
	beyondLot = 3.0 // standard deviations
)

// PaceOf compares, between two instants since the start of the run, what was answered
// of a lane with what arrived as long before as an answer took at the median. A
// constant latency, however long, is no backlog then, and neither is a ramp; where more
// arrives than is served, less is answered in any time than arrived in a time of that
// length.
//
// With a arrivals and c completions, the pace fell short if c < 0.95a − 3√(a+c),
// which chance alone does to counts of Poisson once in a thousand times, and it was
// kept if c ≥ 0.95a − ½√a. In between, and where nothing that arrived could have been
// answered yet, too little happened to say by the counts, and a backlog that is not of
// chance is told by its growth (see Oversaturated). Both the whole stretch and its last
// third are looked at, for a backlog may begin late.
func PaceOf(rows []result.Row, from, to time.Duration) Pace {
	c := cumulate(rows)
	a, b := from.Seconds(), to.Seconds()
	if b <= a || len(rows) == 0 {
		return Pace{Waiting: c.waiting(to.Seconds())}
	}
	whole := c.exchange(a, b, a)
	p, end := whole.pace(), c.exchange(b-(b-a)/3, b, a).pace()
	if p.State != FellShort && end.State != TooShort && end.State != p.State {
		p = end
	}
	if p.State == TooShort && whole.behind() && Oversaturated(c.whole(a, b), p.Offered) {
		p.State = FellShort // too few to tell by their number; their growth tells
	}
	p.Waiting = c.waiting(b)
	return p
}

// cumulated are sums over the rows of a timeline, at their ends; the first is 0 at the
// start of the first row.
type cumulated struct {
	rows                         []result.Row
	t, arrived, ended, succeeded []float64
}

func cumulate(rows []result.Row) cumulated {
	c := cumulated{rows: rows}
	if len(rows) == 0 {
		return c
	}
	c.t, c.arrived, c.ended, c.succeeded = []float64{rows[0].TS}, []float64{0}, []float64{0}, []float64{0}
	for i, r := range rows {
		c.t = append(c.t, r.TS+r.StepS)
		c.arrived = append(c.arrived, c.arrived[i]+float64(r.Counts.Scheduled))
		c.ended = append(c.ended, c.ended[i]+float64(r.Counts.Succeeded+r.Counts.Failed))
		c.succeeded = append(c.succeeded, c.succeeded[i]+float64(r.Counts.Succeeded))
	}
	return c
}

// at is a sum at an instant, linear within a row.
func (c cumulated) at(sums []float64, t float64) float64 {
	if len(sums) == 0 || t <= c.t[0] {
		return 0
	}
	for i := 1; i < len(c.t); i++ {
		if t <= c.t[i] {
			part := 1.0
			if d := c.t[i] - c.t[i-1]; d > 0 {
				part = (t - c.t[i-1]) / d
			}
			return sums[i-1] + part*(sums[i]-sums[i-1])
		}
	}
	return sums[len(sums)-1]
}

// An exchange is what was answered in a time, and what arrived in one as long before as
// an answer takes.
type exchange struct {
	arrived, ended, succeeded float64
	seconds                   float64
	offered, served           float64 // requests/s, where nothing that arrived could be answered in time
}

// exchange looks at the time from a to b of a stretch that began at start. Nothing
// arrived where whoever did could not have been answered yet.
func (c cumulated) exchange(a, b, start float64) exchange {
	took := c.latency(a, b)
	if start+took >= b {
		return exchange{
			offered: (c.at(c.arrived, b) - c.at(c.arrived, a)) / (b - a),
			served:  (c.at(c.succeeded, b) - c.at(c.succeeded, a)) / (b - a),
		}
	}
	a = c.settled(max(a, start+took), b)
	return exchange{
		arrived: c.at(c.arrived, b-took) - c.at(c.arrived, a-took),
		ended:   c.at(c.ended, b) - c.at(c.ended, a), succeeded: c.at(c.succeeded, b) - c.at(c.succeeded, a),
		seconds: b - a,
	}
}

// settled is the end of the row in which an instant lies, if it leaves most of the time
// until b: within the row in which the first answers come these are not spread evenly.
func (c cumulated) settled(a, b float64) float64 {
	for _, t := range c.t {
		if t >= a-1e-9 {
			if t <= a+(b-a)/4 {
				return t
			}
			break
		}
	}
	return a
}

// pace is what the exchange says of the pace.
func (x exchange) pace() Pace {
	p := Pace{State: x.keptUp(), Offered: x.offered, Served: x.served}
	if x.seconds > 0 {
		p.Offered, p.Served = x.arrived/x.seconds, x.succeeded/x.seconds
	}
	return p
}

func (x exchange) keptUp() KeptUp {
	switch {
	case x.arrived < 1:
		return TooShort
	case x.ended < keepingUp*x.arrived-beyondLot*math.Sqrt(x.arrived+x.ended):
		return FellShort
	case x.ended >= keepingUp*x.arrived-math.Sqrt(x.arrived)/2:
		return Kept
	}
	return TooShort
}

// behind reports whether less was answered than should have been, by more than one
// standard deviation: no proof by itself.
func (x exchange) behind() bool { return x.ended < keepingUp*x.arrived-math.Sqrt(x.arrived) }

// whole are the rows that lie from a to b, but for one that was cut short.
func (c cumulated) whole(a, b float64) (rows []result.Row) {
	for _, r := range c.rows {
		if r.TS >= a-0.01 && r.TS+r.StepS <= b+0.01 && r.StepS >= c.rows[0].StepS/2 {
			rows = append(rows, r)
		}
	}
	return rows
}

// latency is the median over the rows between two instants of the median time an
// answer took, in seconds; where none was answered, that of the first that was
// afterwards. It is 0 where nobody ever was, so that whatever arrived counts against
// the endpoint.
func (c cumulated) latency(a, b float64) float64 {
	var p50 []float64
	for _, r := range c.rows {
		if e2e := r.Latency.E2E.Response; e2e != nil && r.TS+r.StepS > a && (r.TS < b || len(p50) == 0) {
			p50 = append(p50, e2e.P50/1000)
		}
	}
	return trend.Median(p50)
}

// waiting is what was in flight and queued at an instant.
func (c cumulated) waiting(t float64) (n int64) {
	for _, r := range c.rows {
		if r.TS+r.StepS/2 > t {
			break
		}
		n = r.InFlight + r.Queued
	}
	return n
}

// staying is the share of the arrivals that must stay behind, second by second,
// for a rate to be over the endpoint's throughput: less is the slow approach to a
// steady state.
const staying = 0.05

// Oversaturated reports whether a rate (in requests/s) is more than the endpoint can
// serve: over rows of equal length both the requests in flight and the time to first
// token (end to end, where nothing streams) rise with significance, and requests stay
// behind at a pace of at least a twentieth of the rate. In a queue that is not
// stable both grow linearly: what arrives beyond the throughput stays, and each
// of those costs those behind it a service interval. A batch that fills raises the
// first alone.
func Oversaturated(rows []result.Row, rate float64) bool {
	if len(rows) < trend.Least {
		return false
	}
	open, step := make([]float64, len(rows)), rows[0].StepS
	var latency []float64
	for i, s := range rows {
		open[i] = float64(s.InFlight + s.Queued)
		switch {
		case s.Latency.TTFT.Response != nil:
			latency = append(latency, s.Latency.TTFT.Response.P50)
		case s.Latency.E2E.Response != nil:
			latency = append(latency, s.Latency.E2E.Response.P50)
		}
	}
	return len(latency) >= trend.Least &&
		trend.MannKendall(open) > trend.Significant && trend.TheilSen(open) >= staying*rate*step &&
		trend.MannKendall(latency) > trend.Significant
}

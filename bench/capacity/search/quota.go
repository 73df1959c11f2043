package search

import (
	"context"
	"math"
	"sync"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/trend"
	"flashwave/client"
	"flashwave/client/outcome"
)

// longestWindow is the longest that a limit given per minute can look back, and
// the longest that is waited for one.
const longestWindow = 60 * time.Second

// A gauge is a client that notes what the endpoint says of its rate limits, second by
// second, and counts what they let pass. It is safe for concurrent use.
type gauge struct {
	bench.Client
	epoch time.Time

	mu               sync.Mutex
	requests, tokens allowance
	gate             gate
	manner           manner
	answered         float64 // requests, over the whole search; those with a 429 apart
}

// newGauge is a gauge that bears a share of refusals.
func newGauge(c bench.Client, epoch time.Time, allowed float64) *gauge {
	g := &gauge{Client: c, epoch: epoch, gate: gate{allowed: allowed}}
	g.restart()
	return g
}

// An allowance is one limit as it was told since the gauge was last reset.
type allowance struct {
	limit   int64           // a minute; 0: not announced
	seconds []float64       // what was left, the least of each second
	reset   []time.Duration // until all is back, told with it; client.Never: not told
	drawn   []float64       // requests that had been answered by then; 0: not counted
	at      time.Duration   // of the newest
	second  int64

	first  told // of the whole search
	refill float64
	window time.Duration // the longest reset of a window; 0: none was seen
}

// told is what is left, and until when all is back.
type told struct {
	left  float64
	reset time.Duration
	any   bool
}

// Unwrap is the client whose answers are looked at.
func (g *gauge) Unwrap() bench.Client { return g.Client }

// Do implements [bench.Client].
func (g *gauge) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	g.mu.Lock()
	g.gate.enter(time.Since(g.epoch))
	ticket := g.manner.enters()
	g.mu.Unlock()
	res := g.Client.Do(ctx, req, sink)
	g.mu.Lock()
	defer g.mu.Unlock()
	at, l := time.Since(g.epoch), res.Limits
	g.gate.leave(at, res)
	g.manner.leaves(ticket, res)
	if res.Outcome != outcome.RateLimited {
		g.answered++
	}
	g.requests.see(at, l.LimitRequests, l.RemainingRequests, l.ResetRequests, g.answered)
	g.tokens.see(at, l.LimitTokens, l.RemainingTokens, l.ResetTokens, 0)
	return res
}

func (a *allowance) see(at time.Duration, limit, left int64, reset time.Duration, drawn float64) {
	if limit > 0 {
		a.limit = limit
	}
	if left < 0 {
		return
	}
	a.learn(told{float64(left), reset, true})
	n := len(a.seconds)
	if second := int64(at / time.Second); n == 0 || second != a.second {
		a.seconds, a.reset, a.drawn = append(a.seconds, math.Inf(1)), append(a.reset, 0), append(a.drawn, 0)
		a.second = second
		n++
	}
	if v := float64(left); v <= a.seconds[n-1] { // answers do not end in the order of their headers
		a.seconds[n-1], a.reset[n-1], a.drawn[n-1], a.at = v, reset, drawn, at
	}
}

// steady is how far two resets lie apart before they say how fast a bucket is refilled.
const steady = 2 * time.Second

// learn tells a window, whose reset falls while it is used up, from a bucket, whose reset
// grows: by as long as what was taken takes to flow back.
func (a *allowance) learn(now told) {
	switch {
	case now.reset == client.Never:
	case !a.first.any:
		a.first = now
	default:
		left, reset := now.left-a.first.left, now.reset-a.first.reset
		switch {
		case left < 0 && reset < 0:
			a.window = max(a.window, now.reset, a.first.reset)
		case left*float64(reset) < 0 && max(reset, -reset) >= steady:
			a.refill = -left / reset.Seconds()
		}
	}
}

// gives is how much a second the limit gives for ever; 0: it does not say.
func (a allowance) gives() float64 {
	switch {
	case a.limit == 0:
		return 0
	case a.window > time.Hour: // a quota of a day is no rate
		return 0
	case a.window > longestWindow:
		return float64(a.limit) / time.Hour.Seconds()
	case a.window == 0 && a.refill > 0:
		return a.refill
	}
	return float64(a.limit) / longestWindow.Seconds()
}

// restart forgets the past: a step begins.
func (g *gauge) restart() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests, g.tokens = g.requests.fresh(), g.tokens.fresh()
	g.gate.restart()
	g.manner.restart()
}

func (a allowance) fresh() allowance {
	return allowance{limit: a.limit, first: a.first, refill: a.refill, window: a.window}
}

// announce sets the limits that were told before.
func (g *gauge) announce(requests, tokens int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests.limit, g.tokens.limit = requests, tokens
}

// read is a copy of both limits.
func (g *gauge) read() (requests, tokens allowance) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests.copy(), g.tokens.copy()
}

func (a allowance) copy() allowance {
	a.seconds = append([]float64(nil), a.seconds...)
	a.reset = append([]time.Duration(nil), a.reset...)
	a.drawn = append([]float64(nil), a.drawn...)
	return a
}

// falling is the index of the first of the newest seconds in which nothing came back, at
// most two windows of them: a fixed window that begins anew ends a fall.
func (a allowance) falling() int {
	n := len(a.seconds)
	first := max(0, n-1)
	for first > 0 && n-first < 2*int(longestWindow/time.Second) && a.seconds[first-1] >= a.seconds[first]-0.05*float64(a.limit) {
		first--
	}
	return first
}

// A drain is the trend of an allowance: how fast it falls, and when nothing will be left.
type drain struct {
	perS    float64       // negative: it falls
	runsOut time.Duration // from the newest second; client.Never: it lasts, or that is not known yet
}

// spare is the part of a limit that may be missing: errors within the SLO are allowed,
// and 50 requests a second are not exactly 3000 in every minute.
const spare = 0.01

// trend says whether what is left will last at a rate of requests a second (0: as many as
// there were). Its slope has an interval, and what its kind end says counts. Two kinds of
// limit are told apart by their reset header. A fixed window gives everything back at an
// instant, so its reset falls by a second a second: the quota lasts if the slope leaves
// all of it that long. A bucket is refilled all the time, so its reset grows as it
// empties: one that falls will be empty, however deep it is. Without such a header see
// [allowance.kind]; while nobody can say, a window of a minute is assumed.
//
// Arrivals that come by chance make what is left wander. What was drawn is known, so the
// slope is that of what is left and drawn together, less the rate.
func (a allowance) trend(rate float64) drain {
	first := a.falling()
	left, reset := a.seconds[first:], a.reset[first:]
	n := len(left)
	d := drain{runsOut: client.Never}
	if n < 2 {
		return d
	}
	flow, margin, pace := a.flow()
	if pace == 0 || rate == 0 {
		rate = pace
	}
	d.perS = flow - rate
	kindest := d.perS + margin
	if n < trend.Least/2 || kindest >= 0 {
		return d
	}
	lasts := float64(a.limit) / -kindest
	elapsed := time.Duration(n-1) * time.Second
	window := reset[0]-reset[n-1] > elapsed/2
	if reset[n-1] == client.Never {
		is, known := a.kind()
		window = is || !known
	}
	switch {
	case window:
		if lasts >= (1-spare)*max(longestWindow, a.window).Seconds() {
			return d
		}
	case -kindest <= spare*max(rate, a.gives()):
		return d
	}
	d.runsOut = lasting(left[n-1] / -d.perS)
	return d
}

// flow is how much a second came back while the allowance fell, with half of its interval,
// and at what pace it was drawn on: both are 0 where that is not counted, and the flow is
// then what is left of them.
func (a allowance) flow() (perS, margin, pace float64) {
	first := a.falling()
	left, drawn := a.seconds[first:], a.drawn[first:]
	n := len(left)
	together := make([]float64, n)
	for i := range together {
		together[i] = left[i] + drawn[i]
	}
	perS, margin = line(together)
	return perS, margin, max(drawn[n-1]-drawn[0], 0) / float64(n-1)
}

// kind tells a window from a bucket: as the resets say or, where none is told, as what comes
// back does while it is drawn on, which is nothing of a window, and of a bucket what flows.
// Not known: the endpoint does not say enough.
func (a allowance) kind() (window, known bool) {
	switch {
	case a.window > 0:
		return true, true
	case a.refill > 0:
		return false, true
	}
	n := len(a.reset)
	if n-a.falling() < trend.Least/2 || a.reset[n-1] != client.Never {
		return false, false
	}
	flow, margin, pace := a.flow()
	least := min(pace, a.gives()) / 2 // that flows into a bucket
	window = flow+margin < least
	return window, pace > 0 && (window || flow-margin > least)
}

// anew is when the next window begins, from the epoch of the gauge; client.Never: that is
// not told.
func (a allowance) anew() time.Duration {
	n := len(a.reset)
	if a.window == 0 || n == 0 || a.reset[n-1] == client.Never {
		return client.Never
	}
	return a.at + a.reset[n-1]
}

// wait is how long until a window has given back what it lacks for a rate of so
// many requests a second; 0: nothing needs to be waited for.
func (a allowance) wait(now time.Duration, rate float64) time.Duration {
	n := len(a.seconds)
	if n == 0 || a.reset[n-1] == client.Never {
		return 0
	}
	left := a.at + a.reset[n-1] - now
	if left <= 0 || a.window == 0 || a.seconds[n-1] >= (1-spare)*rate*left.Seconds() {
		return 0
	}
	return min(left, longestWindow)
}

// document is the limit as a step tells it.
func (a allowance) document() capacity.Quota {
	q := capacity.Quota{}
	if a.limit > 0 {
		q.Limit, q.GivesPerS = &a.limit, some(a.gives())
	}
	n := len(a.seconds)
	if n == 0 {
		return q
	}
	if window, known := a.kind(); known {
		q.FixedWindow = &window
	}
	first, last := int64(a.seconds[0]), int64(a.seconds[n-1])
	q.First, q.Last = &first, &last
	if d := a.trend(0); n >= 2 {
		q.PerS = &d.perS
		if d.runsOut != client.Never {
			q.RunsOutS = new(d.runsOut.Seconds())
		}
	}
	return q
}

// lasting is a time of so many seconds, however many.
func lasting(s float64) time.Duration {
	return time.Duration(min(s, math.MaxInt32) * float64(time.Second))
}

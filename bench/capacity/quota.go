package capacity

import (
	"context"
	"math"
	"sync"
	"time"

	"flashwave/bench"
	"flashwave/bench/trend"
	"flashwave/client"
)

// longestWindow is the longest that a limit given per minute can look back, and
// the longest that is waited for one.
const longestWindow = 60 * time.Second

// A gauge is a client that notes what the response headers say of rate limits,
// second by second. It is safe for concurrent use.
type gauge struct {
	bench.Client
	epoch time.Time

	mu               sync.Mutex
	requests, tokens allowance
	door             doorman
}

func newGauge(c bench.Client, epoch time.Time) *gauge {
	return &gauge{Client: c, epoch: epoch, door: newDoorman()}
}

// An allowance is one limit as it was told since the gauge was last reset.
type allowance struct {
	limit   int64           // a minute; 0: not announced
	seconds []float64       // what was left, the least of each second
	reset   []time.Duration // until all is back, told with it; client.Never: not told
	at      time.Duration   // of the newest
	second  int64
}

// Do implements bench.Client.
func (g *gauge) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	g.mu.Lock()
	others := g.door.enters()
	g.mu.Unlock()
	res := g.Client.Do(ctx, req, sink)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.door.leaves(others, res)
	at, l := time.Since(g.epoch), res.Limits
	g.requests.see(at, l.LimitRequests, l.RemainingRequests, l.ResetRequests)
	g.tokens.see(at, l.LimitTokens, l.RemainingTokens, l.ResetTokens)
	return res
}

func (a *allowance) see(at time.Duration, limit, left int64, reset time.Duration) {
	if limit > 0 {
		a.limit = limit
	}
	if left < 0 {
		return
	}
	n := len(a.seconds)
	if second := int64(at / time.Second); n == 0 || second != a.second {
		a.seconds, a.reset = append(a.seconds, math.Inf(1)), append(a.reset, 0)
		a.second = second
		n++
	}
	if v := float64(left); v <= a.seconds[n-1] { // answers do not end in the order of their headers
		a.seconds[n-1], a.reset[n-1], a.at = v, reset, at
	}
}

// restart forgets the past: a step begins.
func (g *gauge) restart() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests, g.tokens = g.requests.fresh(), g.tokens.fresh()
	g.door.restart()
}

func (a allowance) fresh() allowance { return allowance{limit: a.limit} }

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
	return a
}

// falling is the part of the newest seconds in which nothing came back, at most
// two windows of it: a fixed window that begins anew ends a fall.
func (a allowance) falling() (left []float64, reset []time.Duration) {
	n := len(a.seconds)
	first := max(0, n-1)
	for first > 0 && n-first < 2*int(longestWindow/time.Second) && a.seconds[first-1] >= a.seconds[first]-0.05*float64(a.limit) {
		first--
	}
	return a.seconds[first:], a.reset[first:]
}

// A drain is the trend of an allowance: how fast it falls, and when nothing will be left.
type drain struct {
	perS    float64       // negative: it falls
	runsOut time.Duration // from the newest second; client.Never: it lasts
}

// trend says whether what is left will last at this rate. Three kinds of limit are
// told apart by their reset header. A fixed window gives everything back at an
// instant, so its reset falls by a second a second: the quota lasts if the trend
// leaves something until then. A bucket is refilled all the time, so its reset
// grows as it empties: one that falls with significance will be empty. Without
// such a header a window of a minute is assumed.
func (a allowance) trend() drain {
	left, reset := a.falling()
	d := drain{perS: trend.TheilSen(left), runsOut: client.Never}
	n := len(left)
	if n < trend.Least/2 || d.perS >= 0 || trend.MannKendall(left) > -2 {
		return d
	}
	until := lasting(left[n-1] / -d.perS)
	horizon := longestWindow
	if last := reset[n-1]; last != client.Never {
		elapsed := time.Duration(n-1) * time.Second
		window := reset[0]-last > elapsed/2
		if window {
			horizon = last
		} else if n >= trend.Least && trend.MannKendall(left) < -trend.Significant {
			horizon = math.MaxInt64
		} else {
			return d
		}
	}
	// A hundredth of the limit may be missing: errors within the SLO are allowed,
	// and 50 requests a second are not exactly 3000 in every minute.
	spare := lasting(0.01 * float64(a.limit) / -d.perS)
	if horizon == math.MaxInt64 || until+spare < horizon {
		d.runsOut = until
	}
	return d
}

// window reports whether what is left is of a fixed window, whose reset falls by a second
// a second; ok is false where no header tells.
func (a allowance) window() (is, ok bool) {
	n := len(a.reset)
	if n < 2 || a.reset[0] == client.Never || a.reset[n-1] == client.Never {
		return false, false
	}
	// Of several windows, the one that lasted longest.
	falls, rises := 0, 0
	for i := 1; i < n; i++ {
		if a.reset[i] < a.reset[i-1]-time.Second/2 && a.seconds[i] <= a.seconds[i-1] {
			falls++
		} else {
			rises++
		}
	}
	return falls > rises, true
}

// anew is when the window begins that follows, on the search's own clock.
func (a allowance) anew() time.Duration { return a.at + a.reset[len(a.reset)-1] }

// wait is how long until a window has given back what it lacks for a rate of so
// many requests a second; 0: nothing needs to be waited for.
func (a allowance) wait(now time.Duration, rate float64) time.Duration {
	n := len(a.seconds)
	if n == 0 || a.reset[n-1] == client.Never {
		return 0
	}
	left := a.at + a.reset[n-1] - now
	if left <= 0 || a.seconds[n-1] >= rate*left.Seconds() {
		return 0
	}
	return min(left, longestWindow)
}

// document is the limit as a step tells it.
func (a allowance) document() Quota {
	q := Quota{}
	if a.limit > 0 {
		q.Limit = &a.limit
	}
	n := len(a.seconds)
	if n == 0 {
		return q
	}
	if is, ok := a.window(); ok {
		q.FixedWindow = &is
	}
	first, last := int64(a.seconds[0]), int64(a.seconds[n-1])
	q.First, q.Last = &first, &last
	if d := a.trend(); n >= 2 {
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

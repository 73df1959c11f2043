package mock

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limiter holds a server's rate limits. A request must pass both; one that is
// refused is charged to neither.
type limiter struct {
	mu               sync.Mutex
	requests, tokens meter // nil: no limit
}

// A meter is one rate limit.
type meter interface {
	// wait is how long from now a cost would pass, if nobody else came; 0: it
	// passes now. A cost above all that may ever pass at once passes when
	// nothing else is charged, so that no request waits for ever.
	wait(now time.Time, cost int) time.Duration
	// charge takes the cost, whether or not it passes.
	charge(now time.Time, cost int)
	// state is the limit, what would pass now, and how long until all would.
	state(now time.Time) (limit, remaining int, reset time.Duration)
}

func newLimiter(c Config) *limiter {
	l := &limiter{}
	if c.RPM > 0 {
		l.requests = newMeter(c.RPM, c.Burst, c.RateWindow)
	}
	if c.TPM > 0 {
		burst := c.Burst
		if c.RPM > 0 {
			burst = 0 // it counts requests
		}
		l.tokens = newMeter(c.TPM, burst, c.RateWindow)
	}
	return l
}

func newMeter(perMinute float64, burst int, length time.Duration) meter {
	if length > 0 {
		return &window{length: length, limit: max(1, int(perMinute*length.Minutes()+1e-9))}
	}
	if burst > 0 {
		return &gcra{perMinute: perMinute, burst: float64(burst)}
	}
	return &gcra{perMinute: perMinute, burst: max(2, perMinute/600)}
}

// admit charges a request of so many tokens and writes the state of the limits
// into h. A request that must not pass is not charged: retry says when to try
// again.
func (l *limiter) admit(h http.Header, tokens int) (retry time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.requests != nil {
		retry = l.requests.wait(now, 1)
	}
	if l.tokens != nil {
		retry = max(retry, l.tokens.wait(now, tokens))
	}
	ok = retry == 0
	if l.requests != nil {
		if ok {
			l.requests.charge(now, 1)
		}
		writeState(h, "Requests", l.requests, now)
	}
	if l.tokens != nil {
		if ok {
			l.tokens.charge(now, tokens)
		}
		writeState(h, "Tokens", l.tokens, now)
	}
	if !ok {
		h.Set("Retry-After", strconv.FormatInt(int64(math.Ceil(retry.Seconds())), 10))
	}
	return retry, ok
}

// writeState sets the headers that OpenAI documents for one limit; a reset time
// reads "6m0s" or "120ms".
func writeState(h http.Header, what string, m meter, now time.Time) {
	limit, remaining, reset := m.state(now)
	h.Set("X-Ratelimit-Limit-"+what, strconv.Itoa(limit))
	h.Set("X-Ratelimit-Remaining-"+what, strconv.Itoa(remaining))
	h.Set("X-Ratelimit-Reset-"+what, reset.Round(time.Millisecond).String())
}

// gcra is the generic cell rate algorithm as virtual scheduling (ITU-T I.371,
// annex A): each unit of cost pushes a theoretical arrival time one interval
// ahead, and what would push it more than a burst ahead of now must wait.
type gcra struct {
	perMinute float64
	burst     float64   // units that may pass at once
	tat       time.Time // theoretical arrival time
}

// span is the time in which so many units flow off.
func (g *gcra) span(units float64) time.Duration {
	return time.Duration(min(math.Round(units/g.perMinute*float64(time.Minute)), math.MaxInt64/4))
}

// charged is what has not yet flowed off.
func (g *gcra) charged(now time.Time) time.Duration { return max(0, g.tat.Sub(now)) }

func (g *gcra) wait(now time.Time, cost int) time.Duration {
	return max(0, g.charged(now)-g.span(max(0, g.burst-float64(cost))))
}

func (g *gcra) charge(now time.Time, cost int) {
	g.tat = later(g.tat, now).Add(g.span(float64(cost)))
}

func (g *gcra) state(now time.Time) (limit, remaining int, reset time.Duration) {
	reset = g.charged(now)
	free := max(0, g.burst-reset.Minutes()*g.perMinute)
	return int(math.Ceil(g.perMinute)), int(free + 1e-6), reset
}

// window counts in fixed windows aligned to the wall clock; a new one forgets
// the last, so up to twice the limit passes around a boundary.
type window struct {
	length time.Duration
	limit  int
	begun  time.Time
	used   int
}

// left moves on to the window of now and says how long it still lasts.
func (w *window) left(now time.Time) time.Duration {
	if begun := now.Truncate(w.length); !begun.Equal(w.begun) {
		w.begun, w.used = begun, 0
	}
	return w.begun.Add(w.length).Sub(now)
}

func (w *window) wait(now time.Time, cost int) time.Duration {
	left := w.left(now)
	if w.used == 0 || w.used+cost <= w.limit {
		return 0
	}
	return left
}

func (w *window) charge(now time.Time, cost int) {
	w.left(now)
	w.used += cost
}

func (w *window) state(now time.Time) (limit, remaining int, reset time.Duration) {
	reset = w.left(now)
	return w.limit, max(0, w.limit-w.used), reset
}

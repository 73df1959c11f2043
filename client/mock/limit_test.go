package mock

import (
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// passes says how many of n requests of so many tokens pass at this instant.
func passes(l *limiter, n, tokens int) (passed int) {
	for range n {
		if _, ok := l.admit(http.Header{}, tokens); ok {
			passed++
		}
	}
	return passed
}

func TestRequestsAMinute(t *testing.T) {
	for _, tc := range []struct {
		name  string
		cfg   Config
		burst int
		every time.Duration // a further request passes
	}{
		{"60 a minute: the least burst", Config{RPM: 60}, 2, time.Second},
		{"6000 a minute: a burst of a 600th", Config{RPM: 6000}, 10, 10 * time.Millisecond},
		{"a burst of one's own", Config{RPM: 60, Burst: 5}, 5, time.Second},
		{"a rate that does not divide a minute", Config{RPM: 7}, 2, 8571428571},
		{"less than one a minute", Config{RPM: 0.5}, 2, 2 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLimiter(tc.cfg)
				if got := passes(l, tc.burst+5, 1); got != tc.burst {
					t.Fatalf("%d passed at once, want %d", got, tc.burst)
				}
				for range 3 {
					time.Sleep(tc.every - 1)
					if got := passes(l, 1, 1); got != 0 {
						t.Fatal("one passed a nanosecond too early")
					}
					time.Sleep(1 * time.Nanosecond)
					if got := passes(l, 2, 1); got != 1 {
						t.Fatalf("%d passed after %v, want 1", got, tc.every)
					}
				}
				time.Sleep(time.Duration(tc.burst) * 10 * tc.every)
				if got := passes(l, tc.burst+5, 1); got != tc.burst {
					t.Errorf("%d passed after a long rest, want the burst of %d", got, tc.burst)
				}
			})
		})
	}
}

func TestTokensAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Config{TPM: 60_000}) // 1 a millisecond, 100 at once
		if got := passes(l, 10, 40); got != 2 {
			t.Errorf("%d requests of 40 tokens passed at once, want 2", got)
		}
		time.Sleep(20 * time.Millisecond)
		if got := passes(l, 10, 40); got != 1 {
			t.Errorf("%d passed with 40 tokens free, want 1", got)
		}
		time.Sleep(99 * time.Millisecond)
		if got := passes(l, 1, 250); got != 0 {
			t.Error("a request above the burst passed beside others")
		}
		time.Sleep(time.Millisecond)
		if got := passes(l, 1, 250); got != 1 {
			t.Error("a request above the burst did not pass when all was free")
		}
		time.Sleep(249 * time.Millisecond)
		if got := passes(l, 1, 100); got != 0 {
			t.Error("a request above the burst was not charged in full")
		}
	})
}

func TestWhatIsRefusedIsChargedToNeitherLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Config{RPM: 60, TPM: 60_000, Burst: 3})
		if got := passes(l, 2, 100); got != 1 {
			t.Fatalf("%d passed, want 1 for want of tokens", got)
		}
		time.Sleep(100 * time.Millisecond)
		if got := passes(l, 9, 10); got != 2 {
			t.Errorf("%d passed, want the 2 requests that are left", got)
		}
	})
}

func TestFixedWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Config{RPM: 60, RateWindow: 10 * time.Second}) // the clock begins at midnight
		time.Sleep(9 * time.Second)
		if got := passes(l, 20, 1); got != 10 {
			t.Errorf("%d passed in the first window, want 10", got)
		}
		h := http.Header{}
		if retry, ok := l.admit(h, 1); ok || retry != time.Second {
			t.Errorf("retry after %v (passed: %v), want the window's end in 1 s", retry, ok)
		}
		time.Sleep(time.Second - 1)
		if got := passes(l, 1, 1); got != 0 {
			t.Error("one passed before the window's end")
		}
		time.Sleep(1 * time.Nanosecond)
		if got := passes(l, 20, 1); got != 10 {
			t.Errorf("%d passed in the second window, want 10", got)
		}
		time.Sleep(10 * time.Second)
		l = newLimiter(Config{TPM: 600, RateWindow: time.Minute})
		if got := passes(l, 2, 1000); got != 1 {
			t.Errorf("%d requests above the limit passed, want 1, alone in its window", got)
		}
	})
}

func TestLimitHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Config{RPM: 120, TPM: 600_000, Burst: 2})
		want := []map[string]string{
			{
				"x-ratelimit-limit-requests": "120", "x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "500ms",
				"x-ratelimit-limit-tokens": "600000", "x-ratelimit-remaining-tokens": "800", "x-ratelimit-reset-tokens": "20ms", "retry-after": "",
			},
			{"x-ratelimit-remaining-requests": "0", "x-ratelimit-remaining-tokens": "600", "retry-after": ""},
			{"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s", "x-ratelimit-remaining-tokens": "600", "retry-after": "1"},
		}
		for i, headers := range want {
			h := http.Header{}
			l.admit(h, 200)
			for name, value := range headers {
				if got := h.Get(name); got != value {
					t.Errorf("request %d: %s is %q, want %q", i+1, name, got, value)
				}
			}
		}
	})
}

// Whatever comes whenever: GCRA passes no more than its burst and its rate allow
// in any span of time, and Retry-After is exact.
func TestGCRAHoldsItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perMinute := rapid.Float64Range(0.1, 1e6).Draw(t, "a minute")
		burst := rapid.IntRange(1, 1000).Draw(t, "burst")
		m := newMeter(perMinute, burst, 0)
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		start, charged := now, 0
		for range rapid.IntRange(1, 200).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.Float64Range(0, 3e10/perMinute*float64(burst)).Draw(t, "gap")))
			cost := rapid.IntRange(1, burst).Draw(t, "cost")
			wait := m.wait(now, cost)
			if wait > 0 {
				if m.wait(now.Add(wait), cost) > 0 {
					t.Fatalf("a cost of %d must still wait after %v", cost, wait)
				}
				if m.wait(now.Add(wait-1), cost) == 0 {
					t.Fatalf("a cost of %d need not have waited %v", cost, wait)
				}
				continue
			}
			m.charge(now, cost)
			charged += cost
			// Rounding to nanoseconds may give each request half of one.
			most := float64(burst) + (now.Sub(start).Minutes()+200e-9/60)*perMinute
			if float64(charged) > most+1e-6 {
				t.Fatalf("%d passed, at most %.6f may have", charged, most)
			}
			if limit, remaining, _ := m.state(now); remaining < 0 || remaining > burst || limit < 1 {
				t.Fatalf("limit %d, remaining %d of a burst of %d", limit, remaining, burst)
			}
		}
	})
}

func TestNoLimitLetsAllPass(t *testing.T) {
	h := http.Header{}
	if _, ok := newLimiter(Config{}).admit(h, math.MaxInt32); !ok || len(h) != 0 {
		t.Errorf("passed: %v, headers %v; want it to pass without a word", ok, h)
	}
}

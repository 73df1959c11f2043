package bench

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/client"
)

var refusal = reply{
	wait: 5 * time.Millisecond, outcome: client.RateLimited,
	limits: client.Limits{
		RetryAfter: 2 * time.Second, LimitRequests: -1, RemainingRequests: -1, LimitTokens: 9000, RemainingTokens: 12,
	},
}

// Limits are what an endpoint lets through a minute: the pace at which the 429s
// began says what was bought.
func TestPaceAtTheFirst429(t *testing.T) {
	answered := reply{wait: 10 * time.Millisecond, tokens: 1, usage: client.Usage{Prompt: 40, Output: 100, From: client.FromUsage}}
	for _, c := range []struct {
		name     string
		wave     string
		from     time.Duration // the endpoint refuses everything
		first    float64
		rpm, tpm float64
	}{
		{"the last minute of a long wave", "w:10/s:120s", 90 * time.Second, 90.055, 600, 84_000},
		{"all of it, when it is younger", "w:10/s:30s", 5 * time.Second, 5.055, 600, 84_000},
		{"a minute of a ramp, its middle", "w:0/s..20/s:200s", 120 * time.Second, 120.03, 60 * 9, 84_000 * 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				doc, _ := execute(t, build(t, nil, c.wave), func(_ int, now time.Duration) reply {
					if now >= c.from {
						return refusal
					}
					return answered
				})
				for _, s := range []result.Stats{doc.Total, doc.Waves[0]} {
					l := s.RateLimits
					if l == nil || l.First429S == nil {
						t.Fatalf("%s: no 429 was seen: %+v", s.Name, l)
					}
					if math.Abs(*l.First429S-c.first) > 0.1 || math.Abs(*l.Last429S-s.DurationS) > 0.2 {
						t.Errorf("%s: 429s from %g to %g s", s.Name, *l.First429S, *l.Last429S)
					}
					if near := 0.02; math.Abs(*l.RPMAtFirst429/c.rpm-1) > near || math.Abs(*l.TPMAtFirst429/c.tpm-1) > near {
						t.Errorf("%s: %g requests and %g tokens a minute, want %g and %g", s.Name, *l.RPMAtFirst429, *l.TPMAtFirst429, c.rpm, c.tpm)
					}
					if l.RateLimited != s.Outcomes["rate_limited"] || l.RateLimited == 0 || *l.RateLimitedShare != *s.ErrorRate {
						t.Errorf("%s: %d 429s, a share of %g", s.Name, l.RateLimited, *l.RateLimitedShare)
					}
					if *l.LimitTokens != 9000 || *l.RemainingTokens != 12 || *l.RetryAfterSMax != 2 || *l.AttemptsPerRequest != 1 {
						t.Errorf("%s: %+v", s.Name, *l)
					}
				}
			})
		})
	}
}

// The first 429s are an event, and ten seconds of them are not ten.
func TestLimitsAreEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "w:12/s:45s"), func(_ int, now time.Duration) reply {
			if now >= 20*time.Second {
				return refusal
			}
			return reply{wait: time.Millisecond, tokens: 1}
		})
		var at []float64
		for _, e := range doc.Events {
			if e.Kind != result.Limited {
				continue
			}
			at = append(at, e.TS)
			if e.Text != "429 rate limited ×12 in 1.00 s, retry-after 2 s, limit 9,000 tpm" {
				t.Errorf("%q", e.Text)
			}
		}
		if len(at) != 3 || at[0] != 21 || at[1] != 31 || at[2] != 41 {
			t.Errorf("events at %v", at)
		}
	})
}

// Retries multiply what the endpoint is asked.
func TestAttemptsPerRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "w:10/s:10s"), func(i int, _ time.Duration) reply {
			r := refusal
			r.outcome, r.tokens, r.retries = "", 1, i%2*3
			return r
		})
		if l := doc.Total.RateLimits; *l.AttemptsPerRequest != 2.5 || l.First429S != nil || l.RateLimited != 0 {
			t.Errorf("%+v", *l)
		}
	})
}

// An endpoint that never spoke of limits has no figures of them.
func TestNoLimitsNoFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc, _ := execute(t, build(t, nil, "w:10/s:2s"), always(reply{wait: time.Millisecond, tokens: 1}))
		if doc.Total.RateLimits != nil {
			t.Errorf("%+v", *doc.Total.RateLimits)
		}
	})
}

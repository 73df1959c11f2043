package verdict_test

import (
	"slices"
	"strings"
	"testing"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// howMany is the reason why a run is inconclusive of which nothing was good.
const howMany = "no SLO says how many requests must be good: give one, such as good_fraction >= 99%"

// A run held what it served only if that was good, where something says what a good
// request is and no SLO says how many must be; and of one that served nothing good
// nobody knows whether it passed.
func TestHeldMeansGood(t *testing.T) {
	given, serve := "ttft < 800ms", "ttft.p50 < 800ms"
	for _, c := range []struct {
		why            string
		slos           []string
		good, unjudged int64 // of a hundred, all served
		headline       string
		code           int
		asks           bool // for an SLO on good requests
	}{
		{"all good", []string{given}, 100, 0, "held 10.0 requests/s, TTFT p95", verdict.ExitPass, false},
		{"nearly all", []string{given}, 99, 0, "held 10.0 requests/s, TTFT p95", verdict.ExitPass, false},
		{"most", []string{given}, 98, 0, "served 10.0 requests/s, 9.80 of them good: TTFT p95", verdict.ExitPass, true},
		{"one", []string{given}, 1, 0, "served 10.0 requests/s, 0.100 of them good: TTFT p95", verdict.ExitPass, true},
		{"none", []string{given}, 0, 0, "served 10.0 requests/s, 0.0 of them good: TTFT p95", verdict.ExitInconclusive, true},
		{"none, and some that nobody can judge", []string{given}, 0, 40, "served 10.0 requests/s, 0.0 of them good: TTFT p95", verdict.ExitInconclusive, true},
		{"none that can be judged", []string{given}, 0, 100, "served 10.0 requests/s, none of which could be judged: TTFT p95", verdict.ExitInconclusive, true},
		{"bounds that serve", []string{serve}, 60, 0, "served 10.0 requests/s, 6.00 of them good: TTFT p95", verdict.ExitPass, false},
		{"and all good", []string{serve}, 100, 0, "held 10.0 requests/s, TTFT p95", verdict.ExitPass, false},
		{"no bound at all", nil, 100, 0, "held 10.0 requests/s, TTFT p95", verdict.ExitPass, false},
		{"an SLO allows it", []string{given, "good_fraction >= 50%"}, 60, 0, "held 10.0 requests/s, TTFT p95", verdict.ExitPass, false},
		{"and in another unit", []string{given, "goodput >= 5/s"}, 60, 0, "held 10.0 requests/s, TTFT p95", verdict.ExitPass, false},
		{"an SLO does not", []string{given, "good_fraction >= 99%"}, 0, 0, "good_fraction >= 99%: it was 0.0 %", verdict.ExitFailed, false},
		{"another SLO failed", []string{given, "ttft.p95 < 1ms"}, 0, 0, "ttft.p95 < 1ms: it was 100 ms", verdict.ExitFailed, true},
	} {
		t.Run(c.why, func(t *testing.T) {
			p := part(100, nil)
			p.Good, p.Unjudged = c.good, c.unjudged
			p.Here.Good, p.Here.Unjudged = c.good, c.unjudged
			v := judge(t, c.slos, nil, wave("w", p))
			if !strings.HasPrefix(v.Headline, c.headline) || v.ExitCode != c.code {
				t.Errorf("exit %d, %q; want %d, %q", v.ExitCode, v.Headline, c.code, c.headline)
			}
			if slices.Contains(v.Reasons, howMany) != c.asks {
				t.Errorf("reasons %q", v.Reasons)
			}
			if c.code == verdict.ExitInconclusive && v.Status != result.Inconclusive {
				t.Errorf("status %s", v.Status)
			}
		})
	}
}

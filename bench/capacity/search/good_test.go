package search

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/servertest"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// The highest rate at which so many requests are good is that of the percentile which says
// the same: good_fraction >= 95% with e2e < 800ms is e2e.p95 < 800ms.
func TestTheMostGoodRequests(t *testing.T) {
	percentile, _ := searchModel(t, servertest.MD8, sale, nil)
	for _, tc := range []struct {
		name  string
		given []string
		code  int
		says  string
		often bool // without -full, too
	}{
		{"a share", []string{"good_fraction >= 95%", "e2e < 800ms"}, verdict.ExitPass, "past that good_fraction >= 95% breaks first", false},
		{"assumed", []string{"e2e < 800ms"}, verdict.ExitPass, "past that good_fraction >= 95% breaks first", true},
		{"a goodput that it comes to", []string{"goodput >= 40/s", "e2e < 800ms"}, verdict.ExitPass, "past that goodput >= 40/s breaks first", false},
		{"one that it does not come to", []string{"goodput >= 200/s", "e2e < 800ms"}, verdict.ExitFailed, "goodput >= 200/s is out of reach: it was 7", true},
		{"bounds of percentiles serve", []string{"good_fraction >= 95%", "e2e.p50 < 800ms"}, verdict.ExitPass, "past that good_fraction >= 95% breaks first", false},
	} {
		if !*full && !tc.often {
			continue
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := searchModel(t, servertest.MD8, sale, asking(tc.given...))
			if doc.Capacity.RPS == nil || math.Abs(*doc.Capacity.RPS / *percentile.Capacity.RPS - 1) > 0.05 || !doc.Capacity.Confirmed {
				t.Errorf("%+v, by the percentile %v", doc.Capacity, *percentile.Capacity.RPS)
			}
			if doc.Verdict.ExitCode != tc.code || !strings.Contains(doc.Verdict.Headline, tc.says) {
				t.Errorf("%+v", doc.Verdict)
			}
		})
	}
}

// Nothing that counts good requests is searched where nothing says which one is good.
func TestGoodMustBeSaid(t *testing.T) {
	for _, given := range []string{"good_fraction >= 95%", "goodput >= 5/s"} {
		sc := scenario.Default()
		sc.SLO = []string{given, "error_rate < 5%"}
		if _, _, _, err := criteria(sc); err == nil || !strings.Contains(err.Error(), "which request is good") {
			t.Errorf("%s: %v", given, err)
		}
	}
}

// seenGood is a minute of requests of which so many were good, and so many nobody can
// judge.
func seenGood(n, good, unjudged int64) bench.Look {
	p := result.NewPart()
	p.Requests.Scheduled, p.Requests.Sent, p.Requests.Succeeded, p.Good, p.Unjudged = n, n, n, good, unjudged
	return bench.Look{Ended: verdict.Stretch{Part: p, Length: time.Minute, Judged: true}}
}

// What counts good requests holds, breaks or waits by the interval of their share, those
// that nobody can judge at both of its ends.
func TestGoodRequestsDecide(t *testing.T) {
	yes, no := new(true), new(false)
	for _, tc := range []struct {
		why               string
		expr              string
		n, good, unjudged int64
		ok                *bool
	}{
		{"nearly all", "good_fraction >= 95%", 600, 595, 0, yes},
		{"about as many as must be", "good_fraction >= 95%", 600, 570, 0, nil},
		{"clearly fewer", "good_fraction >= 95%", 600, 500, 0, no},
		{"some that could undo it", "good_fraction >= 95%", 600, 540, 55, nil},
		{"few, whatever the others are", "good_fraction >= 95%", 600, 400, 50, no},
		{"too few to say", "good_fraction >= 95%", 40, 40, 0, nil},
		{"all", "good_fraction >= 100%", 600, 600, 0, yes},
		{"not quite all", "good_fraction >= 100%", 6000, 5900, 0, no},
		{"a goodput that is reached, few as they are", "goodput >= 5/s", 600, 400, 0, yes},
		{"and one that is not", "goodput >= 5/s", 600, 200, 0, no},
		{"more than arrives: nearly all are enough", "goodput >= 50/s", 600, 595, 0, yes},
		{"and that many are not there", "goodput >= 50/s", 600, 500, 0, no},
	} {
		c := criterion{Expr: slo.MustParse(tc.expr)}
		j := c.hold(seenGood(tc.n, tc.good, tc.unjudged))
		if (j.OK == nil) != (tc.ok == nil) || j.OK != nil && *j.OK != *tc.ok {
			t.Errorf("%s: %+v", tc.why, j)
		}
		if (j.Observed == nil) != (tc.unjudged > 0) {
			t.Errorf("%s: observed %v", tc.why, j.Observed)
		}
	}
}

// As a share the criterion says of the same requests what its leaning does, and more good
// ones never break it.
func TestGoodSharesLean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := int64(rapid.IntRange(1, 2000).Draw(t, "n"))
		good := int64(rapid.IntRange(0, int(n)).Draw(t, "good"))
		c := criterion{Expr: slo.MustParse(rapid.SampledFrom([]string{"good_fraction >= 90%", "goodput >= 3/s", "goodput >= 30/s"}).Draw(t, "expr"))}
		j := c.hold(seenGood(n, good, 0))
		s := c.share(j)
		if s.n > 0 && math.Abs(s.late/s.n-s.allowed) > 1e-9 && (s.late/s.n < s.allowed) != c.leans(j) {
			t.Fatalf("%+v of %+v leans to %v", s, j, c.leans(j))
		}
		if good < n {
			better := c.hold(seenGood(n, good+1, 0))
			if j.OK != nil && *j.OK && (better.OK == nil || !*better.OK) || c.leans(j) && !c.leans(better) {
				t.Fatalf("one more good request broke it: %+v, %+v", j, better)
			}
		}
	})
}

package compare

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// A rule on a percentile ranks every scheduled request: who fails fast is not faster.
func TestRulesRankFailures(t *testing.T) {
	with := func(change func(*world)) world {
		w := long
		change(&w)
		return w
	}
	failing := func(part float64) world { return with(func(w *world) { w.failing = part }) }
	hanging := func(part float64) world { return with(func(w *world) { w.hanging = part }) }
	for _, tt := range []struct {
		what        string
		rule        string
		base, fresh world
		slower      float64
		code        int
		says        string // in the first reason
	}{
		{"nothing failed", "ttft.p50 > +10%", long, long, 1, verdict.ExitPass, ""},
		{"most of NEW failed", "ttft.p50 > +10%", long, failing(0.7), 0.5, verdict.ExitFailed, "→ never"},
		{"whatever the bound", "e2e.p50 > +1000% and > +1h", long, failing(0.7), 0.5, verdict.ExitFailed, "→ never"},
		{"most of NEW never ended", "e2e.p50 > +10%", long, hanging(0.7), 0.5, verdict.ExitFailed, "→ never"},
		{"a tenth of NEW failed: the median is that of a higher rank", "ttft.p50 > +100%", long, failing(0.1), 1, verdict.ExitPass, ""},
		{"and p95 lies beyond", "ttft.p95 > +100%", long, failing(0.1), 0.5, verdict.ExitFailed, "→ never"},
		{"all of NEW failed", "ttft.p50 > +10%", long, failing(1), 1, verdict.ExitFailed, "→ never"},
		{"most of BASE failed", "ttft.p50 > +10%", failing(0.7), long, 3, verdict.ExitPass, ""},
		{"most of both failed", "ttft.p50 > +10%", failing(0.7), failing(0.7), 1, verdict.ExitInconclusive, "too many requests failed or were lost"},
		{"about as many as lie beyond", "ttft.p95 > +10%", long, failing(0.05), 1, verdict.ExitInconclusive, "as many requests failed or were lost"},
	} {
		d := judged(t, tt.base, tt.fresh, tt.slower, tt.rule)
		if d.Gate.ExitCode != tt.code || tt.says != "" && !strings.Contains(strings.Join(d.Gate.Reasons, "; "), tt.says) {
			t.Errorf("%s: %d, %q", tt.what, d.Gate.ExitCode, d.Gate.Reasons)
		}
		coherent(t, d)
	}
}

// Of several runs a side each is an observation, the one of which the rank is beyond
// every value too.
func TestRunsBeyondEveryValue(t *testing.T) {
	dead := long
	dead.failing = 0.7
	rng := rand.New(rand.NewPCG(1, 2))
	alive, broken := long.aside(rng, 4, 1), dead.aside(rng, 4, 1)
	mixed := &side{runs: append(alive.runs[:3:3], broken.runs[3]), series: append(alive.series[:3:3], broken.series[3])}
	for _, tt := range []struct {
		base, fresh *side
		want        Verdict
	}{{alive, broken, Worse}, {broken, alive, Better}, {broken, broken, NoData}, {alive, mixed, Unknown}, {mixed, alive, Unknown}} {
		d := compareSides(tt.base, tt.fresh, Options{})
		if r := d.Row("ttft", "p50", ""); r.Verdict != tt.want {
			t.Errorf("%s, not %s: %s", r.Verdict, tt.want, r.FormatValues())
		}
		coherent(t, d)
	}
}

// A percentile of all is that of the observed where nothing failed, never less with one
// failure more, and +∞ just where its rank lies beyond those that ended well.
func TestPercentileOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ok, failed := rapid.Int64Range(0, 50).Draw(t, "ok"), rapid.Int64Range(0, 50).Draw(t, "failed")
		late := rapid.Int64Range(0, failed).Draw(t, "failed after the first token")
		h := result.NewHist()
		for i := range ok + late {
			h.Record(time.Duration(1+i%max(ok, 1)) * time.Millisecond)
		}
		l := h.Latency(true)
		for _, p := range percentiles {
			at := func(failed int64) float64 {
				v, _, known := ofAll(p, l, result.Requests{Scheduled: ok + failed, Succeeded: ok, Failed: failed})
				if known != (ok+failed > 0) {
					t.Fatalf("known: %t", known)
				}
				return v
			}
			if ok+failed == 0 {
				continue
			}
			v, more := at(failed), at(failed+1)
			if more < v {
				t.Errorf("%s of %d and %d: %g, and %g with one more", p.stat, ok, failed, v, more)
			}
			if beyond := math.Ceil(p.q*float64(ok+failed)-1e-9) > float64(ok); math.IsInf(v, 1) != beyond {
				t.Errorf("%s of %d and %d is %g", p.stat, ok, failed, v)
			}
			if failed == 0 && v != p.of(l) {
				t.Errorf("%s is %g, not %g", p.stat, v, p.of(l))
			}
		}
	})
}

// Gaps have no rank among requests: of those of survivors nothing is said.
func TestGapsOfSurvivors(t *testing.T) {
	for failed, want := range map[int64]bool{0: true, 1: true, 2: false} {
		l := &result.Latency{Count: 1000, P50: 5}
		_, _, ok := ofTheRest(percentiles[0], l, result.Requests{Scheduled: 100, Succeeded: 100 - failed, Failed: failed})
		if ok != want {
			t.Errorf("%d failed: %t", failed, ok)
		}
	}
}

// Goodput of which too much could not be judged is no data, and that never passes.
func TestUnjudgedGoodput(t *testing.T) {
	for unjudged, code := range map[int64]int{0: verdict.ExitPass, 20: verdict.ExitPass, 500: verdict.ExitInconclusive} {
		base, fresh := long.aside(rand.New(rand.NewPCG(1, 2)), 1, 1), long.aside(rand.New(rand.NewPCG(2, 2)), 1, 1)
		for _, s := range []*side{base, fresh} {
			s.runs[0].Total.Unjudged = &unjudged
		}
		if d := compareSides(base, fresh, Options{}); d.Gate.ExitCode != code {
			t.Errorf("%d unjudged: %d, %s", unjudged, d.Gate.ExitCode, d.Gate.Headline)
		}
	}
}

package compare

import (
	"math"
	"math/rand/v2"
	"slices"
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
		{"about as many as lie beyond: that is plainly more", "ttft.p95 > +10%", long, failing(0.05), 1, verdict.ExitFailed, "or more)"},
		{"but not of each bound", "ttft.p95 > +100%", long, failing(0.05), 1, verdict.ExitInconclusive, "as many requests failed or were lost"},
		{"and less than about as many of BASE lie beyond", "ttft.p95 > +10%", failing(0.05), long, 1, verdict.ExitPass, ""},
		{"about as many of both", "ttft.p95 > +10%", failing(0.05), failing(0.05), 1, verdict.ExitInconclusive, "as many requests failed or were lost"},
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
	for _, run := range slices.Concat(alive.runs, broken.runs) {
		run.ID = "" // as if each side had runs of its own
	}
	for _, tt := range []struct {
		base, fresh *side
		want        Verdict
	}{{alive, broken, Worse}, {broken, alive, Better}, {broken, broken, NoData}, {alive, mixed, TooNoisy}, {mixed, alive, TooNoisy}, {mixed, mixed, TooNoisy}, {mixed, broken, TooNoisy}} {
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

// What is plainly worse is so although nobody can say by how much at the most: its
// percentile has a value, and some of the ranks that it may have do not. It is of one run
// a side and of a few, of whichever latency ranks requests, and the other way round it is
// better.
func TestAnIntervalWithoutEnd(t *testing.T) {
	calm := loaded(0.5, 60)
	calm.stream = true
	broken := failing(0.042).of(calm)
	broken.slower = 3
	for _, runs := range []uint64{1, 2, 3} {
		var base, fresh []*result.Run
		for i := range runs {
			base, fresh = append(base, calm.run(2*i)), append(fresh, broken.run(2*i+1))
		}
		there, back := Compare(base, fresh, Options{}), Compare(fresh, base, Options{})
		for _, name := range []string{"ttft", "e2e", "tpot"} {
			if r := there.Row(name, "p95", ""); r.Verdict != Worse || r.New == nil || r.Low == nil || r.High != nil {
				t.Errorf("%d runs: %s is %s", runs, tell(r), r.Verdict)
			}
			if r := back.Row(name, "p95", ""); r.Verdict != Better || r.Low == nil || *r.LowRatio != -1 {
				t.Errorf("%d runs, turned: %s is %s", runs, tell(r), r.Verdict)
			}
		}
		if r := there.Row("itl", "p95", ""); r.Verdict != NoData {
			t.Errorf("of the gaps of those that did not fail: %s", tell(r))
		}
		if g := there.Gate; g.ExitCode != verdict.ExitFailed || !strings.Contains(g.Headline, " or more)") {
			t.Errorf("%+v", g)
		}
		coherent(t, there)
		coherent(t, back)
	}
}

// Where the value itself is beyond every one, but might not be, the least that it may be
// decides; where it is for sure, nothing else does.
func TestBeyondButPerhapsNot(t *testing.T) {
	calm := loaded(0.5, 60)
	perhaps, surely := failing(0.058).of(calm), failing(0.2).of(calm)
	perhaps.slower = 3
	for _, tt := range []struct {
		what          string
		base, fresh   play
		want          Verdict
		change, words string
	}{
		{"perhaps", calm, perhaps, Worse, " or more", "→ never (+"},
		{"surely", calm, surely, Worse, "–", "ms → never"},
		{"no more perhaps", perhaps, calm, Better, " or less", "never → "},
		{"no more surely", surely, calm, Better, "–", "never → "},
		{"perhaps, then surely", perhaps, surely, NoData, "–", "never → never"},
		{"perhaps with a value, then surely", failing(0.045).of(calm), surely, TooNoisy, "any change", "→ never (any change"},
		{"surely, then perhaps with a value", surely, failing(0.045).of(calm), TooNoisy, "any change", "never → "},
	} {
		d := Compare(one(tt.base.run(1)), one(tt.fresh.run(2)), Options{})
		if r := d.Row("e2e", "p95", ""); r.Verdict != tt.want || !strings.HasSuffix(r.FormatInterval(), tt.change) || !strings.Contains(tell(r), tt.words) {
			t.Errorf("%s: %s is %s", tt.what, tell(r), r.Verdict)
		}
		coherent(t, d)
	}
}

// Two places make the same interval the other way round, however far they reach, and
// where both reach beyond every value it never says that one is more.
func TestIntervalsOfPlacesTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) place {
			v := rapid.SliceOfN(rapid.SampledFrom([]float64{-2, -1, 0, 1, 2, 3, math.Inf(1)}), 3, 3).Draw(t, name)
			slices.Sort(v)
			return place{v[1], interval{v[0], v[2]}}
		}
		a, b := draw("a"), draw("b")
		if math.IsInf(a.at, 1) && math.IsInf(b.at, 1) {
			return // no data
		}
		var there, back contrast
		there.apart(a, b)
		back.apart(b, a)
		if turned := back.mirrored(); there.interval != turned || !there.bounded() {
			t.Fatalf("%v, and turned %v", there.interval, turned)
		}
		if math.IsInf(a.high, 1) && math.IsInf(b.high, 1) && there.interval != endless {
			t.Fatalf("both may be beyond every value: %v", there.interval)
		}
		if !math.IsNaN(there.worse) && (there.low > there.worse || there.high < there.worse) {
			t.Fatalf("%v is not in %v", there.worse, there.interval)
		}
	})
}

// The rows of a run have the percentiles of the run, and an interval that holds them.
func TestRowsRankFailuresAsTheRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := loaded(0.5, rapid.IntRange(3, 20).Draw(t, "seconds"))
		p = failing(rapid.SampledFrom([]float64{0, 0.01, 0.05, 0.5, 0.96, 1}).Draw(t, "failing")).of(p)
		run := p.run(rapid.Uint64().Draw(t, "seed"))
		s := newSide(one(run))
		n, told := s.noise(0, "", run.Total)
		if !told {
			return
		}
		for _, q := range percentiles {
			v, _, _ := ofAll(q, run.Total.Latency.E2E.Response, run.Total.Requests)
			again, i := n.all.quantile(e2e, q.q), n.percentile(e2e, q.q)
			if math.IsInf(v, 1) != math.IsInf(again, 1) || math.Abs(again-v) > 0.003*v {
				t.Errorf("%s is %v, of the rows %v", q.stat, v, again)
			}
			if again < i.low || again > i.high {
				t.Errorf("%s: %v is not in %v", q.stat, again, i)
			}
		}
	})
}

// With failures on both sides it holds as well that of endpoints that differ by just what
// matters one comparison in twenty at most says that they do, or do not; and what is plain
// is found.
func TestFalseAlarmsAmongFailures(t *testing.T) {
	for _, tt := range []struct {
		change
		seconds     int
		slower      float64
		pairs       int
		same, worse frequency // of the pairs
	}{
		{failing(0.02), 60, 1.1, 100, frequency{0, 0.05}, frequency{0, 0.05}},
		{failing(0.04), 60, 1.1, 100, frequency{0, 0.05}, frequency{0, 0.05}},
		{failing(0.05), 10, 1.1, 100, frequency{0, 0.05}, frequency{0, 0.05}},
		{bursts("bursts, 1 % of the time", 0.01, false), 60, 1.1, 100, frequency{0, 0.05}, frequency{0, 0.05}},
		{failing(0.02), 60, 1.92, 20, frequency{0, 0}, frequency{0.9, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.pairs = some(tt.pairs)
			base := tt.of(loaded(0.5, tt.seconds))
			fresh := base
			fresh.slower = tt.slower
			got := map[Verdict]int{}
			for i := range uint64(tt.pairs) {
				d := Compare(one(base.run(2*i)), one(fresh.run(2*i+1)), Options{})
				got[d.Row("e2e", "p95", "").Verdict]++
			}
			if !tt.same.holds(got[NoDifference]+got[Better], tt.pairs) || !tt.worse.holds(got[Worse], tt.pairs) {
				t.Errorf("%v of %d", got, tt.pairs)
			}
		})
	}
}

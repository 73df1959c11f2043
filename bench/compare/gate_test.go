package compare

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// judged is a comparison of worlds, one run a side.
func judged(t testing.TB, base, fresh world, slower float64, rules ...string) *Document {
	t.Helper()
	return compareSides(base.once(1, 1), fresh.once(2, slower), Options{Rules: parsed(t, rules...)})
}

// once is a side of one run, which is made but once: nobody changes it.
func (w world) once(seed uint64, slower float64) *side {
	key := fmt.Sprint(w, seed, slower)
	s, made := sides.Load(key)
	if !made {
		s = w.aside(rand.New(rand.NewPCG(seed, 2)), 1, slower)
		sides.Store(key, s)
	}
	return s.(*side)
}

var sides sync.Map // of once

func parsed(t testing.TB, texts ...string) (rules []Rule) {
	t.Helper()
	for _, text := range texts {
		rule, err := ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, rule)
	}
	return rules
}

// long is a world whose runs tell enough, short one whose runs tell what is plain, and
// those of a tiny one tell nothing.
var (
	long  = world{seconds: 120, rps: 20, within: 0.02, memory: 0.5}
	short = world{seconds: 7, rps: 30, within: 0.02, memory: 0.5}
	tiny  = world{seconds: 2, rps: 100, within: 0.02, memory: 0.5}
)

// A gate that cannot judge never passes, and what is sure is not voided by what is
// not.
func TestDefaultGate(t *testing.T) {
	with := func(w world, change func(*world)) world {
		change(&w)
		return w
	}
	unary := func(w *world) { w.unary = true }
	unjudged := func(w *world) { w.unjudged = true }
	failing := func(part float64) func(*world) { return func(w *world) { w.failing = part } }
	for _, tt := range []struct {
		what        string
		base, fresh world
		slower      float64
		code        int
		status      Status
		headline    string
	}{
		{"unchanged", long, long, 1, verdict.ExitPass, GateNoDifference, "no difference: p95 TTFT"},
		{"slower", long, long, 1.5, verdict.ExitFailed, GateWorse, "NEW is worse: p95 TTFT"},
		{"faster", long, long, 0.6, verdict.ExitPass, GateBetter, "NEW is better: p95 TTFT"},
		{"faster by about the margin", long, long, 0.9, verdict.ExitPass, GateNotWorse, "NEW is not worse: p95 TTFT"},
		{"slower by about the margin", long, long, 1.1, verdict.ExitInconclusive, GateTooNoisy, "too noisy to say: p95 "},
		{"7 s, E2E +92 %", short, short, 1.92, verdict.ExitFailed, GateWorse, "NEW is worse: p95 TTFT"},
		{"7 s, unchanged", short, short, 1, verdict.ExitInconclusive, GateTooNoisy, "too noisy to say: p95 TTFT"},
		{"2 s, E2E +92 %", tiny, tiny, 1.92, verdict.ExitInconclusive, Inconclusive, "not enough data to compare: too few requests, or under 6.00 s"},
		{"2 s, unchanged", tiny, tiny, 1, verdict.ExitInconclusive, Inconclusive, "not enough data to compare: too few requests, or under 3.00 s"},
		{"failures", long, with(long, failing(0.2)), 1, verdict.ExitFailed, GateWorse, "NEW is worse: error rate 0.0 → "},
		{"no failures any more", with(long, failing(0.2)), long, 1, verdict.ExitPass, GateBetter, "NEW is better: error rate"},
		{"half of the requests never end", with(long, unjudged), with(long, func(w *world) { w.hanging, w.unjudged = 0.5, true }), 1, verdict.ExitFailed, GateWorse, "NEW is worse: lost requests 0.0 → 50.0 %"},
		{"all requests fail", long, with(long, failing(1)), 1, verdict.ExitFailed, GateWorse, "NEW is worse: error rate"},
		{"half of the requests fail, and the others are faster", long, with(long, failing(0.5)), 0.5, verdict.ExitFailed, GateWorse, "NEW is worse: error rate"},
		{"all requests fail on both sides", with(long, failing(1)), with(long, failing(1)), 1, verdict.ExitInconclusive, Inconclusive, "not enough data to compare: no data for p95 TTFT in BASE and NEW: too many requests failed or were lost"},
		{"nothing is streamed", with(long, unary), with(long, unary), 1, verdict.ExitPass, GateNoDifference, "no difference: p95 E2E"},
		{"nothing is streamed any more", long, with(long, unary), 1, verdict.ExitInconclusive, Inconclusive, "not enough data to compare: no data for p95 TTFT in NEW"},
		{"nothing is streamed any more, and slower", long, with(long, unary), 1.5, verdict.ExitFailed, GateWorse, "NEW is worse: p95 E2E"},
		{"nothing says what is good", with(long, unjudged), with(long, unjudged), 1, verdict.ExitPass, GateNoDifference, "no difference: p95 TTFT"},
		{"one side says what is good", with(long, unjudged), long, 1, verdict.ExitInconclusive, Inconclusive, "not enough data to compare: no data for goodput in BASE"},
		{"a run without requests", long, world{}, 1, verdict.ExitInconclusive, Inconclusive, "not enough data to compare: no data for p95 TTFT in NEW"},
		{"two runs without requests", world{}, world{}, 1, verdict.ExitInconclusive, Inconclusive, "not enough data to compare: no data for p95 E2E in BASE and NEW"},
	} {
		d := judged(t, tt.base, tt.fresh, tt.slower)
		if g := d.Gate; g.ExitCode != tt.code || g.Status != tt.status || !strings.HasPrefix(g.Headline, tt.headline) {
			t.Errorf("%s: %d, %s, %s", tt.what, g.ExitCode, g.Status, g.Headline)
		}
		coherent(t, d)
	}
}

// That a few requests did not fail says little of the error rate, however many runs
// they were in.
func TestFewRequestsInSeveralRuns(t *testing.T) {
	few, many := world{seconds: 2, rps: 20}, world{seconds: 60, rps: 20}
	for _, tt := range []struct {
		world
		want Verdict
	}{{few, TooNoisy}, {many, NoDifference}} {
		rng := rand.New(rand.NewPCG(1, 2))
		d := compareSides(tt.aside(rng, 4, 1), tt.aside(rng, 4, 1), Options{})
		if r := d.Row("error_rate", "", ""); r.Verdict != tt.want {
			t.Errorf("%d s: %s, %s", tt.seconds, r.FormatInterval(), r.Verdict)
		}
		coherent(t, d)
	}
}

// A run against one that is just as it is not worse where it tells enough, and one that is
// too short to say so says that.
func TestARunAgainstItsLike(t *testing.T) {
	like := func(w world, seed uint64) (a, b *side) {
		return w.aside(rand.New(rand.NewPCG(seed, 3)), 1, 1), w.aside(rand.New(rand.NewPCG(seed, 3)), 1, 1)
	}
	for i := range uint64(10) {
		run, other := like(world{seconds: 60, rps: 20, within: 0.05, memory: 0.7}, i)
		d := compareSides(run, other, Options{})
		if d.Gate.ExitCode != verdict.ExitPass || d.Gate.Status != GateNoDifference {
			t.Errorf("%d: %+v", i, d.Gate)
		}
	}
	run, other := like(short, 1)
	if d := compareSides(run, other, Options{}); d.Gate.ExitCode != verdict.ExitInconclusive {
		t.Errorf("%+v", d.Gate)
	}
}

// Runs that say little or nothing, whichever the rules.
func TestSmallestDocuments(t *testing.T) {
	for what, change := range map[string]func(*result.Run){
		"empty":   func(r *result.Run) { *r = result.Run{ID: r.ID, Generator: result.Generator{Valid: true}} },
		"aborted": func(r *result.Run) { r.Verdict.Status = result.Aborted },
		"cut off": func(r *result.Run) {
			r.Verdict.Status, r.Verdict.Headline = result.Inconclusive, "the run was cut off after 7 s"
			r.Generator.Valid = false
		},
		"found to be cut off": func(r *result.Run) {
			r.Verdict.Status, r.Generator.Findings = result.Inconclusive, result.Findings{{Kind: result.FoundCutOff, Voids: result.VoidsAll}}
			r.Generator.Valid = false
		},
		"of a late generator": func(r *result.Run) { r.Generator.Valid = false },
		"all of nothing":      func(r *result.Run) { *r = result.Run{} },
		"without a timeline":  func(r *result.Run) { r.Timeline = nil },
	} {
		for _, rules := range [][]string{nil, {"e2e.p95 > +500%"}} {
			for _, turned := range []bool{false, true} {
				rng := rand.New(rand.NewPCG(1, 2))
				base, fresh := long.aside(rng, 1, 1), long.aside(rng, 1, 1)
				run := fresh.runs[0]
				if change(run); len(run.Timeline) == 0 {
					fresh = newSide(one(run))
				}
				if turned {
					base, fresh = fresh, base
				}
				d := compareSides(base, fresh, Options{Rules: parsed(t, rules...)})
				if d.Gate.ExitCode != verdict.ExitInconclusive || d.Gate.Headline == "" {
					t.Errorf("a run %s, turned %v, rules %v: %+v", what, turned, rules, d.Gate)
				}
				coherent(t, d)
			}
		}
	}
}

// That the generator of a run that was cut off was the bottleneck, nobody knows.
func TestACutOffRunIsNoLateOne(t *testing.T) {
	for what, run := range map[string]result.Run{
		"of an earlier version": {Verdict: result.Verdict{Headline: "the run was cut off after 7 s"}},
		"whatever it is called": {
			Verdict:   result.Verdict{Headline: "this is everything up to the last second"},
			Generator: result.Generator{Findings: result.Findings{{Kind: result.FoundCutOff, Voids: result.VoidsAll}}},
		},
	} {
		rng := rand.New(rand.NewPCG(1, 2))
		base, fresh := long.aside(rng, 1, 1), long.aside(rng, 1, 1.5)
		fresh.runs[0].Verdict, fresh.runs[0].Generator = run.Verdict, run.Generator
		d := compareSides(base, fresh, Options{})
		if text := fmt.Sprint(d.Gate, d.Warnings); strings.Contains(text, "bottleneck") || !strings.Contains(d.Gate.Headline, "did not go to its end") {
			t.Errorf("%s: %s", what, text)
		}
	}
}

// A run that stopped before its end cannot pass, but what is worse already is worse.
func TestAnAbortedRunMayBeWorse(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	base, fresh := long.aside(rng, 1, 1), long.aside(rng, 1, 1.5)
	fresh.runs[0].Verdict.Status = result.Aborted
	if d := compareSides(base, fresh, Options{}); d.Gate.ExitCode != verdict.ExitFailed || !strings.Contains(d.Gate.Reasons[0], "did not go to its end") {
		t.Errorf("%+v", d.Gate)
	}
}

// Rules take the gate's place: they fail where the whole interval is beyond all their
// bounds, pass where all of it is within one, and otherwise cannot judge.
func TestRules(t *testing.T) {
	unary := long
	unary.unary = true
	for _, tt := range []struct {
		rules  []string
		fresh  world
		slower float64
		code   int
		status Status
	}{
		{[]string{"ttft.p95 > +10%"}, long, 1.3, verdict.ExitFailed, GateWorse},
		{[]string{"ttft.p95 > +10% and > +50ms"}, long, 1.3, verdict.ExitFailed, GateWorse},
		{[]string{"ttft.p95 > +10% and > +10s"}, long, 1.3, verdict.ExitPass, GateWithin},
		{[]string{"ttft.p95 > +200%"}, long, 1.3, verdict.ExitPass, GateWithin},
		{[]string{"ttft.p95 > +200%"}, long, 1, verdict.ExitPass, GateNoDifference},
		{[]string{"e2e.p50 > +10% in rush"}, long, 1.3, verdict.ExitFailed, GateWorse},
		{[]string{"e2e.p95 > +1%"}, long, 1.05, verdict.ExitFailed, GateWorse},
		{[]string{"e2e.p50 > +200% in rush"}, long, 1.3, verdict.ExitPass, GateWithin},
		{[]string{"goodput < -50%"}, long, 1.3, verdict.ExitPass, GateWithin},
		{[]string{"error_rate > +20pp"}, long, 1.3, verdict.ExitPass, GateWithin},
		{[]string{"e2e.p95 > +30%"}, long, 1.3, verdict.ExitInconclusive, GateTooNoisy},
		{[]string{"e2e.p95 > +30% and > +1h"}, long, 1.3, verdict.ExitPass, GateWithin},
		{[]string{"e2e.p95 > +30% and > +10%"}, long, 1.3, verdict.ExitInconclusive, GateTooNoisy},
		{[]string{"e2e.p95 > +30%", "ttft.p95 > +10%"}, long, 1.3, verdict.ExitFailed, GateWorse},
		{[]string{"e2e.p95 > +30%", "ttft.p95 > +200%"}, long, 1.3, verdict.ExitInconclusive, GateTooNoisy},
		{[]string{"itl.p95 > +10%"}, long, 1, verdict.ExitInconclusive, Inconclusive},
		{[]string{"ttft.p95 > +10%"}, unary, 1, verdict.ExitInconclusive, Inconclusive},
		{[]string{"ttft.p95 > +10%", "e2e.p95 > +10%"}, unary, 1.3, verdict.ExitFailed, GateWorse},
		{[]string{"e2e.p95 > +10%"}, short, 1.9, verdict.ExitFailed, GateWorse},
		{[]string{"e2e.p95 > +10%"}, tiny, 1.9, verdict.ExitInconclusive, Inconclusive},
		{[]string{"e2e.p95 > +10000%"}, tiny, 1, verdict.ExitInconclusive, Inconclusive},
		{[]string{"error_rate >= +0pp"}, tiny, 1, verdict.ExitInconclusive, Inconclusive},
	} {
		d := judged(t, long, tt.fresh, tt.slower, tt.rules...)
		if d.Gate.ExitCode != tt.code || d.Gate.Status != tt.status || len(d.Gate.Rules) != len(tt.rules) {
			t.Errorf("%v, × %v: %+v", tt.rules, tt.slower, d.Gate)
		}
		ruled := d.ruled(parsed(t, tt.rules...))
		for i := range d.Rows { // the headline of a pass tells of what the rules are about, and of nothing else
			r := &d.Rows[i]
			if told := strings.Contains(d.Gate.Headline, r.subject()+" "+r.FormatValues()); tt.code == verdict.ExitPass && r.Wave == "" && r.HasData() && told != slices.Contains(ruled, r) {
				t.Errorf("%v: %s is told %v: %s", tt.rules, r.subject(), told, d.Gate.Headline)
			}
		}
		coherent(t, d)
	}
}

// A metric of which no run holds the noise has no interval, whatever its values: the
// rows of early versions have no histograms of gaps.
func TestRulesOnWhatHasNoInterval(t *testing.T) {
	other := frozen(t, "b")
	other.Total.Latency.ITL.P95 *= 3
	d := Compare(one(frozen(t, "a")), one(other), Options{Rules: parsed(t, "itl.p95 > +10%")})
	if d.Gate.ExitCode != verdict.ExitInconclusive || d.Gate.Rules[0].Failed != nil || !strings.Contains(d.Gate.Headline, "from 4 runs a side") {
		t.Errorf("%+v", d.Gate)
	}
}

// What some second does not tell of has no interval: null is no 0.
func TestRatesThatAreNotKnown(t *testing.T) {
	for _, unknown := range []bool{false, true} {
		run := repeated(t, "b")
		if unknown {
			run.Timeline[50].OutputTPS, run.Timeline[50].CostUSD, run.Timeline[50].Counts.Good = nil, nil, nil
		}
		d := Compare(one(repeated(t, "a")), one(run), Options{})
		for _, name := range []string{"output_tps", "per_1k_ok", "rps"} {
			want := NoDifference
			if unknown && name != "rps" {
				want = Unknown
			}
			if r := d.Row(name, "", ""); r.Base != nil && r.Verdict != want {
				t.Errorf("%s, unknown %v: %s, %s", name, unknown, r.FormatInterval(), r.Verdict)
			}
		}
		coherent(t, d)
	}
}

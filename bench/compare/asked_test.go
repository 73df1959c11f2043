package compare

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// Two runs that differ in nothing that was measured pass only if they were asked the same,
// by the same means, and are two.
func TestWhatNeverPasses(t *testing.T) {
	for _, tt := range []struct {
		what   string
		change func(base, fresh *result.Run)
		rule   string
		kind   WarningKind // "": they pass
	}{
		{"nothing", func(_, _ *result.Run) {}, "", ""},
		{"the same run", func(b, f *result.Run) { f.ID = b.ID }, "", ""},
		{"an id that was given twice", func(b, f *result.Run) { f.ID, f.StartedAt = b.ID, b.StartedAt.Add(time.Hour) }, "", ""},
		{"the system prompt", func(_, f *result.Run) { f.Scenario.Workload.System = "be brief" }, "", NotAsked},
		{"the length of answers", func(_, f *result.Run) { f.Scenario.Workload.MaxTokens = 7 }, "", NotAsked},
		{"the length of answers, by a rule", func(_, f *result.Run) { f.Scenario.Workload.MaxTokens = 7 }, "e2e.p95 > +50%", NotAsked},
		{"the load", func(_, f *result.Run) { f.Scenario.Lanes[0].Waves[0].Concurrency++ }, "", ""},
		{"the arrivals", func(_, f *result.Run) { f.Scenario.Arrivals = "poisson" }, "", ""},
		{"the timeout", func(_, f *result.Run) { f.Scenario.Target.Timeout *= 2 }, "", NotAsked},
		{"the retries", func(_, f *result.Run) { f.Scenario.Target.Retries = 3 }, "", NotAsked},
		{"the warm-up", func(_, f *result.Run) { f.Scenario.Warmup = scenario.Duration(time.Minute) }, "", ""},
		{"a limit that nobody came to", func(_, f *result.Run) { f.Scenario.MaxInFlight = 1 << 20 }, "", ""},
		{"a limit that was reached", func(_, f *result.Run) {
			f.Scenario.MaxInFlight = 3
			f.Generator.MaxInFlightSeen = 3
		}, "", ""},
		{"a scenario that is not known", func(_, f *result.Run) { f.Scenario = nil }, "", NotAsked},
		{"the way to the endpoint", func(_, f *result.Run) { f.Scenario.Target.ConnectTo = "10.0.0.1:443" }, "", ""},
		{"the endpoint", func(_, f *result.Run) { f.Scenario.Target.URL = "http://127.0.0.1:9/v1" }, "", ""},
		{"a file of prompts that has changed", func(b, f *result.Run) {
			b.Prompts, f.Prompts = []result.Prompts{{Content: "b", Count: 9}}, []result.Prompts{{Content: "f", Count: 9}}
		}, "", NotAsked},
		{"a file of prompts that was moved", func(b, f *result.Run) {
			b.Prompts, f.Prompts = []result.Prompts{{Content: "b", Count: 9}}, []result.Prompts{{Content: "b", Count: 9}}
			f.Scenario.Workload.Prompts = "moved.jsonl"
		}, "", ""},
		{"by hand", func(_, f *result.Run) { f.Events = append(f.Events, result.Event{Kind: result.Steered}) }, "", SteeredByHand},
		{"answers that end early", func(_, f *result.Run) { *f.Total.Tokens.Output /= 2 }, "", ShortAnswers},
		{"answers that are longer", func(_, f *result.Run) { *f.Total.Tokens.Output *= 2 }, "", ""},
		{"answers of another model that end early", func(_, f *result.Run) {
			*f.Total.Tokens.Output /= 2
			f.Scenario.Target.Model = "terse"
		}, "", ""},
		{"prompts again, from a cache", func(b, f *result.Run) { again(b, f, time.Minute) }, "", Flattered},
		{"prompts before, without a cache", func(b, f *result.Run) { again(b, f, -time.Minute) }, "", ""},
		{"late reads, held to none of the gaps", lateReads, "", ""},
		{"late reads, held to a gap", lateReads, "tpot.p95 > +50%", LateGaps},
	} {
		base, fresh := repeated(t, "a"), repeated(t, "b")
		tt.change(base, fresh)
		var rules []string
		if tt.rule != "" {
			rules = append(rules, tt.rule)
		}
		d := Compare(one(base), one(fresh), Options{Rules: parsed(t, rules...)})
		want := verdict.ExitInconclusive
		if tt.kind == "" {
			want = verdict.ExitPass
		}
		if d.Gate.ExitCode != want || tt.kind != "" && len(d.warned(tt.kind)) != 1 {
			t.Errorf("%s: %+v, %v", tt.what, d.Gate, d.Warnings)
		}
		if tt.kind == NotAsked {
			if d := Compare(one(base), one(fresh), Options{Rules: parsed(t, rules...), Across: true}); d.Gate.ExitCode != verdict.ExitPass || len(d.warned(OtherScenario)) == 0 {
				t.Errorf("%s, across scenarios: %+v, %v", tt.what, d.Gate, d.Warnings)
			}
		}
		coherent(t, d)
	}
}

// again makes NEW send, so much later, what BASE had sent, and have it answered from a
// cache.
func again(base, fresh *result.Run, later time.Duration) {
	base.Scenario.Target.URL, fresh.Scenario.Target.URL = "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"
	fresh.StartedAt = base.StartedAt.Add(later)
	base.Prompts = []result.Prompts{{Content: "c", Sequence: "s", Count: 100}}
	fresh.Prompts = slices.Clone(base.Prompts)
	base.Total.Tokens.Cached, fresh.Total.Tokens.Cached = new(int64), fresh.Total.Tokens.Prompt
}

func lateReads(_, fresh *result.Run) {
	fresh.Generator.Findings = append(fresh.Generator.Findings, result.Finding{Kind: result.FoundGapLag, Voids: result.VoidsGaps})
}

// What is worse is worse, though something else was asked.
func TestWorseThoughAskedOtherwise(t *testing.T) {
	base, fresh := long.aside(rand.New(rand.NewPCG(1, 2)), 1, 1), long.aside(rand.New(rand.NewPCG(2, 2)), 1, 1.5)
	fresh.runs[0].Scenario = &scenario.Scenario{Workload: scenario.Workload{MaxTokens: 7}}
	if d := compareSides(base, fresh, Options{}); d.Gate.ExitCode != verdict.ExitFailed || !strings.Contains(d.Gate.Reasons[0], "not asked the same") {
		t.Errorf("%+v", d.Gate)
	}
}

// What is good by other bounds is not compared, and a gate that looks at it does not pass.
func TestGoodByOtherBounds(t *testing.T) {
	for _, unjudged := range []bool{false, true} {
		w := long
		w.unjudged = unjudged
		base, fresh := w.aside(rand.New(rand.NewPCG(1, 2)), 1, 1), w.aside(rand.New(rand.NewPCG(2, 2)), 1, 1)
		base.runs[0].Scenario = &scenario.Scenario{SLO: []string{"ttft < 1s", "error_rate < 1%"}}
		for slo, other := range map[string]bool{"ttft < 2s": true, "ttft < 1s": false} {
			fresh.runs[0].Scenario = &scenario.Scenario{SLO: []string{"error_rate < 1%", slo}}
			d := compareSides(base, fresh, Options{})
			want := verdict.ExitPass
			if other && !unjudged {
				want = verdict.ExitInconclusive
			}
			if d.Gate.ExitCode != want || other != (len(d.warned(OtherScenario)) == 1) {
				t.Errorf("%s, unjudged %v: %+v, %v", slo, unjudged, d.Gate, d.Warnings)
			}
			coherent(t, d)
		}
	}
}

// Whatever voids a comparison is said. Of a run that never began nobody can know what its
// generator would have done; of one that ended and had nothing to send it is known.
func TestNothingWasSent(t *testing.T) {
	for status, want := range map[result.Status]string{
		result.Aborted:      "did not go to its end: nothing was sent",
		result.Inconclusive: "the generator was the bottleneck",
	} {
		none := &result.Run{ID: "none", Verdict: result.Verdict{Status: status, Headline: "nothing was sent"}}
		d := Compare(one(repeated(t, "a")), one(none), Options{})
		bottleneck := strings.Contains(d.Gate.Headline, "bottleneck")
		if d.Gate.ExitCode != verdict.ExitInconclusive || !strings.Contains(d.Gate.Headline, want) || bottleneck != (status == result.Inconclusive) {
			t.Errorf("%s: %+v", status, d.Gate)
		}
	}
}

// A rule takes the place of the gate: what it is about gates, and nothing else.
func TestRulesGate(t *testing.T) {
	d := judged(t, long, long, 1, "e2e.p50 > +50% in rush", "error_rate > +2pp")
	for _, r := range d.Rows {
		want := r.Metric == "e2e" && r.Stat == "p50" && r.Wave == "rush" || r.Metric == "error_rate" && r.Wave == ""
		if r.Gates != want {
			t.Errorf("%s gates: %v", r.subject(), r.Gates)
		}
	}
}

// That no request is good any more is worse, that some are again is better; where none was
// on either side nothing passes.
func TestNoneGood(t *testing.T) {
	some := loaded(0.5, 60)
	some.bound = 2
	none := some
	none.bound = 1e-9
	closed := func(p play, seed uint64) *result.Run {
		run := p.run(seed)
		run.Waves[0].Kind = result.ClosedWave
		return run
	}
	for _, run := range []func(play, uint64) *result.Run{play.run, closed} {
		for _, tt := range []struct {
			base, fresh play
			code        int
			want        Verdict
		}{
			{some, none, verdict.ExitFailed, Worse},
			{none, some, verdict.ExitPass, Better},
			{none, none, verdict.ExitInconclusive, NoData},
		} {
			d := Compare(one(run(tt.base, 1)), one(run(tt.fresh, 1001)), Options{})
			if r := d.Row("goodput", "", ""); r.Verdict != tt.want || d.Gate.ExitCode != tt.code || (tt.want == NoData) != (len(d.warned(NoneGood)) == 1) {
				t.Errorf("%s: %+v, %v", tell(r), d.Gate, d.Warnings)
			}
			coherent(t, d)
		}
	}
}

// However many runs of a side were read too late, that is said of it once.
func TestLateReadsAreToldOnceASide(t *testing.T) {
	var base, fresh []*result.Run
	for _, id := range []string{"a", "b", "c"} {
		run := repeated(t, id)
		lateReads(nil, run)
		base, fresh = append(base, run), append(fresh, repeated(t, "new "+id))
	}
	if late := Compare(base, fresh, Options{}).warned(LateGaps); len(late) != 1 || !strings.HasPrefix(late[0], "in 3 runs, a …, of BASE") {
		t.Error(late)
	}
}

package search

import (
	"testing"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// A tried is a step of a search that is told, not run.
type tried struct {
	kind     capacity.Kind
	load     float64
	verdict  capacity.StepVerdict
	leans    bool // of one that is undecided: to hold
	told     float64
	shift    shift // of a sentinel
	inFlight float64
}

// searched makes a search of steps, and its document.
func searched(t *testing.T, change func(*Config), steps ...tried) (*Search, *capacity.Document) {
	t.Helper()
	sc := scenario.Default()
	sc.Target.Model = "model"
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	cfg := Defaults()
	cfg.Options = bench.Options{Scenario: sc, ID: "test"}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.criteria, s.began = []criterion{{Expr: slo.MustParse("e2e.p95 < 800ms")}}, time.Now()
	s.hunt = newHunt(s.bound(), 10, nil, false)
	for i, x := range steps {
		observed := map[bool]float64{true: 700, false: 900}[x.leans || x.verdict == capacity.Held]
		st := step{Step: capacity.Step{
			Kind: x.kind, Verdict: x.verdict, Looks: 1, GeneratorValid: true, StartedS: float64(30 * (i + 1)), DurationS: 20, ToldRPS: some(x.told),
			SucceededRPS: new(x.load), InFlightMean: some(x.inFlight), SLOs: []capacity.Judged{{Expr: "e2e.p95 < 800ms", Observed: &observed}},
		}}
		if x.verdict != capacity.Undecided {
			st.SLOs[0].OK = new(x.verdict == capacity.Held)
		}
		if x.verdict != capacity.Held {
			st.limit, st.slo = capacity.ByLatency, "e2e.p95 < 800ms"
		}
		if s.cfg.inFlight() {
			st.Concurrency = whole(x.load)
		} else {
			st.RateRPS = &x.load
		}
		s.steps = append(s.steps, st)
		trial := s.trial(st)
		trial.shift = x.shift
		s.hunt.take(trial)
		s.answer, s.soaked = s.hunt.answer(), s.hunt.confirmed()
	}
	d := s.document()
	return s, d
}

// What is known of a capacity never contradicts itself, and no verdict says more than the
// steps do.
func TestNoMoreIsSaidThanIsKnown(t *testing.T) {
	noSoak := func(c *Config) { c.Soak = 0 }
	numbers := func(c *Config) { c.By, c.Soak = capacity.InFlight, 0 }
	held, broke, undecided := capacity.Held, capacity.Broke, capacity.Undecided
	for _, tc := range []struct {
		name   string
		change func(*Config)
		steps  []tried
		low    float64 // of the bracket; 0: none
		high   float64 // likewise
		status result.Status
		code   int
		limit  capacity.Limit
	}{
		{"held and broke", noSoak, []tried{{kind: capacity.Bracket, load: 20, verdict: held}, {kind: capacity.Bracket, load: 21, verdict: broke}}, 20, 21, result.Pass, verdict.ExitPass, capacity.ByLatency},
		{"nothing broke up to the highest rate", noSoak, []tried{{kind: capacity.Bracket, load: 1000, verdict: held}}, 1000, 0, result.Pass, verdict.ExitPass, capacity.ByMaxRate},
		{"a limit that is told and was not kept to", noSoak, []tried{{kind: capacity.Bracket, load: 21, verdict: held, told: 20}}, 21, 0, result.Pass, verdict.ExitPass, capacity.ByRateLimit},
		{"one that lies above the highest rate", noSoak, []tried{{kind: capacity.Bracket, load: 1000, verdict: held, told: 5000}}, 1000, 0, result.Pass, verdict.ExitPass, capacity.ByMaxRate},
		{"all broke", noSoak, []tried{{kind: capacity.Bracket, load: 1, verdict: broke}, {kind: capacity.Bracket, load: 0.1, verdict: broke}}, 0, 0.1, result.Fail, verdict.ExitFailed, capacity.ByLatency},
		{
			"one that leans is not named", noSoak,
			[]tried{{kind: capacity.Bracket, load: 20, verdict: held}, {kind: capacity.Bisect, load: 22, verdict: undecided, leans: true}, {kind: capacity.Bracket, load: 23, verdict: broke}},
			20, 23, result.Pass, verdict.ExitPass, capacity.ByLatency,
		},
		{"nothing held beyond doubt", noSoak, []tried{{kind: capacity.Bracket, load: 20, verdict: undecided, leans: true}, {kind: capacity.Bracket, load: 21, verdict: broke}}, 0, 21, result.Inconclusive, verdict.ExitInconclusive, capacity.ByLatency},
		{"nor broke", noSoak, []tried{{kind: capacity.Bracket, load: 1000, verdict: undecided, leans: true}}, 0, 0, result.Inconclusive, verdict.ExitInconclusive, capacity.ByUndecidable},
		{"the lowest is undecided", nil, []tried{{kind: capacity.Bracket, load: 0.1, verdict: undecided}}, 0, 0.1, result.Inconclusive, verdict.ExitInconclusive, capacity.ByUndecidable},
		{"by concurrency, too", numbers, []tried{{kind: capacity.Bracket, load: 20, verdict: undecided, leans: true}, {kind: capacity.Bracket, load: 21, verdict: broke}}, 0, 21, result.Inconclusive, verdict.ExitInconclusive, capacity.ByLatency},
		{"by concurrency, held", numbers, []tried{{kind: capacity.Bracket, load: 20, verdict: held}, {kind: capacity.Bracket, load: 21, verdict: broke}}, 20, 21, result.Pass, verdict.ExitPass, capacity.ByLatency},
		{
			"what drifted held above what broke", nil,
			[]tried{{kind: capacity.Bracket, load: 10, verdict: held}, {kind: capacity.Bracket, load: 30, verdict: held}, {kind: capacity.Bracket, load: 20, verdict: broke}, {kind: capacity.Retry, load: 25, verdict: held}, {kind: capacity.Bracket, load: 15, verdict: broke}, {kind: capacity.Sentinel, load: 10, verdict: broke, shift: worse}},
			25, 0, result.Inconclusive, verdict.ExitInconclusive, capacity.ByLatency,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, d := searched(t, tc.change, tc.steps...)
			c := d.Capacity
			low, high := valueOf(c.LowRPS), valueOf(c.HighRPS)
			if s.cfg.inFlight() {
				low, high = valueOf(inFlightOf(c.LowConcurrency)), valueOf(inFlightOf(c.HighConcurrency))
			}
			if low != tc.low || high != tc.high {
				t.Errorf("%v to %v, want %v to %v", low, high, tc.low, tc.high)
			}
			if low > 0 && high > 0 && low > high {
				t.Errorf("%v holds, and %v does not", low, high)
			}
			if d.Verdict.Status != tc.status || d.Verdict.ExitCode != tc.code || c.LimitedBy != tc.limit {
				t.Errorf("limited by %q: %+v", c.LimitedBy, d.Verdict)
			}
		})
	}
}

func inFlightOf(n *int) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}

// The figures beside the capacity are of a step at that very load.
func TestTheFiguresAreOfTheAnswersOwnLoad(t *testing.T) {
	_, d := searched(t, func(c *Config) { c.Soak = 0 },
		tried{kind: capacity.Bracket, load: 10, verdict: capacity.Held, inFlight: 1},
		tried{kind: capacity.Bracket, load: 20, verdict: capacity.Held, inFlight: 2},
		tried{kind: capacity.Bisect, load: 21, verdict: capacity.Undecided, leans: true, inFlight: 9},
		tried{kind: capacity.Bracket, load: 22, verdict: capacity.Broke, inFlight: 50},
		tried{kind: capacity.Sentinel, load: 10, verdict: capacity.Held, inFlight: 1})
	if c := d.Capacity; *c.RPS != 20 || *c.InFlight != 2 {
		t.Errorf("%+v: %v in flight", c, *c.InFlight)
	}
	// One that was soaked and is undecided in its look has its own figures.
	_, d = searched(t, nil, tried{kind: capacity.Bracket, load: 10, verdict: capacity.Held, inFlight: 1}, tried{kind: capacity.Soak, load: 20, verdict: capacity.Undecided, leans: true, inFlight: 7})
	if c := d.Capacity; *c.RPS != 20 || *c.InFlight != 7 {
		t.Errorf("%+v", c)
	}
}

// The demand itself, as it ran, counts for more than what was forecast of it; another shape
// of it tells and does not decide, but that less of it broke an SLO is no pass.
func TestARehearsalIsJudged(t *testing.T) {
	whole, faster, less, brief := capacity.Shape{Speed: 1, Scale: 1}, capacity.Shape{Speed: 60, Scale: 1}, capacity.Shape{Speed: 1, Scale: 0.5}, capacity.Shape{Speed: 60, Scale: 1.0 / 60}
	slos := func(ok ...*bool) (list []result.SLO) {
		for i, is := range ok {
			list = append(list, result.SLO{Expr: []string{"ttft.p95 < 800ms", "error_rate <= 1%"}[i], OK: is})
		}
		return list
	}
	yes, no := new(true), new(false)
	pass, fail, unsure := result.Pass, result.Fail, result.Inconclusive
	for _, tc := range []struct {
		name   string
		shape  capacity.Shape
		was    result.Status
		ground result.Ground
		slos   []result.SLO
		late   bool
		want   result.Status
		code   int
		says   string // "": nothing is added
	}{
		{"it held", whole, pass, result.GroundPass, slos(yes, yes), false, pass, 0, ""},
		{"it broke an SLO", whole, pass, result.GroundSLO, slos(no, yes), false, fail, verdict.ExitFailed, "the rehearsal broke ttft.p95 < 800ms"},
		{"another one", whole, pass, result.GroundSLO, slos(yes, no), false, fail, verdict.ExitFailed, "the rehearsal broke error_rate <= 1%"},
		{"what was answered late counts", whole, pass, result.GroundAnswers, slos(nil, no), true, fail, verdict.ExitFailed, "the rehearsal broke error_rate <= 1%"},
		{"it decides what was not known", whole, unsure, result.GroundSLO, slos(no), false, fail, verdict.ExitFailed, "the rehearsal broke ttft.p95 < 800ms"},
		{"it does not make known what is not", whole, unsure, result.GroundPass, slos(yes), false, unsure, verdict.ExitInconclusive, ""},
		{"no data", whole, pass, result.GroundData, slos(nil, yes), false, unsure, verdict.ExitInconclusive, "the rehearsal has no data for ttft.p95 < 800ms"},
		{"a late generator", whole, pass, result.GroundGenerator, slos(yes), true, unsure, verdict.ExitInconclusive, "the generator was the bottleneck of the rehearsal"},
		{"what does not fit does not", whole, fail, result.GroundGenerator, slos(yes), true, fail, verdict.ExitFailed, "the generator was the bottleneck of the rehearsal"},
		{"what was aborted stays so", whole, result.Aborted, result.GroundSLO, slos(no), false, result.Aborted, verdict.ExitStopped, "the rehearsal broke ttft.p95 < 800ms"},
		{"faster than the demand", faster, pass, result.GroundSLO, slos(no), false, pass, 0, "the rehearsal broke ttft.p95 < 800ms"},
		{"less than the demand", less, pass, result.GroundSLO, slos(no), false, unsure, verdict.ExitInconclusive, "the rehearsal broke ttft.p95 < 800ms"},
		{"its rates for less time", brief, pass, result.GroundAnswers, slos(no), false, unsure, verdict.ExitInconclusive, "the rehearsal broke ttft.p95 < 800ms"},
		{"less held", less, pass, result.GroundPass, slos(yes), false, pass, 0, ""},
		{"less has no data", less, pass, result.GroundData, slos(nil), false, pass, 0, "the rehearsal has no data for ttft.p95 < 800ms"},
		{"less, by a late generator", less, pass, result.GroundGenerator, slos(no), true, pass, 0, "the rehearsal broke ttft.p95 < 800ms"},
		{"less does not decide what was not known", less, unsure, result.GroundSLO, slos(no), false, unsure, verdict.ExitInconclusive, "the rehearsal broke ttft.p95 < 800ms"},
		{"less of what does not fit", less, fail, result.GroundSLO, slos(no), false, fail, verdict.ExitFailed, "the rehearsal broke ttft.p95 < 800ms"},
	} {
		code := map[result.Status]int{fail: verdict.ExitFailed, unsure: verdict.ExitInconclusive, result.Aborted: verdict.ExitStopped}[tc.was]
		d := &capacity.Document{Verdict: capacity.Verdict{Status: tc.was, ExitCode: code, Headline: "it fits"}}
		d.Rehearsal = &capacity.Rehearsal{Speed: tc.shape.Speed, Scale: tc.shape.Scale, SLOs: tc.slos, Generator: result.Generator{Valid: !tc.late}}
		weigh(d, tc.ground)
		v := d.Verdict
		if v.Status != tc.want || v.ExitCode != tc.code {
			t.Errorf("%s: %+v", tc.name, v)
		}
		if tc.says == "" && len(v.Reasons) > 0 || tc.says != "" && (len(v.Reasons) == 0 || v.Reasons[0] != tc.says) {
			t.Errorf("%s: %q", tc.name, v.Reasons)
		}
		if changed := tc.was != tc.want; changed != (v.Headline != "it fits") {
			t.Errorf("%s: %s", tc.name, v.Headline)
		}
	}
}

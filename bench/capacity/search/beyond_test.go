package search

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"flashwave/bench/capacity"
	"flashwave/bench/scenario"
	"flashwave/bench/servertest"
	"flashwave/bench/slo"
)

// asking gives a search other SLOs.
func asking(slos ...string) func(*Config) {
	return func(c *Config) { c.Options.Scenario.SLO = slos }
}

// truthOf is the rate at which a model holds an SLO on e2e by itself.
func truthOf(m servertest.Model, text string) float64 {
	e := slo.MustParse(text)
	q, _ := e.Quantile()
	return m.Capacity(servertest.SLO{Quantile: q, Bound: lasting(e.Value / 1000), Errors: 0.01}, false)
}

// Of two SLOs the one that breaks first ends the capacity, and the search goes on to where
// the other one would: each has the capacity that the model has by it alone.
func TestEachSLOHasItsCapacity(t *testing.T) {
	for _, tc := range []struct {
		name   string
		model  servertest.Model
		first  string
		second string
		given  []string
	}{
		{"the one given last", servertest.MM8, "e2e.p95 < 350ms", "e2e.p50 < 150ms", []string{"e2e.p50 < 150ms", "e2e.p95 < 350ms"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := searchModel(t, tc.model, sale, asking(tc.given...))
			t.Log(doc.Verdict.Headline)
			for i, text := range []string{tc.first, tc.second} {
				l := of(doc, text)
				truth := truthOf(tc.model, text)
				switch {
				case l.Binds == nil || *l.Binds != i+1 || !l.Decided || l.Assumed:
					t.Errorf("%s: %+v", text, l)
				case math.Abs(*l.RPS/truth-1) > 0.07, *l.LowRPS > truth*1.07, *l.HighRPS < truth*0.95:
					t.Errorf("%s: %.4g/s to %.4g/s of %.4g/s", text, *l.LowRPS, *l.HighRPS, truth)
				}
			}
			if !strings.Contains(doc.Verdict.Headline, "past that "+tc.first+" breaks first, and "+tc.second+" past ") {
				t.Error(doc.Verdict.Headline)
			}
			beyond := 0
			for _, st := range doc.Steps {
				if st.Kind == capacity.Beyond {
					beyond++
					if *st.RateRPS <= *doc.Capacity.RPS {
						t.Errorf("it goes on at %v/s", *st.RateRPS)
					}
				}
			}
			if !*of(doc, tc.first).Confirmed || !*of(doc, tc.second).Confirmed {
				t.Errorf("the capacities were not confirmed: %+v", doc.BySLO)
			}
			if beyond == 0 || beyond > mostBeyond || doc.Capacity.SLO == nil || *doc.Capacity.SLO != tc.first || !doc.Capacity.Confirmed {
				t.Errorf("%d steps beyond %+v", beyond, doc.Capacity)
			}
		})
	}
}

func of(doc *capacity.Document, text string) capacity.SLOCapacity {
	for _, l := range doc.BySLO {
		if l.Expr == text {
			return l
		}
	}
	return capacity.SLOCapacity{}
}

// A search that was cut off while it went on above its answer comes to the same end, and
// is shown with what it knew by then.
func TestASearchGoesOnAboveItsAnswerAgain(t *testing.T) {
	both := func(sc *scenario.Scenario) { sc.SLO = []string{"ttft.p95 < 500ms", "e2e.p95 < 3s"} }
	pages := &notebook{}
	whole := searchKept(t, nil, pages, both, nil)
	first := slices.IndexFunc(whole.Steps, func(st capacity.Step) bool { return st.Kind == capacity.Beyond })
	if first < 0 || len(whole.BySLO) != 4 || of(whole, "ttft.p95 < 500ms").Binds == nil {
		t.Fatalf("%+v, %+v", whole.Verdict, whole.BySLO)
	}
	for steps := first; steps <= len(whole.Steps); steps++ {
		past := pages.past(t, pages.kept(t, steps))
		shown, err := Rebuild(past)
		if err != nil {
			t.Fatal(err)
		}
		if *shown.Capacity.RPS != *whole.Capacity.RPS || !shown.Capacity.Confirmed {
			t.Errorf("after %d steps: %+v", steps, shown.Verdict)
		}
		if steps == len(whole.Steps) && !reflect.DeepEqual(plain(t, shown.BySLO), plain(t, whole.BySLO)) {
			t.Errorf("%+v, was %+v", shown.BySLO, whole.BySLO)
		}
	}
	past := pages.past(t, pages.kept(t, first+1))
	doc := searchKept(t, past, &notebook{}, both, nil)
	for i, l := range doc.BySLO {
		was := whole.BySLO[i]
		if !reflect.DeepEqual(plain(t, l.Binds), plain(t, was.Binds)) || math.Abs(*l.RPS / *was.RPS - 1) > 0.06 {
			t.Errorf("%+v, was %+v", l, was)
		}
	}
	if doc.Verdict.ExitCode != whole.Verdict.ExitCode {
		t.Errorf("%+v", doc.Verdict)
	}
}

// Nothing goes on where there is nothing to know: one SLO was given, or none of those
// that were is what ends the capacity.
func TestASearchDoesNotGoOnForNothing(t *testing.T) {
	for _, tc := range []struct {
		name  string
		model servertest.Model
		given []string
	}{
		{"one SLO", servertest.MD8, []string{"e2e.p95 < 800ms"}},
		{"a quota", servertest.Limited(servertest.Quota{PerMinute: 1200, Depth: 50}), []string{"e2e.p95 < 800ms", "e2e.p50 < 400ms"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := searchModel(t, tc.model, sale, asking(tc.given...))
			if slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool { return st.Kind == capacity.Beyond }) {
				t.Errorf("%+v", doc.Verdict)
			}
		})
	}
}

// What a step says of one SLO, whatever ended it.
func TestWhatAStepSaysOfAnSLO(t *testing.T) {
	yes, no := new(true), new(false)
	const waits, gaps, lost = 0, 1, 2
	s := &Search{criteria: []criterion{
		{Expr: slo.MustParse("e2e.p50 < 1s")}, {Expr: slo.MustParse("itl.p50 < 1s")}, {Expr: slo.MustParse("lost <= 1%")},
	}}
	for _, tc := range []struct {
		why      string
		which    int
		verdict  capacity.StepVerdict
		looks    int
		by       string
		swamped  bool
		ok       *bool
		observed *float64
		held     bool
		known    bool
	}{
		{"it held", waits, capacity.Held, 1, "", false, yes, new(1.0), true, true},
		{"an undecided one that leans to hold", waits, capacity.Undecided, 2, "", false, nil, new(999.0), true, true},
		{"one that does not", waits, capacity.Undecided, 2, "", false, nil, new(1001.0), false, true},
		{"one without a figure", waits, capacity.Undecided, 2, "", false, nil, nil, false, true},
		{"it ended the step", waits, capacity.Broke, 0, "e2e.p50 < 1s", false, nil, nil, false, true},
		{"another did at a look", waits, capacity.Broke, 1, "itl.p50 < 1s", false, yes, new(1.0), true, true},
		{"or before one", waits, capacity.Broke, 0, "itl.p50 < 1s", false, yes, new(1.0), false, false},
		{"its interval lies beyond all the same", waits, capacity.Broke, 0, "itl.p50 < 1s", false, no, nil, false, true},
		{"its interval says nothing", waits, capacity.Broke, 1, "itl.p50 < 1s", false, nil, new(1.0), false, false},
		{"a backlog grew", waits, capacity.Broke, 1, "itl.p50 < 1s", true, yes, new(1.0), false, true},
		{"gaps do not know of it", gaps, capacity.Broke, 1, "e2e.p50 < 1s", true, yes, new(1.0), true, true},
		{"what was cut off is not lost", lost, capacity.Broke, 1, "e2e.p50 < 1s", false, no, new(0.2), false, false},
		{"lost it is", lost, capacity.Undecided, 2, "", false, no, new(0.2), false, true},
	} {
		st := step{Step: capacity.Step{Verdict: tc.verdict, Looks: tc.looks, SLOs: make([]capacity.Judged, 3), GeneratorValid: true}, slo: tc.by}
		if tc.swamped {
			st.OversaturatedS = new(1.0)
		}
		st.SLOs[tc.which] = capacity.Judged{OK: tc.ok, Observed: tc.observed}
		if held, known := s.says(tc.which, st); held != tc.held || known != tc.known {
			t.Errorf("%s: held %v, known %v", tc.why, held, known)
		}
		st.GeneratorValid = false
		if _, known := s.says(tc.which, st); known {
			t.Errorf("%s: this machine was late, and it says something", tc.why)
		}
	}
}

// An edge that nobody can decide is gone beyond, too.
func TestASearchGoesOnPastWhatIsUndecided(t *testing.T) {
	s := &Search{criteria: []criterion{{Expr: slo.MustParse("ttft.p95 < 1s")}, {Expr: slo.MustParse("e2e.p95 < 9s")}}}
	s.cfg = Defaults()
	s.hunt = newHunt(s.bound(), 10, nil, false)
	for i, st := range []step{
		{Step: capacity.Step{Kind: capacity.Bracket, Verdict: capacity.Held, SLOs: []capacity.Judged{{OK: new(true), Observed: new(900.0)}, {OK: new(true), Observed: new(2000.0)}}}},
		{Step: capacity.Step{Kind: capacity.Bracket, Verdict: capacity.Undecided, SLOs: []capacity.Judged{{Observed: new(1010.0)}, {OK: new(true), Observed: new(3000.0)}}}, slo: "ttft.p95 < 1s"},
	} {
		st.RateRPS, st.StartedS, st.Looks, st.GeneratorValid = new(20+float64(i)), float64(i), 2, true
		s.steps = append(s.steps, st)
		s.hunt.take(s.trial(st))
	}
	s.answer = s.hunt.answer()
	m, rest, ok := s.goOn()
	if !ok || m.kind != capacity.Beyond || m.rate <= 21 || len(rest) != 1 || rest[0] != 1 {
		t.Errorf("%+v, %v, %v", m, rest, ok)
	}
	text := s.brokeFirst(s.capacity())
	if text != "; past that ttft.p95 < 1s may break, and e2e.p95 < 9s holds at 21.0/s still, not confirmed" {
		t.Error(text)
	}
}

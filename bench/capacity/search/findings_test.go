package search

import (
	"testing"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
)

// What the figures of a load that held hide is told of the highest that did, and a load
// that broke when it was tried again has a reason, if not a median.
func TestFindings(t *testing.T) {
	const none = "none of the 2 requests of docs succeeded"
	at := func(kind capacity.Kind, rate, at float64, verdict capacity.StepVerdict, hollow ...string) step {
		return step{Step: capacity.Step{Kind: kind, RateRPS: &rate, StartedS: at, Verdict: verdict, Why: "too slow", Hollow: hollow}}
	}
	for _, c := range []struct {
		why   string
		steps []step
		want  []capacity.Finding
	}{
		{"nothing", []step{at(capacity.Bracket, 20, 0, capacity.Held)}, nil},
		{
			"a share got nothing",
			[]step{at(capacity.Bracket, 20, 0, capacity.Held, "less"), at(capacity.Bracket, 40, 30, capacity.Held, none, "more"), at(capacity.Bracket, 30, 60, capacity.Held), at(capacity.Bracket, 50, 90, capacity.Broke, "all")},
			[]capacity.Finding{{Kind: capacity.IsHollow, Text: "at 40.0/s, which held, " + none + "; more", RateRPS: new(40.0), AtS: 30}},
		},
		{"of what broke nothing is said", []step{at(capacity.Bracket, 50, 90, capacity.Broke, none)}, nil},
		{
			"broke when it was tried again",
			[]step{at(capacity.Bracket, 20, 0, capacity.Held), at(capacity.Sentinel, 20, 36, capacity.Broke)},
			[]capacity.Finding{{Kind: capacity.Drifts, Text: "the endpoint drifts: 20.0/s held at 00:00, and broke at 00:36: too slow", RateRPS: new(20.0), AtS: 36}},
		},
	} {
		s := &Search{steps: c.steps}
		got := s.findings()
		same := len(got) == len(c.want)
		for i := range min(len(got), len(c.want)) {
			w := c.want[i]
			same = same && got[i].Kind == w.Kind && got[i].Text == w.Text && *got[i].RateRPS == *w.RateRPS && got[i].AtS == w.AtS
		}
		if !same {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
}

// An endpoint that answered before does not refuse every request, though it did all of a
// step of few: of a mix it may refuse one share.
func TestSomeRefusalsAreNotAll(t *testing.T) {
	doc := &result.Run{Verdict: result.Verdict{Ground: result.GroundUsage, Reasons: []string{"the endpoint refuses every request: HTTP 400: no such"}}}
	for succeeded, want := range map[int64]stop{
		0: {capacity.ByNothing, result.GroundUsage, "the endpoint refuses every request: HTTP 400: no such"},
		2: {capacity.ByNothing, result.GroundData, "some requests are refused and others are not, so that no rate is known to hold: HTTP 400: no such"},
	} {
		s := &Search{steps: []step{{Step: capacity.Step{Requests: result.Requests{Succeeded: succeeded}}}}}
		if s.finish(t.Context(), doc) || *s.stop != want {
			t.Errorf("after %d answers: %+v", succeeded, *s.stop)
		}
	}
}

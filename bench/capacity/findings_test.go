package capacity

import (
	"testing"

	"flashwave/bench/result"
)

// What the figures of a load that held hide is told of the highest that did, and a load
// that broke when it was tried again has a reason, if not a median.
func TestFindings(t *testing.T) {
	const none = "none of the 2 requests of docs succeeded"
	at := func(kind Kind, rate, at float64, verdict StepVerdict, hollow ...string) step {
		return step{Step: Step{Kind: kind, RateRPS: &rate, StartedS: at, Verdict: verdict, Why: "too slow", Hollow: hollow}}
	}
	for _, c := range []struct {
		why   string
		steps []step
		want  []Finding
	}{
		{"nothing", []step{at(Bracket, 20, 0, Held)}, nil},
		{
			"a share got nothing",
			[]step{at(Bracket, 20, 0, Held, "less"), at(Bracket, 40, 30, Held, none, "more"), at(Bracket, 30, 60, Held), at(Bracket, 50, 90, Broke, "all")},
			[]Finding{{IsHollow, "at 40.0/s, which held, " + none + "; more", new(40.0), 30}},
		},
		{"of what broke nothing is said", []step{at(Bracket, 50, 90, Broke, none)}, nil},
		{
			"broke when it was tried again",
			[]step{at(Bracket, 20, 0, Held), at(Sentinel, 20, 36, Broke)},
			[]Finding{{Drifts, "the endpoint drifts: 20.0/s held at 00:00, and broke at 00:36: too slow", new(20.0), 36}},
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
		0: {ByNothing, result.GroundUsage, "the endpoint refuses every request: HTTP 400: no such"},
		2: {ByNothing, result.GroundData, "some requests are refused and others are not, so that no rate is known to hold: HTTP 400: no such"},
	} {
		s := &Search{steps: []step{{Step: Step{Requests: result.Requests{Succeeded: succeeded}}}}}
		if s.finish(t.Context(), doc) || *s.stop != want {
			t.Errorf("after %d answers: %+v", succeeded, *s.stop)
		}
	}
}

package capacity

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/result"
)

// loaded is an open step at a rate with so many requests, all of which took as long.
func loaded(kind Kind, rate float64, requests int, took time.Duration) Step {
	from := "usage"
	whole := result.NewHist()
	for range requests {
		whole.Record(took)
	}
	length := float64(requests) / rate
	return Step{
		Kind: kind, RateRPS: &rate, DurationS: length, Verdict: Held, GeneratorValid: true,
		Requests:   result.Requests{Scheduled: int64(requests), Sent: int64(requests), Succeeded: int64(requests)},
		OfferedRPS: &rate, SucceededRPS: &rate, ErrorRate: new(0.0), InFlightMean: new(rate * took.Seconds()),
		Tokens:           result.Tokens{From: &from, OutputTPS: new(10 * rate)},
		Latency:          StepLatency{TTFT: whole.Latency(true), E2E: whole.Latency(true)},
		PerThousandOKUSD: new(1.0),
	}
}

func TestCurveMergesWhatWasMeasuredTwice(t *testing.T) {
	bisect, soak := loaded(Bisect, 20, 100, 100*time.Millisecond), loaded(Soak, 20, 300, 400*time.Millisecond)
	soak.PerThousandOKUSD, soak.Verdict = new(3.0), Broke
	curve := Curve([]Step{loaded(Bracket, 25, 50, time.Second), bisect, soak, loaded(Bracket, 10, 50, time.Second)})
	if len(curve) != 3 {
		t.Fatalf("%d points", len(curve))
	}
	p := curve[1]
	if *p.RateRPS != 20 || p.Steps != 2 || p.Requests != 400 || p.DurationS != 20 || p.Verdict != Broke {
		t.Errorf("%+v", p)
	}
	for name, got := range map[string][2]float64{
		"in flight, over time":                  {*p.InFlight, (5*2 + 15*8) / 20.0},
		"cost, over ok requests":                {*p.PerThousandOKUSD, (100*1 + 300*3) / 400.0},
		"tokens a second":                       {*p.OutputTPS, 200},
		"what each user gets":                   {*p.UserTPS, 200 / 6.5},
		"the p50 of all 400, not a mean of two": {*p.TTFTP50MS, 400},
		"the p95 of all 400":                    {*p.E2EP95MS, 400},
	} {
		if math.Abs(got[0]/got[1]-1) > 0.002 {
			t.Errorf("%s: %v, want %v", name, got[0], got[1])
		}
	}

	// Without histograms the step with more requests speaks for both.
	bisect.Latency.TTFT.HDR = ""
	if p := Curve([]Step{bisect, soak})[0]; math.Abs(*p.TTFTP50MS-400) > 1 {
		t.Errorf("p50 %v", *p.TTFTP50MS)
	}
}

func TestCurveLeavesOutWhatSaysNothingOfTheEndpoint(t *testing.T) {
	late, none, closed, unserved := loaded(Bracket, 30, 10, time.Second), loaded(Bracket, 40, 10, time.Second), loaded(Ramp, 15, 10, time.Second), loaded(Ramp, 1, 10, time.Second)
	late.GeneratorValid = false
	none.Requests.Scheduled = 0
	closed.RateRPS, closed.Concurrency = nil, new(4)
	unserved.RateRPS, unserved.Concurrency, unserved.SucceededRPS, unserved.InFlightMean = nil, new(1), nil, nil
	unserved.Tokens, unserved.Latency = result.Tokens{OutputTPS: new(0.0)}, StepLatency{}
	curve := Curve([]Step{loaded(Bracket, 20, 10, time.Second), late, none, closed, loaded(Bracket, 10, 10, time.Second), unserved})
	var at []float64
	for _, p := range curve {
		at = append(at, p.at())
	}
	if !slices.Equal(at, []float64{0, 10, 15, 20}) {
		t.Errorf("at %v", at)
	}
	if p := curve[0]; p.OutputTPS != nil || p.UserTPS != nil || p.TTFTP95MS != nil || p.Pareto {
		t.Errorf("made of nothing: %+v", p)
	}
	if got := Curve(nil); got == nil || len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// Every point that lasts and is not on the front is beaten by one that is, and none on
// the front is beaten by any that lasts.
func TestFront(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var steps []Step
		for i := range rapid.IntRange(1, 12).Draw(t, "n") {
			st := loaded(Bracket, float64(i+1), 10, time.Second)
			st.Tokens.OutputTPS = new(float64(rapid.IntRange(1, 6).Draw(t, "tps")))
			st.InFlightMean = new(float64(rapid.IntRange(1, 6).Draw(t, "open")))
			if rapid.Bool().Draw(t, "grows") {
				st.OversaturatedS = new(1.0)
			}
			steps = append(steps, st)
		}
		curve := Curve(steps)
		beats := func(a, b CurvePoint) bool {
			return *a.OutputTPS >= *b.OutputTPS && *a.UserTPS >= *b.UserTPS && (*a.OutputTPS > *b.OutputTPS || *a.UserTPS > *b.UserTPS)
		}
		for _, p := range curve {
			beaten := slices.ContainsFunc(curve, func(q CurvePoint) bool { return !q.Growing && beats(q, p) })
			byFront := slices.ContainsFunc(curve, func(q CurvePoint) bool { return q.Pareto && beats(q, p) })
			switch {
			case p.Growing && p.Pareto:
				t.Fatalf("what grew is on the front: %+v", p)
			case p.Growing:
			case p.Pareto == beaten || !p.Pareto && !byFront:
				t.Fatalf("on the front %v, beaten %v, by the front %v", p.Pareto, beaten, byFront)
			}
		}
	})
}

package forecast

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	_ "flashwave/bench/gctest"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// planned is the demand of waves.
func planned(t *testing.T, specs ...string) Demand {
	t.Helper()
	sc := scenario.Default()
	for _, spec := range specs {
		lane, w, err := scenario.ParseWave(spec)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
	}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	d, err := Of(sc)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// timesOf is a histogram of gamma-like times: the sum of four exponentials.
func timesOf(mean time.Duration, seed uint64) *result.Hist {
	rng := rand.New(rand.NewPCG(seed, 2))
	h := result.NewHist()
	for range 2000 {
		x := rng.ExpFloat64() + rng.ExpFloat64() + rng.ExpFloat64() + rng.ExpFloat64()
		h.Record(time.Duration(float64(mean) * x / 4))
	}
	return h
}

// batching are steps of an endpoint that is slower the more it does, and ends at
// most 100 requests per second.
func batching() []Step {
	step := func(rps float64, e2e, first time.Duration) Step {
		return Step{InFlight: rps * e2e.Seconds(), SucceededRPS: rps, Service: timesOf(e2e, 1), First: timesOf(first, 2)}
	}
	over := step(100, 9*time.Second, 8*time.Second)
	over.Growing = true
	return []Step{
		step(20, 100*time.Millisecond, 10*time.Millisecond),
		over,
		step(97, 200*time.Millisecond, 30*time.Millisecond),
		step(60, 150*time.Millisecond, 20*time.Millisecond),
	}
}

func TestProfileIsCalibrated(t *testing.T) {
	p, ok := profiled(batching(), false)
	if !ok || !p.saturated || p.shared() {
		t.Fatalf("%v, %+v", ok, p.law)
	}
	near(t, "the saturation", p.rate.rps, 100, 1e-9)
	// The line through 100 ms with 2 in flight and 150 ms with 9.
	near(t, "the time of a lone request", p.alone, 0.093, 0.005)
	near(t, "the time with 9 in flight", p.alone/p.speed(9), 0.150, 0.01)
	near(t, "the throughput of full places", float64(p.places)*p.speed(p.places)/p.alone, 100, 1e-6)
}

// With work waiting all the time, the simulation ends what was measured.
func TestSimulationSaturatesAsMeasured(t *testing.T) {
	for name, steps := range map[string][]Step{
		"many places": batching(),
		"few places":  {{InFlight: 1.4, SucceededRPS: 7, Service: timesOf(200*time.Millisecond, 3)}},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := profiled(steps, false)
			d := planned(t, "rush:300/s:60s")
			f := Make(Input{Demand: d, Steps: steps, Seed: 1})
			length := d.Requests() / p.rate.rps // the last one ends about then
			hold(t, "the time until all is done", *f.Simulated.DrainedAtS, length, 0.01)
			hold(t, "the worst wait", f.Simulated.WorstWaitS, length-60, 0.02)
			hold(t, "the fluid's worst wait", f.Fluid.WorstWaitS, length-60, 0.02)
			hold(t, "the peak", f.Simulated.Peak, f.Fluid.Peak, 0.02)
		})
	}
}

// Below saturation nobody waits long, and latency is that of the step.
func TestForecastOfACalmNight(t *testing.T) {
	f := Make(Input{Demand: planned(t, "calm:20/s:120s"), Steps: batching(), Capacity: 90, TTFT: 800 * time.Millisecond})
	if !*f.Fits || *f.Headroom != 4.5 || *f.Replicas != 1 {
		t.Errorf("fits %v, headroom %v, replicas %v", *f.Fits, *f.Headroom, *f.Replicas)
	}
	if f.Simulated.Beyond != 0 || f.Simulated.Peak != 0 || f.Fluid.Peak != 0 || f.Simulated.DrainedAtS != nil || len(f.Simulated.Curve) != 0 {
		t.Errorf("a calm night waits: %+v", f.Simulated)
	}
	want := timesOf(100*time.Millisecond, 1).Quantile(0.95).Seconds()
	hold(t, "the p95 of e2e", *f.Simulated.E2EP95S, want, 0.06)
}

func TestFits(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		name                    string
		capacity, high, headoom float64
		want                    *bool
		replicas                int64
	}{
		{"twice the peak", 20, 22, 1, &yes, 1},
		{"just the peak", 10, 11, 1, &yes, 2},
		{"headroom asked and there", 20, 22, 2, &yes, 1},
		{"headroom asked and not there", 15, 16, 2, &no, 1},
		{"less than the peak", 7, 7.5, 1, &no, 3},
		{"a round number of replicas is not rounded up", 10. / 7, 1.5, 1, &no, 10},
		{"within the interval", 9.8, 10.3, 1, nil, 2},
		{"no rate failed", 9, 0, 1, nil, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Make(Input{Demand: planned(t, "w:10/s:90s"), Capacity: tt.capacity, High: tt.high, Headroom: tt.headoom})
			if (f.Fits == nil) != (tt.want == nil) || f.Fits != nil && *f.Fits != *tt.want {
				t.Errorf("fits: %v", f.Fits)
			}
			if *f.Replicas != tt.replicas {
				t.Errorf("%d replicas, want %d", *f.Replicas, tt.replicas)
			}
		})
	}
}

// A quota refuses what exceeds it, and nobody waits.
func TestForecastOfAQuota(t *testing.T) {
	in := Input{Demand: planned(t, "calm:40/s:60s", "rush:80/s:60s"), Steps: batching(), Capacity: 50, High: 51, Limits: Limits{Quota: Allowance{RPS: 50, Depth: 50}}, TTFT: time.Second}
	f := Make(in)
	if f.Replicas != nil || *f.Fits || f.Fluid.Refused != 1800 || f.Fluid.Peak != 0 {
		t.Errorf("replicas %v, fits %v, fluid %+v", f.Replicas, f.Fits, f.Fluid)
	}
	if b := f.Fluid; b.Shed != nil || b.ShedShare != nil || b.TimedOut != nil || b.TimedOutShare != nil || b.FailedShare() != b.RefusedShare {
		t.Errorf("a fluid knows of single requests: %+v", b)
	}
	near(t, "the refused", f.Simulated.Refused, 1800-50, 2)
	near(t, "the share beyond the SLO", f.Simulated.BeyondShare, 1750./7200, 1e-3)
	if f.Simulated.Peak != 0 || f.Simulated.WorstWaitS > 0.1 {
		t.Errorf("somebody waits: %+v", f.Simulated)
	}
}

// Who waits longer than the timeout is given up, and the backlog stops there.
func TestForecastWithTimeouts(t *testing.T) {
	in := Input{Demand: planned(t, "rush:200/s:60s"), Steps: batching(), Timeout: 5 * time.Second, Patience: 3 * time.Second}
	s := Make(in).Simulated
	near(t, "the worst wait", s.WorstWaitS, 3, 0.1)
	near(t, "the peak", s.Peak, 3*200, 10)
	// Some of those on whom work begins just in time are given up before their token;
	// these are the long ones.
	if served := (12000 - *s.TimedOut) / (100 * (60 + 3)); served > 1.25 || served < 0.85 {
		t.Errorf("%v of what can be done in the time is done", served)
	}
	// With few slots the wait is our own, and nobody is given up.
	in.Slots = 40
	s = Make(in).Simulated
	if *s.TimedOut != 0 {
		t.Errorf("%v time out with few slots", *s.TimedOut)
	}
	hold(t, "the worst wait with few slots", s.WorstWaitS, 60, 0.02)
}

func TestForecastOfTheFlashSaleNight(t *testing.T) {
	var tokens Tokens
	for i := range int64(500) {
		tokens.Add(price.Usage{Prompt: 150, Cached: 30, Output: 40 + i%49})
	}
	d := planned(t, "night:trace=testdata/flash-sale-night.csv")
	began := time.Now()
	f := Make(Input{
		Demand: d, Steps: batching(), Capacity: 90, High: 94, TTFT: 800 * time.Millisecond,
		Tokens: tokens, MaxTokens: 300, Seed: 1,
	})
	t.Logf("%.0f requests took %v", f.Demand.Requests, time.Since(began))
	near(t, "the requests", f.Demand.Requests, 527300, 100)
	near(t, "the busiest minute", f.Demand.PeakMinute, 12183, 1e-6)
	near(t, "the peak", f.Demand.PeakRPS, 12183./60, 1e-6)
	near(t, "the p99 minute", f.Quota.RequestsPM, 12087, 150)
	hold(t, "its tokens", *f.Quota.TokensPM, (150+64)*f.Quota.RequestsPM, 0.01)
	if *f.Replicas != 4 || *f.Fits {
		t.Errorf("%d replicas, fits %v", *f.Replicas, *f.Fits)
	}
	// Half an hour above 100/s, from midnight on.
	hold(t, "the simulated worst wait", f.Simulated.WorstWaitS, f.Fluid.WorstWaitS, 0.005)
	hold(t, "the simulated peak", f.Simulated.Peak, f.Fluid.Peak, 0.01)
	hold(t, "the simulated drain", *f.Simulated.DrainedAtS, *f.Fluid.DrainedAtS, 0.005)
	hold(t, "those beyond the SLO", f.Simulated.Beyond, f.Fluid.Beyond, 0.005)
	if len(f.Fluid.Curve) > mostPoints || len(f.Simulated.Curve) > mostPoints {
		t.Errorf("curves of %d and %d points", len(f.Fluid.Curve), len(f.Simulated.Curve))
	}
	most := 0.0
	for _, w := range f.Simulated.Curve {
		most = max(most, w.Waiting)
	}
	if most != f.Simulated.Peak {
		t.Errorf("the curve's top is %v, the peak %v", most, f.Simulated.Peak)
	}
}

// The same input gives the same figures; without data there are none.
func TestForecastWithoutData(t *testing.T) {
	f := Make(Input{Demand: planned(t, "w:10/s:60s")})
	if f.Fits != nil || f.Headroom != nil || f.Replicas != nil || f.Fluid != nil || f.Simulated != nil || f.CapacityRPS != nil || f.Quota.TokensPM != nil {
		t.Errorf("figures from nowhere: %+v", f)
	}
	if !planned(t, "w:c50:1000x").Empty() {
		t.Error("a closed wave has a demand")
	}
	f = Make(Input{Steps: batching(), Capacity: 50})
	if f.Demand.Requests != 0 || f.Fits != nil || f.Simulated.Peak != 0 {
		t.Errorf("a forecast without demand: %+v", f)
	}
}

// The interval of a rate that was never seen saturated is one of 90 %, as that of one that was.
func TestTheMarginOfWhatWasMeasured(t *testing.T) {
	for _, steps := range [][]Step{batching()[:1], batching()[2:], batching()[3:]} {
		p, ok := profiled(steps, false)
		if !ok || p.saturated {
			t.Fatalf("%+v", p.rate)
		}
		chance := math.Inf(1)
		for _, s := range steps {
			chance = min(chance, s.chance())
		}
		if want := 1.644854 * chance; math.Abs(p.rate.margin-want) > 1e-9 {
			t.Errorf("%d steps: %v, want %v", len(steps), p.rate.margin, want)
		}
	}
}

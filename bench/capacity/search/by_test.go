package search

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/capacity"
	"flashwave/bench/servertest"
	"flashwave/bench/verdict"
)

// byConcurrency makes a search one by requests in flight.
func byConcurrency(slos ...string) func(*Config) {
	return func(c *Config) {
		c.By, c.StepFor, c.Soak = capacity.InFlight, 10*time.Second, 30*time.Second
		c.Options.Scenario.SLO = slos
	}
}

// Eight workers that take 100 ms serve so many requests in flight one after the other: with
// n of them each waits for ⌈n/8⌉ turns.
func TestTheMostInFlight(t *testing.T) {
	for _, tc := range []struct {
		name       string
		slos       []string
		low, high  int // of what holds
		throughput float64
	}{
		{"two turns and a half", []string{"e2e.p95 < 250ms"}, 16, 16, 80},
		{"less than one turn more", []string{"e2e.p95 < 150ms"}, 8, 8, 80},
		{"many turns", []string{"e2e.p95 < 1250ms"}, 96, 96, 80},
		{"it holds nowhere", []string{"e2e.p95 < 50ms"}, 0, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := searchModel(t, servertest.MD8, sale, byConcurrency(tc.slos...))
			t.Log(doc.Verdict.Headline)
			a := doc.Capacity
			if tc.low == 0 {
				if a.Concurrency != nil || a.RPS != nil || doc.Verdict.ExitCode != verdict.ExitFailed || !strings.Contains(doc.Verdict.Headline, "no number in flight held, down to 1 in flight") {
					t.Errorf("%+v: %+v", a, doc.Verdict)
				}
				return
			}
			switch {
			case a.Concurrency == nil || !a.Confirmed || doc.Verdict.ExitCode != verdict.ExitPass:
				t.Fatalf("%+v: %+v", a, doc.Verdict)
			case *a.Concurrency < tc.low || *a.Concurrency > tc.high || *a.HighConcurrency <= *a.Concurrency:
				t.Errorf("%d in flight, %d do not hold", *a.Concurrency, *a.HighConcurrency)
			case a.LowRPS != nil || a.HighRPS != nil || math.Abs(*a.RPS/tc.throughput-1) > 0.05:
				t.Errorf("%+v", a)
			case !strings.Contains(doc.Verdict.Headline, " in flight ("):
				t.Error(doc.Verdict.Headline)
			}
			soaked := slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool {
				return st.Kind == capacity.Soak && st.Verdict == capacity.Held && st.Concurrency != nil && *st.Concurrency == *a.Concurrency
			})
			if !soaked || slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool { return st.RateRPS != nil }) {
				t.Errorf("%+v", doc.Steps)
			}
		})
	}
}

// Loads that are whole numbers are hunted as rates are: what holds and what does not end up
// side by side, or as close as was asked for.
func TestAHuntOfWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bound{
			min: 1, max: float64(rapid.IntRange(1, 500).Draw(t, "max")), precision: rapid.Float64Range(0.02, 0.2).Draw(t, "precision"),
			soak: rapid.Bool().Draw(t, "soak"), hold: rapid.Bool().Draw(t, "hold"), whole: true,
		}
		w := world{edge: float64(rapid.IntRange(1, int(b.max)).Draw(t, "edge")), limit: rapid.SampledFrom([]capacity.Limit{capacity.ByLatency, capacity.ByRateLimit}).Draw(t, "limit"), unsure: rapid.Bool().Draw(t, "unsure")}
		h := hunted(t, w, b, float64(rapid.IntRange(0, 500).Draw(t, "start")))
		low, high := h.low(), h.high()
		if low == 0 || low > w.edge || high > 0 && high <= w.edge {
			t.Fatalf("%v to %v do not hold %v in between", low, high, w.edge)
		}
		if high == 0 && low < b.max || high > max(low+1, low*(1+b.precision)*(1+b.precision)*(1+slack)) {
			t.Fatalf("%v to %v is too wide", low, high)
		}
	})
}

// All requests in flight are shared out, at least one to each lane.
func TestRequestsInFlightAreSharedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfN(rapid.Float64Range(0.01, 1), 1, 6).Draw(t, "shares")
		sum := 0.0
		for _, s := range shares {
			sum += s
		}
		n := rapid.IntRange(len(shares), 500).Draw(t, "n")
		all := 0
		for i := range shares {
			shares[i] /= sum
		}
		for i, got := range split(n, shares) {
			all += got
			if got < 1 || math.Abs(float64(got)-shares[i]*float64(n)) > float64(len(shares)) {
				t.Fatalf("%d of %d at a share of %v", got, n, shares[i])
			}
		}
		if all != n {
			t.Fatalf("%d of %d", all, n)
		}
	})
}

// So are those of every step that keeps requests in flight: their number is that of the step.
func TestEveryClosedStepSharesOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Search{shares: rapid.SliceOfN(rapid.Float64Range(0.01, 1), 1, 6).Draw(t, "shares")}
		lanes := len(s.shares)
		sum := 0.0
		for _, share := range s.shares {
			sum += share
		}
		for i := range s.shares {
			s.shares[i] /= sum
		}
		n := rapid.IntRange(lanes, 500).Draw(t, "n")
		for name, waves := range map[string]load{
			"closed": s.closed(n, rampRounds), "filled": s.filled(n, time.Second, time.Minute), "kept": s.open(point{concurrency: n, looks: 2}, time.Second),
		} {
			for k := range waves(0) {
				all, requests := 0, 0
				for lane := range lanes {
					w := waves(lane)[k]
					all, requests = all+w.Concurrency, requests+w.Requests
				}
				if all != n || requests != 0 && requests != rampRounds*n {
					t.Fatalf("%s: %d in flight and %d requests of %d", name, all, requests, n)
				}
			}
		}
	})
}

// A search by concurrency that was cut off goes on as one, and a demand is not held
// against it: it says so.
func TestASearchByConcurrencyGoesOn(t *testing.T) {
	short := func(c *Config) { c.By = capacity.InFlight }
	pages := &notebook{}
	whole := searchKept(t, nil, pages, demand("calm:1/s:2m"), short)
	if whole.Capacity.Concurrency == nil || whole.Forecast != nil || whole.Cost != nil || !whole.Capacity.Confirmed || whole.Plan.Raised() != capacity.InFlight {
		t.Fatalf("%+v, %+v", whole.Verdict, whole.Capacity)
	}
	if !strings.Contains(strings.Join(whole.Warnings, "; "), "are no rate of arrivals: the demand was not held against them") {
		t.Errorf("%q", whole.Warnings)
	}
	n := len(whole.Steps)
	for _, steps := range []int{n / 2, n} {
		past := pages.past(t, pages.kept(t, steps))
		doc := searchKept(t, past, &notebook{}, demand("calm:1/s:2m"), nil)
		if doc.Capacity.Concurrency == nil || doc.Plan.Raised() != capacity.InFlight || math.Abs(float64(*doc.Capacity.Concurrency-*whole.Capacity.Concurrency)) > 2 {
			t.Errorf("after %d steps: %+v, was %+v", steps, doc.Capacity, whole.Capacity)
		}
	}
	held := slices.DeleteFunc(slices.Clone(whole.Curve), func(p capacity.CurvePoint) bool {
		return p.Concurrency == nil || *p.Concurrency != *whole.Capacity.Concurrency
	})
	if len(held) == 0 || held[len(held)-1].Steps < 2 && held[0].Steps < 2 {
		t.Errorf("%+v", held)
	}
	n1 := nightOf(t, whole, "night:1/s:10s")
	if _, err := n1.Answer(whole); err == nil || !strings.Contains(err.Error(), "by concurrency") {
		t.Errorf("%v", err)
	}
}

// What asks about a rate is refused where there is none.
func TestNoRehearsalInFlight(t *testing.T) {
	c := Defaults()
	c.By, c.Rehearse = capacity.InFlight, &capacity.Shape{Speed: 1, Scale: 1}
	if err := c.check(); err == nil {
		t.Error("a demand was to be rehearsed")
	}
	c = Defaults()
	c.By = "users"
	if err := c.check(); err == nil {
		t.Error("a search by users began")
	}
}

// Each SLO has its own most in flight, too: with n of them p50 waits for one turn less.
func TestEachSLOHasItsMostInFlight(t *testing.T) {
	t.Parallel()
	doc, _ := searchModel(t, servertest.MD8, sale, byConcurrency("e2e.p95 < 250ms", "e2e.p50 < 350ms"))
	t.Log(doc.Verdict.Headline)
	first, second := of(doc, "e2e.p95 < 250ms"), of(doc, "e2e.p50 < 350ms")
	confirmed := slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool {
		return st.Kind == capacity.Confirm && st.DurationS >= doc.Plan.SoakS*0.99 && *st.Concurrency == *second.LowConcurrency
	})
	if !confirmed || !*first.Confirmed || !*second.Confirmed {
		t.Errorf("%+v, %+v", first, second)
	}
	if *first.LowConcurrency != 16 || *first.Binds != 1 || *second.Binds != 2 || *second.LowConcurrency < 24 || *second.HighConcurrency > 30 || second.RPS == nil || second.LowRPS != nil {
		t.Errorf("%+v, %+v", first, second)
	}
}

// One soak that held is enough, where the highest number that held was in doubt: the next
// lower one is as close as numbers are.
func TestASoakInFlightIsHadOnce(t *testing.T) {
	h := newHunt(bound{min: 1, max: 100, precision: 0.05, soak: true, whole: true}, 10, nil, false)
	for _, x := range []struct {
		n          int
		late       float64
		held, sure bool
	}{{10, 4, true, true}, {14, 49, true, false}, {17, 900, false, false}, {15, 800, false, false}} {
		h.take(trial{kind: capacity.Bisect, rate: float64(x.n), held: x.held, sure: x.sure, limit: capacity.ByLatency, shares: []share{{x.late, 1000, 0.05}}})
	}
	m := h.next()
	if m.kind != capacity.Soak || m.rate > 14 {
		t.Fatalf("%+v", m)
	}
	h.take(trial{kind: capacity.Soak, rate: m.rate, held: true, sure: true})
	if again := h.next(); again.kind == capacity.Soak {
		t.Errorf("%v is soaked after %v", again.rate, m.rate)
	}
}

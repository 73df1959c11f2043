package search

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/servertest"
)

// priced is a search that has not begun, of prompts of 16 tokens at a price.
func priced(t testing.TB, change func(*Config), waves ...string) *Search {
	t.Helper()
	sc := scenario.Default()
	sc.Workload.Prompts = "synthetic:16"
	demand(waves...)(sc)
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	source, err := prompt.Open(sc.Workload.Prompts, "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Defaults()
	cfg.Options = bench.Options{Scenario: sc, Price: &price.Price{Input: 1, Output: 2}, Prompts: []prompt.Source{source}}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Whatever is known of a search, no more than its time is left, and what it costs at most
// lies between what was spent and the budget.
func TestOutlookIsBounded(t *testing.T) {
	s := priced(t, func(c *Config) { c.Rehearse = &capacity.Shape{Speed: 1, Scale: 1} }, "night:10/s:60s")
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Float64Range(0.1, 500).Draw(t, "low")
		now := capacity.Snapshot{
			Phase:   rapid.SampledFrom([]capacity.Phase{"", capacity.Ramping, capacity.Bracketing, capacity.Bisecting, capacity.Recovering, capacity.Soaking, capacity.Saturating, capacity.Rehearsing, capacity.Finished}).Draw(t, "phase"),
			Elapsed: time.Duration(rapid.Int64Range(0, int64(40*time.Minute)).Draw(t, "elapsed")),
			For:     s.cfg.For, Spent: new(rapid.Float64Range(0, 10).Draw(t, "spent")),
		}
		if rapid.Bool().Draw(t, "held") {
			now.Low = &low
		}
		if rapid.Bool().Draw(t, "broke") {
			now.High = new(low * rapid.Float64Range(1, 9).Draw(t, "ratio"))
		}
		if rapid.Bool().Draw(t, "runs") {
			now.Current = &capacity.Current{Elapsed: time.Duration(rapid.Int64Range(0, int64(5*time.Minute)).Draw(t, "into"))}
		}
		for range rapid.IntRange(0, 3).Draw(t, "steps") {
			now.Steps = append(now.Steps, capacity.Step{RateRPS: &low, SucceededRPS: &low, DurationS: 5})
		}
		a := s.ahead(now, moves{})
		if a.length < 0 || a.requests < 0 || a.length > max(now.For-now.Elapsed, 0)+time.Minute {
			t.Fatalf("%+v", a)
		}
		if now.Phase == capacity.Finished && a.length > 0 {
			t.Fatalf("it is over, and %v left", a.length)
		}
		free := *s.mostCost(now, moves{})
		s.base.Budget = 12
		most := *s.mostCost(now, moves{})
		s.base.Budget = 0
		if most < *now.Spent || most > 12 || free < most {
			t.Fatalf("%v of %v spent, %v without the budget", most, *now.Spent, free)
		}
	})
}

// The usual is what a search comes to, about, and at no time a sum is told that it then
// exceeds.
func TestOutlookComesTrue(t *testing.T) {
	onMock(t, small(), demand("night:6/s:10s"), func(t *testing.T, o bench.Options) {
		cfg := Defaults()
		cfg.Options, cfg.StepFor, cfg.Soak = o, 5*time.Second, 20*time.Second
		usual := cfg.Estimate()
		var s *Search
		var seen []capacity.Snapshot
		cfg.Progress = func(string) { seen = append(seen, s.Snapshot()) }
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		doc := s.Run(t.Context())
		if took := doc.DurationS; usual.Usual.Length.Seconds() > 3*took || usual.Usual.Length.Seconds() < took/3 {
			t.Errorf("%v guessed, %v s taken", usual.Usual.Length, took)
		}
		if *usual.Usual.Cost > *usual.Most.Cost || *doc.CostUSD > *usual.Most.Cost {
			t.Errorf("%v usually, %v at most, %v in truth", *usual.Usual.Cost, *usual.Most.Cost, *doc.CostUSD)
		}
		least := *usual.Most.Cost
		for _, now := range seen {
			if *now.MostCost > least*(1+slack) || *now.MostCost < *doc.CostUSD {
				t.Errorf("after %v: %v at most, %v before, %v in truth", now.Elapsed, *now.MostCost, least, *doc.CostUSD)
			}
			least = *now.MostCost
		}
		if last := s.Snapshot(); len(seen) < 5 || last.Remaining != 0 || *last.MostCost != *doc.CostUSD {
			t.Errorf("%d looks; in the end %v left, %v at most", len(seen), last.Remaining, *last.MostCost)
		}
	})
}

// What is asked before the search is part of what is usually asked, as far as there is time
// for it, and of no more than may be asked at most.
func TestWarmUpIsEstimated(t *testing.T) {
	usual := func(warmup, most time.Duration) Estimate {
		return priced(t, func(c *Config) { c.Warmup, c.For = warmup, most }, "night:30/s:60s").cfg.Estimate()
	}
	const ample = time.Hour
	cold, warm := usual(0, ample), usual(2*time.Minute, ample)
	if more := warm.Usual.Length - cold.Usual.Length; more != 2*time.Minute {
		t.Errorf("a warm-up of 2 min makes a search longer by %v", more)
	}
	if warm.Usual.Requests <= cold.Usual.Requests || *warm.Usual.Cost <= *cold.Usual.Cost || *warm.Most.Cost != *cold.Most.Cost {
		t.Errorf("cold: %s\nwarm: %s", cold, warm)
	}
	for _, most := range []time.Duration{3 * time.Minute, 4 * time.Minute, 10 * time.Minute} {
		if e := usual(time.Hour, most); e.Usual.Length > most || e.Usual.Requests > e.Most.Requests || *e.Usual.Cost > *e.Most.Cost {
			t.Errorf("in %v: %s", most, e)
		}
	}
}

func TestEstimateInWords(t *testing.T) {
	for name, tc := range map[string]struct {
		s    *Search
		want []string
	}{
		"a demand":   {priced(t, nil, "night:30/s:60s"), []string{"usually about ", "up to $", "if it holds about 30.0/s; never more than 1,800,000 requests in 30 min, $", "peak 1,000 requests/s"}},
		"none":       {priced(t, nil), []string{"if it holds about 10.0/s"}},
		"no price":   {priced(t, func(c *Config) { c.Options.Price = nil }), []string{", cost unknown, if", "in 30 min, cost unknown, peak"}},
		"a budget":   {priced(t, func(c *Config) { c.Options.Scenario.Budget = 5 }), []string{"never more than 1,800,000 requests in 30 min, $5.00"}},
		"rehearsing": {priced(t, func(c *Config) { c.Rehearse = &capacity.Shape{Speed: 1, Scale: 1} }, "night:30/s:60s"), []string{"1,801,800 requests in 31 min"}},
	} {
		text := tc.s.cfg.Estimate().String()
		for _, want := range tc.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %s\nhas no %q", name, text, want)
			}
		}
	}
}

// No more is asked than the estimate says, and nothing comes faster than the highest rate
// allowed, whatever is kept in flight: before the search, in its ramp, or to saturate it.
func TestNoMoreIsAskedThanEstimated(t *testing.T) {
	work := func(workers int, each time.Duration) servertest.Model {
		return servertest.Model{Workers: workers, Service: servertest.Fixed(each)}
	}
	for name, m := range map[string]servertest.Model{
		"at once": work(0, time.Millisecond), "fast": work(4, 20*time.Millisecond), "many and slow": work(64, 3*time.Second), "slow": work(1, 500*time.Millisecond),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const highest = 20
			var most Estimate
			doc, _ := searchModel(t, m, 5*time.Second, func(c *Config) {
				c.MaxRate, c.For, c.StepFor, c.Soak, c.Warmup = highest, 4*time.Minute, 10*time.Second, 20*time.Second, time.Minute
				demand("night:30/s:60s")(c.Options.Scenario)
				if err := c.Options.Scenario.Resolve(scenario.Machine{}); err != nil {
					t.Fatal(err)
				}
				most = c.Estimate()
			})
			if doc.Usage.Ended > most.Most.Requests || doc.DurationS > most.Most.Length.Seconds()+60 {
				t.Errorf("%d requests in %.0f s: %s", doc.Usage.Ended, doc.DurationS, most)
			}
			for _, st := range doc.Steps {
				if st.Concurrency == nil || *st.Concurrency == 1 || st.Kind == capacity.Warm || st.SucceededRPS == nil {
					continue
				}
				if *st.SucceededRPS > highest*1.1 {
					t.Errorf("%s %s: %.4g/s", st.Kind, st.Asked(), *st.SucceededRPS)
				}
			}
			if st := doc.Steps[0]; st.Kind != capacity.Warm || st.Requests.Scheduled > highest*60 {
				t.Errorf("%s: %d requests", st.Kind, st.Requests.Scheduled)
			}
		})
	}
}

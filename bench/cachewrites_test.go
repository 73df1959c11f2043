package bench_test

import (
	"math"
	"testing"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/client/api"
)

// conversing are conversations on the built-in endpoint, which keeps what it read, in a
// dialect and at a price.
func conversing(a api.API, p scenario.Price, edit func(*scenario.Scenario)) func(*scenario.Scenario) {
	return func(sc *scenario.Scenario) {
		sc.Target.API, sc.Workload.Turns, sc.Price = string(a), 3, &p
		sc.AddWave("", scenario.Wave{Name: "w", Concurrency: 1, Requests: 6})
		edit(sc)
	}
}

// What is written to a cache has a price of its own, where the dialect tells of it; in
// another the same conversations cost what was read.
func TestCacheWritesArePriced(t *testing.T) {
	t.Parallel()
	for a, writes := range map[api.API]bool{api.Messages: true, api.Chat: false} {
		s := prepared(t, conversing(a, scenario.Price{Input: 1000, Cached: 100, Output: 1}, func(*scenario.Scenario) {}))
		run, err := bench.Start(s.Options)
		if err != nil {
			t.Fatal(err)
		}
		total := run.Wait().Total
		tokens, cost := total.Tokens, total.Cost
		if *tokens.Cached == 0 || (tokens.CacheWritten != nil) != writes || (cost.CacheWritten != nil) != writes {
			t.Fatalf("%s: %+v %+v", a, tokens, cost)
		}
		written := 0.0
		if writes {
			written = float64(*tokens.CacheWritten)
			if want := written * 1250e-6; math.Abs(*cost.CacheWritten-want) > 1e-9 {
				t.Errorf("written %v cost %v, want %v", written, *cost.CacheWritten, want)
			}
		}
		if want := (float64(*tokens.Prompt-*tokens.Cached) - written) * 1000e-6; math.Abs(cost.Input-want) > 1e-9 {
			t.Errorf("%s: the rest cost %v, want %v", a, cost.Input, want)
		}
		if sum := cost.Input + cost.Cached + written*1250e-6 + cost.Output; math.Abs(sum-cost.Total) > 1e-9 {
			t.Errorf("%s: parts of %v, in all %v", a, sum, cost.Total)
		}
	}
}

// The worst that a request can cost is known before it is sent: of messages, that all of its
// prompt is written to a cache. So says the estimate, and so the budget keeps it.
func TestCacheWritesInTheWorstCase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		api  api.API
		own  scenario.Price
		want float64 // USD per million tokens that are written
	}{
		{api.Messages, scenario.Price{Input: 4, Output: 1}, 5},
		{api.Messages, scenario.Price{Input: 4, CacheWritten: 8, Output: 1}, 8},
		{api.Chat, scenario.Price{Input: 4, Output: 1}, 0},
	} {
		s := prepared(t, conversing(c.api, c.own, func(*scenario.Scenario) {}))
		if s.Price.CacheWritten != c.want {
			t.Errorf("%s: %+v", c.api, s.Price)
		}
		e := s.Estimate()
		want := (float64(e.PromptTokens)*max(c.own.Input, c.want) + float64(e.OutputTokens)) / 1e6
		if math.Abs(*e.Cost-want) > 1e-12 {
			t.Errorf("%s: estimated at %v, want %v", c.api, *e.Cost, want)
		}
	}
	s := prepared(t, conversing(api.Messages, scenario.Price{Input: 1000, Output: 1}, func(sc *scenario.Scenario) { sc.Budget = 1 }))
	run, err := bench.Start(s.Options)
	if err != nil {
		t.Fatal(err)
	}
	doc := run.Wait()
	if doc.Total.Cost != nil && doc.Total.Cost.Total > 1 {
		t.Errorf("spent %v", doc.Total.Cost.Total)
	}
}

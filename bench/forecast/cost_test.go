package forecast

import (
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"flashwave/bench/price"
)

// measuredTokens draws requests whose lengths vary, and cached prompts.
func measuredTokens(n int, rng *rand.Rand) (t Tokens, drawn [][3]int64) {
	for range n {
		prompt := 100 + rng.Int64N(200)
		v := [3]int64{prompt, rng.Int64N(prompt), 10 + int64(60*rng.ExpFloat64())}
		t.Add(price.Usage{Prompt: v[0], Cached: v[1], Output: v[2]})
		drawn = append(drawn, v)
	}
	return t, drawn
}

var dear = price.Price{Host: "here.test", Model: "m", Input: 2, Cached: 0.5, CacheWritten: 2.5, Output: 8}

func TestPriceByHand(t *testing.T) {
	var ok, failed Tokens
	for range 10 {
		ok.Add(price.Usage{Prompt: 1000, Cached: 400, CacheWritten: 100, Output: 100})
	}
	failed.Add(price.Usage{Prompt: 1000, Cached: 0, Output: 50})
	c := Price(Bill{
		Requests: 1000, Tokens: ok, Failed: failed, Failures: ptr(0.1), Billed: 0.5, Retries: 0.02, MaxTokens: 300,
		Host: "here.test", Model: "m", Price: &dear, Book: price.Builtin(),
	})
	const fresh, cached, out = 500*2e-6 + 100*2.5e-6, 400 * 0.5e-6, 100 * 8e-6
	near(t, "expected", *c.ExpectedUSD, 900*(fresh+cached+out), 1e-9)
	near(t, "its parts", *c.InputUSD+*c.CachedUSD+*c.CacheWrittenUSD+*c.OutputUSD, *c.ExpectedUSD, 1e-9)
	near(t, "low, as all are alike", *c.LowUSD, *c.ExpectedUSD, 1e-6)
	near(t, "failed", *c.FailedUSD, 100*0.5*(1000*2e-6+50*8e-6), 1e-9)
	near(t, "retries", *c.RetriesUSD, 1000*0.02*(fresh+cached), 1e-9)
	near(t, "per 1,000 ok", *c.PerThousandOKUSD, (*c.ExpectedUSD+*c.FailedUSD+*c.RetriesUSD)/0.9, 1e-9)
	near(t, "worst", *c.WorstUSD, 1000*1.02*(1000*2.5e-6+300*8e-6), 1e-9)
	near(t, "tokens", *c.PromptTokens+*c.CachedTokens+*c.OutputTokens, 900*1500, 1e-6)
	if len(c.Models) != len(price.Builtin().Entries()) || !slices.IsSortedFunc(c.Models, func(a, b ModelCost) int { return cmp.Compare(a.ExpectedUSD, b.ExpectedUSD) }) {
		t.Errorf("%d models, cheapest first?", len(c.Models))
	}
}

// The interval holds 95 % of the nights, measurement and all, as a bootstrap of
// measured and lived requests says.
func TestPriceIntervalCoversNights(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var mean float64
	const nights, requests, sample = 800, 500, 200
	inside := 0
	for range nights {
		tokens, _ := measuredTokens(sample, rng)
		c := Price(Bill{Requests: requests, Tokens: tokens, Price: &dear, Model: "m"})
		_, lived := measuredTokens(requests, rng)
		spent := 0.0
		for _, v := range lived {
			spent += dear.Cost(price.Usage{Prompt: v[0], Cached: v[1], Output: v[2]}).Total()
		}
		if spent >= *c.LowUSD && spent <= *c.HighUSD {
			inside++
		}
		mean += *c.ExpectedUSD / spent / nights
	}
	if share := float64(inside) / nights; share < 0.92 || share > 0.98 {
		t.Errorf("%.1f %% of the nights cost what was said", 100*share)
	}
	near(t, "expected ÷ spent", mean, 1, 0.01)
}

func TestTokensMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	a, first := measuredTokens(50, rng)
	b, second := measuredTokens(70, rng)
	var all Tokens
	for _, v := range append(first, second...) {
		all.Add(price.Usage{Prompt: v[0], Cached: v[1], Output: v[2]})
	}
	a.Merge(b)
	m1, d1 := a.cost(dear)
	m2, d2 := all.cost(dear)
	if a.N != 120 || math.Abs(m1-m2) > 1e-12 || math.Abs(d1-d2) > 1e-12 {
		t.Errorf("merged %v ± %v, added %v ± %v", m1, d1, m2, d2)
	}
}

// A search that was kept before tokens were told apart that are written to a cache had none.
func TestTokensKeptBefore(t *testing.T) {
	var tokens Tokens
	old := `{"n": 2, "sum": [1200, 800, 200], "cross": [[720000, 480000, 120000], [480000, 320000, 80000], [120000, 80000, 20000]]}`
	if err := json.Unmarshal([]byte(old), &tokens); err != nil {
		t.Fatal(err)
	}
	var want Tokens
	for range 2 {
		want.Add(price.Usage{Prompt: 1000, Cached: 400, Output: 100})
	}
	if tokens != want {
		t.Errorf("%+v, want %+v", tokens, want)
	}
}

// A night of which it is not sure how many fail is cheap where most do, and dear where
// fewest do.
func TestPriceOfFailing(t *testing.T) {
	var tokens Tokens
	for range 10 {
		tokens.Add(price.Usage{Prompt: 1000, Cached: 0, Output: 100})
	}
	c := Price(Bill{Requests: 1000, Tokens: tokens, Failures: ptr(0.2), Failing: &Range{0.1, 0.4}, Price: &dear})
	near(t, "low", *c.LowUSD / *c.ExpectedUSD, 0.6/0.8, 1e-6)
	near(t, "high", *c.HighUSD / *c.ExpectedUSD, 0.9/0.8, 1e-6)
}

// No price is not a price of nothing.
func TestPriceUnknown(t *testing.T) {
	var tokens Tokens
	tokens.Add(price.Usage{Prompt: 10, Cached: 0, Output: 10})
	c := Price(Bill{Requests: 10, Tokens: tokens, Book: price.Builtin()})
	if c.ExpectedUSD != nil || c.WorstUSD != nil || len(c.Models) == 0 || c.Models[0].Times != nil {
		t.Errorf("%+v", c)
	}
	if c := Price(Bill{Requests: 10, Price: &dear}); c.ExpectedUSD != nil || len(c.Models) != 0 {
		t.Errorf("a price without tokens: %+v", c)
	}
}

package price_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"flashwave/bench/price"
)

func TestCost(t *testing.T) {
	full := price.Price{Input: 2, Cached: 0.5, Output: 8}
	writing := price.Price{Input: 2, Cached: 0.5, CacheWritten: 2.5, Output: 8}
	tests := []struct {
		why   string
		price price.Price
		usage price.Usage
		want  price.Cost
	}{
		{"a million of each", full, price.Usage{Prompt: 1e6, Output: 1e6}, price.Cost{Input: 2, Output: 8}},
		{"cached tokens are part of the prompt", full, price.Usage{Prompt: 1e6, Cached: 4e5, Output: 1e6}, price.Cost{Input: 1.2, Cached: 0.2, Output: 8}},
		{"without a cached price they cost as others", price.Price{Input: 2, Output: 8}, price.Usage{Prompt: 1e6, Cached: 4e5}, price.Cost{Input: 1.2, Cached: 0.8}},
		{"what is written has a price of its own", writing, price.Usage{Prompt: 1e6, Cached: 4e5, CacheWritten: 2e5}, price.Cost{Input: 0.8, Cached: 0.2, CacheWritten: 0.5}},
		{"without one it costs as other tokens", full, price.Usage{Prompt: 1e6, CacheWritten: 4e5}, price.Cost{Input: 1.2, CacheWritten: 0.8}},
		{"no more is written than is not cached", writing, price.Usage{Prompt: 1e6, Cached: 6e5, CacheWritten: 6e5}, price.Cost{Cached: 0.3, CacheWritten: 1}},
		{"no more is cached than the prompt has", full, price.Usage{Prompt: 1e6, Cached: 2e6}, price.Cost{Cached: 0.5}},
		{"negative counts cost nothing", full, price.Usage{Prompt: -1, Cached: -1, Output: -1}, price.Cost{}},
		{"nothing used", full, price.Usage{}, price.Cost{}},
		{"an endpoint of one's own", price.Price{}, price.Usage{Prompt: 1e6, Output: 1e6}, price.Cost{}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := tt.price.Cost(tt.usage); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// The cost of a sum is the sum of the costs, so a total may be priced at once.
func TestCostAddsUp(t *testing.T) {
	usage := rapid.Custom(func(t *rapid.T) price.Usage {
		prompt := rapid.Int64Range(0, 1e9).Draw(t, "prompt")
		cached := rapid.Int64Range(0, prompt).Draw(t, "cached")
		return price.Usage{Prompt: prompt, Cached: cached, CacheWritten: rapid.Int64Range(0, prompt-cached).Draw(t, "written"), Output: rapid.Int64Range(0, 1e9).Draw(t, "output")}
	})
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Float64Range(0, 100)
		p := price.Price{Input: amount.Draw(t, "in"), Cached: amount.Draw(t, "cached"), CacheWritten: amount.Draw(t, "written"), Output: amount.Draw(t, "out")}
		a, b := usage.Draw(t, "a"), usage.Draw(t, "b")
		sum := price.Usage{Prompt: a.Prompt + b.Prompt, Cached: a.Cached + b.Cached, CacheWritten: a.CacheWritten + b.CacheWritten, Output: a.Output + b.Output}
		apart, together := p.Cost(a).Total()+p.Cost(b).Total(), p.Cost(sum).Total()
		if math.Abs(apart-together) > 1e-9*(1+together) {
			t.Fatalf("%v apart, %v together", apart, together)
		}
	})
}

// No usage of so many tokens costs more than the most that they can, where a cache makes
// nothing dearer than writing to it.
func TestMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Float64Range(0, 100)
		p := price.Price{Input: amount.Draw(t, "in"), CacheWritten: amount.Draw(t, "written"), Output: amount.Draw(t, "out")}
		p.Cached = rapid.Float64Range(0, p.Input).Draw(t, "cached")
		prompt, output := rapid.Int64Range(0, 1e9).Draw(t, "prompt"), rapid.Int64Range(0, 1e9).Draw(t, "output")
		u := price.Usage{Prompt: prompt, Cached: rapid.Int64Range(0, prompt).Draw(t, "read"), CacheWritten: rapid.Int64Range(0, prompt).Draw(t, "wrote"), Output: output}
		if cost, most := p.Cost(u).Total(), p.Most(prompt, output); cost > most*(1+1e-12) {
			t.Fatalf("%v costs %v, at most %v", u, cost, most)
		}
	})
	if p := (price.Price{Input: 2, Output: 8}).BillingWrites(); p.CacheWritten != 2.5 || p.Most(1e6, 1e6) != 10.5 {
		t.Errorf("%+v", p)
	}
	if p := (price.Price{Input: 2, CacheWritten: 4}).BillingWrites(); p.CacheWritten != 4 {
		t.Errorf("a price that is known: %+v", p)
	}
}

func TestParsePair(t *testing.T) {
	tests := []struct {
		in   string
		want price.Price
	}{
		{"0.42,0.42", price.Price{Input: 0.42, Output: 0.42}},
		{"2,0.5,8", price.Price{Input: 2, Cached: 0.5, Output: 8}},
		{"2,0.5,2.5,8", price.Price{Input: 2, Cached: 0.5, CacheWritten: 2.5, Output: 8}},
		{" $2 , $8 ", price.Price{Input: 2, Output: 8}},
		{"0,0", price.Price{}},
	}
	for _, tt := range tests {
		got, err := price.ParsePair(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("ParsePair(%q) = %+v, %v, want %+v", tt.in, got, err, tt.want)
		}
	}
}

func TestParsePairErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", `price "": want IN,OUT or IN,CACHED,OUT or IN,CACHED,WRITTEN,OUT in USD per million tokens, such as 2,8`},
		{"2", `price "2": want IN,OUT or IN,CACHED,OUT or IN,CACHED,WRITTEN,OUT in USD per million tokens, such as 2,8`},
		{"1,2,3,4,5", `price "1,2,3,4,5": want IN,OUT or IN,CACHED,OUT or IN,CACHED,WRITTEN,OUT in USD per million tokens, such as 2,8`},
		{"2,", `price "2,": "" is not an amount in USD`},
		{"two,8", `price "two,8": "two" is not an amount in USD`},
		{"2,NaN", `price "2,NaN": "NaN" is not an amount in USD`},
		{"2,Inf", `price "2,Inf": "Inf" is not an amount in USD`},
		{"2,-8", `price "2,-8": "-8" is negative`},
	}
	for _, tt := range tests {
		if got, err := price.ParsePair(tt.in); err == nil || err.Error() != tt.want {
			t.Errorf("ParsePair(%q) = %+v, %v\nwant %s", tt.in, got, err, tt.want)
		}
	}
}

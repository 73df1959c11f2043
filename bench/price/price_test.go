package price_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"flashwave/bench/price"
)

func TestCost(t *testing.T) {
	full := price.Price{Input: 2, Cached: 0.5, Output: 8}
	tests := []struct {
		why   string
		price price.Price
		usage price.Usage
		want  price.Cost
	}{
		{"a million of each", full, price.Usage{Prompt: 1e6, Output: 1e6}, price.Cost{Input: 2, Output: 8}},
		{"cached tokens are part of the prompt", full, price.Usage{Prompt: 1e6, Cached: 4e5, Output: 1e6}, price.Cost{Input: 1.2, Cached: 0.2, Output: 8}},
		{"without a cached price they cost as others", price.Price{Input: 2, Output: 8}, price.Usage{Prompt: 1e6, Cached: 4e5}, price.Cost{Input: 1.2, Cached: 0.8}},
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
		return price.Usage{Prompt: prompt, Cached: rapid.Int64Range(0, prompt).Draw(t, "cached"), Output: rapid.Int64Range(0, 1e9).Draw(t, "output")}
	})
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Float64Range(0, 100)
		p := price.Price{Input: amount.Draw(t, "in"), Cached: amount.Draw(t, "cached"), Output: amount.Draw(t, "out")}
		a, b := usage.Draw(t, "a"), usage.Draw(t, "b")
		sum := price.Usage{Prompt: a.Prompt + b.Prompt, Cached: a.Cached + b.Cached, Output: a.Output + b.Output}
		apart, together := p.Cost(a).Total()+p.Cost(b).Total(), p.Cost(sum).Total()
		if math.Abs(apart-together) > 1e-9*(1+together) {
			t.Fatalf("%v apart, %v together", apart, together)
		}
	})
}

func TestParsePair(t *testing.T) {
	tests := []struct {
		in   string
		want price.Price
	}{
		{"0.42,0.42", price.Price{Input: 0.42, Output: 0.42}},
		{"2,0.5,8", price.Price{Input: 2, Cached: 0.5, Output: 8}},
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
		{"", `price "": want IN,OUT or IN,CACHED,OUT in USD per million tokens, such as 2,8`},
		{"2", `price "2": want IN,OUT or IN,CACHED,OUT in USD per million tokens, such as 2,8`},
		{"1,2,3,4", `price "1,2,3,4": want IN,OUT or IN,CACHED,OUT in USD per million tokens, such as 2,8`},
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

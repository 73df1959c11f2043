package price_test

import (
	"fmt"

	"flashwave/bench/price"
)

func Example() {
	p, ok := price.Builtin().Lookup("api.holysheep.ai", "deepseek-v3.2")
	if !ok {
		fmt.Println("the price is unknown")
		return
	}
	cost := p.Cost(price.Usage{Prompt: 120_000, Output: 300_000})
	fmt.Printf("input $%.4f + output $%.4f = $%.4f\n", cost.Input, cost.Output, cost.Total())
	// Output: input $0.0504 + output $0.1260 = $0.1764
}

func ExampleParsePair() {
	p, err := price.ParsePair("2,0.50,8")
	fmt.Println(p.Input, p.Cached, p.Output, err)
	// Output: 2 0.5 8 <nil>
}

package forecast

import (
	"math"

	"flashwave/bench/price"
)

// Tokens are the first and second moments of the tokens of many requests, from
// which mean and variance of their cost follow at any price. The zero value is
// empty. It is not safe for concurrent use.
type Tokens struct {
	N     int64 // requests
	sum   [kinds]float64
	cross [kinds][kinds]float64 // sums of products
}

// The kinds of tokens that have a price of their own.
const (
	fresh  = iota // prompt tokens that were not cached
	cached        // prompt tokens that were
	output        // reasoning included
	kinds
)

// Add counts one request: prompt tokens, those of them that were cached, and output
// tokens.
func (t *Tokens) Add(prompt, fromCache, out int64) {
	fromCache = min(max(fromCache, 0), max(prompt, 0))
	v := [kinds]float64{fresh: float64(max(prompt, 0) - fromCache), cached: float64(fromCache), output: float64(max(out, 0))}
	t.N++
	for i := range v {
		t.sum[i] += v[i]
		for j := range v {
			t.cross[i][j] += v[i] * v[j]
		}
	}
}

// Merge adds the requests of another.
func (t *Tokens) Merge(from Tokens) {
	t.N += from.N
	for i := range t.sum {
		t.sum[i] += from.sum[i]
		for j := range t.sum {
			t.cross[i][j] += from.cross[i][j]
		}
	}
}

// Mean is the mean of prompt tokens, of the cached ones among them, and of output
// tokens; 0 without requests.
func (t *Tokens) Mean() (prompt, fromCache, out float64) {
	if t.N == 0 {
		return 0, 0, 0
	}
	n := float64(t.N)
	return (t.sum[fresh] + t.sum[cached]) / n, t.sum[cached] / n, t.sum[output] / n
}

// usd is the price of one token of each kind.
func usd(p price.Price) (each [kinds]float64) {
	const million = 1_000_000
	each[fresh] = p.Cost(price.Usage{Prompt: million}).Total() / million
	each[cached] = p.Cost(price.Usage{Prompt: million, Cached: million}).Total() / million
	each[output] = p.Cost(price.Usage{Output: million}).Total() / million
	return each
}

// cost is mean and standard deviation of what one request costs, in USD.
func (t *Tokens) cost(p price.Price) (mean, deviation float64) {
	if t.N == 0 {
		return 0, 0
	}
	n, each := float64(t.N), usd(p)
	for i := range each {
		mean += each[i] * t.sum[i] / n
	}
	if t.N < 2 {
		return mean, 0
	}
	variance := 0.0
	for i := range each {
		for j := range each {
			variance += each[i] * each[j] * (t.cross[i][j] - t.sum[i]*t.sum[j]/n) / (n - 1)
		}
	}
	return mean, math.Sqrt(max(variance, 0))
}

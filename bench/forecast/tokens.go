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
	fresh   = iota // prompt tokens that a cache had nothing to do with
	cached         // prompt tokens that were read from one
	output         // reasoning included
	written        // prompt tokens that were written to one
	kinds
)

// Add counts one request.
func (t *Tokens) Add(u price.Usage) {
	prompt := max(u.Prompt, 0)
	fromCache := min(max(u.Cached, 0), prompt)
	toCache := min(max(u.CacheWritten, 0), prompt-fromCache)
	v := [kinds]float64{
		fresh: float64(prompt - fromCache - toCache), cached: float64(fromCache), output: float64(max(u.Output, 0)), written: float64(toCache),
	}
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

// mean is the mean of each kind; 0 without requests.
func (t *Tokens) mean() (each [kinds]float64) {
	for i := range each {
		each[i] = t.sum[i] / float64(max(t.N, 1))
	}
	return each
}

// Mean is the mean of prompt tokens, and of output tokens; 0 without requests.
func (t *Tokens) Mean() (prompt, out float64) {
	each := t.mean()
	return each[fresh] + each[cached] + each[written], each[output]
}

// usd is the price of one token of each kind.
func usd(p price.Price) (each [kinds]float64) {
	const million = 1_000_000
	each[fresh] = p.Cost(price.Usage{Prompt: million}).Total() / million
	each[cached] = p.Cost(price.Usage{Prompt: million, Cached: million}).Total() / million
	each[written] = p.Cost(price.Usage{Prompt: million, CacheWritten: million}).Total() / million
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
